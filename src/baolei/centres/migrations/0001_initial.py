import baolei.tables
import django.db.models.deletion
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
                    name='RoadMap',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('digest', models.CharField(max_length=64, unique=True, verbose_name='SHA-256')),
                        ('name', models.CharField(max_length=255, verbose_name='file')),
                        ('synthetic', models.BooleanField(default=False, verbose_name='invented')),
                        ('nodes', models.PositiveIntegerField(verbose_name='junctions')),
                        ('pieces', models.PositiveIntegerField(verbose_name='pieces of road')),
                        ('named', models.PositiveIntegerField(default=0, verbose_name='named places')),
                        ('read_at', models.DateTimeField(verbose_name='read in at')),
                    ],
                    options={
                        'verbose_name': 'network of roads',
                        'verbose_name_plural': 'networks of roads',
                        'ordering': ['-read_at', '-pk'],
                    },
                ),
                migrations.CreateModel(
                    name='Centre',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('level', models.PositiveSmallIntegerField(verbose_name='level')),
                        ('key', models.CharField(max_length=32, unique=True)),
                        ('kind', models.CharField(choices=[('centre', 'service centre'), ('point', 'service point')], max_length=6, verbose_name='kind')),
                        ('name', models.CharField(max_length=100, verbose_name='name')),
                        ('address', models.CharField(blank=True, max_length=200, verbose_name='address')),
                        ('days', models.CharField(blank=True, max_length=7, verbose_name='open days')),
                        ('opens', models.TimeField(null=True, verbose_name='opens')),
                        ('closes', models.TimeField(null=True, verbose_name='closes')),
                        ('lon', models.FloatField(null=True, verbose_name='longitude')),
                        ('lat', models.FloatField(null=True, verbose_name='latitude')),
                        ('entered', models.DateField(verbose_name='entered on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('hub', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.hubhousehold', verbose_name='hub household')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='centres', to='organisations.unit', verbose_name='kept by')),
                    ],
                    options={
                        'verbose_name': 'service centre or point',
                        'verbose_name_plural': 'service centres and points',
                        'ordering': ['level', 'name', 'pk'],
                        'indexes': [models.Index(fields=['unit', 'kind'], name='centre_of_a_unit')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['centre', 'point'])), name='centre_kind_known'), models.CheckConstraint(condition=models.Q(('level__range', (2, 5))), name='centre_level_known'), models.CheckConstraint(condition=models.Q(models.Q(('closes', None), ('days', ''), ('opens', None)), models.Q(models.Q(('days', ''), _negated=True), ('closes__isnull', False), ('opens__isnull', False), ('opens__lt', models.F('closes'))), _connector='OR'), name='centre_hours_whole'), models.CheckConstraint(condition=models.Q(('hub', None), models.Q(('kind', 'point'), ('lon', None)), _connector='OR'), name='centre_hub_is_a_point'), models.CheckConstraint(condition=models.Q(models.Q(('lat', None), ('lon', None)), models.Q(('lat__isnull', False), ('lat__range', (-90, 90)), ('lon__isnull', False), ('lon__range', (-180, 180))), _connector='OR'), name='centre_located_or_not')],
                    },
                ),
                migrations.CreateModel(
                    name='CircleRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(verbose_name='as of')),
                        ('asked_at', models.DateTimeField(verbose_name='asked for at')),
                        ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'under way'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=7, verbose_name='standing')),
                        ('inputs', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                        ('done', models.PositiveIntegerField(default=0)),
                        ('total', models.PositiveIntegerField(default=0)),
                        ('said', models.CharField(blank=True, max_length=500)),
                        ('beat', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked for by')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='for the unit')),
                        ('roads', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.roadmap', verbose_name='roads')),
                    ],
                    options={
                        'verbose_name': 'reckoning of the circle',
                        'verbose_name_plural': 'reckonings of the circle',
                        'ordering': ['-pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'running'])), fields=('unit',), name='circle_asked_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(models.Q(('inputs', ''), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='circle_done_is_proved')],
                    },
                ),
                migrations.CreateModel(
                    name='Look',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(verbose_name='day')),
                        ('open', models.BooleanField(verbose_name='open as announced')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='looked in')),
                        ('centre', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='looks', to='centres.centre')),
                    ],
                    options={
                        'verbose_name': 'look at a centre',
                        'verbose_name_plural': 'looks at centres',
                        'ordering': ['-day', '-pk'],
                        'constraints': [models.UniqueConstraint(fields=('centre', 'day'), name='looked_once_a_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Minutes',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('service', models.CharField(max_length=20)),
                        ('profile', models.CharField(max_length=10)),
                        ('minutes', models.FloatField(null=True)),
                        ('centre', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.centre')),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='minutes', to='centres.circlerun')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit')),
                    ],
                    options={
                        'verbose_name': 'minutes to a service',
                        'verbose_name_plural': 'minutes to services',
                        'constraints': [models.UniqueConstraint(fields=('run', 'unit', 'service', 'profile'), name='minutes_once'), models.CheckConstraint(condition=models.Q(models.Q(('centre', None), ('minutes', None)), models.Q(('centre__isnull', False), ('minutes__gte', 0)), _connector='OR'), name='minutes_to_a_centre')],
                    },
                ),
                migrations.CreateModel(
                    name='Offer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('service', models.CharField(max_length=20, verbose_name='service')),
                        ('centre', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='centres.centre')),
                    ],
                    options={
                        'verbose_name': 'service offered',
                        'verbose_name_plural': 'services offered',
                        'constraints': [models.UniqueConstraint(fields=('centre', 'service'), name='offered_once')],
                    },
                ),
                migrations.CreateModel(
                    name='PlaceCircle',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('profile', models.CharField(max_length=10)),
                        ('located', models.BooleanField()),
                        ('complete', models.BooleanField()),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='centres.circlerun')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit')),
                    ],
                    options={
                        'verbose_name': 'circle of a place',
                        'verbose_name_plural': 'circles of places',
                        'constraints': [models.UniqueConstraint(fields=('run', 'unit'), name='place_in_a_run_once'), models.CheckConstraint(condition=models.Q(('complete', False), ('located', True), _connector='OR'), name='only_located_is_complete')],
                    },
                ),
                migrations.CreateModel(
                    name='Spot',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('lon', models.FloatField(verbose_name='longitude')),
                        ('lat', models.FloatField(verbose_name='latitude')),
                        ('households', models.PositiveIntegerField(default=0, verbose_name='households')),
                        ('how', models.CharField(choices=[('file', 'from a file'), ('named', 'a named place of the map'), ('synthetic', 'invented for the demo')], max_length=9, verbose_name='known from')),
                        ('day', models.DateField(verbose_name='entered on')),
                        ('unit', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'spot of a village',
                        'verbose_name_plural': 'spots of villages',
                        'constraints': [models.CheckConstraint(condition=models.Q(('how__in', ['file', 'named', 'synthetic'])), name='spot_known_from'), models.CheckConstraint(condition=models.Q(models.Q(('lat', None), ('lon', None)), models.Q(('lat__isnull', False), ('lat__range', (-90, 90)), ('lon__isnull', False), ('lon__range', (-180, 180))), _connector='OR'), name='spot_located_or_not')],
                    },
                ),
                migrations.CreateModel(
                    name='Standing',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('state', models.CharField(max_length=6, verbose_name='standing')),
                        ('since', models.DateField(verbose_name='from')),
                        ('until', models.DateField(null=True, verbose_name='to')),
                        ('centre', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='standings', to='centres.centre')),
                    ],
                    options={
                        'verbose_name': 'standing of a centre',
                        'verbose_name_plural': 'standings of centres',
                        'ordering': ['since'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'paused', 'closed'])), name='standing_known'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='standing_in_order'), models.UniqueConstraint(fields=('centre', 'since'), name='standing_begins_once'), models.UniqueConstraint(condition=models.Q(('until', None)), fields=('centre',), name='standing_open_once')],
                    },
                ),
            ],
        ),
    ]
