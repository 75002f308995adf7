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
                    name='RegisteredForm',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', baolei.paths.PathField(db_index=True, max_length=60, verbose_name='place in the tree')),
                        ('title', models.CharField(max_length=100, verbose_name='title of the form')),
                        ('basis', models.CharField(max_length=200, verbose_name='legal basis')),
                        ('fields', models.JSONField(default=list, verbose_name='fields asked')),
                        ('kinds', models.JSONField(default=list, verbose_name='kinds of organisations asked')),
                        ('often', models.CharField(max_length=10, verbose_name='how often')),
                        ('minutes', models.PositiveSmallIntegerField(verbose_name='minutes of one filling in')),
                        ('begins', models.DateField(verbose_name='from')),
                        ('ends', models.DateField(verbose_name='expires')),
                        ('branches', models.PositiveIntegerField(verbose_name='branches asked')),
                        ('insists', models.CharField(blank=True, max_length=500, verbose_name='why it asks what is on record')),
                        ('state', models.CharField(choices=[('proposed', 'proposed'), ('agreed', 'in force'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='proposed', max_length=9, verbose_name='standing')),
                        ('proposed_on', models.DateField(verbose_name='proposed on')),
                        ('decided_on', models.DateField(null=True, verbose_name='decided on')),
                        ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                        ('ended_on', models.DateField(null=True, verbose_name='withdrawn on')),
                        ('used_on', models.DateField(null=True, verbose_name='last used')),
                        ('used_for', models.CharField(blank=True, max_length=500, verbose_name='what it was used for')),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                        ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='proposed by')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='owner')),
                    ],
                    options={
                        'verbose_name': 'registered form',
                        'verbose_name_plural': 'registered forms',
                        'ordering': ['path', 'pk'],
                        'indexes': [models.Index(fields=['state', 'ends'], name='form_in_force')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('ends__gte', models.F('begins'))), name='form_expires'), models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), models.Q(('basis', ''), _negated=True)), name='form_stands_on_something'), models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'agreed', 'refused', 'withdrawn'])), name='form_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', True), ('decided_on__isnull', True), ('state__in', ['proposed', 'withdrawn'])), models.Q(('decided_by__isnull', False), ('decided_on__isnull', False), ('state__in', ['agreed', 'refused', 'withdrawn']), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='form_decided_by_somebody_with_a_reason'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('proposed_by__isnull', True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='form_takes_two'), models.CheckConstraint(condition=models.Q(models.Q(('ended_on__isnull', False), ('state', 'withdrawn')), models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('ended_on__isnull', True)), _connector='OR'), name='form_withdrawn_on_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('used_for', ''), ('used_on__isnull', True)), models.Q(('used_on__isnull', False), models.Q(('used_for', ''), _negated=True)), _connector='OR'), name='form_used_for_something')],
                    },
                ),
                migrations.CreateModel(
                    name='Complaint',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('house', models.CharField(blank=True, max_length=30, verbose_name='form of the house')),
                        ('owner', baolei.paths.PathField(db_index=True, max_length=60, verbose_name='owner')),
                        ('kind', models.CharField(choices=[('twice', 'asked twice'), ('needless', 'not needed')], max_length=8, verbose_name='what is wrong')),
                        ('words', models.CharField(blank=True, max_length=500, verbose_name='in words')),
                        ('on', models.DateField(verbose_name='day')),
                        ('due', models.DateField(verbose_name='to be answered by')),
                        ('answer', models.CharField(blank=True, max_length=500, verbose_name='answer')),
                        ('answered_on', models.DateField(null=True, verbose_name='answered on')),
                        ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                        ('form', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='burden.registeredform')),
                    ],
                    options={
                        'verbose_name': 'complaint about a form',
                        'verbose_name_plural': 'complaints about forms',
                        'ordering': ['-on', '-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('form__isnull', True), models.Q(('house', ''), _negated=True)), models.Q(('form__isnull', False), ('house', '')), _connector='OR'), name='complaint_about_one_form'), models.CheckConstraint(condition=models.Q(('kind__in', ['twice', 'needless'])), name='complaint_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_by__isnull', True), ('answered_on__isnull', True)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_by__isnull', False), ('answered_on__isnull', False)), _connector='OR'), name='complaint_answered_by_somebody'), models.UniqueConstraint(condition=models.Q(('answered_on__isnull', True), ('form__isnull', False)), fields=('organisation', 'form', 'kind'), name='complaint_open_once'), models.UniqueConstraint(condition=models.Q(('answered_on__isnull', True), ('form__isnull', True)), fields=('organisation', 'house', 'kind'), name='complaint_about_the_house_open_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Box',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('place', models.PositiveSmallIntegerField()),
                        ('asks', models.CharField(max_length=100, verbose_name='asks')),
                        ('found', models.JSONField(default=list)),
                        ('duplicate', models.BooleanField(default=False, verbose_name='on record already')),
                        ('form', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='boxes', to='burden.registeredform')),
                    ],
                    options={
                        'verbose_name': 'box of a form',
                        'verbose_name_plural': 'boxes of forms',
                        'ordering': ['form', 'place'],
                        'constraints': [models.UniqueConstraint(fields=('form', 'place'), name='box_in_its_place'), models.CheckConstraint(condition=models.Q(('asks', ''), _negated=True), name='box_asks_something')],
                    },
                ),
                migrations.CreateModel(
                    name='DuplicateRefused',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', baolei.paths.PathField(db_index=True, max_length=60, verbose_name='place in the tree')),
                        ('on', models.DateField(verbose_name='day')),
                        ('title', models.CharField(max_length=100, verbose_name='title of the form')),
                        ('asks', models.CharField(max_length=100, verbose_name='asks')),
                        ('plain', models.CharField(max_length=100)),
                        ('found', models.CharField(max_length=200, verbose_name='on record as')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'duplicate refused',
                        'verbose_name_plural': 'duplicates refused',
                        'ordering': ['-on', '-pk'],
                        'constraints': [models.UniqueConstraint(fields=('unit', 'on', 'plain'), name='duplicate_refused_once_a_day')],
                    },
                ),
            ],
        ),
    ]
