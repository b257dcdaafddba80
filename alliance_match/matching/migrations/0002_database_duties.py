"""What the database itself takes care of: owed work is written, and snapshots are never changed."""

from django.db import migrations

# For each table a match depends on: which clinic, client and therapist a changed row concerns.
OF_CLIENT = "JOIN clients_client c ON c.id = changed.client_id"
OWES = {
    "surveys_alliancerating": (
        "e.clinic_id, e.client_id, NULL::bigint",
        "JOIN clients_session s ON s.id = changed.session_id JOIN clients_episode e ON e.id = s.episode_id",
    ),
    "clients_episode": ("changed.clinic_id, changed.client_id, changed.therapist_id", ""),
    "clients_session": (
        "changed.clinic_id, e.client_id, NULL::bigint",
        "JOIN clients_episode e ON e.id = changed.episode_id",
    ),
    "clients_client": ("changed.clinic_id, changed.id, NULL::bigint", ""),
    "clients_consent": ("c.clinic_id, c.id, NULL::bigint", OF_CLIENT),
    "clients_intake": ("c.clinic_id, c.id, NULL::bigint", OF_CLIENT),
    "clients_stylepreference": ("c.clinic_id, c.id, NULL::bigint", OF_CLIENT),
    "clients_wish": ("c.clinic_id, c.id, NULL::bigint", OF_CLIENT),
    "therapists_therapist": ("changed.clinic_id, NULL::bigint, changed.id", ""),
    "therapists_practisedstyle": (
        "t.clinic_id, NULL::bigint, t.id",
        "JOIN therapists_therapist t ON t.id = changed.therapist_id",
    ),
    "matching_allowedtrait": ("changed.clinic_id, NULL::bigint, NULL::bigint", ""),
}
# What an update moves from one person to another concerns both, so it looks at the rows before and after.
EVENTS = {
    "INSERT": ("NEW TABLE AS changed", "changed"),
    "UPDATE": ("OLD TABLE AS before NEW TABLE AS after", "(TABLE before UNION ALL TABLE after) AS changed"),
    "DELETE": ("OLD TABLE AS changed", "changed"),
}


def owe(table: str, event: str, keys: str, join: str) -> str:
    tables, changed = EVENTS[event]
    return f"""
        CREATE FUNCTION {duty(table, event)}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO matching_rescoreowed (clinic_id, client_id, therapist_id)
            SELECT DISTINCT {keys} FROM {changed} {join};
            RETURN NULL;
        END $$;
        CREATE TRIGGER {duty(table, event)} AFTER {event} ON {table}
        REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {duty(table, event)}();
    """


def owe_no_more(table: str, event: str) -> str:
    return f"DROP FUNCTION {duty(table, event)}() CASCADE;"


def duty(table: str, event: str) -> str:
    return f"owe_after_{event.lower()}_{table}"


IMMUTABLE = """
    CREATE FUNCTION snapshot_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a snapshot is never changed; store another' USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE TRIGGER snapshot_refuse_change BEFORE UPDATE ON matching_modelsnapshot
    FOR EACH ROW EXECUTE FUNCTION snapshot_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("matching", "0001_initial"), ("surveys", "0001_initial")]

    operations = [
        *(
            migrations.RunSQL(owe(table, event, *of), owe_no_more(table, event))
            for table, of in OWES.items()
            for event in EVENTS
        ),
        migrations.RunSQL(IMMUTABLE, "DROP FUNCTION snapshot_refuse_change() CASCADE;"),
    ]
