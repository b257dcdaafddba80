"""A place that is held for one client, or no longer, is one less or more for all others."""

from importlib import import_module

from django.db import migrations

duties = import_module("alliance_match.matching.migrations.0002_database_duties")
before = import_module("alliance_match.matching.migrations.0007_declined_owes_work")

OF_WAIT = (
    "t.clinic_id, NULL::bigint, t.id",
    "JOIN therapists_therapist t ON t.id = changed.therapist_id WHERE changed.told_at IS NOT NULL",
)
OF_INTRODUCTION = (
    "changed.clinic_id, CASE WHEN changed.state = 'declined' THEN changed.client_id END,"
    " CASE WHEN changed.holds_place THEN changed.therapist_id END",
    "WHERE changed.state = 'declined' OR changed.holds_place",
)


def instead(event: str, old: tuple[str, str], new: tuple[str, str]) -> migrations.RunSQL:
    """What introductions owe from now on, and back."""
    drop = duties.owe_no_more(before.TABLE, event)
    forth, back = (drop + duties.owe(before.TABLE, event, *of) for of in (new, old))
    return migrations.RunSQL(forth, back)


class Migration(migrations.Migration):
    dependencies = [("matching", "0007_declined_owes_work"), ("clients", "0008_held_places")]

    operations = [
        *(
            migrations.RunSQL(
                duties.owe("clients_wait", event, *OF_WAIT), duties.owe_no_more("clients_wait", event)
            )
            for event in duties.EVENTS
        ),
        *(instead(event, before.DECLINED, OF_INTRODUCTION) for event in duties.EVENTS),
    ]
