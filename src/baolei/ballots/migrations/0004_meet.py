import baolei.paths
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ballots', '0003_use'),
        ('declarations', '0003_papers'),
        ('organisations', '0004_notices'),
        ('people', '__first__'),
        ('rounds', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Panel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', baolei.paths.PathField(db_index=True, max_length=60)),
                ('closed_on', models.DateField(null=True, verbose_name='closed on')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='panels', to='rounds.round')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit')),
            ],
            options={
                'verbose_name': 'panel',
                'verbose_name_plural': 'panels',
                'constraints': [models.UniqueConstraint(fields=('round', 'unit'), name='panel_once')],
            },
        ),
        migrations.CreateModel(
            name='Panellist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('stands_for', models.CharField(max_length=60, verbose_name='stands for')),
                ('day', models.DateField(verbose_name='named on')),
                ('handed_in', models.DateField(null=True, verbose_name='handed in')),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('named_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('panel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='panellists', to='ballots.panel')),
            ],
            options={
                'verbose_name': 'panellist',
                'verbose_name_plural': 'panellists',
                'constraints': [models.UniqueConstraint(fields=('panel', 'name'), name='panellist_once'), models.UniqueConstraint(fields=('panel', 'account'), name='panellist_one_account')],
            },
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answers', models.CharField(blank=True, max_length=40)),
                ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='declarations.declaration')),
                ('panellist', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='ballots.panellist')),
            ],
            options={
                'verbose_name': 'rating',
                'verbose_name_plural': 'ratings',
                'constraints': [models.UniqueConstraint(fields=('panellist', 'declaration'), name='rating_once')],
            },
        ),
        migrations.CreateModel(
            name='MeetingPoll',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, unique=True)),
                ('short', models.CharField(max_length=9, unique=True, verbose_name='number')),
                ('form', models.CharField(max_length=64)),
                ('phase', models.CharField(default='set up', max_length=10, verbose_name='phase')),
                ('people', models.PositiveIntegerField(verbose_name='may vote')),
                ('least', models.PositiveIntegerField(verbose_name='ballots needed')),
                ('slips', models.PositiveIntegerField(default=0, verbose_name='slips printed')),
                ('ballots', models.JSONField(default=list)),
                ('cast', models.PositiveIntegerField(null=True, verbose_name='ballots')),
                ('root', models.CharField(blank=True, max_length=64)),
                ('signature', models.CharField(blank=True, max_length=128)),
                ('kind', models.CharField(max_length=30, verbose_name='kind')),
                ('held_on', models.DateField(verbose_name='day')),
                ('handed', models.PositiveIntegerField(null=True, verbose_name='slips handed out')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meeting_polls', to='organisations.organisation')),
            ],
            options={
                'verbose_name': 'poll of a meeting',
                'verbose_name_plural': 'polls of meetings',
                'abstract': False,
                'constraints': [models.UniqueConstraint(condition=models.Q(('cast__isnull', True), ('cast__gt', 0), _connector='OR'), fields=('organisation', 'kind', 'held_on'), name='meetingpoll_once_a_day'), models.UniqueConstraint(condition=models.Q(('cast__isnull', True)), fields=('organisation', 'kind'), name='meetingpoll_one_open'), models.CheckConstraint(condition=models.Q(('handed__isnull', True), models.Q(('handed__gte', models.F('least')), ('handed__lte', models.F('slips'))), _connector='OR'), name='meetingpoll_enough_handed_out'), models.CheckConstraint(condition=models.Q(('phase__in', ('set up', 'issue', 'cast', 'closed', 'sealed', 'published'))), name='meetingpoll_phase_known'), models.CheckConstraint(condition=models.Q(models.Q(('cast__isnull', False), ('phase__in', ('sealed', 'published')), models.Q(('root', ''), _negated=True)), models.Q(models.Q(('phase__in', ('sealed', 'published')), _negated=True), ('ballots', []), ('cast__isnull', True), ('root', '')), _connector='OR'), name='meetingpoll_counted_when_sealed'), models.CheckConstraint(condition=models.Q(('cast__isnull', True), ('cast__lte', models.F('slips')), _connector='OR'), name='meetingpoll_no_more_than_printed')],
            },
        ),
    ]
