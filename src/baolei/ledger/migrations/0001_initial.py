import baolei.paths
import baolei.tables
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '__first__'),
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Seal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('size', models.PositiveBigIntegerField(verbose_name='entries')),
                        ('root', models.CharField(max_length=64, verbose_name='root')),
                        ('at', models.DateTimeField(verbose_name='when')),
                        ('kept_by', models.CharField(blank=True, max_length=100, verbose_name='kept by')),
                    ],
                    options={
                        'verbose_name': 'seal of the ledger',
                        'verbose_name_plural': 'seals of the ledger',
                        'ordering': ['size', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='Head',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('size', models.PositiveBigIntegerField(default=0)),
                        ('last', models.CharField(default='e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', editable=False, max_length=64)),
                        ('peaks', models.JSONField(default=list)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='ledger_has_one_head')],
                    },
                ),
                migrations.CreateModel(
                    name='Entry',
                    fields=[
                        ('number', models.PositiveBigIntegerField(editable=False, primary_key=True, serialize=False, verbose_name='number')),
                        ('at', models.DateTimeField(verbose_name='when')),
                        ('act', models.CharField(max_length=60, verbose_name='what')),
                        ('subject', models.CharField(blank=True, max_length=120, verbose_name='on what')),
                        ('path', baolei.paths.PathField(blank=True, db_index=True, max_length=64, verbose_name='for which unit')),
                        ('particulars', models.JSONField(null=True, verbose_name='particulars')),
                        ('salt', models.CharField(editable=False, max_length=32, null=True)),
                        ('sealed', models.CharField(editable=False, max_length=64)),
                        ('previous', models.CharField(editable=False, max_length=64, unique=True)),
                        ('hash', models.CharField(editable=False, max_length=64)),
                        ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                    ],
                    options={
                        'verbose_name': 'entry of the ledger',
                        'verbose_name_plural': 'ledger',
                        'ordering': ['number'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='ledger_entry_counts_from_one'), models.CheckConstraint(condition=models.Q(models.Q(('particulars__isnull', True), ('salt__isnull', True)), models.Q(('particulars__isnull', False), ('salt__isnull', False)), _connector='OR'), name='ledger_entry_erased_with_its_salt')],
                    },
                ),
            ],
        ),
    ]
