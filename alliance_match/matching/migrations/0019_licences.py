"""A licence that is over concerns whom lists show: a copy of what `matching/triggers.py` was."""

from importlib import import_module

from django.db import migrations

once = import_module("alliance_match.matching.migrations.0018_once_a_transaction")

TABLE = "therapists_therapist"
READ, CONCERNED, JOIN = once.WATCHED[TABLE]
LICENCE = "(licence_expires_on < (now() AT TIME ZONE 'UTC')::date) IS TRUE AS licence_expires_on"
WITH_LICENCE = {TABLE: (f"{READ}, {LICENCE}", CONCERNED, JOIN)}


def with_licence(event):
    value = ", pg_current_xact_id()::text::bigint"
    return once.function(TABLE, event, WITH_LICENCE, ", transaction_id", value, " ON CONFLICT DO NOTHING")


class Migration(migrations.Migration):
    dependencies = [("matching", "0018_once_a_transaction"), ("therapists", "0003_short_name")]

    operations = [
        migrations.RunSQL(with_licence(event), once.once(TABLE, event)) for event in once.watched.TRANSITION
    ]
