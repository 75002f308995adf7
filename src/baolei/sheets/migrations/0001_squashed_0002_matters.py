import baolei.tables
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('sheets', '0001_initial'), ('sheets', '0002_matters')]

    initial = True

    dependencies = [
        ('organisations', '0001_squashed_0005_posts_and_numbers'),
        ('people', '__first__'),
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Batch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('units', 'Administrative units'), ('organisations', 'Party organisations'), ('members', 'List of members'), ('posts', 'Posts'), ('grids', 'Grids and their workers')], max_length=20, verbose_name='list of')),
                        ('day', models.DateField(verbose_name='holds from')),
                        ('why', models.CharField(max_length=200, verbose_name='reason or document')),
                        ('name', models.CharField(max_length=255, verbose_name='file')),
                        ('digest', models.CharField(max_length=64, verbose_name='SHA-256')),
                        ('size', models.PositiveIntegerField(verbose_name='bytes')),
                        ('kept_as', models.CharField(blank=True, editable=False, max_length=64)),
                        ('at', models.DateTimeField(verbose_name='sent at')),
                        ('state', models.CharField(choices=[('waiting', 'being read'), ('ready', 'ready to be looked at'), ('refused', 'cannot be read'), ('applying', 'being written'), ('applied', 'written'), ('stopping', 'being taken back'), ('stopped', 'stopped, nothing kept'), ('reverting', 'being reverted'), ('reverted', 'reverted'), ('discarded', 'discarded')], default='waiting', max_length=9, verbose_name='standing')),
                        ('head', models.JSONField(default=dict)),
                        ('notes', models.JSONField(default=list)),
                        ('counts', models.JSONField(default=dict)),
                        ('only_right', models.BooleanField(default=False, verbose_name='only the right rows')),
                        ('done', models.PositiveIntegerField(default=0)),
                        ('total', models.PositiveIntegerField(default=0)),
                        ('chunk', models.PositiveIntegerField(default=0)),
                        ('step', models.PositiveIntegerField(default=0)),
                        ('tries', models.PositiveSmallIntegerField(default=0)),
                        ('worker', models.CharField(blank=True, max_length=100)),
                        ('beat', models.DateTimeField(null=True)),
                        ('closed', models.DateTimeField(null=True)),
                        ('sender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent by')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='for the unit')),
                    ],
                    options={
                        'verbose_name': 'spreadsheet',
                        'verbose_name_plural': 'spreadsheets',
                        'ordering': ['-pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'ready', 'applying', 'stopping', 'reverting'])), fields=('digest', 'kind', 'unit'), name='batch_open_once'), models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='batch_has_its_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='Change',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('chunk', models.PositiveIntegerField()),
                        ('table', models.CharField(max_length=30)),
                        ('row', models.PositiveBigIntegerField()),
                        ('before', models.JSONField(null=True)),
                        ('after', models.JSONField(default=dict)),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='sheets.batch')),
                    ],
                    options={
                        'verbose_name': 'change by a spreadsheet',
                        'verbose_name_plural': 'changes by spreadsheets',
                        'ordering': ['pk'],
                        'indexes': [models.Index(fields=['batch', 'chunk'], name='change_by_chunk'), models.Index(fields=['table', 'row'], name='change_by_row')],
                    },
                ),
                migrations.CreateModel(
                    name='Row',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('place', models.PositiveIntegerField(null=True)),
                        ('state', models.CharField(blank=True, max_length=7)),
                        ('cells', models.JSONField(default=list)),
                        ('values', models.JSONField(default=dict)),
                        ('faults', models.JSONField(default=list)),
                        ('before', models.JSONField(default=dict)),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='sheets.batch')),
                    ],
                    options={
                        'verbose_name': 'row of a spreadsheet',
                        'verbose_name_plural': 'rows of spreadsheets',
                        'ordering': ['number'],
                        'indexes': [models.Index(fields=['batch', 'place'], name='row_by_place'), models.Index(fields=['batch', 'state', 'number'], name='row_by_state')],
                        'constraints': [models.UniqueConstraint(fields=('batch', 'number'), name='row_once')],
                    },
                ),
            ],
        ),
    ]
