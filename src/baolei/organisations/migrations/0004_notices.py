import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0003_members_groups_hubs'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80, verbose_name='title of the notice')),
                ('text', models.CharField(max_length=1000, verbose_name='text')),
                ('urgent', models.BooleanField(default=False, verbose_name='urgent')),
                ('since', models.DateField(verbose_name='from')),
                ('until', models.DateField(verbose_name='to')),
                ('posted_at', models.DateTimeField(verbose_name='posted')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='withdrawn')),
                ('posted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='posted by')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='for the unit')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ['-since', '-pk'],
                'indexes': [models.Index(fields=['unit', 'until'], name='notice_of_unit')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='notice_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='notice_says_something'), models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('text'), 1000), name='notice_is_short')],
            },
        ),
        migrations.CreateModel(
            name='NoticeRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=20, verbose_name='role')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='organisations.notice')),
            ],
            options={
                'verbose_name': 'role of a notice',
                'verbose_name_plural': 'roles of notices',
                'constraints': [models.UniqueConstraint(fields=('notice', 'role'), name='notice_role_once')],
            },
        ),
    ]
