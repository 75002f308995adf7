import baolei.tables
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '__first__'),
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
                migrations.CreateModel(
                    name='OwnEdition',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=60, unique=True, verbose_name='code')),
                        ('based_on', models.CharField(blank=True, max_length=60, verbose_name='drafted from')),
                        ('files', models.JSONField(verbose_name='files')),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('state', models.CharField(choices=[('draft', 'draft'), ('published', 'published')], default='draft', max_length=9, verbose_name='standing')),
                        ('drafted_at', models.DateTimeField(verbose_name='drafted')),
                        ('changed_at', models.DateTimeField(verbose_name='last changed')),
                        ('published_at', models.DateTimeField(null=True, verbose_name='published on')),
                        ('document', models.CharField(blank=True, max_length=100, verbose_name='approved by document')),
                        ('digest', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                        ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by')),
                        ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='drafted by')),
                        ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                    ],
                    options={
                        'verbose_name': "edition of the house's own",
                        'verbose_name_plural': "editions of the house's own",
                        'ordering': ['-drafted_at', '-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='edition_has_its_code'), models.CheckConstraint(condition=models.Q(models.Q(('digest', ''), ('document', ''), ('published_at', None), ('published_by', None), ('state', 'draft')), models.Q(('published_at__isnull', False), ('published_by__isnull', False), ('state', 'published'), models.Q(('digest', ''), _negated=True), models.Q(('document', ''), _negated=True)), _connector='OR'), name='edition_published_with_digest_and_document'), models.CheckConstraint(condition=models.Q(('published_by', None), models.Q(models.Q(('published_by', models.F('drafted_by')), _negated=True), models.Q(('published_by', models.F('changed_by')), _negated=True)), _connector='OR'), name='edition_published_by_another')],
                    },
                ),
                migrations.CreateModel(
                    name='Trial',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField()),
                        ('snapshot', models.CharField(blank=True, max_length=64, verbose_name='snapshot')),
                        ('round_edition', models.CharField(blank=True, max_length=60, verbose_name='edition of the round')),
                        ('state', models.CharField(choices=[('waiting', 'being computed'), ('done', 'computed'), ('refused', 'cannot be computed')], default='waiting', max_length=7, verbose_name='standing')),
                        ('at', models.DateTimeField(verbose_name='asked at')),
                        ('beat', models.DateTimeField(null=True)),
                        ('tries', models.PositiveSmallIntegerField(default=0)),
                        ('done', models.PositiveIntegerField(default=0)),
                        ('total', models.PositiveIntegerField(default=0)),
                        ('figures', models.JSONField(default=list)),
                        ('notes', models.JSONField(default=list)),
                        ('refused', models.JSONField(default=list)),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                        ('edition', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='trial', to='standards.ownedition', verbose_name='draft')),
                    ],
                    options={
                        'verbose_name': 'trial of a draft',
                        'verbose_name_plural': 'trials of drafts',
                    },
                ),
                migrations.CreateModel(
                    name='OtherVerdict',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('branch', models.CharField(max_length=60)),
                        ('name', models.CharField(max_length=200)),
                        ('field', models.CharField(max_length=60)),
                        ('before', models.CharField(max_length=60)),
                        ('after', models.CharField(max_length=60)),
                        ('score_before', models.IntegerField()),
                        ('score_after', models.IntegerField()),
                        ('trial', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verdicts', to='standards.trial')),
                    ],
                    options={
                        'verbose_name': 'verdict that would change',
                        'verbose_name_plural': 'verdicts that would change',
                        'ordering': ['pk'],
                    },
                ),
            ],
        ),
    ]
