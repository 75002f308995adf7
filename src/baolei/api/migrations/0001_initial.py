import baolei.tables
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_squashed_0006_second_factor'),
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Token',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('label', models.CharField(max_length=60, verbose_name='used by')),
                        ('writes', models.BooleanField(default=False, verbose_name='may write')),
                        ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                        ('expires', models.DateField(verbose_name='last day')),
                        ('made_at', models.DateTimeField(verbose_name='made')),
                        ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                        ('last_used', models.DateField(null=True, verbose_name='last used')),
                        ('mandate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='people.mandate', verbose_name='mandate')),
                    ],
                    options={
                        'verbose_name': 'token',
                        'verbose_name_plural': 'tokens',
                        'ordering': ['-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('label', ''), _negated=True), name='token_says_who_uses_it')],
                    },
                ),
                migrations.CreateModel(
                    name='Taken',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(db_index=True)),
                        ('asked', models.CharField(max_length=64)),
                        ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='api.token')),
                    ],
                    options={
                        'verbose_name': 'list taken',
                        'verbose_name_plural': 'lists taken',
                        'constraints': [models.UniqueConstraint(fields=('token', 'asked', 'day'), name='taken_once_a_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Kept',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=200)),
                        ('digest', models.CharField(max_length=64)),
                        ('status', models.PositiveSmallIntegerField(default=0)),
                        ('body', models.TextField(blank=True)),
                        ('at', models.DateTimeField(db_index=True)),
                        ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='api.token')),
                    ],
                    options={
                        'verbose_name': 'answer kept',
                        'verbose_name_plural': 'answers kept',
                        'constraints': [models.UniqueConstraint(fields=('token', 'key'), name='kept_once_for_each_key')],
                    },
                ),
            ],
        ),
    ]
