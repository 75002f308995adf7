import baolei.paths
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
                    name='Round',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=100, verbose_name='name')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year that is judged')),
                        ('path', baolei.paths.PathField(db_index=True, max_length=60, verbose_name='path')),
                        ('edition', models.CharField(max_length=60, verbose_name='edition')),
                        ('digest', models.CharField(max_length=64, verbose_name='digest of the edition')),
                        ('basis', models.CharField(choices=[('approved', 'approved by a document'), ('exempt', 'needs no approval, for a stated reason')], max_length=8, verbose_name='basis')),
                        ('document', models.CharField(max_length=200, verbose_name='document or reason')),
                        ('phase', models.CharField(default='planned', max_length=20, verbose_name='phase')),
                        ('opened_at', models.DateTimeField(verbose_name='opened')),
                        ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                        ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='organisations.unit', verbose_name='for the unit')),
                    ],
                    options={
                        'verbose_name': 'round',
                        'verbose_name_plural': 'rounds',
                        'ordering': ['-year', '-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('document', ''), _negated=True), name='round_stands_on_something'), models.CheckConstraint(condition=models.Q(('basis__in', ['approved', 'exempt'])), name='round_basis_known'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('phase__in', ['closed', 'cancelled'])), models.Q(models.Q(('phase__in', ['closed', 'cancelled']), _negated=True), ('ended_at__isnull', True)), _connector='OR'), name='round_ended_at_its_end'), models.UniqueConstraint(condition=models.Q(('phase', 'cancelled'), _negated=True), fields=('unit', 'year'), name='round_once_a_year_and_unit')],
                    },
                ),
                migrations.CreateModel(
                    name='Span',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('phase', models.CharField(max_length=20, verbose_name='phase')),
                        ('begins', models.DateField(verbose_name='from')),
                        ('ends', models.DateField(verbose_name='to')),
                        ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spans', to='rounds.round')),
                    ],
                    options={
                        'verbose_name': 'phase on the calendar',
                        'verbose_name_plural': 'calendar',
                        'ordering': ['begins'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('ends__gte', models.F('begins'))), name='span_in_order'), models.UniqueConstraint(fields=('round', 'phase'), name='span_once')],
                    },
                ),
            ],
        ),
    ]
