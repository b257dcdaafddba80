"""Whom a client puts aside, or takes back, is scored again; who is kept in mind stays where they are."""

from importlib import import_module

from django.db import migrations

duties = import_module("alliance_match.matching.migrations.0002_database_duties")

TABLE = "clients_mark"
ASIDE = ("c.clinic_id, c.id, NULL::bigint", f"{duties.OF_CLIENT} WHERE changed.kind = 'not_for_me'")


class Migration(migrations.Migration):
    dependencies = [("matching", "0005_training_row_weight"), ("clients", "0002_mark")]

    operations = [
        migrations.RunSQL(duties.owe(TABLE, event, *ASIDE), duties.owe_no_more(TABLE, event))
        for event in duties.EVENTS
    ]
