import baolei.tables
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('declarations', '0001_squashed_0004_dispute'),
        ('people', '__first__'),
        ('rounds', '0001_initial'),
        ('scores', '0001_squashed_0002_deliveries'),
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Sorting',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(verbose_name='findings of the day')),
                        ('made_at', models.DateTimeField(verbose_name='made at')),
                        ('expects', models.JSONField(default=dict)),
                        ('gone', models.JSONField(default=list)),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                        ('round', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sorting', to='rounds.round', verbose_name='round')),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sortings', to='scores.run', verbose_name='run')),
                    ],
                    options={
                        'verbose_name': 'sorting',
                        'verbose_name_plural': 'sortings',
                    },
                ),
                migrations.CreateModel(
                    name='Sorted',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('proposed', models.CharField(max_length=8, verbose_name='proposed by the criteria')),
                        ('why', models.JSONField(default=dict)),
                        ('score', models.IntegerField(verbose_name='score')),
                        ('was', models.CharField(default='new', max_length=8, verbose_name='last year')),
                        ('was_score', models.IntegerField(null=True)),
                        ('asked', models.CharField(blank=True, max_length=8, verbose_name='put forward')),
                        ('decided', models.CharField(blank=True, max_length=8, verbose_name='decided')),
                        ('reason', models.CharField(blank=True, max_length=1000, verbose_name='reason')),
                        ('decided_on', models.DateField(null=True, verbose_name='decided on')),
                        ('answer', models.CharField(blank=True, max_length=1000, verbose_name='what the branch says')),
                        ('answered_on', models.DateField(null=True, verbose_name='answered on')),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                        ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sorted', to='declarations.declaration')),
                        ('second', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agreed to by')),
                        ('sorting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='branches', to='triage.sorting')),
                    ],
                    options={
                        'verbose_name': 'sorted branch',
                        'verbose_name_plural': 'sorted branches',
                        'ordering': ['pk'],
                        'indexes': [models.Index(fields=['sorting', 'proposed', 'decided'], name='sorted_standing')],
                        'constraints': [models.UniqueConstraint(fields=('sorting', 'declaration'), name='sorted_once'), models.CheckConstraint(condition=models.Q(('proposed__in', ('advanced', 'middle', 'lagging')), ('was__in', ['advanced', 'middle', 'lagging', 'new']), ('asked__in', ['', 'advanced', 'middle', 'lagging']), ('decided__in', ['', 'advanced', 'middle', 'lagging'])), name='sorted_classes_known'), models.CheckConstraint(condition=models.Q(models.Q(('asked', ''), ('decided_by__isnull', True), ('reason', '')), models.Q(models.Q(('asked', ''), _negated=True), models.Q(('reason', ''), _negated=True), ('decided_by__isnull', False)), _connector='OR'), name='sorted_by_somebody_with_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('decided', ''), ('decided_on__isnull', True)), models.Q(('decided', models.F('asked')), ('decided_on__isnull', False)), _connector='OR'), name='sorted_decided_as_put_forward'), models.CheckConstraint(condition=models.Q(('decided', ''), ('decided', models.F('proposed')), models.Q(('second__isnull', False), models.Q(('second', models.F('decided_by')), _negated=True)), _connector='OR'), name='sorted_departure_takes_two'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_on__isnull', True)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_on__isnull', False)), _connector='OR'), name='sorted_answer_has_its_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Candidate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('situation', models.CharField(max_length=10, verbose_name='situation')),
                        ('figures', models.JSONField(default=list, verbose_name='figures')),
                        ('state', models.CharField(choices=[('raised', 'raised, not decided'), ('confirmed', 'confirmed'), ('dismissed', 'dismissed')], default='raised', max_length=9, verbose_name='standing')),
                        ('decided_at', models.DateTimeField(null=True, verbose_name='decided on')),
                        ('reason', models.CharField(blank=True, max_length=1000, verbose_name='reason')),
                        ('answer', models.CharField(blank=True, max_length=1000, verbose_name='what the branch says')),
                        ('answered_on', models.DateField(null=True, verbose_name='answered on')),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                        ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='candidates', to='declarations.declaration')),
                        ('sorting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='candidates', to='triage.sorting')),
                    ],
                    options={
                        'verbose_name': 'candidate for rectification',
                        'verbose_name_plural': 'candidates for rectification',
                        'ordering': ['declaration__path', 'declaration', 'situation'],
                        'constraints': [models.UniqueConstraint(fields=('sorting', 'declaration', 'situation'), name='candidate_once'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('reason', ''), ('state', 'raised')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['confirmed', 'dismissed']), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='candidate_decided_by_somebody_with_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_on__isnull', True)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_on__isnull', False)), _connector='OR'), name='candidate_answer_has_its_day')],
                    },
                ),
            ],
        ),
    ]
