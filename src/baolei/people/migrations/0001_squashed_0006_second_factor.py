import baolei.paths
import baolei.tables
import django.contrib.auth.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('people', '0001_initial'), ('people', '0002_mandate_tree'), ('people', '0003_roles'), ('people', '0004_approvals'), ('people', '0005_log_in'), ('people', '0006_second_factor')]

    initial = True

    dependencies = [
    ]

    operations = [
        baolei.tables.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Account',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('username', models.CharField(max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='user name')),
                        ('name', models.CharField(max_length=100, verbose_name='name')),
                        ('is_active', models.BooleanField(default=True, verbose_name='may log in')),
                        ('must_change_password', models.BooleanField(default=False, verbose_name='changes the password at the next log-in')),
                        ('password_since', models.DateField(help_text='Since when the own password holds.', null=True, verbose_name='password since')),
                        ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
                    ],
                    options={
                        'verbose_name': 'account',
                        'verbose_name_plural': 'accounts',
                    },
                ),
                migrations.CreateModel(
                    name='LogInFailure',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('username', models.CharField(db_index=True, max_length=150)),
                        ('at', models.DateTimeField()),
                    ],
                    options={
                        'verbose_name': 'failed log-in',
                        'verbose_name_plural': 'failed log-ins',
                    },
                ),
                migrations.CreateModel(
                    name='FormerPassword',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128)),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_passwords', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'former password',
                        'verbose_name_plural': 'former passwords',
                    },
                ),
                migrations.CreateModel(
                    name='RecoveryCode',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('digest', models.CharField(max_length=64)),
                        ('used_at', models.DateTimeField(null=True)),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'recovery code',
                        'verbose_name_plural': 'recovery codes',
                    },
                ),
                migrations.CreateModel(
                    name='SecondFactor',
                    fields=[
                        ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='second_factor', serialize=False, to=settings.AUTH_USER_MODEL)),
                        ('secret', models.CharField(blank=True, max_length=300)),
                        ('offered', models.CharField(blank=True, max_length=300)),
                        ('last_step', models.BigIntegerField(default=0)),
                        ('confirmed_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'verbose_name': 'second factor',
                        'verbose_name_plural': 'second factors',
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('secret', '')), models.Q(('confirmed_at__isnull', False), models.Q(('secret', ''), _negated=True)), _connector='OR'), name='second_factor_confirmed_with_its_key')],
                    },
                ),
                migrations.CreateModel(
                    name='Mandate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(max_length=20, verbose_name='role')),
                        ('tree', models.CharField(choices=[('unit', 'administrative units'), ('party', 'Party organisations'), ('none', 'the whole house')], default='unit', max_length=5, verbose_name='tree')),
                        ('path', baolei.paths.PathField(blank=True, max_length=64, verbose_name='node')),
                        ('title', models.CharField(help_text='As it stands in the letter of appointment.', max_length=100, verbose_name='title')),
                        ('since', models.DateField(verbose_name='from')),
                        ('until', models.DateField(blank=True, null=True, verbose_name='to')),
                        ('approved_at', models.DateTimeField(null=True, verbose_name='approved')),
                        ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mandates', to=settings.AUTH_USER_MODEL, verbose_name='account')),
                        ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by')),
                        ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='given by')),
                    ],
                    options={
                        'verbose_name': 'mandate',
                        'verbose_name_plural': 'mandates',
                        'ordering': ['path', 'role', 'since'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('role', ''), _negated=True), name='mandate_role_not_empty'), models.CheckConstraint(condition=models.Q(('tree__in', ['unit', 'party', 'none'])), name='mandate_tree_known'), models.CheckConstraint(condition=models.Q(models.Q(('path', ''), ('tree', 'none')), models.Q(models.Q(('tree', 'none'), _negated=True), models.Q(('path', ''), _negated=True)), _connector='OR'), name='mandate_stands_somewhere'), models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='mandate_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('account', models.F('given_by')), _negated=True), models.Q(('account', models.F('approved_by')), _negated=True), models.Q(('given_by', models.F('approved_by')), _negated=True)), name='mandate_by_three_persons'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), ('role__in', ('system_admin', 'security_admin', 'audit_admin'))), fields=('account',), name='mandate_one_administrator'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('account', 'role', 'tree', 'path', 'since'), name='mandate_given_once')],
                    },
                ),
            ],
        ),
    ]
