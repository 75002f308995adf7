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
                    name='Collection',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=32)),
                        ('day', models.DateField(verbose_name='received on')),
                        ('first', models.PositiveIntegerField(verbose_name='first month')),
                        ('last', models.PositiveIntegerField(verbose_name='last month')),
                        ('in_time', models.PositiveIntegerField(verbose_name='paid in time from')),
                        ('people', models.PositiveIntegerField(verbose_name='members')),
                        ('entered', models.DateField(verbose_name='entered on')),
                        ('struck_on', models.DateField(null=True, verbose_name='struck on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='collections', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'collection of dues',
                        'verbose_name_plural': 'collections of dues',
                        'indexes': [models.Index(fields=['organisation', 'day'], name='dues_of_a_branch'), models.Index(fields=['last', 'first'], name='dues_for_months')],
                        'constraints': [models.UniqueConstraint(fields=('organisation', 'key', 'first', 'last'), name='dues_collected_once'), models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='dues_months_in_order'), models.CheckConstraint(condition=models.Q(('in_time__gte', models.F('first'))), name='dues_in_time_from_the_first'), models.CheckConstraint(condition=models.Q(('people__gte', 1)), name='dues_of_somebody'), models.CheckConstraint(condition=models.Q(('entered__gte', models.F('day'))), name='dues_entered_after_they_came')],
                    },
                ),
                migrations.CreateModel(
                    name='Payment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('struck_on', models.DateField(null=True, verbose_name='struck on')),
                        ('collection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='payments', to='dues.collection')),
                        ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='dues_paid', to='organisations.member', verbose_name='member')),
                    ],
                    options={
                        'verbose_name': 'payment of dues',
                        'verbose_name_plural': 'payments of dues',
                        'indexes': [models.Index(fields=['member', 'collection', 'struck_on'], name='dues_of_a_member'), models.Index(condition=models.Q(('struck_on__isnull', False)), fields=['member'], name='dues_struck_singly')],
                        'constraints': [models.UniqueConstraint(fields=('collection', 'member'), name='dues_paid_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Waiver',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('first', models.PositiveIntegerField(verbose_name='first month')),
                        ('last', models.PositiveIntegerField(verbose_name='last month')),
                        ('applied', models.DateField(verbose_name='the member applied on')),
                        ('studied', models.DateField(verbose_name='the branch studied it on')),
                        ('state', models.CharField(choices=[('studied', 'waits for the superior organisation'), ('approved', 'approved'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='studied', max_length=9, verbose_name='standing')),
                        ('decided', models.DateField(null=True, verbose_name='decided on')),
                        ('document', models.CharField(blank=True, max_length=100, verbose_name='document')),
                        ('answer', models.CharField(blank=True, max_length=20, verbose_name='answer')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dues_waived', to='organisations.member', verbose_name='member')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'waiver of dues',
                        'verbose_name_plural': 'waivers of dues',
                        'indexes': [models.Index(fields=['organisation', 'state'], name='dues_waivers_of_a_branch')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='dues_waived_in_order'), models.CheckConstraint(condition=models.Q(('studied__gte', models.F('applied'))), name='dues_waiver_studied_once_applied'), models.CheckConstraint(condition=models.Q(models.Q(('decided__isnull', True), ('decided_by__isnull', True), ('state', 'studied')), models.Q(models.Q(('state', 'studied'), _negated=True), ('decided__gte', models.F('studied')), ('decided_by__isnull', False)), _connector='OR'), name='dues_waiver_decided_by_somebody'), models.CheckConstraint(condition=models.Q(('document', ''), ('state', 'approved'), _negated=True), name='dues_waiver_has_its_document'), models.CheckConstraint(condition=models.Q(('answer', ''), ('state', 'refused'), _negated=True), name='dues_waiver_has_its_answer')],
                    },
                ),
                migrations.CreateModel(
                    name='Agreement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('fen', models.PositiveIntegerField(verbose_name='amount a month, in fen')),
                        ('since', models.PositiveIntegerField(verbose_name='from the month')),
                        ('entered', models.DateField(verbose_name='entered on')),
                        ('struck_on', models.DateField(null=True, verbose_name='struck on')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dues_agreed', to='organisations.member', verbose_name='member')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                    ],
                    options={
                        'verbose_name': 'amount agreed on',
                        'verbose_name_plural': 'amounts agreed on',
                        'constraints': [models.CheckConstraint(condition=models.Q(('fen__gte', 1)), name='dues_agreed_are_some'), models.UniqueConstraint(condition=models.Q(('struck_on__isnull', True)), fields=('member', 'since'), name='dues_agreed_once_a_month')],
                    },
                ),
            ],
        ),
    ]
