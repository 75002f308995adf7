import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0004_notices'),
        ('people', '__first__'),
    ]

    operations = [
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
                'indexes': [models.Index(fields=['organisation', 'on'], name='gathering_of_a_branch')],
                'constraints': [models.CheckConstraint(condition=models.Q(('entered__gte', models.F('on'))), name='gathering_entered_after_it_was_held'), models.CheckConstraint(condition=models.Q(('absent__lte', models.F('should_attend')), ('should_attend__gte', 1)), name='gathering_no_more_absent')],
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
    ]
