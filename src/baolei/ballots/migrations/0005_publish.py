import baolei.paths
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ballots', '0004_meet'),
        ('declarations', '0003_papers'),
        ('organisations', '0004_notices'),
        ('people', '__first__'),
        ('rounds', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='published on')),
                ('why', models.CharField(max_length=200, verbose_name='why')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'under way'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=7, verbose_name='standing')),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('said', models.TextField(blank=True, verbose_name='what went wrong')),
                ('beat', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='digest')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='publication', to='rounds.round')),
            ],
            options={
                'verbose_name': 'publication of totals',
                'verbose_name_plural': 'publications of totals',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), models.Q(('digest', ''), _negated=True)), models.Q(models.Q(('state', 'done'), _negated=True), ('digest', '')), _connector='OR'), name='publication_done_has_its_digest')],
            },
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('passed', models.BooleanField(null=True, verbose_name='let through')),
                ('why', models.CharField(blank=True, max_length=200, verbose_name='why')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('poll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to='ballots.poll')),
            ],
            options={
                'verbose_name': 'words on a ballot',
                'verbose_name_plural': 'words on ballots',
                'constraints': [models.UniqueConstraint(fields=('poll', 'digest'), name='remark_once'), models.CheckConstraint(condition=models.Q(models.Q(('passed__isnull', True), ('why', '')), models.Q(('passed__isnull', False), models.Q(('why', ''), _negated=True)), _connector='OR'), name='remark_decided_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Total',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=20, verbose_name='source')),
                ('kind', models.CharField(max_length=6)),
                ('path', baolei.paths.PathField(max_length=60, verbose_name='path')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('valid', models.PositiveIntegerField(null=True, verbose_name='valid ballots')),
                ('said', models.JSONField(default=list)),
                ('why', models.CharField(blank=True, max_length=5)),
                ('declaration', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='totals', to='declarations.declaration')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='totals', to='ballots.publication')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit')),
            ],
            options={
                'verbose_name': 'total',
                'verbose_name_plural': 'totals',
                'ordering': ['source', 'kind', 'path', 'pk'],
                'indexes': [models.Index(fields=['publication', 'path'], name='total_in_tree')],
                'constraints': [models.UniqueConstraint(fields=('publication', 'declaration', 'source', 'kind'), name='total_of_branch_once'), models.UniqueConstraint(fields=('publication', 'unit', 'source', 'kind'), name='total_of_unit_once'), models.CheckConstraint(condition=models.Q(models.Q(('declaration__isnull', False), ('unit__isnull', True)), models.Q(('declaration__isnull', True), ('unit__isnull', False)), _connector='OR'), name='total_of_unit_or_branch'), models.CheckConstraint(condition=models.Q(models.Q(('valid__isnull', False), ('why', '')), models.Q(('said', []), ('valid__isnull', True), ('why__in', ('few', 'cover'))), _connector='OR'), name='total_shown_or_why_not'), models.CheckConstraint(condition=models.Q(('kind__in', ('slips', 'paper', 'both'))), name='total_kind_known')],
            },
        ),
    ]
