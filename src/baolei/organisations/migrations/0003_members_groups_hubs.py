import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0002_audit_and_acts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('place', models.CharField(blank=True, max_length=100, verbose_name='grid or natural village')),
                ('since', models.DateField(verbose_name='from')),
                ('until', models.DateField(blank=True, null=True, verbose_name='to')),
            ],
            options={
                'verbose_name': 'Party group',
                'verbose_name_plural': 'Party groups',
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='group_in_order')],
            },
        ),
        migrations.CreateModel(
            name='HubHousehold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grid', models.CharField(max_length=100, verbose_name='grid')),
                ('members', models.PositiveSmallIntegerField(verbose_name='members who meet there')),
                ('households', models.PositiveSmallIntegerField(verbose_name='households served')),
                ('since', models.DateField(verbose_name='from')),
                ('until', models.DateField(blank=True, null=True, verbose_name='to')),
            ],
            options={
                'verbose_name': 'hub household',
                'verbose_name_plural': 'hub households',
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='hub_in_order')],
            },
        ),
        migrations.AddField(
            model_name='membership',
            name='how',
            field=models.CharField(blank=True, choices=[('moved', 'transferred outside'), ('died', 'deceased'), ('left', 'no longer a member')], db_default='', max_length=5, verbose_name='how it ended'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('how', ''), ('until__isnull', False), _connector='OR'), name='membership_ends_some_way'),
        ),
        migrations.AddField(
            model_name='group',
            name='leader',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.member', verbose_name='leader'),
        ),
        migrations.AddField(
            model_name='group',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='hubhousehold',
            name='host',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.member', verbose_name='host'),
        ),
        migrations.AddField(
            model_name='hubhousehold',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hubs', to='organisations.organisation'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('organisation', 'name'), name='group_named_once'),
        ),
        migrations.AddConstraint(
            model_name='hubhousehold',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('host',), name='hub_hosted_once'),
        ),
    ]
