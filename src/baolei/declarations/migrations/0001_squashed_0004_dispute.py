import baolei.paths
import baolei.tables
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('declarations', '0001_initial'), ('declarations', '0002_initial'), ('declarations', '0003_papers'), ('declarations', '0004_dispute')]

    initial = True

    dependencies = [
        ('organisations', '0001_squashed_0005_posts_and_numbers'),
        ('people', '__first__'),
        ('rounds', '0001_initial'),
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Declaration',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('field', models.CharField(max_length=40, verbose_name='field')),
                        ('path', baolei.paths.PathField(max_length=60, verbose_name='path')),
                        ('state', models.CharField(default='open', max_length=10, verbose_name='standing')),
                        ('version', models.PositiveIntegerField(default=0, verbose_name='version')),
                        ('submitted_at', models.DateTimeField(null=True, verbose_name='handed in')),
                        ('said', models.CharField(blank=True, max_length=500, verbose_name='returned because')),
                        ('served', models.PositiveIntegerField(default=0, verbose_name='households or people served')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='declarations', to='organisations.organisation')),
                        ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='declarations', to='rounds.round', verbose_name='round')),
                        ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='unit served')),
                    ],
                    options={
                        'verbose_name': 'declaration',
                        'verbose_name_plural': 'declarations',
                        'ordering': ['path', 'pk'],
                        'indexes': [models.Index(fields=['round', 'path'], name='declaration_in_tree'), models.Index(fields=['round', 'state'], name='declaration_standing')],
                        'constraints': [models.UniqueConstraint(fields=('round', 'organisation'), name='declaration_once'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'submitted', 'returned', 'frozen', 'concluded', 'withdrawn', 'lapsed'])), name='declaration_state_known'), models.CheckConstraint(condition=models.Q(('submitted_at__isnull', False), models.Q(('state__in', ['submitted', 'frozen', 'concluded']), _negated=True), _connector='OR'), name='declaration_handed_in_at_a_time')],
                    },
                ),
                migrations.CreateModel(
                    name='Answer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('item', models.CharField(max_length=60, verbose_name='item')),
                        ('num', models.PositiveBigIntegerField(verbose_name='done')),
                        ('den', models.PositiveBigIntegerField(verbose_name='due')),
                        ('origin', models.CharField(choices=[('record', "from the house's own records"), ('branch', 'entered by the branch')], default='branch', max_length=6, verbose_name='origin')),
                        ('recorded_num', models.PositiveBigIntegerField(null=True)),
                        ('recorded_den', models.PositiveBigIntegerField(null=True)),
                        ('words', models.CharField(blank=True, max_length=1000, verbose_name='what it rests on')),
                        ('asked_back', models.CharField(blank=True, max_length=500, verbose_name='returned because')),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='declarations.declaration')),
                    ],
                    options={
                        'verbose_name': 'answer',
                        'verbose_name_plural': 'answers',
                        'constraints': [models.UniqueConstraint(fields=('declaration', 'item'), name='answer_once'), models.CheckConstraint(condition=models.Q(models.Q(('recorded_den__isnull', True), ('recorded_num__isnull', True)), models.Q(('recorded_den__isnull', False), ('recorded_num__isnull', False)), _connector='OR'), name='answer_recorded_whole')],
                    },
                ),
                migrations.CreateModel(
                    name='Dispute',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('item', models.CharField(max_length=60, verbose_name='item')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('num', models.PositiveBigIntegerField(verbose_name='done')),
                        ('den', models.PositiveBigIntegerField(verbose_name='due')),
                        ('words', models.CharField(max_length=1000, verbose_name='what is not right')),
                        ('said_on', models.DateField(verbose_name='said on')),
                        ('upheld', models.BooleanField(null=True, verbose_name='the branch is right')),
                        ('answer', models.CharField(blank=True, max_length=1000, verbose_name='answer')),
                        ('answered_on', models.DateField(null=True, verbose_name='answered on')),
                        ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='said by')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'dispute',
                        'verbose_name_plural': 'disputes',
                        'ordering': ['-said_on', '-pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('answered_on__isnull', True)), fields=('organisation', 'item', 'year'), name='dispute_open_once'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_by__isnull', True), ('answered_on__isnull', True), ('upheld__isnull', True)), models.Q(('answered_by__isnull', False), ('answered_on__isnull', False), ('upheld__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='dispute_answered_whole')],
                    },
                ),
                migrations.CreateModel(
                    name='Mark',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=60, verbose_name='condition')),
                        ('value', models.PositiveSmallIntegerField(verbose_name='met')),
                        ('matter', models.CharField(blank=True, max_length=100, verbose_name='which honour or event')),
                        ('level', models.CharField(blank=True, max_length=20, verbose_name='level of the honour')),
                        ('document', models.CharField(max_length=200, verbose_name='on what it stands')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='declarations.declaration')),
                    ],
                    options={
                        'verbose_name': 'condition',
                        'verbose_name_plural': 'conditions',
                        'constraints': [models.UniqueConstraint(fields=('declaration', 'code', 'matter'), name='mark_once'), models.CheckConstraint(condition=models.Q(('value__in', [0, 1])), name='mark_met_or_not'), models.CheckConstraint(condition=models.Q(('document', ''), _negated=True), name='mark_stands_on_something')],
                    },
                ),
                migrations.CreateModel(
                    name='Paper',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('item', models.CharField(max_length=60, verbose_name='item')),
                        ('name', models.CharField(max_length=100, verbose_name='name of the file')),
                        ('kind', models.CharField(max_length=8, verbose_name='kind of file')),
                        ('size', models.PositiveIntegerField(verbose_name='bytes')),
                        ('digest', models.CharField(max_length=64)),
                        ('kept_as', models.CharField(blank=True, max_length=32)),
                        ('at', models.DateTimeField(verbose_name='added')),
                        ('removed_at', models.DateTimeField(null=True, verbose_name='taken away')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by')),
                        ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='papers', to='declarations.declaration')),
                    ],
                    options={
                        'verbose_name': 'file of an answer',
                        'verbose_name_plural': 'files of answers',
                        'ordering': ['declaration', 'item', 'pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at__isnull', True)), fields=('declaration', 'item', 'digest'), name='paper_once'), models.UniqueConstraint(condition=models.Q(('kept_as', ''), _negated=True), fields=('kept_as',), name='paper_has_its_own_file'), models.CheckConstraint(condition=models.Q(('removed_at__isnull', True), ('kept_as', ''), _connector='OR'), name='paper_taken_away_is_gone')],
                    },
                ),
            ],
        ),
    ]
