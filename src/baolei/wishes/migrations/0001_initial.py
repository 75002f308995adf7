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
                    name='Matched',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(unique=True)),
                        ('wishes', models.PositiveIntegerField()),
                        ('members', models.PositiveIntegerField()),
                        ('suggestions', models.PositiveIntegerField()),
                    ],
                    options={
                        'verbose_name': 'matching of wishes',
                        'verbose_name_plural': 'matchings of wishes',
                    },
                ),
                migrations.CreateModel(
                    name='Tally',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', baolei.paths.PathField(max_length=64)),
                        ('year', models.PositiveSmallIntegerField()),
                        ('day', models.DateField()),
                        ('registered', models.PositiveIntegerField(default=0)),
                        ('lit', models.PositiveIntegerField(default=0)),
                        ('taken', models.PositiveIntegerField(default=0)),
                        ('done', models.PositiveIntegerField(default=0)),
                        ('deeds', models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        'verbose_name': 'count of wishes',
                        'verbose_name_plural': 'counts of wishes',
                        'constraints': [models.UniqueConstraint(fields=('year', 'path'), name='wish_tally_once'), models.CheckConstraint(condition=models.Q(('done__lte', models.F('taken')), ('taken__lte', models.F('lit'))), name='wish_tally_in_order')],
                    },
                ),
                migrations.CreateModel(
                    name='Deed',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=32, unique=True)),
                        ('kind', models.CharField(max_length=20, verbose_name='kind')),
                        ('title', models.CharField(max_length=60, verbose_name='deed')),
                        ('plan', models.CharField(max_length=300, verbose_name='plan')),
                        ('planned', models.DateField(verbose_name='planned on')),
                        ('until', models.DateField(verbose_name='to be done by')),
                        ('state', models.CharField(default='begun', max_length=9)),
                        ('reported', models.DateField(null=True, verbose_name='reported done on')),
                        ('confirmed', models.DateField(null=True, verbose_name='confirmed on')),
                        ('dropped', models.DateField(null=True, verbose_name='given up on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmed by')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deeds', to='organisations.organisation', verbose_name='branch')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='community')),
                    ],
                    options={
                        'verbose_name': 'practical deed',
                        'verbose_name_plural': 'practical deeds',
                        'indexes': [models.Index(fields=['organisation', 'planned'], name='deed_of_a_branch'), models.Index(fields=['unit', 'state'], name='deed_for_a_community')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['begun', 'reported', 'confirmed', 'dropped'])), name='deed_state_known'), models.CheckConstraint(condition=models.Q(('until__gte', models.F('planned'))), name='deed_days_in_order'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state', 'confirmed'), _negated=True), ('confirmed', None), ('confirmed_by', None)), models.Q(('confirmed__isnull', False), ('confirmed_by__isnull', False), ('reported__isnull', False), ('state', 'confirmed')), _connector='OR'), name='deed_confirmed_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'reported'), _negated=True), ('reported__isnull', False), _connector='OR'), name='deed_reported'), models.CheckConstraint(condition=models.Q(models.Q(('dropped__isnull', False), ('state', 'dropped')), models.Q(models.Q(('state', 'dropped'), _negated=True), ('dropped', None)), _connector='OR'), name='deed_given_up')],
                    },
                ),
                migrations.CreateModel(
                    name='DeedLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('act', models.CharField(max_length=9)),
                        ('words', models.CharField(blank=True, max_length=120)),
                        ('on', models.DateField()),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('deed', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='wishes.deed')),
                    ],
                    options={
                        'verbose_name': 'line of a practical deed',
                        'verbose_name_plural': 'lines of practical deeds',
                        'ordering': ['pk'],
                    },
                ),
                migrations.CreateModel(
                    name='Pairing',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('state', models.CharField(default='proposed', max_length=8)),
                        ('proposed', models.DateField(verbose_name='proposed on')),
                        ('decided', models.DateField(null=True, verbose_name='answered on')),
                        ('ended', models.DateField(null=True, verbose_name='ended on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairings', to='organisations.organisation', verbose_name='branch')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='community')),
                    ],
                    options={
                        'verbose_name': 'pairing of a branch',
                        'verbose_name_plural': 'pairings of branches',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'paired'])), fields=('organisation', 'unit'), name='paired_once'), models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'paired', 'refused', 'parted'])), name='pairing_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'paired'), _negated=True), models.Q(('decided__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='pairing_agreed_to'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('by')), _negated=True), _connector='OR'), name='pairing_by_two')],
                    },
                ),
                migrations.CreateModel(
                    name='Registration',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('skills', models.JSONField(default=list, verbose_name='skills')),
                        ('since', models.DateField(verbose_name='from')),
                        ('until', models.DateField(verbose_name='to')),
                        ('consent', models.PositiveSmallIntegerField(verbose_name='version of the consent')),
                        ('consented', models.DateField(verbose_name='agreed on')),
                        ('document', models.CharField(blank=True, max_length=100, verbose_name='written consent')),
                        ('ended', models.DateField(null=True, verbose_name='ended on')),
                        ('how', models.CharField(blank=True, max_length=9, verbose_name='how it ended')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='organisations.member', verbose_name='member')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='community')),
                    ],
                    options={
                        'verbose_name': 'registration with a community',
                        'verbose_name_plural': 'registrations with communities',
                        'indexes': [models.Index(fields=['unit', 'ended'], name='registered_in_community')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('ended', None)), fields=('member',), name='registered_once'), models.CheckConstraint(condition=models.Q(('member__isnull', False), models.Q(('ended__isnull', False), ('skills', [])), _connector='OR'), name='registered_somebody'), models.CheckConstraint(condition=models.Q(('consented__lte', models.F('since')), ('until__gt', models.F('since'))), name='registered_with_consent'), models.CheckConstraint(condition=models.Q(models.Q(('ended', None), ('how', '')), models.Q(('ended__isnull', False), ('how__in', ['withdrawn', 'expired', 'left', 'erased'])), _connector='OR'), name='registration_ended_some_way')],
                    },
                ),
                migrations.CreateModel(
                    name='Wish',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=32, unique=True)),
                        ('words', models.CharField(blank=True, max_length=200, verbose_name='wish')),
                        ('called', models.CharField(blank=True, max_length=10, verbose_name='known by')),
                        ('minor', models.BooleanField(default=False, verbose_name='of somebody under age')),
                        ('skill', models.CharField(blank=True, max_length=20, verbose_name='skill')),
                        ('consent', models.PositiveSmallIntegerField(verbose_name='version of the consent')),
                        ('consented', models.DateField(verbose_name='agreed on')),
                        ('lit', models.DateField(verbose_name='shown since')),
                        ('until', models.DateField(verbose_name='shown up to')),
                        ('state', models.CharField(default='lit', max_length=9)),
                        ('due', models.DateField(null=True, verbose_name='due on')),
                        ('receipt', models.CharField(blank=True, max_length=64)),
                        ('tries', models.PositiveSmallIntegerField(default=0)),
                        ('ended', models.DateField(null=True, verbose_name='ended on')),
                        ('reason', models.CharField(blank=True, max_length=10, verbose_name='why it was taken down')),
                        ('cleared', models.DateField(null=True, verbose_name='removed on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='community')),
                    ],
                    options={
                        'verbose_name': 'small wish',
                        'verbose_name_plural': 'small wishes',
                        'indexes': [models.Index(fields=['unit', 'state'], name='wish_of_a_community'), models.Index(fields=['state', 'due'], name='wish_due'), models.Index(condition=models.Q(('cleared', None)), fields=['ended'], name='wish_to_be_cleared')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['lit', 'claimed', 'fulfilled', 'done', 'withdrawn', 'lapsed'])), name='wish_state_known'), models.CheckConstraint(condition=models.Q(('minor', False), models.Q(('called', ''), ('receipt', '')), _connector='OR'), name='wish_of_a_minor_unnamed'), models.CheckConstraint(condition=models.Q(models.Q(('due__isnull', False), ('ended', None)), models.Q(('due', None), ('ended__isnull', False)), _connector='OR'), name='wish_due_or_ended'), models.CheckConstraint(condition=models.Q(models.Q(('ended', None), models.Q(('state__in', ['done', 'withdrawn', 'lapsed']), _negated=True)), models.Q(('ended__isnull', False), ('state__in', ['done', 'withdrawn', 'lapsed'])), _connector='OR'), name='wish_ended_in_an_end'), models.CheckConstraint(condition=models.Q(models.Q(('cleared', None), models.Q(('words', ''), _negated=True)), models.Q(('called', ''), ('cleared__isnull', False), ('ended__isnull', False), ('receipt', ''), ('words', '')), _connector='OR'), name='wish_cleared_says_nothing'), models.CheckConstraint(condition=models.Q(('consented__lte', models.F('until'))), name='wish_with_consent')],
                    },
                ),
                migrations.CreateModel(
                    name='Suggestion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('ring', models.CharField(max_length=9)),
                        ('registration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='wishes.registration')),
                        ('wish', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='wishes.wish')),
                    ],
                    options={
                        'verbose_name': 'suggestion of a wish',
                        'verbose_name_plural': 'suggestions of wishes',
                        'constraints': [models.UniqueConstraint(fields=('registration', 'wish'), name='wish_suggested_once'), models.CheckConstraint(condition=models.Q(('ring__in', ['community', 'township', 'banner'])), name='suggestion_ring_known')],
                    },
                ),
                migrations.CreateModel(
                    name='Claim',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('state', models.CharField(default='open', max_length=9)),
                        ('day', models.DateField(verbose_name='taken up on')),
                        ('fulfilled', models.DateField(null=True, verbose_name='done on')),
                        ('confirmed', models.DateField(null=True, verbose_name='confirmed on')),
                        ('by_code', models.BooleanField(default=False, verbose_name='confirmed by the receipt code')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='branch')),
                        ('registration', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='wishes.registration')),
                        ('wish', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='wishes.wish')),
                    ],
                    options={
                        'verbose_name': 'wish taken up',
                        'verbose_name_plural': 'wishes taken up',
                        'indexes': [models.Index(fields=['organisation', 'day'], name='claim_of_a_branch')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'fulfilled', 'done'])), fields=('wish',), name='wish_taken_up_once'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'fulfilled', 'done', 'back', 'missed', 'ended'])), name='claim_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed', None), models.Q(('state', 'done'), _negated=True)), models.Q(('confirmed__isnull', False), ('state', 'done')), _connector='OR'), name='claim_done_when_confirmed')],
                    },
                ),
            ],
        ),
    ]
