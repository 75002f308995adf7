import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('life', '0002_appraise'),
        ('organisations', '0004_notices'),
        ('people', '__first__'),
    ]

    operations = [
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
    ]
