"""Meetings are forgotten in time, and office hours that are shorter than a meeting, which offered nothing, go."""

import agencies.addresses
import datetime
import django.db.models.expressions
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0010_launch'),
    ]

    operations = [
        migrations.RunSQL("DELETE FROM agencies_officehours WHERE closes - opens < interval '30 minutes'", migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='officehours',
            name='closes_after_it_opens',
        ),
        migrations.AddField(
            model_name='meeting',
            name='erased_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='availability',
            name='mail_to',
            field=models.EmailField(blank=True, help_text='Empty: everybody of support who may change meetings.', max_length=254, validators=[agencies.addresses.plain_address], verbose_name='who hears of meetings'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('erased_at', None), models.Q(('came_from', ''), ('company', ''), ('email', ''), ('goals', ''), ('name', ''), ('reason', ''), ('website', '')), _connector='OR'), name='erased_meeting_names_nobody'),
        ),
        migrations.AddConstraint(
            model_name='officehours',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.GreaterThanOrEqual(django.db.models.expressions.CombinedExpression(models.F('closes'), '-', models.F('opens')), models.Value(datetime.timedelta(seconds=1800))), name='hours_hold_a_meeting', violation_error_message='It must close at least half an hour after it opens: that long is a meeting.'),
        ),
    ]
