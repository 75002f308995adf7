import baolei.paths
import baolei.tables
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('organisations', '0001_initial'), ('organisations', '0002_audit_and_acts'), ('organisations', '0003_members_groups_hubs'), ('organisations', '0004_notices'), ('organisations', '0005_posts_and_numbers')]

    initial = True

    dependencies = [
        ('people', '__first__'),
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
                migrations.CreateModel(
                    name='AuditRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(verbose_name='day')),
                        ('at', models.DateTimeField(verbose_name='counted at')),
                        ('organisations', models.PositiveIntegerField(verbose_name='organisations')),
                    ],
                    options={
                        'verbose_name': 'audit',
                        'verbose_name_plural': 'audits',
                        'ordering': ['-pk'],
                    },
                ),
                migrations.CreateModel(
                    name='Member',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=100, verbose_name='name')),
                        ('joined', models.DateField(blank=True, null=True, verbose_name='joined the Party')),
                        ('birth_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='year of birth (office holders)')),
                        ('education', models.CharField(blank=True, max_length=20, verbose_name='education (office holders)')),
                    ],
                    options={
                        'verbose_name': 'member',
                        'verbose_name_plural': 'members',
                    },
                ),
                migrations.CreateModel(
                    name='Organisation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ],
                    options={
                        'verbose_name': 'Party organisation',
                        'verbose_name_plural': 'Party organisations',
                    },
                ),
                migrations.CreateModel(
                    name='Unit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ],
                    options={
                        'verbose_name': 'unit',
                        'verbose_name_plural': 'units',
                    },
                ),
                migrations.CreateModel(
                    name='Notice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('title', models.CharField(max_length=80, verbose_name='title of the notice')),
                        ('text', models.CharField(max_length=1000, verbose_name='text')),
                        ('urgent', models.BooleanField(default=False, verbose_name='urgent')),
                        ('since', models.DateField(verbose_name='from')),
                        ('until', models.DateField(verbose_name='to')),
                        ('posted_at', models.DateTimeField(verbose_name='posted')),
                        ('ended_at', models.DateTimeField(null=True, verbose_name='withdrawn')),
                        ('posted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='posted by')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='for the unit')),
                    ],
                    options={
                        'verbose_name': 'notice',
                        'verbose_name_plural': 'notices',
                        'ordering': ['-since', '-pk'],
                        'indexes': [models.Index(fields=['unit', 'until'], name='notice_of_unit')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='notice_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='notice_says_something'), models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('text'), 1000), name='notice_is_short')],
                    },
                ),
                migrations.CreateModel(
                    name='UnitCount',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organisations', models.PositiveIntegerField(verbose_name='organisations')),
                        ('branches', models.PositiveIntegerField(verbose_name='Party branches')),
                        ('members', models.PositiveIntegerField(verbose_name='members')),
                        ('flagged', models.PositiveIntegerField(verbose_name='organisations with a finding')),
                        ('findings', models.JSONField(default=dict, verbose_name='findings')),
                        ('excused', models.JSONField(default=dict, verbose_name='excused')),
                        ('posts', models.JSONField(default=dict, verbose_name='posts')),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counts', to='organisations.auditrun')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counts', to='organisations.unit')),
                    ],
                    options={
                        'verbose_name': 'count of a unit',
                        'verbose_name_plural': 'counts of units',
                        'constraints': [models.UniqueConstraint(fields=('unit', 'run'), name='unit_counted_once')],
                    },
                ),
                migrations.CreateModel(
                    name='UnitState',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(db_index=True, max_length=30, verbose_name='code')),
                        ('name', models.CharField(max_length=200, verbose_name='name')),
                        ('initials', baolei.paths.PathField(db_index=True, default='', editable=False, max_length=200, verbose_name='initials')),
                        ('path', baolei.paths.PathField(db_index=True, max_length=60, verbose_name='path')),
                        ('since', models.DateField(verbose_name='from')),
                        ('until', models.DateField(blank=True, null=True, verbose_name='to')),
                        ('level', models.PositiveSmallIntegerField(verbose_name='level')),
                        ('above', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='unit above')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='states', to='organisations.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'state of a unit',
                        'verbose_name_plural': 'states of units',
                        'ordering': ['path', 'since'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('level__range', (1, 5))), name='unit_state_level_known'), models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='unit_state_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('above__isnull', True), ('level', 1)), models.Q(('above__isnull', False), ('level__gt', 1)), _connector='OR'), name='unit_state_has_above'), models.UniqueConstraint(fields=('unit', 'since'), name='unit_state_begins_once'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('unit',), name='unit_state_open_once'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('code',), name='unit_code_held_once')],
                    },
                ),
                migrations.CreateModel(
                    name='VillageHead',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('vacant', models.BooleanField(default=False, verbose_name='vacant')),
                        ('since', models.DateField(verbose_name='from')),
                        ('until', models.DateField(blank=True, null=True, verbose_name='to')),
                        ('holder', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.member', verbose_name='holder')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='heads', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': "head of a villagers' committee",
                        'verbose_name_plural': "heads of villagers' committees",
                        'constraints': [models.CheckConstraint(condition=models.Q(('vacant', False), ('holder__isnull', True), _connector='OR'), name='head_vacant_without_holder'), models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='head_in_order'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('organisation',), name='head_open_once')],
                    },
                ),
                migrations.CreateModel(
                    name='NoticeRole',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(max_length=20, verbose_name='role')),
                        ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='organisations.notice')),
                    ],
                    options={
                        'verbose_name': 'role of a notice',
                        'verbose_name_plural': 'roles of notices',
                        'constraints': [models.UniqueConstraint(fields=('notice', 'role'), name='notice_role_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Membership',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('full', 'full member'), ('probationary', 'probationary member')], max_length=12, verbose_name='kind')),
                        ('since', models.DateField(verbose_name='from')),
                        ('until', models.DateField(blank=True, null=True, verbose_name='to')),
                        ('how', models.CharField(blank=True, choices=[('moved', 'transferred outside'), ('died', 'deceased'), ('left', 'no longer a member')], db_default='', max_length=5, verbose_name='how it ended')),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='organisations.member', verbose_name='member')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'membership',
                        'verbose_name_plural': 'memberships',
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['full', 'probationary'])), name='membership_kind_known'), models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='membership_in_order'), models.CheckConstraint(condition=models.Q(('how', ''), ('until__isnull', False), _connector='OR'), name='membership_ends_some_way'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('member',), name='membership_open_once')],
                    },
                ),
                migrations.CreateModel(
                    name='HubHousehold',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('grid', models.CharField(max_length=100, verbose_name='grid')),
                        ('members', models.PositiveSmallIntegerField(verbose_name='members who meet there')),
                        ('households', models.PositiveSmallIntegerField(verbose_name='households served')),
                        ('since', models.DateField(verbose_name='from')),
                        ('until', models.DateField(blank=True, null=True, verbose_name='to')),
                        ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.member', verbose_name='host')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hubs', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'hub household',
                        'verbose_name_plural': 'hub households',
                        'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='hub_in_order'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('host',), name='hub_hosted_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Group',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=100, verbose_name='name')),
                        ('place', models.CharField(blank=True, max_length=100, verbose_name='grid or natural village')),
                        ('since', models.DateField(verbose_name='from')),
                        ('until', models.DateField(blank=True, null=True, verbose_name='to')),
                        ('leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.member', verbose_name='leader')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'Party group',
                        'verbose_name_plural': 'Party groups',
                        'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='group_in_order'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('organisation', 'name'), name='group_named_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Finding',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('flag', models.CharField(max_length=40, verbose_name='flag')),
                        ('figures', models.JSONField(default=dict, verbose_name='figures')),
                        ('since', models.DateField(verbose_name='first seen')),
                        ('due', models.DateField(verbose_name='due')),
                        ('until', models.DateField(blank=True, null=True, verbose_name='closed on')),
                        ('how', models.CharField(blank=True, choices=[('cured', 'cured'), ('excused', 'approved exception'), ('ended', 'organisation ended')], max_length=8, verbose_name='closed by')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'finding',
                        'verbose_name_plural': 'findings',
                        'indexes': [models.Index(fields=['until', 'flag', 'due'], name='finding_open')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('how', ''), ('until__isnull', True)), models.Q(('until__isnull', False), models.Q(('how', ''), _negated=True)), _connector='OR'), name='finding_closed_by_something'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('organisation', 'flag'), name='finding_open_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Exemption',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('flag', models.CharField(blank=True, max_length=40, verbose_name='flag')),
                        ('document', models.CharField(max_length=100, verbose_name='document')),
                        ('since', models.DateField(verbose_name='from')),
                        ('until', models.DateField(blank=True, null=True, verbose_name='to')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exemptions', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'exemption',
                        'verbose_name_plural': 'exemptions',
                        'constraints': [models.CheckConstraint(condition=models.Q(('document', ''), _negated=True), name='exemption_names_its_document'), models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='exemption_in_order')],
                    },
                ),
                migrations.CreateModel(
                    name='Election',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('on', models.DateField(verbose_name='held on')),
                        ('should_attend', models.PositiveIntegerField(verbose_name='should attend')),
                        ('present', models.PositiveIntegerField(verbose_name='present')),
                        ('issued', models.PositiveIntegerField(verbose_name='slips handed out')),
                        ('returned', models.PositiveIntegerField(verbose_name='slips returned')),
                        ('void', models.PositiveIntegerField(verbose_name='void slips')),
                        ('seats', models.PositiveSmallIntegerField(verbose_name='seats')),
                        ('votes', models.JSONField(default=dict, verbose_name='votes')),
                        ('elected', models.JSONField(default=list, verbose_name='elected')),
                        ('needed', models.PositiveIntegerField(verbose_name='votes needed')),
                        ('valid', models.BooleanField(verbose_name='stands')),
                        ('document', models.CharField(max_length=100, verbose_name='approval')),
                        ('kind', models.CharField(choices=[('term', 'term election'), ('second', 'second vote for open seats'), ('by', 'by-election')], db_default='term', default='term', max_length=6, verbose_name='kind')),
                        ('posts', models.JSONField(default=dict, verbose_name='posts')),
                        ('first', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='votes_after', to='organisations.election')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='elections', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'election',
                        'verbose_name_plural': 'elections',
                        'ordering': ['-on', '-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['term', 'second', 'by'])), name='election_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('first__isnull', False), ('kind', 'second')), models.Q(models.Q(('kind', 'second'), _negated=True), ('first__isnull', True)), _connector='OR'), name='election_second_of_one')],
                    },
                ),
                migrations.CreateModel(
                    name='Post',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('secretary', 'secretary'), ('deputy', 'deputy secretary'), ('organisation', 'committee member for organisation'), ('publicity', 'committee member for publicity'), ('discipline', 'committee member for discipline'), ('member', 'committee member')], max_length=12, verbose_name='post')),
                        ('committee', models.BooleanField(default=False, verbose_name='in the committee')),
                        ('village_head', models.BooleanField(default=False, verbose_name="also heads the villagers' or residents' committee")),
                        ('since', models.DateField(verbose_name='from')),
                        ('until', models.DateField(blank=True, null=True, verbose_name='to')),
                        ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='organisations.member', verbose_name='holder')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'post',
                        'verbose_name_plural': 'posts',
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('secretary', 'deputy', 'organisation', 'publicity', 'discipline', 'member'))), name='post_kind_known'), models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='post_in_order'), models.UniqueConstraint(condition=models.Q(('kind', 'secretary'), ('until__isnull', True)), fields=('organisation',), name='post_one_secretary')],
                    },
                ),
                migrations.CreateModel(
                    name='QuarterNumbers',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('quarter', models.PositiveSmallIntegerField(verbose_name='quarter')),
                        ('entered', models.DateField(verbose_name='entered on')),
                        ('struck_on', models.DateField(null=True, verbose_name='struck on')),
                        ('members', models.PositiveIntegerField(verbose_name='members')),
                        ('probationary', models.PositiveIntegerField(verbose_name='probationary members')),
                        ('applicants', models.PositiveIntegerField(verbose_name='applicants')),
                        ('activists', models.PositiveIntegerField(verbose_name='activists')),
                        ('prospects', models.PositiveIntegerField(verbose_name='candidates for admission')),
                        ('steps_due', models.PositiveIntegerField(verbose_name='steps due')),
                        ('steps_done', models.PositiveIntegerField(verbose_name='steps done by their date')),
                        ('migrants', models.PositiveIntegerField(verbose_name='migrant members')),
                        ('reached', models.PositiveIntegerField(verbose_name='migrant members reached')),
                        ('reserve', models.PositiveIntegerField(verbose_name='reserve')),
                        ('trained', models.PositiveIntegerField(verbose_name='reserve with a mentor and trained')),
                        ('linked', models.PositiveIntegerField(verbose_name='members spoken to every month')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='numbers', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'numbers of a quarter',
                        'verbose_name_plural': 'numbers of quarters',
                        'constraints': [models.CheckConstraint(condition=models.Q(('quarter__range', (1, 4))), name='numbers_of_a_quarter'), models.UniqueConstraint(condition=models.Q(('struck_on__isnull', True)), fields=('year', 'quarter', 'organisation'), name='numbers_stand_once'), models.CheckConstraint(condition=models.Q(('steps_done__lte', models.F('steps_due'))), name='numbers_steps_done_of_steps_due'), models.CheckConstraint(condition=models.Q(('reached__lte', models.F('migrants'))), name='numbers_reached_of_migrants'), models.CheckConstraint(condition=models.Q(('trained__lte', models.F('reserve'))), name='numbers_trained_of_reserve'), models.CheckConstraint(condition=models.Q(('linked__lte', models.F('members'))), name='numbers_linked_of_members')],
                    },
                ),
                migrations.CreateModel(
                    name='Term',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('elected', models.DateField(verbose_name='elected')),
                        ('ends', models.DateField(verbose_name='term ends')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'term of office',
                        'verbose_name_plural': 'terms of office',
                        'constraints': [models.CheckConstraint(condition=models.Q(('ends__gt', models.F('elected'))), name='term_ends_after_it_begins'), models.UniqueConstraint(fields=('organisation', 'elected'), name='term_begins_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Transfer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('outside', models.CharField(blank=True, max_length=200, verbose_name='outside this house')),
                        ('state', models.CharField(choices=[('requested', 'requested'), ('sent', 'letter sent'), ('received', 'received'), ('closed', 'receipt returned'), ('ended', 'not carried out')], default='requested', max_length=9, verbose_name='standing')),
                        ('requested', models.DateField(verbose_name='requested on')),
                        ('letter', models.CharField(blank=True, max_length=60, verbose_name='number of the letter')),
                        ('sent', models.DateField(blank=True, null=True, verbose_name='sent on')),
                        ('valid_to', models.DateField(blank=True, null=True, verbose_name='letter good until')),
                        ('received', models.DateField(blank=True, null=True, verbose_name='received on')),
                        ('receipt', models.DateField(blank=True, null=True, verbose_name='receipt returned on')),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='organisations.member', verbose_name='member')),
                        ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='from')),
                        ('to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='to')),
                    ],
                    options={
                        'verbose_name': 'transfer',
                        'verbose_name_plural': 'transfers',
                        'indexes': [models.Index(fields=['state', 'valid_to'], name='transfer_on_its_way')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('outside', ''), ('to__isnull', False)), models.Q(('to__isnull', True), models.Q(('outside', ''), _negated=True)), _connector='OR'), name='transfer_has_one_goal'), models.UniqueConstraint(condition=models.Q(('state__in', ['requested', 'sent'])), fields=('member',), name='transfer_one_at_a_time')],
                    },
                ),
                migrations.CreateModel(
                    name='Succession',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('on', models.DateField(verbose_name='day')),
                        ('main', models.BooleanField(verbose_name='takes over the rest')),
                        ('after', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='from then on')),
                        ('before', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='successions', to='organisations.unit', verbose_name='until then')),
                    ],
                    options={
                        'verbose_name': 'succession',
                        'verbose_name_plural': 'successions',
                        'constraints': [models.CheckConstraint(condition=models.Q(('before', models.F('after')), _negated=True), name='succession_of_another'), models.UniqueConstraint(fields=('before', 'after', 'on'), name='succession_once'), models.UniqueConstraint(condition=models.Q(('main', True)), fields=('before',), name='succession_one_main')],
                    },
                ),
                migrations.CreateModel(
                    name='OrganisationState',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(db_index=True, max_length=30, verbose_name='code')),
                        ('name', models.CharField(max_length=200, verbose_name='name')),
                        ('initials', baolei.paths.PathField(db_index=True, default='', editable=False, max_length=200, verbose_name='initials')),
                        ('path', baolei.paths.PathField(db_index=True, max_length=60, verbose_name='path')),
                        ('since', models.DateField(verbose_name='from')),
                        ('until', models.DateField(blank=True, null=True, verbose_name='to')),
                        ('kind', models.CharField(max_length=30, verbose_name='kind')),
                        ('field', models.CharField(blank=True, max_length=40, verbose_name='field')),
                        ('unit_active', models.BooleanField(default=True, verbose_name='its body is at work')),
                        ('above', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='affiliated with')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='states', to='organisations.organisation', verbose_name='organisation')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='unit served')),
                    ],
                    options={
                        'verbose_name': 'state of an organisation',
                        'verbose_name_plural': 'states of organisations',
                        'ordering': ['path', 'since'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='organisation_state_in_order'), models.UniqueConstraint(fields=('organisation', 'since'), name='organisation_state_begins_once'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('organisation',), name='organisation_state_open_once'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('code',), name='organisation_code_held_once')],
                    },
                ),
            ],
        ),
    ]
