import baolei.tables
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('life', '0001_initial'), ('life', '0002_appraise'), ('life', '0003_affairs'), ('life', '0004_for_facts')]

    initial = True

    dependencies = [
        ('organisations', '0001_squashed_0005_posts_and_numbers'),
        ('people', '__first__'),
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Gathering',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=32, unique=True)),
                        ('on', models.DateField(verbose_name='held on')),
                        ('entered', models.DateField(verbose_name='entered on')),
                        ('should_attend', models.PositiveSmallIntegerField(verbose_name='should attend')),
                        ('absent', models.PositiveSmallIntegerField(default=0, verbose_name='absent')),
                        ('study', models.BooleanField(default=False, verbose_name='opened with study')),
                        ('agenda', models.JSONField(default=list, verbose_name='agenda')),
                        ('decisions', models.JSONField(default=list, verbose_name='decisions')),
                        ('arising', models.JSONField(default=list, verbose_name='matters arising')),
                        ('minutes', models.TextField(blank=True, max_length=3000, verbose_name='minutes')),
                        ('struck_on', models.DateField(null=True, verbose_name='struck on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gatherings', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'gathering',
                        'verbose_name_plural': 'gatherings',
                        'indexes': [models.Index(fields=['organisation', 'on'], name='gathering_of_a_branch'), models.Index(fields=['id', 'organisation', 'on', 'struck_on', 'study'], name='gathering_for_facts')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('entered__gte', models.F('on'))), name='gathering_entered_after_it_was_held'), models.CheckConstraint(condition=models.Q(('absent__lte', models.F('should_attend')), ('should_attend__gte', 1)), name='gathering_no_more_absent')],
                    },
                ),
                migrations.CreateModel(
                    name='Appraisal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('decided', models.DateField(verbose_name='entered on')),
                        ('due', models.PositiveSmallIntegerField(verbose_name='full members')),
                        ('probationary', models.PositiveSmallIntegerField(default=0, verbose_name='on probation')),
                        ('counts', models.JSONField(default=dict, verbose_name='how many have each grade')),
                        ('beyond', models.CharField(blank=True, max_length=200, verbose_name='why more are excellent than in general')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appraisals', to='organisations.organisation')),
                        ('gathering', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='appraisal', to='life.gathering')),
                    ],
                    options={
                        'verbose_name': 'appraisal of members',
                        'verbose_name_plural': 'appraisals of members',
                        'constraints': [models.UniqueConstraint(fields=('organisation', 'year'), name='appraisal_once_a_year'), models.CheckConstraint(condition=models.Q(('due__gte', 1)), name='appraisal_of_somebody')],
                    },
                ),
                migrations.CreateModel(
                    name='Absence',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reason', models.CharField(max_length=10, verbose_name='reason')),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to='organisations.member')),
                        ('gathering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to='life.gathering')),
                    ],
                    options={
                        'verbose_name': 'absence',
                        'verbose_name_plural': 'absences',
                        'constraints': [models.UniqueConstraint(fields=('gathering', 'member'), name='absent_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Grade',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('grade', models.CharField(blank=True, max_length=20, verbose_name='grade')),
                        ('took_part', models.BooleanField(verbose_name='took part')),
                        ('told', models.DateField(null=True, verbose_name='told on')),
                        ('appraisal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grades', to='life.appraisal')),
                        ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grades', to='organisations.member')),
                    ],
                    options={
                        'verbose_name': 'grade',
                        'verbose_name_plural': 'grades',
                        'constraints': [models.UniqueConstraint(fields=('appraisal', 'member'), name='graded_once'), models.CheckConstraint(condition=models.Q(models.Q(('grade', ''), ('member__isnull', True)), models.Q(('member__isnull', False), models.Q(('grade', ''), _negated=True)), _connector='OR'), name='grade_of_a_member')],
                    },
                ),
                migrations.CreateModel(
                    name='Listed',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('entered', models.DateField(verbose_name='entered on')),
                        ('struck_on', models.DateField(null=True, verbose_name='struck on')),
                        ('words', models.CharField(max_length=200, verbose_name='matter')),
                        ('due', models.DateField(verbose_name='due on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listed', to='life.gathering')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'listed matter',
                        'verbose_name_plural': 'listed matters',
                        'indexes': [models.Index(fields=['organisation', 'due'], name='listed_of_branch')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='listed_says_something'), models.UniqueConstraint(condition=models.Q(('struck_on', None)), fields=('organisation', 'words', 'due'), name='listed_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Announcement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('entered', models.DateField(verbose_name='entered on')),
                        ('struck_on', models.DateField(null=True, verbose_name='struck on')),
                        ('kind', models.CharField(max_length=12, verbose_name='kind')),
                        ('on', models.DateField(verbose_name='made public on')),
                        ('place', models.CharField(max_length=12, verbose_name='where')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                        ('listed', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='announcements', to='life.listed')),
                    ],
                    options={
                        'verbose_name': 'announcement',
                        'verbose_name_plural': 'announcements',
                        'indexes': [models.Index(fields=['organisation', 'on'], name='announced_by_a_branch'), models.Index(fields=['on', 'kind'], name='announced_on')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', ''), _negated=True), models.Q(('place', ''), _negated=True)), name='announcement_says_where'), models.CheckConstraint(condition=models.Q(('entered__gte', models.F('on'))), name='announcement_entered_after'), models.UniqueConstraint(condition=models.Q(('listed', None), ('struck_on', None)), fields=('organisation', 'kind', 'on'), name='announced_once'), models.UniqueConstraint(condition=models.Q(('struck_on', None)), fields=('listed',), name='announced_once_of_the_list')],
                    },
                ),
                migrations.CreateModel(
                    name='Matter',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('entered', models.DateField(verbose_name='entered on')),
                        ('struck_on', models.DateField(null=True, verbose_name='struck on')),
                        ('title', models.CharField(max_length=100, verbose_name='matter')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'major matter',
                        'verbose_name_plural': 'major matters',
                        'indexes': [models.Index(fields=['organisation', '-id'], name='matter_of_a_branch')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='matter_has_a_title'), models.UniqueConstraint(condition=models.Q(('struck_on', None)), fields=('organisation', 'title'), name='matter_once_of_a_branch')],
                    },
                ),
                migrations.CreateModel(
                    name='MatterStep',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('step', models.CharField(max_length=20, verbose_name='step')),
                        ('on', models.DateField(verbose_name='day')),
                        ('kept', models.BooleanField(default=True, verbose_name='taken as the rules ask')),
                        ('entered', models.DateField(verbose_name='entered on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('gathering', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='life.gathering')),
                        ('matter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='life.matter')),
                    ],
                    options={
                        'verbose_name': 'step of a matter',
                        'verbose_name_plural': 'steps of matters',
                        'indexes': [models.Index(fields=['step', 'on'], name='matter_step_on')],
                        'constraints': [models.UniqueConstraint(fields=('matter', 'step'), name='matter_step_once'), models.CheckConstraint(condition=models.Q(('entered__gte', models.F('on'))), name='matter_step_entered_after'), models.CheckConstraint(condition=models.Q(('kept', True), ('gathering', None), _connector='OR'), name='matter_step_passed_over')],
                    },
                ),
                migrations.CreateModel(
                    name='PlanRow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('form', models.CharField(max_length=30, verbose_name='form')),
                        ('month', models.PositiveSmallIntegerField(verbose_name='month')),
                        ('day', models.PositiveSmallIntegerField(null=True, verbose_name='day')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plan_rows', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'row of a plan',
                        'verbose_name_plural': 'rows of plans',
                        'constraints': [models.UniqueConstraint(fields=('organisation', 'year', 'form', 'month'), name='planned_once'), models.CheckConstraint(condition=models.Q(('form__in', ('members_meeting', 'committee_meeting', 'group_meeting', 'theme_party_day', 'party_lecture', 'organisation_life_meeting', 'democratic_appraisal', 'hub_session'))), name='plan_form_known'), models.CheckConstraint(condition=models.Q(('month__range', (1, 12)), models.Q(('day__isnull', True), ('day__range', (1, 31)), _connector='OR')), name='plan_in_a_month')],
                    },
                ),
                migrations.CreateModel(
                    name='Quarter',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('quarter', models.PositiveSmallIntegerField(verbose_name='quarter')),
                        ('within', models.PositiveSmallIntegerField(null=True, verbose_name='within the committee')),
                        ('across', models.PositiveSmallIntegerField(null=True, verbose_name='committee with members')),
                        ('mutual', models.PositiveSmallIntegerField(null=True, verbose_name='members with each other')),
                        ('excused', models.PositiveSmallIntegerField(null=True, verbose_name='excused from gatherings')),
                        ('brought', models.PositiveSmallIntegerField(null=True, verbose_name='study brought home to')),
                        ('briefings', models.PositiveSmallIntegerField(null=True, verbose_name='briefings')),
                        ('entered', models.DateField(verbose_name='entered on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quarters', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'counts of a quarter',
                        'verbose_name_plural': 'counts of quarters',
                        'indexes': [models.Index(fields=['year'], name='quarters_of_a_year')],
                        'constraints': [models.UniqueConstraint(fields=('organisation', 'year', 'quarter'), name='quarter_counted_once'), models.CheckConstraint(condition=models.Q(('quarter__range', (1, 4))), name='quarter_of_four'), models.CheckConstraint(condition=models.Q(models.Q(('brought__isnull', True), ('excused__isnull', True)), models.Q(('brought__isnull', False), ('brought__lte', models.F('excused')), ('excused__isnull', False)), _connector='OR'), name='quarter_no_more_brought_than_excused')],
                    },
                ),
                migrations.CreateModel(
                    name='Resolution',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('entered', models.DateField(verbose_name='entered on')),
                        ('struck_on', models.DateField(null=True, verbose_name='struck on')),
                        ('words', models.CharField(max_length=200, verbose_name='resolution')),
                        ('on', models.DateField(verbose_name='decided on')),
                        ('due', models.DateField(verbose_name='due on')),
                        ('who', models.CharField(max_length=12, verbose_name='who answers for it')),
                        ('done_on', models.DateField(null=True, verbose_name='carried out on')),
                        ('done_entered', models.DateField(null=True)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='resolutions', to='life.gathering')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                        ('told', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='life.gathering')),
                    ],
                    options={
                        'verbose_name': 'resolution',
                        'verbose_name_plural': 'resolutions',
                        'indexes': [models.Index(fields=['organisation', 'due'], name='resolution_of_a_branch'), models.Index(fields=['due', 'organisation'], name='resolution_due')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('words', ''), _negated=True), models.Q(('who', ''), _negated=True)), name='resolution_says_something'), models.CheckConstraint(condition=models.Q(('due__gte', models.F('on')), ('entered__gte', models.F('on'))), name='resolution_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('done_entered__isnull', True), ('done_on__isnull', True), ('told__isnull', True)), models.Q(('done_entered__gte', models.F('done_on')), ('done_on__gte', models.F('on'))), _connector='OR'), name='resolution_told_once_done'), models.UniqueConstraint(condition=models.Q(('struck_on', None)), fields=('meeting', 'words'), name='resolution_once_of_a_meeting')],
                    },
                ),
                migrations.CreateModel(
                    name='Session',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('form', models.CharField(max_length=30, verbose_name='form')),
                        ('part', models.PositiveIntegerField(default=0)),
                        ('quorate', models.BooleanField(default=True, verbose_name='enough attended')),
                        ('gathering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='life.gathering')),
                    ],
                    options={
                        'verbose_name': 'session',
                        'verbose_name_plural': 'sessions',
                        'indexes': [models.Index(fields=['form', 'gathering'], name='session_of_a_form')],
                        'constraints': [models.UniqueConstraint(fields=('gathering', 'form', 'part'), name='session_once'), models.CheckConstraint(condition=models.Q(('form__in', ('members_meeting', 'committee_meeting', 'group_meeting', 'theme_party_day', 'party_lecture', 'organisation_life_meeting', 'democratic_appraisal', 'hub_session'))), name='session_form_known')],
                    },
                ),
                migrations.CreateModel(
                    name='SetTask',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('words', models.CharField(max_length=200, verbose_name='task')),
                        ('document', models.CharField(max_length=100, verbose_name='document')),
                        ('on', models.DateField(verbose_name='set on')),
                        ('due', models.DateField(verbose_name='due on')),
                        ('withdrawn_on', models.DateField(null=True, verbose_name='withdrawn on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='set by')),
                        ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                        ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'task set by superiors',
                        'verbose_name_plural': 'tasks set by superiors',
                        'indexes': [models.Index(fields=['due'], name='set_task_due')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('organisation__isnull', False), ('unit__isnull', True)), models.Q(('organisation__isnull', True), ('unit__isnull', False)), _connector='OR'), name='set_task_by_one_superior'), models.CheckConstraint(condition=models.Q(models.Q(('words', ''), _negated=True), models.Q(('document', ''), _negated=True)), name='set_task_says_something'), models.CheckConstraint(condition=models.Q(('due__gte', models.F('on'))), name='set_task_in_order')],
                    },
                ),
                migrations.CreateModel(
                    name='BranchTask',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('done_on', models.DateField(null=True, verbose_name='done on')),
                        ('report', models.CharField(blank=True, max_length=200, verbose_name='report')),
                        ('reported', models.DateField(null=True, verbose_name='reported on')),
                        ('confirmed', models.DateField(null=True, verbose_name='confirmed on')),
                        ('back', models.DateField(null=True, verbose_name='sent back on')),
                        ('back_why', models.CharField(blank=True, max_length=200, verbose_name='sent back because')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                        ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='branches', to='life.settask')),
                    ],
                    options={
                        'verbose_name': 'task of a branch',
                        'verbose_name_plural': 'tasks of branches',
                        'indexes': [models.Index(fields=['organisation', 'task'], name='branch_task_of_a_branch')],
                        'constraints': [models.UniqueConstraint(fields=('task', 'organisation'), name='branch_task_once'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed__isnull', True), ('done_on__isnull', True), ('report', ''), ('reported__isnull', True)), models.Q(('reported__gte', models.F('done_on')), models.Q(('report', ''), _negated=True)), _connector='OR'), name='branch_task_reported_in_words'), models.CheckConstraint(condition=models.Q(('confirmed__isnull', True), ('confirmed__gte', models.F('reported')), _connector='OR'), name='branch_task_confirmed_after'), models.CheckConstraint(condition=models.Q(models.Q(('back__isnull', True), ('back_why', '')), models.Q(('back__isnull', False), models.Q(('back_why', ''), _negated=True)), _connector='OR'), name='branch_task_sent_back_with_a_reason')],
                    },
                ),
            ],
        ),
    ]
