"""Triggers look at the columns that are read: a tagline, or one more “still true”, adds no pending re-score.

A copy of what `matching/triggers.py` was then. New is the time zone of a clinic: hours of clients who live by
other clocks are put beside the clinic's.
"""

from importlib import import_module

from django.db import migrations

duties, hours, marks, places, zones = (
    import_module(f"alliance_match.matching.migrations.{name}")
    for name in (
        "0002_database_duties",
        "0003_hours_owe_work",
        "0006_marks_owe_work",
        "0008_held_places_owe_work",
        "0009_time_zone_owes_work",
    )
)

CLIENT, THERAPIST = "c.clinic_id, c.id, NULL::bigint", "t.clinic_id, NULL::bigint, t.id"
OF_CLIENT = "JOIN clients_client c ON c.id = changed.client_id"
OF_THERAPIST = "JOIN therapists_therapist t ON t.id = changed.therapist_id"
SILENT = "(confirmed_at < now() - INTERVAL '30 days') IS TRUE AS confirmed_at"
# By table: the watched columns, whom a changed row concerns, and the way there.
WATCHED = {
    "accounts_clinic": (
        "time_zone",
        CLIENT,
        "JOIN clients_client c ON c.clinic_id = changed.id"
        " JOIN accounts_user u ON u.id = c.user_id AND u.time_zone <> ''",
    ),
    "accounts_user": ("time_zone", CLIENT, "JOIN clients_client c ON c.user_id = changed.id"),
    "clients_client": (
        "clinic_id, user_id, status, traits", "changed.clinic_id, changed.id, NULL::bigint", ""
    ),
    "clients_consent": ("client_id, purpose, withdrawn_at", CLIENT, OF_CLIENT),
    "clients_episode": (
        "clinic_id, client_id, therapist_id, ended_on",
        "changed.clinic_id, changed.client_id, changed.therapist_id",
        "",
    ),
    "clients_intake": (
        "client_id, formats, languages, insurer, highest_fee, place, concerns", CLIENT, OF_CLIENT
    ),
    "clients_introduction": (
        "client_id, therapist_id, state, reserves_place, expires_at",
        "c.clinic_id, CASE WHEN changed.state = 'declined' THEN c.id END,"
        " CASE WHEN changed.reserves_place THEN changed.therapist_id END",
        f"{OF_CLIENT} WHERE changed.state = 'declined' OR changed.reserves_place",
    ),
    "clients_mark": (
        "client_id, therapist_id, kind", CLIENT, f"{OF_CLIENT} WHERE changed.kind = 'not_for_me'"
    ),
    "clients_session": (
        "episode_id, number, held_on",
        "e.clinic_id, e.client_id, NULL::bigint",
        "JOIN clients_episode e ON e.id = changed.episode_id",
    ),
    "clients_stylepreference": ("client_id, dimension, position, importance", CLIENT, OF_CLIENT),
    "clients_timewindow": ("client_id, weekday, starts, ends", CLIENT, OF_CLIENT),
    "clients_wait": (
        "client_id, therapist_id, reserved_until",
        THERAPIST,
        f"{OF_THERAPIST} WHERE changed.reserved_until IS NOT NULL",
    ),
    "clients_wish": ("client_id, attribute, accepted", CLIENT, OF_CLIENT),
    "matching_allowedtrait": ("clinic_id, side, name", "changed.clinic_id, NULL::bigint, NULL::bigint", ""),
    "surveys_alliancerating": (
        "clinic_id, session_id, instrument_id, total, withdrawn_at",
        "e.clinic_id, e.client_id, NULL::bigint",
        "JOIN clients_session s ON s.id = changed.session_id JOIN clients_episode e ON e.id = s.episode_id",
    ),
    "therapists_practisedstyle": ("therapist_id, dimension, position, reach", THERAPIST, OF_THERAPIST),
    "therapists_slot": ("therapist_id, weekday, starts, ends, format", THERAPIST, OF_THERAPIST),
    "therapists_therapist": (
        "clinic_id, gender, age_group, concerns, languages, insurers, formats, places, fee, lowest_fee, status,"
        f" accepting, {SILENT}, caseload_cap, traits",
        "changed.clinic_id, NULL::bigint, changed.id",
        "",
    ),
}
TRANSITION = {
    "INSERT": "NEW TABLE AS after",
    "UPDATE": "OLD TABLE AS before NEW TABLE AS after",
    "DELETE": "OLD TABLE AS before",
}


def watch(table, event):
    name = f"pending_rescore_after_{event.lower()}_{table}"
    columns, concerned, join = WATCHED[table]
    before, after = f"SELECT id, {columns} FROM before", f"SELECT id, {columns} FROM after"
    changed = {
        "INSERT": after,
        "UPDATE": f"({before} EXCEPT {after}) UNION ALL ({after} EXCEPT {before})",
        "DELETE": before,
    }
    return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO matching_pendingrescore (clinic_id, client_id, therapist_id)
            SELECT DISTINCT {concerned} FROM ({changed[event]}) AS changed {join};
            RETURN NULL;
        END $$;
        CREATE TRIGGER {name} AFTER {event} ON {table}
        REFERENCING {TRANSITION[event]} FOR EACH STATEMENT EXECUTE FUNCTION {name}();
    """


def watch_no_more(table, event):
    return f"DROP FUNCTION pending_rescore_after_{event.lower()}_{table}() CASCADE;"


OWED = {
    **duties.OWES,
    **hours.OWES,
    marks.TABLE: marks.ASIDE,
    "clients_introduction": places.OF_INTRODUCTION,
    "clients_wait": places.OF_WAIT,
}
OWED_AFTER = [(table, event, of) for table, of in OWED.items() for event in duties.EVENTS]
OWED_AFTER.append((zones.TABLE, zones.EVENT, zones.OF_USER))
RENAMED = {
    "matching_rescoreowed": "matching_pendingrescore",
    "changed.told_at": "changed.notified_at",
    "changed.holds_place": "changed.reserves_place",
}


def owe_again(table, event, of):
    sql = duties.owe(table, event, *of)
    for old, new in RENAMED.items():
        sql = sql.replace(old, new)
    return sql


class Migration(migrations.Migration):
    dependencies = [("matching", "0011_reserved_places")]

    operations = [
        *(
            migrations.RunSQL(duties.owe_no_more(table, event), owe_again(table, event, of))
            for table, event, of in OWED_AFTER
        ),
        *(
            migrations.RunSQL(watch(table, event), watch_no_more(table, event))
            for table in WATCHED
            for event in TRANSITION
        ),
    ]
