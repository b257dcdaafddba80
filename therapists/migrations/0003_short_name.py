"""Titles leave names, and what somebody is called stands beside them."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from therapists.names import name_read


def names_read(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the names apart that are stored in one piece."""
    therapist = apps.get_model("therapists", "Therapist")
    for one in therapist.objects.only("name", "title").iterator():
        read = name_read(one.name, one.title)
        if len(read.name) > 120 or len(read.title) > 80:
            continue
        one.title, one.name, one.short_name = read.title, read.name, read.short_name
        one.save(update_fields=["name", "title", "short_name"])


class Migration(migrations.Migration):
    dependencies = [("therapists", "0002_unaccent")]

    operations = [
        migrations.AddField("therapist", "short_name", models.CharField(blank=True, db_default="", max_length=120)),
        migrations.RunPython(names_read, migrations.RunPython.noop),
    ]
