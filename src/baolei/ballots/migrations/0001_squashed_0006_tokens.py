import baolei.paths
import baolei.tables
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('ballots', '0001_initial'), ('ballots', '0002_polls'), ('ballots', '0003_use'), ('ballots', '0004_meet'), ('ballots', '0005_publish'), ('ballots', '0006_tokens')]

    initial = True

    dependencies = [
        ('declarations', '0001_squashed_0004_dispute'),
        ('organisations', '0001_squashed_0005_posts_and_numbers'),
        ('people', '__first__'),
        ('rounds', '0001_initial'),
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
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
                    name='Pile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(max_length=20, verbose_name='source')),
                        ('look', models.PositiveSmallIntegerField(verbose_name='look')),
                        ('day', models.DateField(verbose_name='entered on')),
                        ('ballots', models.JSONField(default=list, verbose_name='ballots, sorted')),
                        ('entered', models.PositiveIntegerField(verbose_name='ballots')),
                        ('spoiled', models.PositiveIntegerField(default=0, verbose_name='spoiled papers')),
                        ('issued', models.PositiveIntegerField(verbose_name='papers handed out')),
                        ('agrees', models.BooleanField(default=False, verbose_name='agrees with an earlier look')),
                        ('salt', models.CharField(max_length=32)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='piles', to='declarations.declaration')),
                    ],
                    options={
                        'verbose_name': 'pile of ballots',
                        'verbose_name_plural': 'piles of ballots',
                        'constraints': [models.UniqueConstraint(fields=('declaration', 'source', 'look'), name='pile_once'), models.UniqueConstraint(fields=('declaration', 'source', 'by'), name='pile_by_another_each_time'), models.CheckConstraint(condition=models.Q(('look__range', (1, 3))), name='pile_three_looks_at_most'), models.CheckConstraint(condition=models.Q(('look__gt', 1), ('agrees', False), _connector='OR'), name='pile_first_agrees_with_none'), models.CheckConstraint(condition=models.Q(('issued__gte', django.db.models.expressions.CombinedExpression(models.F('entered'), '+', models.F('spoiled')))), name='pile_no_more_than_handed_out')],
                    },
                ),
                migrations.CreateModel(
                    name='Polling',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('seed', models.CharField(blank=True, max_length=100, verbose_name='public number')),
                        ('closes', models.DateField(null=True, verbose_name='last day')),
                        ('reminded', models.DateField(null=True, verbose_name='reminded on')),
                        ('counted_at', models.DateTimeField(null=True, verbose_name='counted')),
                        ('round', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='polling', to='rounds.round')),
                    ],
                    options={
                        'verbose_name': 'polls of a round',
                        'verbose_name_plural': 'polls of rounds',
                    },
                ),
                migrations.CreateModel(
                    name='Publication',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(verbose_name='published on')),
                        ('why', models.CharField(max_length=200, verbose_name='why')),
                        ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'under way'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=7, verbose_name='standing')),
                        ('done', models.PositiveIntegerField(default=0)),
                        ('total', models.PositiveIntegerField(default=0)),
                        ('said', models.TextField(blank=True, verbose_name='what went wrong')),
                        ('beat', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                        ('digest', models.CharField(blank=True, max_length=64, verbose_name='digest')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                        ('round', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='publication', to='rounds.round')),
                    ],
                    options={
                        'verbose_name': 'publication of totals',
                        'verbose_name_plural': 'publications of totals',
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), models.Q(('digest', ''), _negated=True)), models.Q(models.Q(('state', 'done'), _negated=True), ('digest', '')), _connector='OR'), name='publication_done_has_its_digest')],
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
                    name='Sealing',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'under way'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=7, verbose_name='standing')),
                        ('done', models.PositiveIntegerField(default=0)),
                        ('total', models.PositiveIntegerField(default=0)),
                        ('said', models.TextField(blank=True, verbose_name='what went wrong')),
                        ('beat', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                        ('round', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sealing', to='rounds.round')),
                    ],
                    options={
                        'verbose_name': 'sealing',
                        'verbose_name_plural': 'sealings',
                    },
                ),
                migrations.CreateModel(
                    name='Total',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(max_length=20, verbose_name='source')),
                        ('kind', models.CharField(max_length=6)),
                        ('path', baolei.paths.PathField(max_length=60, verbose_name='path')),
                        ('name', models.CharField(max_length=200, verbose_name='name')),
                        ('valid', models.PositiveIntegerField(null=True, verbose_name='valid ballots')),
                        ('said', models.JSONField(default=list)),
                        ('why', models.CharField(blank=True, max_length=5)),
                        ('declaration', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='totals', to='declarations.declaration')),
                        ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='totals', to='ballots.publication')),
                        ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit')),
                    ],
                    options={
                        'verbose_name': 'total',
                        'verbose_name_plural': 'totals',
                        'ordering': ['source', 'kind', 'path', 'pk'],
                        'indexes': [models.Index(fields=['publication', 'path'], name='total_in_tree')],
                        'constraints': [models.UniqueConstraint(fields=('publication', 'declaration', 'source', 'kind'), name='total_of_branch_once'), models.UniqueConstraint(fields=('publication', 'unit', 'source', 'kind'), name='total_of_unit_once'), models.CheckConstraint(condition=models.Q(models.Q(('declaration__isnull', False), ('unit__isnull', True)), models.Q(('declaration__isnull', True), ('unit__isnull', False)), _connector='OR'), name='total_of_unit_or_branch'), models.CheckConstraint(condition=models.Q(models.Q(('valid__isnull', False), ('why', '')), models.Q(('said', []), ('valid__isnull', True), ('why__in', ('few', 'cover'))), _connector='OR'), name='total_shown_or_why_not'), models.CheckConstraint(condition=models.Q(('kind__in', ('slips', 'paper', 'both'))), name='total_kind_known')],
                    },
                ),
                migrations.CreateModel(
                    name='Turnout',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', baolei.paths.PathField(max_length=60, verbose_name='path')),
                        ('source', models.CharField(max_length=20, verbose_name='source')),
                        ('polls', models.PositiveIntegerField(verbose_name='polls')),
                        ('people', models.PositiveIntegerField(verbose_name='may vote')),
                        ('slips', models.PositiveIntegerField(verbose_name='slips')),
                        ('cast', models.PositiveIntegerField(verbose_name='ballots')),
                        ('low', models.PositiveIntegerField(verbose_name='polls with too few ballots')),
                        ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='turnout', to='rounds.round')),
                    ],
                    options={
                        'verbose_name': 'turnout',
                        'verbose_name_plural': 'turnout',
                        'constraints': [models.UniqueConstraint(fields=('round', 'path', 'source'), name='turnout_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Elector',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(verbose_name='linked on')),
                        ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='elector', to=settings.AUTH_USER_MODEL, verbose_name='account')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='linked by')),
                        ('member', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='elector', to='organisations.member', verbose_name='member')),
                    ],
                    options={
                        'verbose_name': 'member with an account',
                        'verbose_name_plural': 'members with an account',
                        'constraints': [models.CheckConstraint(condition=models.Q(('account', models.F('by')), _negated=True), name='elector_linked_by_another')],
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
                        'constraints': [models.UniqueConstraint(condition=models.Q(('cast__isnull', True), ('cast__gt', 0), _connector='OR'), fields=('organisation', 'kind', 'held_on'), name='meetingpoll_once_a_day'), models.UniqueConstraint(condition=models.Q(('cast__isnull', True)), fields=('organisation', 'kind'), name='meetingpoll_one_open'), models.CheckConstraint(condition=models.Q(('handed__isnull', True), models.Q(('handed__gte', models.F('least')), ('handed__lte', models.F('slips'))), _connector='OR'), name='meetingpoll_enough_handed_out'), models.CheckConstraint(condition=models.Q(('cast__isnull', True), ('cast__lte', models.F('slips')), _connector='OR'), name='meetingpoll_no_more_than_printed'), models.CheckConstraint(condition=models.Q(('phase__in', ('set up', 'issue', 'cast', 'closed', 'sealed', 'published'))), name='meetingpoll_phase_known'), models.CheckConstraint(condition=models.Q(models.Q(('cast__isnull', False), ('phase__in', ('sealed', 'published')), models.Q(('root', ''), _negated=True)), models.Q(models.Q(('phase__in', ('sealed', 'published')), _negated=True), ('ballots', []), ('cast__isnull', True), ('root', '')), _connector='OR'), name='meetingpoll_counted_when_sealed')],
                    },
                ),
                migrations.CreateModel(
                    name='Poll',
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
                        ('source', models.CharField(max_length=20, verbose_name='source')),
                        ('households', models.PositiveIntegerField(default=0, verbose_name='households on the list')),
                        ('roll_day', models.DateField(null=True, verbose_name='the roll as it stood on')),
                        ('tokens', models.BooleanField(default=False)),
                        ('taken', models.PositiveIntegerField(default=0, verbose_name='tokens taken')),
                        ('token_key', models.CharField(blank=True, max_length=64)),
                        ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='polls', to='declarations.declaration')),
                    ],
                    options={
                        'verbose_name': 'poll',
                        'verbose_name_plural': 'polls',
                        'abstract': False,
                        'indexes': [models.Index(fields=['phase'], name='poll_in_phase')],
                        'constraints': [models.UniqueConstraint(fields=('declaration', 'source'), name='poll_once'), models.CheckConstraint(condition=models.Q(('cast__isnull', True), ('cast__lte', django.db.models.expressions.CombinedExpression(models.F('slips'), '+', models.F('taken'))), _connector='OR'), name='poll_no_more_than_given_out'), models.CheckConstraint(condition=models.Q(('phase__in', ('set up', 'issue', 'cast', 'closed', 'sealed', 'published'))), name='poll_phase_known'), models.CheckConstraint(condition=models.Q(models.Q(('cast__isnull', False), ('phase__in', ('sealed', 'published')), models.Q(('root', ''), _negated=True)), models.Q(models.Q(('phase__in', ('sealed', 'published')), _negated=True), ('ballots', []), ('cast__isnull', True), ('root', '')), _connector='OR'), name='poll_counted_when_sealed')],
                    },
                ),
                migrations.CreateModel(
                    name='Issued',
                    fields=[
                        ('pk', models.CompositePrimaryKey('poll_id', 'member_id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('request', models.CharField(blank=True, max_length=64)),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.member')),
                        ('poll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issued', to='ballots.poll')),
                    ],
                    options={
                        'verbose_name': 'token taken',
                        'verbose_name_plural': 'tokens taken',
                        'constraints': [models.UniqueConstraint(fields=('poll', 'account'), name='issued_once_to_an_account')],
                    },
                ),
                migrations.CreateModel(
                    name='Printing',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', baolei.paths.PathField(max_length=60, verbose_name='path')),
                        ('more', models.PositiveIntegerField(default=0)),
                        ('origin', models.CharField(max_length=200)),
                        ('why', models.CharField(max_length=200, verbose_name='why')),
                        ('asked_at', models.DateTimeField(verbose_name='asked for')),
                        ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'under way'), ('ready', 'ready to be taken'), ('taken', 'taken'), ('gone', 'deleted, not taken'), ('failed', 'failed')], default='waiting', max_length=7, verbose_name='standing')),
                        ('done', models.PositiveSmallIntegerField(default=0)),
                        ('polls', models.PositiveIntegerField(default=0, verbose_name='polls')),
                        ('slips', models.PositiveIntegerField(default=0, verbose_name='slips')),
                        ('said', models.TextField(blank=True, verbose_name='what went wrong')),
                        ('beat', models.DateTimeField(null=True)),
                        ('made_at', models.DateTimeField(null=True, verbose_name='ready')),
                        ('again', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ballots.printing')),
                        ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked for by')),
                        ('poll', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ballots.poll')),
                        ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='printings', to='rounds.round')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'printing of slips',
                        'verbose_name_plural': 'printings of slips',
                        'ordering': ['-pk'],
                        'indexes': [models.Index(fields=['round', 'path'], name='printing_of_unit')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'running'))), fields=('round', 'path'), name='printing_one_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('more', 0), ('poll__isnull', True)), models.Q(('again__isnull', True), ('more__gt', 0), ('poll__isnull', False)), _connector='OR'), name='printing_of_one_kind')],
                    },
                ),
                migrations.CreateModel(
                    name='Remark',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('digest', models.CharField(max_length=64)),
                        ('passed', models.BooleanField(null=True, verbose_name='let through')),
                        ('why', models.CharField(blank=True, max_length=200, verbose_name='why')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                        ('poll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to='ballots.poll')),
                    ],
                    options={
                        'verbose_name': 'words on a ballot',
                        'verbose_name_plural': 'words on ballots',
                        'constraints': [models.UniqueConstraint(fields=('poll', 'digest'), name='remark_once'), models.CheckConstraint(condition=models.Q(models.Q(('passed__isnull', True), ('why', '')), models.Q(('passed__isnull', False), models.Q(('why', ''), _negated=True)), _connector='OR'), name='remark_decided_with_a_reason')],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name='Poll',
            name='printing',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='printed', to='ballots.printing'),
        ),
    ]
