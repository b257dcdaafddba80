"""The shipped instruments are there as soon as the tables are; a file once shipped never changes."""

import json
from pathlib import Path

from django.db import migrations

SHIPPED = ["alliance-check.v1.json"]
COLUMNS = ("title", "licence", "rights_holder", "source", "attribution", "may_ship", "verbatim")
DEFINITION = ("language", "stem", "scale", "items", "facet_needs", "total_needs")


def install(apps, schema_editor):
    for name in SHIPPED:
        file = json.loads((Path(__file__).parents[1] / "instruments" / name).read_text("utf-8"))
        columns = {column: file[column] for column in COLUMNS}
        columns["definition"] = {key: file[key] for key in DEFINITION}
        apps.get_model("surveys", "Instrument").objects.get_or_create(
            clinic=None, code=file["code"], version=file["version"], defaults=columns
        )


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
