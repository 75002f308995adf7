import baolei.paths
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ballots', '0002_polls'),
        ('declarations', '0003_papers'),
        ('organisations', '0004_notices'),
        ('people', '__first__'),
        ('rounds', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Turnout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', baolei.paths.PathField(max_length=60, verbose_name='path')),
                ('source', models.CharField(max_length=20, verbose_name='source')),
                ('polls', models.PositiveIntegerField(verbose_name='polls')),
                ('people', models.PositiveIntegerField(verbose_name='may vote')),
                ('slips', models.PositiveIntegerField(verbose_name='slips')),
                ('cast', models.PositiveIntegerField(verbose_name='ballots')),
                ('low', models.PositiveIntegerField(verbose_name='polls with too few ballots')),
            ],
            options={
                'verbose_name': 'turnout',
                'verbose_name_plural': 'turnout',
            },
        ),
        migrations.AddField(
            model_name='poll',
            name='households',
            field=models.PositiveIntegerField(default=0, verbose_name='households on the list'),
        ),
        migrations.CreateModel(
            name='Polling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seed', models.CharField(blank=True, max_length=100, verbose_name='public number')),
                ('closes', models.DateField(null=True, verbose_name='last day')),
                ('reminded', models.DateField(null=True, verbose_name='reminded on')),
                ('counted_at', models.DateTimeField(null=True, verbose_name='counted')),
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='polling', to='rounds.round')),
            ],
            options={
                'verbose_name': 'polls of a round',
                'verbose_name_plural': 'polls of rounds',
            },
        ),
        migrations.CreateModel(
            name='Printing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', baolei.paths.PathField(max_length=60, verbose_name='path')),
                ('more', models.PositiveIntegerField(default=0)),
                ('origin', models.CharField(max_length=200)),
                ('why', models.CharField(max_length=200, verbose_name='why')),
                ('asked_at', models.DateTimeField(verbose_name='asked for')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'under way'), ('ready', 'ready to be taken'), ('taken', 'taken'), ('gone', 'deleted, not taken'), ('failed', 'failed')], default='waiting', max_length=7, verbose_name='standing')),
                ('done', models.PositiveSmallIntegerField(default=0)),
                ('polls', models.PositiveIntegerField(default=0, verbose_name='polls')),
                ('slips', models.PositiveIntegerField(default=0, verbose_name='slips')),
                ('said', models.TextField(blank=True, verbose_name='what went wrong')),
                ('beat', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField(null=True, verbose_name='ready')),
                ('again', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ballots.printing')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked for by')),
                ('poll', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ballots.poll')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='printings', to='rounds.round')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'printing of slips',
                'verbose_name_plural': 'printings of slips',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['round', 'path'], name='printing_of_unit')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'running'))), fields=('round', 'path'), name='printing_one_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('more', 0), ('poll__isnull', True)), models.Q(('again__isnull', True), ('more__gt', 0), ('poll__isnull', False)), _connector='OR'), name='printing_of_one_kind')],
            },
        ),
        migrations.AddField(
            model_name='poll',
            name='printing',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='printed', to='ballots.printing'),
        ),
        migrations.AddIndex(
            model_name='poll',
            index=models.Index(fields=['phase'], name='poll_in_phase'),
        ),
        migrations.AddField(
            model_name='turnout',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='turnout', to='rounds.round'),
        ),
        migrations.AddConstraint(
            model_name='turnout',
            constraint=models.UniqueConstraint(fields=('round', 'path', 'source'), name='turnout_once'),
        ),
    ]
