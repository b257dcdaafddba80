"""Who has left has no log-in."""

from django.db import migrations, models
from django.db.models import Q


def log_ins_end(apps, schema_editor):
    """Take the log-ins of those who left before."""
    membership = apps.get_model("accounts", "Membership")
    left = apps.get_model("therapists", "Therapist").objects.filter(status="left", user__isnull=False)
    for clinic, user in left.values_list("clinic", "user"):
        membership.objects.filter(clinic=clinic, user=user, role="therapist").delete()
    left.update(user=None)


class Migration(migrations.Migration):
    # The update leaves events of triggers, among which no table can be altered.
    atomic = False
    dependencies = [("therapists", "0003_short_name"), ("accounts", "0004_asking")]

    operations = [
        migrations.RunPython(log_ins_end, migrations.RunPython.noop),
        migrations.AddConstraint(
            "therapist",
            models.CheckConstraint(
                condition=~Q(status="left") | Q(user__isnull=True), name="therapist_left_without_log_in"
            ),
        ),
    ]
