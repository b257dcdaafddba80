"""An offered place is reserved, and who waits is notified."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("clients", "0013_plain_names")]

    operations = [
        migrations.RemoveConstraint("wait", "wait_held_for_who_was_told"),
        migrations.RenameField("wait", "told_at", "notified_at"),
        migrations.RenameField("wait", "held_until", "reserved_until"),
        migrations.RenameField("introduction", "holds_place", "reserves_place"),
        migrations.AddConstraint(
            "wait",
            models.CheckConstraint(
                condition=Q(reserved_until__isnull=True) | Q(notified_at__isnull=False),
                name="wait_reserved_for_who_was_notified",
            ),
        ),
    ]
