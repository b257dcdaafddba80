"""One pending re-score for each person that a transaction concerns: a copy of what `matching/triggers.py` was."""

from importlib import import_module

from django.db import migrations, models

watched = import_module("alliance_match.matching.migrations.0012_watched_columns")

EITHER = "CROSS JOIN LATERAL (VALUES ({client}, NULL), (NULL, {therapist})) AS one (client, therapist)"
OF_DECLINED_AND_RESERVED = EITHER.format(
    client="CASE WHEN changed.state = 'declined' THEN c.id END",
    therapist="CASE WHEN changed.reserves_place THEN changed.therapist_id END",
)
WATCHED = watched.WATCHED | {
    "clients_episode": (
        watched.WATCHED["clients_episode"][0],
        "changed.clinic_id, one.client, one.therapist",
        EITHER.format(client="changed.client_id", therapist="changed.therapist_id"),
    ),
    "clients_introduction": (
        watched.WATCHED["clients_introduction"][0],
        "c.clinic_id, one.client, one.therapist",
        f"{watched.OF_CLIENT} {OF_DECLINED_AND_RESERVED} WHERE num_nonnulls(one.client, one.therapist) > 0",
    ),
}


def function(table, event, tables, columns, value, end):
    read, concerned, join = tables[table]
    before, after = f"SELECT id, {read} FROM before", f"SELECT id, {read} FROM after"
    changed = {
        "INSERT": after,
        "UPDATE": f"({before} EXCEPT {after}) UNION ALL ({after} EXCEPT {before})",
        "DELETE": before,
    }
    return f"""
        CREATE OR REPLACE FUNCTION pending_rescore_after_{event.lower()}_{table}()
        RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO matching_pendingrescore (clinic_id, client_id, therapist_id{columns})
            SELECT DISTINCT {concerned}{value} FROM ({changed[event]}) AS changed {join}{end};
            RETURN NULL;
        END $$;
    """


def once(table, event):
    value = ", pg_current_xact_id()::text::bigint"
    return function(table, event, WATCHED, ", transaction_id", value, " ON CONFLICT DO NOTHING")


def each_time(table, event):
    return function(table, event, watched.WATCHED, "", "", "")


class Migration(migrations.Migration):
    dependencies = [("matching", "0017_stored_differences")]

    operations = [
        migrations.AddField(
            "PendingRescore", "transaction_id", models.BigIntegerField(editable=False, null=True)
        ),
        migrations.AddConstraint(
            "PendingRescore",
            models.UniqueConstraint(
                fields=["transaction_id", "client_id", "therapist_id", "clinic"],
                condition=models.Q(transaction_id__isnull=False),
                nulls_distinct=False,
                name="pending_once_a_transaction",
            ),
        ),
        *(
            migrations.RunSQL(once(table, event), each_time(table, event))
            for table in WATCHED
            for event in watched.TRANSITION
        ),
    ]
