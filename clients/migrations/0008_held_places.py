from datetime import timedelta

from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Now

STOOD = timedelta(hours=72)


def hold(apps, schema_editor):
    """A place that was offered less than three days ago is held for the rest of them."""
    waits = apps.get_model("clients", "Wait").objects.filter(told_at__gt=Now() - STOOD)
    waits.update(held_until=F("told_at") + STOOD)


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0007_meeting_called_off'),
        ('therapists', '0002_unaccent'),
    ]

    operations = [
        migrations.AddField(
            model_name='introduction',
            name='holds_place',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='wait',
            name='held_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='wait',
            constraint=models.CheckConstraint(condition=models.Q(('held_until__isnull', True), ('told_at__isnull', False), _connector='OR'), name='wait_held_for_who_was_told'),
        ),
        migrations.RunPython(hold, migrations.RunPython.noop),
    ]
