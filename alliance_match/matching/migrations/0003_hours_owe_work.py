"""Hours that suit a client, or that a therapist has free, decide who may be shown: their changes owe work."""

from importlib import import_module

from django.db import migrations

duties = import_module("alliance_match.matching.migrations.0002_database_duties")

OWES = {
    "clients_timewindow": ("c.clinic_id, c.id, NULL::bigint", duties.OF_CLIENT),
    "therapists_slot": (
        "t.clinic_id, NULL::bigint, t.id",
        "JOIN therapists_therapist t ON t.id = changed.therapist_id",
    ),
}


class Migration(migrations.Migration):
    dependencies = [("matching", "0002_database_duties")]

    operations = [
        migrations.RunSQL(duties.owe(table, event, *of), duties.owe_no_more(table, event))
        for table, of in OWES.items()
        for event in duties.EVENTS
    ]
