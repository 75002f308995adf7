import baolei.tables
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('notices', '0001_initial'), ('notices', '0002_own_objections')]

    initial = True

    dependencies = [
        ('naming', '0001_squashed_0007_honours_and_effects'),
        ('people', '__first__'),
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Posting',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('first', models.DateField(verbose_name='from')),
                        ('last', models.DateField(verbose_name='to')),
                        ('posted_at', models.DateTimeField(verbose_name='posted')),
                        ('closed_at', models.DateTimeField(null=True, verbose_name='closed')),
                        ('hour', models.DateTimeField(null=True)),
                        ('taken', models.PositiveSmallIntegerField(default=0)),
                        ('list', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='posting', to='naming.naminglist', verbose_name='list')),
                        ('posted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'public notice of a list',
                        'verbose_name_plural': 'public notices of lists',
                        'constraints': [models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='posting_in_order')],
                    },
                ),
                migrations.CreateModel(
                    name='Objection',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=20, verbose_name='kind')),
                        ('words', models.TextField(max_length=4000, verbose_name='what is wrong')),
                        ('by', models.TextField(blank=True)),
                        ('own', models.BooleanField(default=False, verbose_name='raised by the branch itself')),
                        ('code', models.CharField(max_length=64, unique=True)),
                        ('lodged', models.DateField(verbose_name='received on')),
                        ('state', models.CharField(default='received', max_length=12, verbose_name='standing')),
                        ('due', models.DateField(null=True, verbose_name='until')),
                        ('up', models.PositiveSmallIntegerField(default=0)),
                        ('acknowledge_by', models.DateField()),
                        ('answer_by', models.DateField()),
                        ('appeal_by', models.DateField()),
                        ('outcome', models.CharField(blank=True, max_length=10, verbose_name='outcome')),
                        ('reason', models.TextField(blank=True, max_length=2000, verbose_name='answer')),
                        ('corrections', models.JSONField(default=list)),
                        ('answered_on', models.DateField(null=True, verbose_name='answered on')),
                        ('appeal_words', models.TextField(blank=True, max_length=2000, verbose_name='appeal')),
                        ('appeal_outcome', models.CharField(blank=True, max_length=10)),
                        ('appeal_reason', models.TextField(blank=True, max_length=2000)),
                        ('appeal_handler', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('handler', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='looked into by')),
                        ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='naming.line')),
                        ('posting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='notices.posting')),
                    ],
                    options={
                        'verbose_name': 'objection',
                        'verbose_name_plural': 'objections',
                        'ordering': ['pk'],
                        'indexes': [models.Index(fields=['state', 'due'], name='objection_due')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('own', True), models.Q(('state', 'withdrawn'), _negated=True)), fields=('line',), name='objection_own_once_a_line'), models.CheckConstraint(condition=models.Q(('state__in', ['received', 'handling', 'overdue', 'answered', 'appealed', 'closed', 'passed_on', 'withdrawn'])), name='objection_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('due__isnull', True), ('state__in', ['closed', 'passed_on', 'withdrawn'])), models.Q(models.Q(('state__in', ['closed', 'passed_on', 'withdrawn']), _negated=True), ('due__isnull', False)), _connector='OR'), name='objection_open_has_a_clock'), models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='objection_says_something'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['handling', 'overdue', 'answered']), _negated=True), ('handler__isnull', False), _connector='OR'), name='objection_looked_into_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('answered_on__isnull', True), ('outcome', '')), models.Q(('answered_on__isnull', False), ('outcome__in', ('upheld', 'partly', 'not_upheld')), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='objection_answered_with_a_reason'), models.CheckConstraint(condition=models.Q(('appeal_outcome', ''), models.Q(('appeal_outcome__in', ('upheld', 'partly', 'not_upheld')), models.Q(('appeal_reason', ''), _negated=True), ('appeal_handler__isnull', False)), _connector='OR'), name='appeal_answered_with_a_reason'), models.CheckConstraint(condition=models.Q(('handler__isnull', True), ('appeal_handler__isnull', True), models.Q(('handler', models.F('appeal_handler')), _negated=True), _connector='OR'), name='appeal_looked_into_by_another')],
                    },
                ),
            ],
        ),
    ]
