import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ballots', '0005_publish'),
        ('declarations', '0003_papers'),
        ('organisations', '0004_notices'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Elector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='linked on')),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='elector', to=settings.AUTH_USER_MODEL, verbose_name='account')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='linked by')),
                ('member', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='elector', to='organisations.member', verbose_name='member')),
            ],
            options={
                'verbose_name': 'member with an account',
                'verbose_name_plural': 'members with an account',
                'constraints': [models.CheckConstraint(condition=models.Q(('account', models.F('by')), _negated=True), name='elector_linked_by_another')],
            },
        ),
        migrations.CreateModel(
            name='Issued',
            fields=[
                ('pk', models.CompositePrimaryKey('poll_id', 'member_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('request', models.CharField(blank=True, max_length=64)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.member')),
                ('poll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issued', to='ballots.poll')),
            ],
            options={
                'verbose_name': 'token taken',
                'verbose_name_plural': 'tokens taken',
                'constraints': [models.UniqueConstraint(fields=('poll', 'account'), name='issued_once_to_an_account')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='poll',
            name='poll_no_more_than_printed',
        ),
        migrations.AddField(
            model_name='poll',
            name='roll_day',
            field=models.DateField(null=True, verbose_name='the roll as it stood on'),
        ),
        migrations.AddField(
            model_name='poll',
            name='taken',
            field=models.PositiveIntegerField(default=0, verbose_name='tokens taken'),
        ),
        migrations.AddField(
            model_name='poll',
            name='token_key',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='poll',
            name='tokens',
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name='poll',
            constraint=models.CheckConstraint(condition=models.Q(('cast__isnull', True), ('cast__lte', django.db.models.expressions.CombinedExpression(models.F('slips'), '+', models.F('taken'))), _connector='OR'), name='poll_no_more_than_given_out'),
        ),
    ]
