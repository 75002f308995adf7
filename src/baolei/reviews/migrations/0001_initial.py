import baolei.tables
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('declarations', '0001_squashed_0004_dispute'),
        ('organisations', '0001_squashed_0005_posts_and_numbers'),
        ('people', '__first__'),
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Step',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveSmallIntegerField(verbose_name='place on the way')),
                        ('code', models.CharField(max_length=40, verbose_name='step')),
                        ('seat', models.CharField(max_length=40, verbose_name='judged by')),
                        ('state', models.CharField(default='opinions', max_length=10, verbose_name='standing')),
                        ('turn', models.PositiveSmallIntegerField(default=1, verbose_name='time handed in')),
                        ('entered', models.DateField(verbose_name='since')),
                        ('due', models.DateField(verbose_name='due')),
                        ('decision_due', models.DateField(verbose_name='decision due')),
                        ('escalates_on', models.DateField(verbose_name='passed upward after')),
                        ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='declarations.declaration', verbose_name='declaration')),
                        ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                        ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'step of a review',
                        'verbose_name_plural': 'steps of reviews',
                        'ordering': ['due', 'pk'],
                        'indexes': [models.Index(fields=['unit', 'seat', 'state', 'due'], name='step_at_unit'), models.Index(fields=['organisation', 'seat', 'state', 'due'], name='step_at_organisation'), models.Index(fields=['state', 'escalates_on'], name='step_by_clock')],
                        'constraints': [models.UniqueConstraint(fields=('declaration', 'number'), name='step_once_on_the_way'), models.UniqueConstraint(fields=('declaration', 'code'), name='step_once_by_its_code'), models.UniqueConstraint(condition=models.Q(('state__in', ('opinions', 'third', 'decision', 'escalated', 'returned'))), fields=('declaration',), name='step_one_open_at_a_time'), models.CheckConstraint(condition=models.Q(('state__in', ['opinions', 'third', 'decision', 'escalated', 'returned', 'passed', 'rejected', 'withdrawn'])), name='step_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('organisation__isnull', True), ('unit__isnull', False)), models.Q(('organisation__isnull', False), ('unit__isnull', True)), _connector='OR'), name='step_has_one_body'), models.CheckConstraint(condition=models.Q(('decision_due__gte', models.F('entered')), ('due__gte', models.F('entered')), ('escalates_on__gte', models.F('entered'))), name='step_due_after_it_was_entered')],
                    },
                ),
                migrations.CreateModel(
                    name='Opinion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('verdict', models.CharField(choices=[('pass', 'pass'), ('return', 'return to the branch'), ('reject', 'reject')], max_length=6, verbose_name='opinion')),
                        ('reasons', models.JSONField(default=dict, verbose_name='reasons by item')),
                        ('digest', models.CharField(max_length=64, verbose_name='digest of what was judged')),
                        ('on', models.DateField(verbose_name='given on')),
                        ('opened', models.BooleanField(default=False, verbose_name='may be read')),
                        ('lapsed', models.BooleanField(default=False, verbose_name='lapsed')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewer')),
                        ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='reviews.step')),
                    ],
                    options={
                        'verbose_name': 'opinion',
                        'verbose_name_plural': 'opinions',
                        'ordering': ['step', 'person'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('lapsed', False)), fields=('step', 'person'), name='opinion_one_that_counts'), models.CheckConstraint(condition=models.Q(('verdict__in', ('pass', 'return', 'reject'))), name='opinion_verdict_known'), models.CheckConstraint(condition=models.Q(('verdict', 'pass'), models.Q(('reasons', {}), _negated=True), _connector='OR'), name='opinion_says_why'), models.CheckConstraint(condition=models.Q(('digest', ''), _negated=True), name='opinion_on_something')],
                    },
                ),
                migrations.CreateModel(
                    name='Look',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('digest', models.CharField(max_length=64, verbose_name='digest of what was judged')),
                        ('at', models.DateTimeField(verbose_name='looked through')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewer')),
                        ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='reviews.step')),
                    ],
                    options={
                        'verbose_name': 'look',
                        'verbose_name_plural': 'looks',
                        'constraints': [models.UniqueConstraint(fields=('step', 'person', 'digest'), name='look_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Decision',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('verdict', models.CharField(choices=[('pass', 'pass'), ('return', 'return to the branch'), ('reject', 'reject')], max_length=6, verbose_name='conclusion')),
                        ('at', models.DateTimeField(verbose_name='decided')),
                        ('why', models.CharField(max_length=500, verbose_name='why')),
                        ('items', models.JSONField(default=dict, verbose_name='reasons by item')),
                        ('digest', models.CharField(max_length=64, verbose_name='digest of what was judged')),
                        ('judged', models.JSONField(null=True)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                        ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='reviews.step')),
                    ],
                    options={
                        'verbose_name': 'conclusion',
                        'verbose_name_plural': 'conclusions',
                        'ordering': ['pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('verdict', 'return'), _negated=True), fields=('step',), name='decision_final_once'), models.CheckConstraint(condition=models.Q(('verdict__in', ('pass', 'return', 'reject'))), name='decision_verdict_known'), models.CheckConstraint(condition=models.Q(models.Q(('why', ''), _negated=True), models.Q(('digest', ''), _negated=True)), name='decision_says_why_and_on_what'), models.CheckConstraint(condition=models.Q(models.Q(('judged__isnull', False), ('verdict', 'return')), models.Q(models.Q(('verdict', 'return'), _negated=True), ('judged__isnull', True)), _connector='OR'), name='decision_keeps_what_was_returned')],
                    },
                ),
                migrations.CreateModel(
                    name='Assignment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('proof', models.JSONField(verbose_name='what was looked up')),
                        ('at', models.DateTimeField(verbose_name='named')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='named by')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewer')),
                        ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='reviews.step')),
                    ],
                    options={
                        'verbose_name': 'assignment',
                        'verbose_name_plural': 'assignments',
                        'constraints': [models.UniqueConstraint(fields=('step', 'person'), name='assignment_once'), models.CheckConstraint(condition=models.Q(('proof__found', '')), name='assignment_without_conflict')],
                    },
                ),
                migrations.CreateModel(
                    name='Gap',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=40, verbose_name='step without a body')),
                        ('to', models.CharField(max_length=40, verbose_name='taken over by')),
                        ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gaps', to='declarations.declaration', verbose_name='declaration')),
                    ],
                    options={
                        'verbose_name': 'step without a body',
                        'verbose_name_plural': 'steps without a body',
                        'constraints': [models.UniqueConstraint(fields=('declaration', 'code'), name='gap_once')],
                    },
                ),
            ],
        ),
    ]
