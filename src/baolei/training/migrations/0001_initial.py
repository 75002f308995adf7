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
                    name='TrainingClass',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=32, unique=True)),
                        ('level', models.CharField(max_length=10, verbose_name='level')),
                        ('title', models.CharField(max_length=100, verbose_name='title')),
                        ('first', models.DateField(verbose_name='first day')),
                        ('last', models.DateField(verbose_name='last day')),
                        ('hours', models.PositiveSmallIntegerField(verbose_name='class hours')),
                        ('concentrated', models.BooleanField(default=False, verbose_name='concentrated training')),
                        ('rotation', models.BooleanField(default=False, verbose_name='rotation of secretaries')),
                        ('audience', models.CharField(max_length=20, verbose_name='held for')),
                        ('whole', models.BooleanField(default=False)),
                        ('should_attend', models.PositiveIntegerField(default=0, verbose_name='should attend')),
                        ('absent', models.PositiveIntegerField(default=0, verbose_name='absent')),
                        ('entered', models.DateField(verbose_name='entered on')),
                        ('struck_on', models.DateField(null=True, verbose_name='struck on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='classes', to='organisations.organisation')),
                        ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='held by')),
                    ],
                    options={
                        'verbose_name': 'training class',
                        'verbose_name_plural': 'training classes',
                        'indexes': [models.Index(fields=['organisation', 'last'], name='class_of_an_organisation'), models.Index(fields=['unit', 'last'], name='class_of_a_unit')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('organisation__isnull', False), ('unit', None)), models.Q(('organisation', None), ('unit__isnull', False)), _connector='OR'), name='class_has_one_host'), models.CheckConstraint(condition=models.Q(('entered__gte', models.F('last')), ('last__gte', models.F('first'))), name='class_days_in_order'), models.CheckConstraint(condition=models.Q(('hours__gte', 1)), name='class_has_hours'), models.CheckConstraint(condition=models.Q(('whole', False), models.Q(('concentrated', False), ('level', 'branch'), ('organisation__isnull', False), ('rotation', False), ('should_attend__gte', 1)), _connector='OR'), name='class_of_a_whole_branch'), models.CheckConstraint(condition=models.Q(('absent__lte', models.F('should_attend'))), name='class_no_more_absent')],
                    },
                ),
                migrations.CreateModel(
                    name='Roster',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=255, verbose_name='file')),
                        ('digest', models.CharField(max_length=64, verbose_name='SHA-256')),
                        ('sent', models.DateField(verbose_name='sent on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent by')),
                        ('held', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='roster', to='training.trainingclass')),
                    ],
                    options={
                        'verbose_name': 'roster on its way in',
                        'verbose_name_plural': 'rosters on their way in',
                    },
                ),
                migrations.CreateModel(
                    name='Missed',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='missed', to='organisations.member')),
                        ('held', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='missed', to='training.trainingclass')),
                    ],
                    options={
                        'verbose_name': 'absence from a class',
                        'verbose_name_plural': 'absences from classes',
                        'constraints': [models.UniqueConstraint(fields=('held', 'member'), name='missed_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Attendance',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(default='member', max_length=9, verbose_name='as')),
                        ('struck_on', models.DateField(null=True, verbose_name='struck on')),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='organisations.member')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                        ('held', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='training.trainingclass')),
                    ],
                    options={
                        'verbose_name': 'attendance of a class',
                        'verbose_name_plural': 'attendances of classes',
                        'indexes': [models.Index(fields=['organisation', 'held'], name='attendance_of_a_branch')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('struck_on', None)), fields=('held', 'member'), name='attended_once'), models.CheckConstraint(condition=models.Q(('role__in', ('member', 'officer', 'secretary'))), name='attendance_role_known')],
                    },
                ),
                migrations.CreateModel(
                    name='Coverage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('year', models.PositiveSmallIntegerField()),
                        ('what', models.CharField(max_length=9)),
                        ('reached', models.PositiveIntegerField()),
                        ('people', models.PositiveIntegerField()),
                        ('open', models.PositiveIntegerField(default=0)),
                        ('counted', models.DateField()),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'coverage of training',
                        'verbose_name_plural': 'coverage of training',
                        'constraints': [models.UniqueConstraint(fields=('year', 'organisation', 'what'), name='coverage_once'), models.CheckConstraint(condition=models.Q(('what__in', ('member', 'officer', 'secretary', 'rotated', 'new'))), name='coverage_of_what'), models.CheckConstraint(condition=models.Q(('people__gte', django.db.models.expressions.CombinedExpression(models.F('reached'), '+', models.F('open')))), name='coverage_of_people_there')],
                    },
                ),
                migrations.CreateModel(
                    name='RosterLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField(verbose_name='row')),
                        ('name', models.CharField(max_length=200, verbose_name='name')),
                        ('branch', models.CharField(max_length=200, verbose_name='branch')),
                        ('joined', models.DateField(null=True, verbose_name='joined the Party')),
                        ('left_out', models.CharField(blank=True, max_length=20, verbose_name='left out')),
                        ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.member')),
                        ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='training.roster')),
                    ],
                    options={
                        'verbose_name': 'row of a roster',
                        'verbose_name_plural': 'rows of rosters',
                        'ordering': ['number'],
                        'constraints': [models.UniqueConstraint(fields=('roster', 'number'), name='roster_line_once'), models.UniqueConstraint(fields=('roster', 'member'), name='roster_member_once'), models.CheckConstraint(condition=models.Q(('left_out', ''), ('member', None), _connector='OR'), name='roster_line_entered_or_left_out')],
                    },
                ),
            ],
        ),
    ]
