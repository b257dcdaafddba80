"""The hours that suit a client are read by their clocks: another time zone owes work, a log-in does not."""

from importlib import import_module

from django.db import migrations

duties = import_module("alliance_match.matching.migrations.0002_database_duties")

TABLE, EVENT = "accounts_user", "UPDATE"
OF_USER = (
    "c.clinic_id, c.id, NULL::bigint",
    "JOIN before ON before.id = changed.id AND before.time_zone <> changed.time_zone"
    " JOIN clients_client c ON c.user_id = changed.id",
)


class Migration(migrations.Migration):
    dependencies = [("matching", "0008_held_places_owe_work"), ("accounts", "0003_language_and_zone")]

    operations = [
        migrations.RunSQL(duties.owe(TABLE, EVENT, *OF_USER), duties.owe_no_more(TABLE, EVENT)),
    ]
