import baolei.tables
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('scores', '0001_initial'), ('scores', '0002_deliveries')]

    initial = True

    dependencies = [
        ('declarations', '0001_squashed_0004_dispute'),
        ('people', '__first__'),
        ('rounds', '0001_initial'),
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Run',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('why', models.CharField(max_length=200, verbose_name='why')),
                        ('seed', models.CharField(max_length=100, verbose_name='public number')),
                        ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'under way'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=7, verbose_name='standing')),
                        ('step', models.CharField(blank=True, max_length=100)),
                        ('done', models.PositiveIntegerField(default=0)),
                        ('total', models.PositiveIntegerField(default=0)),
                        ('branches', models.PositiveIntegerField(default=0, verbose_name='Party branches')),
                        ('snapshot', models.CharField(blank=True, max_length=64, verbose_name='digest of the snapshot')),
                        ('results', models.CharField(blank=True, max_length=64, verbose_name='digest of the results')),
                        ('said', models.TextField(blank=True, verbose_name='what went wrong')),
                        ('asked_at', models.DateTimeField(verbose_name='asked for')),
                        ('beat', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                        ('shown_at', models.DateTimeField(null=True, verbose_name='on the public pages since')),
                        ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked for by')),
                        ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='rounds.round', verbose_name='round')),
                    ],
                    options={
                        'verbose_name': 'run',
                        'verbose_name_plural': 'runs',
                        'ordering': ['-pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'running'])), fields=('round',), name='run_one_under_way'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(models.Q(('results', ''), _negated=True), models.Q(('snapshot', ''), _negated=True)), _connector='OR'), name='run_done_has_its_digests')],
                    },
                ),
                migrations.CreateModel(
                    name='Visit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('wave', models.CharField(choices=[('random', 'drawn at random'), ('borderline', 'near the line'), ('double', 'second look')], max_length=10, verbose_name='why it is visited')),
                        ('probability', models.FloatField(default=1.0, verbose_name='probability')),
                        ('team', models.PositiveSmallIntegerField(default=0, verbose_name='team')),
                        ('found', models.JSONField(default=dict)),
                        ('organisation', models.PositiveIntegerField(null=True, verbose_name='points verified')),
                        ('overall', models.PositiveIntegerField(null=True, verbose_name='judgement of the whole')),
                        ('words', models.CharField(blank=True, max_length=2000, verbose_name='what was seen and heard')),
                        ('on', models.DateField(null=True, verbose_name='visited on')),
                        ('version', models.PositiveIntegerField(default=0)),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='visited by')),
                        ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='declarations.declaration')),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='scores.run')),
                    ],
                    options={
                        'verbose_name': 'visit',
                        'verbose_name_plural': 'visits',
                        'ordering': ['declaration__path', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('declaration', 'wave'), name='visit_once_a_wave'), models.CheckConstraint(condition=models.Q(('probability__gt', 0), ('probability__lte', 1)), name='visit_probability_is_one'), models.CheckConstraint(condition=models.Q(models.Q(('on__isnull', True), ('organisation__isnull', True)), models.Q(('on__isnull', False), ('organisation__isnull', False)), _connector='OR'), name='visit_made_with_its_points')],
                    },
                ),
                migrations.CreateModel(
                    name='Delivery',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=64)),
                        ('at', models.DateTimeField()),
                        ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='scores.visit')),
                    ],
                    options={
                        'verbose_name': 'delivery',
                        'verbose_name_plural': 'deliveries',
                        'constraints': [models.UniqueConstraint(fields=('visit', 'key'), name='delivery_once'), models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='delivery_has_its_key')],
                    },
                ),
            ],
        ),
    ]
