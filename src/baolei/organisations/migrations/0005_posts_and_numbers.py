import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0004_notices'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='QuarterNumbers',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('quarter', models.PositiveSmallIntegerField(verbose_name='quarter')),
                ('entered', models.DateField(verbose_name='entered on')),
                ('struck_on', models.DateField(null=True, verbose_name='struck on')),
                ('members', models.PositiveIntegerField(verbose_name='members')),
                ('probationary', models.PositiveIntegerField(verbose_name='probationary members')),
                ('applicants', models.PositiveIntegerField(verbose_name='applicants')),
                ('activists', models.PositiveIntegerField(verbose_name='activists')),
                ('prospects', models.PositiveIntegerField(verbose_name='candidates for admission')),
                ('steps_due', models.PositiveIntegerField(verbose_name='steps due')),
                ('steps_done', models.PositiveIntegerField(verbose_name='steps done by their date')),
                ('migrants', models.PositiveIntegerField(verbose_name='migrant members')),
                ('reached', models.PositiveIntegerField(verbose_name='migrant members reached')),
                ('reserve', models.PositiveIntegerField(verbose_name='reserve')),
                ('trained', models.PositiveIntegerField(verbose_name='reserve with a mentor and trained')),
                ('linked', models.PositiveIntegerField(verbose_name='members spoken to every month')),
            ],
            options={
                'verbose_name': 'numbers of a quarter',
                'verbose_name_plural': 'numbers of quarters',
                'constraints': [models.CheckConstraint(condition=models.Q(('quarter__range', (1, 4))), name='numbers_of_a_quarter'), models.CheckConstraint(condition=models.Q(('steps_done__lte', models.F('steps_due'))), name='numbers_steps_done_of_steps_due'), models.CheckConstraint(condition=models.Q(('reached__lte', models.F('migrants'))), name='numbers_reached_of_migrants'), models.CheckConstraint(condition=models.Q(('trained__lte', models.F('reserve'))), name='numbers_trained_of_reserve'), models.CheckConstraint(condition=models.Q(('linked__lte', models.F('members'))), name='numbers_linked_of_members')],
            },
        ),
        migrations.CreateModel(
            name='VillageHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('vacant', models.BooleanField(default=False, verbose_name='vacant')),
                ('since', models.DateField(verbose_name='from')),
                ('until', models.DateField(blank=True, null=True, verbose_name='to')),
            ],
            options={
                'verbose_name': "head of a villagers' committee",
                'verbose_name_plural': "heads of villagers' committees",
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='head_in_order')],
            },
        ),
        migrations.AddField(
            model_name='election',
            name='first',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='votes_after', to='organisations.election'),
        ),
        migrations.AddField(
            model_name='election',
            name='kind',
            field=models.CharField(choices=[('term', 'term election'), ('second', 'second vote for open seats'), ('by', 'by-election')], db_default='term', default='term', max_length=6, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='election',
            name='posts',
            field=models.JSONField(default=dict, verbose_name='posts'),
        ),
        migrations.AddField(
            model_name='unitcount',
            name='posts',
            field=models.JSONField(default=dict, verbose_name='posts'),
        ),
        migrations.AddConstraint(
            model_name='election',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['term', 'second', 'by'])), name='election_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='election',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first__isnull', False), ('kind', 'second')), models.Q(models.Q(('kind', 'second'), _negated=True), ('first__isnull', True)), _connector='OR'), name='election_second_of_one'),
        ),
        migrations.AddField(
            model_name='quarternumbers',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by'),
        ),
        migrations.AddField(
            model_name='quarternumbers',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='numbers', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='villagehead',
            name='holder',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.member', verbose_name='holder'),
        ),
        migrations.AddField(
            model_name='villagehead',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='heads', to='organisations.organisation'),
        ),
        migrations.AddConstraint(
            model_name='quarternumbers',
            constraint=models.UniqueConstraint(condition=models.Q(('struck_on__isnull', True)), fields=('year', 'quarter', 'organisation'), name='numbers_stand_once'),
        ),
        migrations.AddConstraint(
            model_name='villagehead',
            constraint=models.CheckConstraint(condition=models.Q(('vacant', False), ('holder__isnull', True), _connector='OR'), name='head_vacant_without_holder'),
        ),
        migrations.AddConstraint(
            model_name='villagehead',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('organisation',), name='head_open_once'),
        ),
    ]
