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
                    name='Case',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('campaign', models.CharField(max_length=20, verbose_name='campaign')),
                        ('situations', models.JSONField(default=list, verbose_name='situations')),
                        ('origin', models.CharField(choices=[('candidate', 'a candidate of the triage'), ('finding', 'a finding of the structural audit'), ('decision', "a superior's decision")], max_length=9, verbose_name='comes of')),
                        ('number', models.PositiveBigIntegerField(null=True)),
                        ('reason', models.CharField(max_length=1000, verbose_name='reason')),
                        ('document', models.CharField(blank=True, max_length=100, verbose_name='document')),
                        ('path', baolei.paths.PathField(max_length=64)),
                        ('field', models.CharField(blank=True, max_length=40, verbose_name='field')),
                        ('opened_on', models.DateField(verbose_name='opened on')),
                        ('begun', models.DateField(verbose_name='its time runs from')),
                        ('ends', models.DateField(verbose_name='to be mended by')),
                        ('state', models.CharField(default='opened', max_length=9, verbose_name='standing')),
                        ('due', models.DateField(null=True, verbose_name='due')),
                        ('answer', models.CharField(blank=True, max_length=1000, verbose_name='what the branch says')),
                        ('answered_on', models.DateField(null=True, verbose_name='answered on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'case of rectification',
                        'verbose_name_plural': 'cases of rectification',
                        'ordering': ['-opened_on', '-pk'],
                        'indexes': [models.Index(fields=['state', 'due'], name='case_standing'), models.Index(fields=['path'], name='case_path')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('opened', 'under_way', 'applied', 'checked', 'accepted'))), fields=('organisation', 'campaign'), name='case_once_in_a_campaign'), models.CheckConstraint(condition=models.Q(('state__in', ['opened', 'under_way', 'applied', 'checked', 'accepted', 'closed', 'dismissed', 'lapsed'])), name='case_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('due__isnull', True), ('state__in', ('closed', 'dismissed', 'lapsed'))), models.Q(('due__isnull', False), ('state__in', ('opened', 'under_way', 'applied', 'checked', 'accepted'))), _connector='OR'), name='case_due_until_it_ends'), models.CheckConstraint(condition=models.Q(models.Q(('number__isnull', True), ('origin', 'decision'), models.Q(('document', ''), _negated=True)), models.Q(('number__isnull', False), ('origin__in', ['candidate', 'finding'])), _connector='OR'), name='case_comes_of_something'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='case_has_a_reason'), models.CheckConstraint(condition=models.Q(('begun__gte', models.F('opened_on')), ('ends__gte', models.F('begun'))), name='case_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_on__isnull', True)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_on__isnull', False)), _connector='OR'), name='case_answer_has_its_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Linked',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(max_length=20)),
                        ('who', models.CharField(max_length=100, verbose_name='name and post')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='linked', to='rectification.case')),
                    ],
                    options={
                        'verbose_name': 'linked person',
                        'verbose_name_plural': 'linked persons',
                        'constraints': [models.UniqueConstraint(fields=('case', 'role'), name='linked_once'), models.CheckConstraint(condition=models.Q(('who', ''), _negated=True), name='linked_named')],
                    },
                ),
                migrations.CreateModel(
                    name='Passage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('act', models.CharField(max_length=9)),
                        ('before', models.CharField(max_length=9)),
                        ('after', models.CharField(max_length=9)),
                        ('on', models.DateField(verbose_name='day')),
                        ('reason', models.CharField(blank=True, max_length=1000, verbose_name='reason')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='passages', to='rectification.case')),
                    ],
                    options={
                        'verbose_name': 'act upon a case',
                        'verbose_name_plural': 'acts upon cases',
                        'ordering': ['on', 'pk'],
                        'indexes': [models.Index(fields=['act', 'on'], name='passage_of_a_year')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('act', 'plan'), ('after', 'under_way'), ('before', 'opened')), models.Q(('act', 'dismiss'), ('after', 'dismissed'), ('before', 'opened')), models.Q(('act', 'lapse'), ('after', 'lapsed'), ('before', 'opened')), models.Q(('act', 'report'), ('after', 'under_way'), ('before', 'under_way')), models.Q(('act', 'settle'), ('after', 'under_way'), ('before', 'under_way')), models.Q(('act', 'extend'), ('after', 'under_way'), ('before', 'under_way')), models.Q(('act', 'apply'), ('after', 'applied'), ('before', 'under_way')), models.Q(('act', 'dismiss'), ('after', 'dismissed'), ('before', 'under_way')), models.Q(('act', 'lapse'), ('after', 'lapsed'), ('before', 'under_way')), models.Q(('act', 'check'), ('after', 'checked'), ('before', 'applied')), models.Q(('act', 'send_back'), ('after', 'under_way'), ('before', 'applied')), models.Q(('act', 'lapse'), ('after', 'lapsed'), ('before', 'applied')), models.Q(('act', 'accept'), ('after', 'accepted'), ('before', 'checked')), models.Q(('act', 'send_back'), ('after', 'under_way'), ('before', 'checked')), models.Q(('act', 'lapse'), ('after', 'lapsed'), ('before', 'checked')), models.Q(('act', 'close'), ('after', 'closed'), ('before', 'accepted')), models.Q(('act', 'reopen'), ('after', 'under_way'), ('before', 'accepted')), models.Q(('act', 'lapse'), ('after', 'lapsed'), ('before', 'accepted')), _connector='OR'), name='passage_by_the_table'), models.CheckConstraint(condition=models.Q(models.Q(('act__in', ['dismiss', 'extend', 'lapse', 'reopen', 'send_back']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='passage_says_why')],
                    },
                ),
                migrations.CreateModel(
                    name='Problem',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('found', models.CharField(max_length=12, verbose_name='found by')),
                        ('campaign', models.CharField(blank=True, max_length=20, verbose_name='campaign')),
                        ('words', models.CharField(max_length=1000, verbose_name='problem')),
                        ('measure', models.CharField(max_length=1000, verbose_name='measure')),
                        ('answers', models.CharField(max_length=100, verbose_name='who answers for it')),
                        ('by', models.DateField(verbose_name='by')),
                        ('document', models.CharField(blank=True, max_length=200, verbose_name='passed on by (body and document)')),
                        ('entered', models.DateField(verbose_name='entered on')),
                        ('proof', models.CharField(blank=True, max_length=1000, verbose_name='what proves it mended')),
                        ('confirmed', models.CharField(blank=True, max_length=200, verbose_name='confirmed by (body and document)')),
                        ('settled', models.DateField(null=True, verbose_name='settled on')),
                        ('checked', models.DateField(null=True, verbose_name='checked on')),
                        ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='problems', to='rectification.case')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='problems', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'problem',
                        'verbose_name_plural': 'problems',
                        'ordering': ['by', 'pk'],
                        'indexes': [models.Index(fields=['found', 'by'], name='problem_due'), models.Index(fields=['organisation', 'settled'], name='problem_of_a_branch')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('confirmed', ''), ('proof', ''), ('settled__isnull', True)), models.Q(('settled__isnull', False), models.Q(('proof', ''), _negated=True)), _connector='OR'), name='problem_settled_by_a_proof'), models.CheckConstraint(condition=models.Q(('settled__isnull', True), models.Q(('found__in', ['inspection', 'audit']), _negated=True), models.Q(('confirmed', ''), _negated=True), _connector='OR'), name='problem_confirmed_by_who_found_it'), models.CheckConstraint(condition=models.Q(('checked__isnull', True), models.Q(('checked__gte', models.F('settled')), ('settled__isnull', False)), _connector='OR'), name='problem_checked_once_settled'), models.CheckConstraint(condition=models.Q(('case__isnull', False), models.Q(('document', ''), _negated=True), _connector='OR'), name='problem_without_a_case_has_a_document'), models.CheckConstraint(condition=models.Q(models.Q(('found', 'campaign'), _negated=True), models.Q(('campaign', ''), _negated=True), _connector='OR'), name='problem_of_a_campaign'), models.CheckConstraint(condition=models.Q(models.Q(('words', ''), _negated=True), models.Q(('measure', ''), _negated=True), models.Q(('answers', ''), _negated=True)), name='problem_is_whole')],
                    },
                ),
                migrations.CreateModel(
                    name='Report',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('month', models.DateField(verbose_name='month')),
                        ('line', models.CharField(blank=True, max_length=200, verbose_name='what changed')),
                        ('changed', models.BooleanField(default=False, verbose_name='something changed')),
                        ('on', models.DateField(verbose_name='reported on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reported by')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='rectification.case')),
                    ],
                    options={
                        'verbose_name': 'report of a month',
                        'verbose_name_plural': 'reports of months',
                        'ordering': ['-month'],
                        'constraints': [models.UniqueConstraint(fields=('case', 'month'), name='report_once_a_month'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='report_of_a_month'), models.CheckConstraint(condition=models.Q(('changed', False), models.Q(('line', ''), _negated=True), _connector='OR'), name='report_says_what_changed')],
                    },
                ),
            ],
        ),
    ]
