import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('life', '0001_initial'),
        ('organisations', '0004_notices'),
        ('people', '__first__'),
    ]

    operations = [
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
                ('gathering', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='appraisal', to='life.gathering')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appraisals', to='organisations.organisation')),
            ],
            options={
                'verbose_name': 'appraisal of members',
                'verbose_name_plural': 'appraisals of members',
                'constraints': [models.UniqueConstraint(fields=('organisation', 'year'), name='appraisal_once_a_year'), models.CheckConstraint(condition=models.Q(('due__gte', 1)), name='appraisal_of_somebody')],
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
    ]
