import baolei.paths
import baolei.tables
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('figures', '0001_initial'), ('figures', '0002_readings')]

    initial = True

    dependencies = [
        ('naming', '0001_squashed_0007_honours_and_effects'),
        ('people', '__first__'),
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Reading',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=30, verbose_name='figure')),
                        ('path', baolei.paths.PathField(max_length=60, verbose_name='path')),
                        ('day', models.DateField(verbose_name='date')),
                        ('month', models.DateField(verbose_name='month')),
                        ('numerator', models.BigIntegerField(verbose_name='numerator')),
                        ('denominator', models.BigIntegerField(null=True, verbose_name='denominator')),
                        ('rule', models.CharField(max_length=16, verbose_name='version of the catalogue')),
                        ('counted_at', models.DateTimeField(verbose_name='counted')),
                    ],
                    options={
                        'verbose_name': 'reading of a figure',
                        'verbose_name_plural': 'readings of figures',
                        'constraints': [models.UniqueConstraint(fields=('path', 'code', 'month'), name='reading_once_a_month'), models.CheckConstraint(condition=models.Q(('numerator__gte', 0)), name='reading_not_below_nothing'), models.CheckConstraint(condition=models.Q(('denominator', None), ('denominator__gte', 0), _connector='OR'), name='reading_of_something')],
                    },
                ),
                migrations.CreateModel(
                    name='YearFile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'under way'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=7, verbose_name='standing')),
                        ('done', models.PositiveSmallIntegerField(default=0)),
                        ('total', models.PositiveSmallIntegerField(default=0)),
                        ('entry', models.PositiveBigIntegerField(null=True)),
                        ('root', models.CharField(blank=True, max_length=64)),
                        ('whole', models.CharField(blank=True, max_length=64)),
                        ('whole_bytes', models.PositiveBigIntegerField(default=0)),
                        ('public', models.CharField(blank=True, max_length=64)),
                        ('public_bytes', models.PositiveBigIntegerField(default=0)),
                        ('said', models.TextField(blank=True, verbose_name='what went wrong')),
                        ('asked_at', models.DateTimeField(verbose_name='asked for')),
                        ('beat', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                        ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked for by')),
                        ('list', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='year_file', to='naming.naminglist', verbose_name='list')),
                    ],
                    options={
                        'verbose_name': 'programme year in one file',
                        'verbose_name_plural': 'programme years in one file',
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(models.Q(('whole', ''), _negated=True), models.Q(('public', ''), _negated=True), models.Q(('root', ''), _negated=True), ('entry__isnull', False)), _connector='OR'), name='year_done_has_its_digests')],
                    },
                ),
            ],
        ),
    ]
