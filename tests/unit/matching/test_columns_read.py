"""What fits, re-scores and suggestions read is what triggers watch; PostgreSQL itself says what that is."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.services import (
    clinic_evaluate,
    clinic_fit,
    clinic_sensitivity,
    pending_rescores_process,
    trait_allow,
)
from alliance_match.matching.services.publishing import publication_in_force
from alliance_match.matching.services.scoring import unsaved_match_lists
from alliance_match.matching.triggers import WATCHED
from clients.models import Client, Introduction, Wish
from clients.services import introduction_decline, mark_set
from tests import cast
from therapists.models import Therapist

WRITTEN = "a fit or a re-score writes it itself"
FOR_EVER = "a version never changes, and what is rated with it is watched"
ORDER_OF_WORK = "only whose turn it is first"
# Read without being watched, and why that is no loss.
EXEMPT = {
    "clients_lastvisit": ORDER_OF_WORK,
    "matching_matchlist": WRITTEN,
    "matching_modelsnapshot": WRITTEN,
    "matching_pendingrescore": WRITTEN,
    "matching_publishedstate": WRITTEN,
    "matching_rescorelock": WRITTEN,
    "matching_trainingchange": WRITTEN,
    "matching_trainingrow": WRITTEN,
    "surveys_instrument": FOR_EVER,
}
DEPENDS = """
    SELECT relname, coalesce(attname, 'id') FROM pg_rewrite
    JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = pg_rewrite.oid
    JOIN pg_class ON refclassid = 'pg_class'::regclass AND refobjid = pg_class.oid
    LEFT JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid AND attnum > 0
    WHERE ev_class = 'asked'::regclass AND relname <> 'asked'
"""


@pytest.fixture
def everything(linden, asha, cleo, wim, mara, jonas, raters, dropouts, third_session):
    """A clinic in which there is something of all that could be read."""
    now = timezone.now()
    Client.objects.update(traits={"openness": 0.5})
    Therapist.objects.update(traits={"calm": 0.5}, caseload_cap=100, confirmed_at=now, lowest_fee=20)
    trait_allow(clinic=linden, side="client", name="openness", by=asha)
    trait_allow(clinic=linden, side="therapist", name="calm", by=asha)
    for attribute in Wish.Attribute:
        cleo.wishes.create(attribute=attribute, accepted=["woman"])
    cleo.time_windows.create(weekday=0, starts=time(8), ends=time(12))
    mara.slots.create(weekday=0, starts=time(9), ends=time(10), format="in_person")
    type(cleo.user).objects.filter(pk=cleo.user.pk).update(time_zone="Asia/Tokyo")
    type(cleo.intake).objects.update(place="Mitte", insurer="AOK", formats=["in_person"])
    mark_set(client=cleo, therapist=jonas, kind="not_for_me", by=SystemActor.COMMAND)
    introduction_decline(introduction=cast.make_introduction(cleo, mara), reason="", by=SystemActor.COMMAND)
    wim.waits.create(therapist=mara, notified_at=now, reserved_until=now + timedelta(days=1))
    cast.make_introduction(wim, jonas)
    Introduction.objects.filter(client=wim).update(reserves_place=True)
    return linden


@pytest.fixture
def read(everything, cleo, third_session):
    """Tables and columns that are read."""
    with CaptureQueriesContext(connection) as fit:
        clinic_fit(clinic=everything, by=SystemActor.WORKER)
        clinic_evaluate(clinic=everything)
        clinic_sensitivity(clinic=everything)
    cast.make_check_in(third_session)
    publication = publication_in_force(everything, SystemActor.WORKER)
    with CaptureQueriesContext(connection) as rescore:
        pending_rescores_process(clinic=everything, by=SystemActor.WORKER)
        unsaved_match_lists(everything, publication, [cleo])
    return columns_of({one["sql"] for one in (*fit, *rescore)})


def columns_of(statements):
    """What statements read, as table and column: a rule that runs one depends on just these."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE asked ()")
        for sql in statements:
            if sql.startswith(("SELECT", "UPDATE", "DELETE")):
                cursor.execute(f"CREATE OR REPLACE RULE reads AS ON INSERT TO asked DO ALSO {sql}")
                cursor.execute(DEPENDS)
                found |= set(cursor.fetchall())
    return found


def test_what_is_read_is_watched_and_what_is_watched_is_read(read):
    watched = {(table, column) for table, one in WATCHED.items() for column in one.columns}
    keys = {(table, "id") for table in WATCHED}
    assert sorted(pair for pair in read - watched - keys if pair[0] not in EXEMPT) == []
    assert sorted(watched - read) == []
    assert EXEMPT.keys() <= {table for table, _column in read}
