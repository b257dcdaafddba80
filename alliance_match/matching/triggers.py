"""What the database watches: the columns that fits and re-scores read, and whom a change concerns.

A trigger on each of these tables writes a pending re-score where a row comes or goes, or where a watched
column gets another value. People are read in these columns only (`dataset.watched_only`).

Tests compare this file with what is read, and with the triggers that the database has. So whoever changes it
adds a migration that creates the functions concerned again, with a copy of their `function_body()`: old
migrations must not follow this file. The columns `list_only`, `everybody` and `news` of a pending re-score
are the worker's own.

A transaction that changes much about somebody, an import for one, writes one row for them. Rows of other
transactions do not count: a worker may have read them before this change, and be about to delete them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from therapists.models import SILENT_AFTER


class WatchedTable(NamedTuple):
    """The watched columns of one table, and whom a changed row concerns: clinic, client, therapist.

    `concerned` and `join` are SQL about `changed`, a row's key and these columns. `says`: what is read of a
    column, as SQL, where that is less than its value.
    """

    columns: tuple[str, ...]
    concerned: str
    join: str = ""
    says: Mapping[str, str] = MappingProxyType({})


CLIENT, THERAPIST = "c.clinic_id, c.id, NULL::bigint", "t.clinic_id, NULL::bigint, t.id"
EITHER = "one.client, one.therapist"
OF_EITHER = "CROSS JOIN LATERAL (VALUES ({client}, NULL), (NULL, {therapist})) AS one (client, therapist)"
OF_CLIENT = "JOIN clients_client c ON c.id = changed.client_id"
OF_THERAPIST = "JOIN therapists_therapist t ON t.id = changed.therapist_id"
OF_DECLINED_AND_RESERVED = OF_EITHER.format(
    client="CASE WHEN changed.state = 'declined' THEN c.id END",
    therapist="CASE WHEN changed.reserves_place THEN changed.therapist_id END",
)

WATCHED = {
    "accounts_clinic": WatchedTable(
        ("time_zone",),
        CLIENT,
        "JOIN clients_client c ON c.clinic_id = changed.id"
        " JOIN accounts_user u ON u.id = c.user_id AND u.time_zone <> ''",
    ),
    "accounts_user": WatchedTable(("time_zone",), CLIENT, "JOIN clients_client c ON c.user_id = changed.id"),
    "clients_client": WatchedTable(
        ("clinic_id", "user_id", "status", "traits"), "changed.clinic_id, changed.id, NULL::bigint"
    ),
    "clients_consent": WatchedTable(("client_id", "purpose", "withdrawn_at"), CLIENT, OF_CLIENT),
    "clients_episode": WatchedTable(
        ("clinic_id", "client_id", "therapist_id", "ended_on"),
        f"changed.clinic_id, {EITHER}",
        OF_EITHER.format(client="changed.client_id", therapist="changed.therapist_id"),
    ),
    "clients_intake": WatchedTable(
        ("client_id", "formats", "languages", "insurer", "highest_fee", "place", "concerns"),
        CLIENT,
        OF_CLIENT,
    ),
    "clients_introduction": WatchedTable(
        ("client_id", "therapist_id", "state", "reserves_place", "expires_at"),
        f"c.clinic_id, {EITHER}",
        f"{OF_CLIENT} {OF_DECLINED_AND_RESERVED} WHERE num_nonnulls({EITHER}) > 0",
    ),
    "clients_mark": WatchedTable(
        ("client_id", "therapist_id", "kind"), CLIENT, f"{OF_CLIENT} WHERE changed.kind = 'not_for_me'"
    ),
    "clients_session": WatchedTable(
        ("episode_id", "number", "held_on"),
        "e.clinic_id, e.client_id, NULL::bigint",
        "JOIN clients_episode e ON e.id = changed.episode_id",
    ),
    "clients_stylepreference": WatchedTable(
        ("client_id", "dimension", "position", "importance"), CLIENT, OF_CLIENT
    ),
    "clients_timewindow": WatchedTable(("client_id", "weekday", "starts", "ends"), CLIENT, OF_CLIENT),
    "clients_wait": WatchedTable(
        ("client_id", "therapist_id", "reserved_until"),
        THERAPIST,
        f"{OF_THERAPIST} WHERE changed.reserved_until IS NOT NULL",
    ),
    "clients_wish": WatchedTable(("client_id", "attribute", "accepted"), CLIENT, OF_CLIENT),
    "matching_allowedtrait": WatchedTable(
        ("clinic_id", "side", "name"), "changed.clinic_id, NULL::bigint, NULL::bigint"
    ),
    "surveys_alliancerating": WatchedTable(
        ("clinic_id", "session_id", "instrument_id", "total", "withdrawn_at"),
        "e.clinic_id, e.client_id, NULL::bigint",
        "JOIN clients_session s ON s.id = changed.session_id JOIN clients_episode e ON e.id = s.episode_id",
    ),
    "therapists_practisedstyle": WatchedTable(
        ("therapist_id", "dimension", "position", "reach"), THERAPIST, OF_THERAPIST
    ),
    "therapists_slot": WatchedTable(
        ("therapist_id", "weekday", "starts", "ends", "format"), THERAPIST, OF_THERAPIST
    ),
    "therapists_therapist": WatchedTable(
        (
            *("clinic_id", "gender", "age_group", "concerns", "languages", "insurers", "formats", "places"),
            *("fee", "lowest_fee", "status", "accepting", "confirmed_at", "caseload_cap", "traits"),
            "licence_expires_on",
        ),
        "changed.clinic_id, NULL::bigint, changed.id",
        says={
            "confirmed_at": f"(confirmed_at < now() - INTERVAL '{SILENT_AFTER.days} days') IS TRUE",
            "licence_expires_on": "(licence_expires_on < (now() AT TIME ZONE 'UTC')::date) IS TRUE",
        },
    ),
}

# What of a statement's rows changed; an update counts as the row was and as it is, where that differs.
CHANGED = {
    "INSERT": "SELECT {said} FROM after",
    "UPDATE": "(SELECT {said} FROM before EXCEPT SELECT {said} FROM after)"
    " UNION ALL (SELECT {said} FROM after EXCEPT SELECT {said} FROM before)",
    "DELETE": "SELECT {said} FROM before",
}


def function_name(table: str, event: str) -> str:
    """What a trigger and its function are called."""
    return f"pending_rescore_after_{event.lower()}_{table}"


def function_body(table: str, event: str) -> str:
    """The function of a trigger, once a statement, with its rows `before` and `after`."""
    watched = WATCHED[table]
    columns = [f"{watched.says[one]} AS {one}" if one in watched.says else one for one in watched.columns]
    changed = CHANGED[event].format(said=", ".join(["id", *columns]))
    return f"""
        BEGIN
            INSERT INTO matching_pendingrescore (clinic_id, client_id, therapist_id, transaction_id)
            SELECT DISTINCT {watched.concerned}, pg_current_xact_id()::text::bigint
            FROM ({changed}) AS changed {watched.join}
            ON CONFLICT DO NOTHING;
            RETURN NULL;
        END
    """  # noqa: S608  # of nothing but what stands in this file
