"""The Alliance Check in German, for clinics that ask in German."""

from importlib import import_module

from django.db import migrations

one_format = import_module("surveys.migrations.0004_one_format")


def install(apps, schema_editor):
    one_format.install_files(apps, ["alliance-check-de.v1.json"])


class Migration(migrations.Migration):
    dependencies = [("surveys", "0011_risk")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
