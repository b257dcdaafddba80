"""When a therapist was asked by mail whether they still accept clients."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("therapists", "0004_left_without_log_in")]
    operations = [migrations.AddField("therapist", "asked_at", models.DateTimeField(blank=True, null=True))]
