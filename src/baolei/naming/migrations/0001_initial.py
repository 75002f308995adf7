import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('declarations', '0002_initial'),
        ('organisations', '0004_notices'),
        ('people', '__first__'),
        ('rounds', '0001_initial'),
        ('scores', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='NamingList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('drawn_at', models.DateTimeField(verbose_name='drawn up')),
                ('document', models.CharField(blank=True, max_length=100, verbose_name='number of the naming document')),
                ('adopted_on', models.DateField(null=True, verbose_name='adopted on')),
                ('adopted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('drawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='naming', to='rounds.round', verbose_name='round')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scores.run', verbose_name='run')),
            ],
            options={
                'verbose_name': 'list',
                'verbose_name_plural': 'lists',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('adopted_on__isnull', True), ('document', '')), models.Q(('adopted_on__isnull', False), models.Q(('document', ''), _negated=True)), _connector='OR'), name='list_adopted_under_a_document')],
            },
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=40, verbose_name='field')),
                ('score', models.IntegerField(verbose_name='score')),
                ('tier', models.CharField(max_length=40, verbose_name='tier')),
                ('standing', models.CharField(max_length=10, verbose_name='standing')),
                ('reasons', models.JSONField(verbose_name='reasons')),
                ('visited', models.BooleanField(default=False, verbose_name='visited')),
                ('passed', models.BooleanField(verbose_name='passed the review')),
                ('listed', models.BooleanField(verbose_name='on the list')),
                ('proposed', models.CharField(blank=True, choices=[('struck', 'struck off'), ('added', 'added')], max_length=6, verbose_name='proposed')),
                ('proposed_why', models.CharField(blank=True, max_length=500, verbose_name='why')),
                ('proposed_under', models.CharField(blank=True, max_length=100, verbose_name='document')),
                ('act', models.CharField(blank=True, choices=[('struck', 'struck off'), ('added', 'added')], max_length=6, verbose_name='decided')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='why')),
                ('document', models.CharField(blank=True, max_length=100, verbose_name='document')),
                ('decided_on', models.DateField(null=True, verbose_name='decided on')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='proposed by')),
                ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='declarations.declaration')),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('second', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agreed by')),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='naming.naminglist')),
            ],
            options={
                'verbose_name': 'line of a list',
                'verbose_name_plural': 'lines of a list',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['list', 'listed', 'field'], name='line_listed')],
                'constraints': [models.UniqueConstraint(fields=('list', 'declaration'), name='line_once'), models.CheckConstraint(condition=models.Q(('standing__in', ('confirmed', 'visit', 'held', 'unnamed'))), name='line_standing_known'), models.CheckConstraint(condition=models.Q(models.Q(('act', ''), ('decided_on__isnull', True), ('second__isnull', True)), models.Q(models.Q(('act', ''), _negated=True), models.Q(('reason', ''), _negated=True), ('by__isnull', False), ('decided_on__isnull', False), ('second__isnull', False), models.Q(('by', models.F('second')), _negated=True)), _connector='OR'), name='line_decided_by_two'), models.CheckConstraint(condition=models.Q(models.Q(('proposed', ''), ('proposed_by__isnull', True)), models.Q(models.Q(('proposed', ''), _negated=True), models.Q(('proposed_why', ''), _negated=True), ('proposed_by__isnull', False)), _connector='OR'), name='line_proposed_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Title',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, verbose_name='title')),
                ('name', models.CharField(max_length=100, verbose_name='title')),
                ('level', models.CharField(max_length=10, verbose_name='given by the level')),
                ('document', models.CharField(max_length=100, verbose_name='document')),
                ('since', models.DateField(verbose_name='from')),
                ('until', models.DateField(verbose_name='to')),
                ('state', models.CharField(default='in_force', max_length=12, verbose_name='standing')),
                ('ended', models.DateField(null=True, verbose_name='ended')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='why')),
                ('answer', models.CharField(blank=True, max_length=1000, verbose_name='answer of the branch')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='proposed by')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='titles', to='organisations.organisation')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='titles', to='rounds.round', verbose_name='round')),
                ('second', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agreed by')),
            ],
            options={
                'verbose_name': 'title of a branch',
                'verbose_name_plural': 'titles of branches',
                'ordering': ['-since', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'round'), name='title_once_a_round'), models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='title_in_order'), models.CheckConstraint(condition=models.Q(('state__in', ['in_force', 'watched', 'withdrawing', 'withdrawn', 'lapsed', 'expired', 'given_up'])), name='title_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('ended__isnull', False), ('state__in', ['withdrawn', 'lapsed', 'expired', 'given_up'])), models.Q(('ended__isnull', True), ('state__in', ['in_force', 'watched', 'withdrawing'])), _connector='OR'), name='title_ended_at_its_end')],
            },
        ),
    ]
