"""All instruments are stored in one format, and those that are shipped now are there as soon as the tables are.

A definition that names facets and needs is written anew in the words of today, without a change to what it asks or to
any score.
"""

import json
from pathlib import Path

from django.db import migrations

SHIPPED = [
    "alliance-check.v1.json",
    "gad-7.v1.json",
    "mini-ipip.v1.json",
    "phq-8.v1.json",
    "phq-9.v1.json",
    "style-preferences.v1.json",
]
COLUMNS = (
    "title", "licence", "rights_holder", "source", "attribution", "may_ship", "verbatim", "validated",
)  # fmt: skip
DEFINITION = ("language", "purpose", "loinc", "stem", "scale", "items", "subscales", "total")


def rewritten(old):
    facets = dict.fromkeys(item["facet"] for item in old["items"])
    return {
        "language": old["language"],
        "purpose": "alliance",
        "stem": old["stem"],
        "scale": old["scale"],
        "items": [{"key": item["key"], "text": item["text"]} for item in old["items"]],
        "subscales": [
            {
                "key": facet,
                "title": facet.capitalize(),
                "items": [item["key"] for item in old["items"] if item["facet"] == facet],
                "rule": "mean",
                "needs": old["facet_needs"],
            }
            for facet in facets
        ],
        "total": {"rule": "mean", "needs": old["total_needs"]},
    }


def rewrite(apps, schema_editor):
    for one in apps.get_model("surveys", "Instrument").objects.filter(definition__has_key="facet_needs"):
        one.definition = rewritten(one.definition)
        one.save(update_fields=["definition"])


def install(apps, schema_editor):
    install_files(apps, SHIPPED)


def install_files(apps, names):
    for name in names:
        file = json.loads((Path(__file__).parents[1] / "instruments" / name).read_text("utf-8"))
        columns = {column: file[column] for column in COLUMNS}
        columns["definition"] = {key: file[key] for key in DEFINITION if key in file}
        apps.get_model("surveys", "Instrument").objects.get_or_create(
            clinic=None, code=file["code"], version=file["version"], defaults=columns
        )


class Migration(migrations.Migration):
    dependencies = [("surveys", "0003_instrument_validated")]

    operations = [
        migrations.RunPython(rewrite, migrations.RunPython.noop),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
