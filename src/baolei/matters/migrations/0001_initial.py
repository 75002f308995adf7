import baolei.paths
import baolei.tables
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0001_squashed_0005_posts_and_numbers'),
        ('people', '__first__'),
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Night',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(unique=True)),
                        ('passed', models.PositiveIntegerField(default=0)),
                        ('removed', models.PositiveIntegerField(default=0)),
                        ('drawn', models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        'verbose_name': "night's work on matters",
                        'verbose_name_plural': "nights' work on matters",
                    },
                ),
                migrations.CreateModel(
                    name='Draw',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('week', models.DateField(verbose_name='week from')),
                        ('seed', models.CharField(max_length=64, verbose_name='seed')),
                        ('numbers', models.JSONField(default=list, verbose_name='drawn from')),
                        ('digest', models.CharField(max_length=64, verbose_name='SHA-256')),
                        ('without', models.PositiveIntegerField(verbose_name='without a contact')),
                        ('on', models.DateField(verbose_name='drawn on')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit')),
                    ],
                    options={
                        'verbose_name': 'draw of call-backs',
                        'verbose_name_plural': 'draws of call-backs',
                        'constraints': [models.UniqueConstraint(fields=('unit', 'week'), name='draw_once_a_week')],
                    },
                ),
                migrations.CreateModel(
                    name='Grid',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=40, verbose_name='number')),
                        ('name', models.CharField(max_length=100, verbose_name='name')),
                        ('since', models.DateField(verbose_name='from')),
                        ('until', models.DateField(null=True, verbose_name='to')),
                        ('hour', models.DateTimeField(null=True)),
                        ('taken', models.PositiveIntegerField(default=0)),
                        ('group', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grids', to='organisations.group')),
                        ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grids', to='organisations.organisation')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grids', to='organisations.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'grid',
                        'verbose_name_plural': 'grids',
                        'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='grid_in_order'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('code',), name='grid_code_held_once'), models.CheckConstraint(condition=models.Q(models.Q(('code', ''), _negated=True), models.Q(('name', ''), _negated=True)), name='grid_is_named')],
                    },
                ),
                migrations.CreateModel(
                    name='GridCode',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=24, unique=True)),
                        ('since', models.DateField(verbose_name='from')),
                        ('revoked', models.DateField(null=True, verbose_name='revoked on')),
                        ('grid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='matters.grid')),
                    ],
                    options={
                        'verbose_name': 'code of a grid',
                        'verbose_name_plural': 'codes of grids',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('revoked', None)), fields=('grid',), name='grid_has_one_code'), models.CheckConstraint(condition=models.Q(('revoked__isnull', True), ('revoked__gte', models.F('since')), _connector='OR'), name='grid_code_in_order')],
                    },
                ),
                migrations.CreateModel(
                    name='GridTally',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', baolei.paths.PathField(max_length=64)),
                        ('grids', models.PositiveIntegerField(default=0)),
                        ('party', models.PositiveIntegerField(default=0)),
                        ('full_time', models.PositiveIntegerField(default=0)),
                        ('part_time', models.PositiveIntegerField(default=0)),
                        ('unit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.unit')),
                    ],
                    options={
                        'verbose_name': 'count of grids',
                        'verbose_name_plural': 'counts of grids',
                        'indexes': [models.Index(fields=['path'], name='grid_tally_of_a_place')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('grids__gte', models.F('party'))), name='grid_tally_adds_up')],
                    },
                ),
                migrations.CreateModel(
                    name='Landmark',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=100, verbose_name='name')),
                        ('until', models.DateField(null=True, verbose_name='to')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='landmarks', to='organisations.unit')),
                    ],
                    options={
                        'verbose_name': 'landmark',
                        'verbose_name_plural': 'landmarks',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('unit', 'name'), name='landmark_named_once'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='landmark_is_named')],
                    },
                ),
                migrations.CreateModel(
                    name='Matter',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=20, verbose_name='kind')),
                        ('channel', models.CharField(choices=[('worker', 'by a grid worker'), ('resident', 'by a resident'), ('desk', 'at the desk'), ('program', 'by another system'), ('split', 'split off')], max_length=8, verbose_name='reported')),
                        ('words', models.CharField(blank=True, max_length=500, verbose_name='what it is about')),
                        ('at', models.DateTimeField(verbose_name='reported at')),
                        ('on', models.DateField(verbose_name='reported on')),
                        ('key', models.CharField(max_length=64, null=True, unique=True)),
                        ('code', models.CharField(max_length=64, null=True, unique=True)),
                        ('contact', models.TextField(blank=True)),
                        ('state', models.CharField(default='lying', max_length=11, verbose_name='standing')),
                        ('level', models.PositiveSmallIntegerField(verbose_name='level')),
                        ('due', models.DateField(null=True, verbose_name='due')),
                        ('ends', models.DateField(verbose_name='to be ended by')),
                        ('paused', models.CharField(blank=True, max_length=20, verbose_name='waits')),
                        ('left_here', models.SmallIntegerField(null=True)),
                        ('left_whole', models.SmallIntegerField(null=True)),
                        ('ending', models.CharField(blank=True, max_length=11, verbose_name='ending')),
                        ('unfixed', models.CharField(blank=True, max_length=20, verbose_name='why it is not fixed')),
                        ('closed_on', models.DateField(null=True, verbose_name='closed on')),
                        ('reopened', models.PositiveSmallIntegerField(default=0, verbose_name='opened again')),
                        ('satisfaction', models.PositiveSmallIntegerField(null=True, verbose_name='satisfaction')),
                        ('removed_on', models.DateField(null=True, verbose_name='contact and words removed on')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('grid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matters', to='matters.grid', verbose_name='grid')),
                        ('handler', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='in whose hands')),
                        ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='lies with')),
                        ('landmark', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.landmark', verbose_name='landmark')),
                        ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='matters.matter')),
                        ('part_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='matters.matter')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'matter',
                        'verbose_name_plural': 'matters',
                        'indexes': [models.Index(fields=['holder', 'state', 'due'], name='matter_in_a_queue'), models.Index(condition=models.Q(('due__isnull', False)), fields=['due', 'state'], name='matter_due'), models.Index(condition=models.Q(('state__in', ('lying', 'taken', 'paused', 'fixed'))), fields=['due', 'id', 'unit'], name='matter_open'), models.Index(fields=['unit', 'on'], name='matter_of_a_unit'), models.Index(fields=['grid', 'state'], name='matter_of_a_grid'), models.Index(condition=models.Q(('closed_on__isnull', False), ('removed_on', None)), fields=['closed_on'], name='matter_to_be_removed')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['lying', 'taken', 'paused', 'fixed', 'confirmed', 'called', 'handed', 'unconfirmed', 'not_fixed', 'asked', 'over', 'merged'])), name='matter_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('closed_on', None), ('due__isnull', False), ('ending', ''), ('state__in', ('lying', 'taken', 'paused', 'fixed'))), models.Q(('closed_on__isnull', False), ('due__isnull', False), ('ending', models.F('state')), ('state__in', ('confirmed', 'handed', 'called', 'unconfirmed', 'not_fixed'))), models.Q(('closed_on__isnull', False), ('due__isnull', False), ('ending__in', ('confirmed', 'handed', 'called', 'unconfirmed', 'not_fixed')), ('state', 'asked')), models.Q(('closed_on__isnull', False), ('due', None), ('ending__in', ('confirmed', 'handed', 'called', 'unconfirmed', 'not_fixed')), ('state', 'over')), models.Q(('closed_on__isnull', False), ('due', None), ('ending', 'merged'), ('state', 'merged')), _connector='OR'), name='matter_ends_as_it_was_closed'), models.CheckConstraint(condition=models.Q(models.Q(('left_here__isnull', False), ('left_whole__isnull', False), ('state', 'paused'), models.Q(('paused', ''), _negated=True)), models.Q(models.Q(('state', 'paused'), _negated=True), ('left_here', None), ('left_whole', None), ('paused', '')), _connector='OR'), name='matter_clocks_stand_while_paused'), models.CheckConstraint(condition=models.Q(models.Q(('merged_into', None), ('part_of', None)), ('contact', ''), _connector='OR'), name='matter_joined_has_no_contact'), models.CheckConstraint(condition=models.Q(('part_of', None), models.Q(('by', None), ('channel', 'split'), ('code', None)), _connector='OR'), name='matter_split_off_has_no_asker'), models.CheckConstraint(condition=models.Q(models.Q(('merged_into__isnull', False), ('state', 'merged')), models.Q(models.Q(('state', 'merged'), _negated=True), ('merged_into', None)), _connector='OR'), name='matter_merged_into_another'), models.CheckConstraint(condition=models.Q(models.Q(('by__isnull', False), ('channel__in', ['worker', 'desk'])), models.Q(('by', None), ('channel__in', ['resident', 'program', 'split'])), _connector='OR'), name='matter_of_a_resident_names_nobody'), models.CheckConstraint(condition=models.Q(models.Q(('words', ''), _negated=True), ('removed_on__isnull', False), _connector='OR'), name='matter_has_words'), models.CheckConstraint(condition=models.Q(('removed_on', None), models.Q(('code', None), ('contact', ''), ('key', None), ('words', '')), _connector='OR'), name='matter_removed_whole'), models.CheckConstraint(condition=models.Q(('satisfaction', None), ('satisfaction__range', (1, 5)), _connector='OR'), name='matter_satisfaction_known'), models.CheckConstraint(condition=models.Q(models.Q(('ending', 'not_fixed'), models.Q(('unfixed', ''), _negated=True)), models.Q(models.Q(('ending', 'not_fixed'), _negated=True), ('unfixed', '')), _connector='OR'), name='matter_not_fixed_says_why')],
                    },
                ),
                migrations.CreateModel(
                    name='Call',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('outcome', models.CharField(blank=True, choices=[('yes', 'fixed'), ('no', 'not fixed'), ('nobody', 'nobody reached')], max_length=6, verbose_name='outcome')),
                        ('on', models.DateField(null=True, verbose_name='called on')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='called by')),
                        ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='matters.draw')),
                        ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='matters.matter')),
                    ],
                    options={
                        'verbose_name': 'call-back',
                        'verbose_name_plural': 'call-backs',
                        'constraints': [models.UniqueConstraint(fields=('draw', 'matter'), name='call_drawn_once'), models.CheckConstraint(condition=models.Q(models.Q(('by', None), ('on', None), ('outcome', '')), models.Q(models.Q(('outcome', ''), _negated=True), ('by__isnull', False), ('on__isnull', False)), _connector='OR'), name='call_made_by_somebody')],
                    },
                ),
                migrations.CreateModel(
                    name='Step',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('act', models.CharField(max_length=13)),
                        ('before', models.CharField(max_length=11)),
                        ('after', models.CharField(max_length=11)),
                        ('at', models.DateTimeField(verbose_name='at')),
                        ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                        ('due', models.DateField(null=True)),
                        ('ends', models.DateField()),
                        ('removed', models.BooleanField(default=False, verbose_name='note removed')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                        ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='matters.matter')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit')),
                    ],
                    options={
                        'verbose_name': 'act upon a matter',
                        'verbose_name_plural': 'acts upon matters',
                        'ordering': ['pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('act', 'take'), ('after', 'taken'), ('before', 'lying')), models.Q(('act', 'escalate'), ('after', 'lying'), ('before', 'lying')), models.Q(('act', 'send_back'), ('after', 'lying'), ('before', 'lying')), models.Q(('act', 'split'), ('after', 'lying'), ('before', 'lying')), models.Q(('act', 'merge'), ('after', 'merged'), ('before', 'lying')), models.Q(('act', 'leave_unfixed'), ('after', 'not_fixed'), ('before', 'lying')), models.Q(('act', 'fix'), ('after', 'fixed'), ('before', 'taken')), models.Q(('act', 'pause'), ('after', 'paused'), ('before', 'taken')), models.Q(('act', 'escalate'), ('after', 'lying'), ('before', 'taken')), models.Q(('act', 'send_back'), ('after', 'lying'), ('before', 'taken')), models.Q(('act', 'split'), ('after', 'taken'), ('before', 'taken')), models.Q(('act', 'merge'), ('after', 'merged'), ('before', 'taken')), models.Q(('act', 'leave_unfixed'), ('after', 'not_fixed'), ('before', 'taken')), models.Q(('act', 'resume'), ('after', 'taken'), ('before', 'paused')), models.Q(('act', 'confirm'), ('after', 'confirmed'), ('before', 'fixed')), models.Q(('act', 'confirm_held'), ('after', 'handed'), ('before', 'fixed')), models.Q(('act', 'deny'), ('after', 'lying'), ('before', 'fixed')), models.Q(('act', 'leave'), ('after', 'unconfirmed'), ('before', 'fixed')), models.Q(('act', 'confirm'), ('after', 'confirmed'), ('before', 'unconfirmed')), models.Q(('act', 'confirm_held'), ('after', 'handed'), ('before', 'unconfirmed')), models.Q(('act', 'call_yes'), ('after', 'called'), ('before', 'unconfirmed')), models.Q(('act', 'call_no'), ('after', 'lying'), ('before', 'unconfirmed')), models.Q(('act', 'call_yes'), ('after', 'called'), ('before', 'handed')), models.Q(('act', 'call_no'), ('after', 'lying'), ('before', 'handed')), models.Q(('act', 'reopen'), ('after', 'lying'), ('before', 'confirmed')), models.Q(('act', 'ask_again'), ('after', 'asked'), ('before', 'confirmed')), models.Q(('act', 'reopen'), ('after', 'lying'), ('before', 'handed')), models.Q(('act', 'ask_again'), ('after', 'asked'), ('before', 'handed')), models.Q(('act', 'reopen'), ('after', 'lying'), ('before', 'called')), models.Q(('act', 'ask_again'), ('after', 'asked'), ('before', 'called')), models.Q(('act', 'reopen'), ('after', 'lying'), ('before', 'unconfirmed')), models.Q(('act', 'ask_again'), ('after', 'asked'), ('before', 'unconfirmed')), models.Q(('act', 'reopen'), ('after', 'lying'), ('before', 'not_fixed')), models.Q(('act', 'ask_again'), ('after', 'asked'), ('before', 'not_fixed')), models.Q(('act', 'hold'), ('after', 'over'), ('before', 'asked')), models.Q(('act', 'reopen'), ('after', 'lying'), ('before', 'asked')), models.Q(('act', 'end'), ('after', 'over'), ('before', 'asked')), _connector='OR'), name='matter_step_by_the_table'), models.CheckConstraint(condition=models.Q(models.Q(('act__in', ['escalate', 'fix', 'leave_unfixed', 'pause', 'send_back', 'split']), _negated=True), models.Q(('note', ''), _negated=True), ('by', None), ('removed', True), _connector='OR'), name='matter_step_says_why'), models.CheckConstraint(condition=models.Q(('removed', False), ('note', ''), _connector='OR'), name='matter_step_removed_whole')],
                    },
                ),
                migrations.CreateModel(
                    name='Tally',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', baolei.paths.PathField(max_length=64)),
                        ('month', models.DateField()),
                        ('reported', models.PositiveIntegerField(default=0)),
                        ('confirmed', models.PositiveIntegerField(default=0)),
                        ('handed', models.PositiveIntegerField(default=0)),
                        ('called', models.PositiveIntegerField(default=0)),
                        ('unconfirmed', models.PositiveIntegerField(default=0)),
                        ('not_fixed', models.PositiveIntegerField(default=0)),
                        ('merged', models.PositiveIntegerField(default=0)),
                        ('reopened', models.PositiveIntegerField(default=0)),
                        ('in_time', models.PositiveIntegerField(default=0)),
                        ('rated', models.PositiveIntegerField(default=0)),
                        ('rating', models.PositiveIntegerField(default=0)),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.unit')),
                    ],
                    options={
                        'verbose_name': 'count of matters',
                        'verbose_name_plural': 'counts of matters',
                        'indexes': [models.Index(fields=['path', 'month'], name='tally_of_a_place')],
                        'constraints': [models.UniqueConstraint(fields=('unit', 'month'), name='tally_once'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='tally_of_a_month'), models.CheckConstraint(condition=models.Q(('reported__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('confirmed'), '+', models.F('handed')), '+', models.F('called')), '+', models.F('unconfirmed')), '+', models.F('not_fixed')), '+', models.F('merged')))), name='tally_adds_up')],
                    },
                ),
                migrations.CreateModel(
                    name='Worker',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.CharField(max_length=40, unique=True, verbose_name='number')),
                        ('name', models.CharField(max_length=100, verbose_name='name')),
                        ('account', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='grid_worker', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'grid worker',
                        'verbose_name_plural': 'grid workers',
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('number', ''), _negated=True), models.Q(('name', ''), _negated=True)), name='worker_is_named')],
                    },
                ),
                migrations.CreateModel(
                    name='Holding',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('full_time', models.BooleanField(verbose_name='full-time')),
                        ('since', models.DateField(verbose_name='from')),
                        ('until', models.DateField(null=True, verbose_name='to')),
                        ('grid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holdings', to='matters.grid')),
                        ('worker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holdings', to='matters.worker')),
                    ],
                    options={
                        'verbose_name': 'worker of a grid',
                        'verbose_name_plural': 'workers of grids',
                        'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='holding_in_order'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('grid', 'worker'), name='worker_in_a_grid_once')],
                    },
                ),
            ],
        ),
    ]
