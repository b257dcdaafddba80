"""An event says who did what to which row, and stays as it was written."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from alliance_match.accounts.models import Clinic, User
from alliance_match.accounts.services import clinic_update
from alliance_match.audit.actors import SystemActor
from alliance_match.audit.models import AuditEvent
from alliance_match.audit.services import bulk_event_record, event_record, events_record
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(asha, linden):
    """Asha's event about her clinic."""
    event_record(by=asha, verb="clinic_update", of=linden, clinic_id=linden.pk)
    return AuditEvent.objects.latest("pk")


def test_it_says_who_did_what_to_which_row_where_and_when(recorded, asha, linden):
    assert (recorded.actor, recorded.system_actor, recorded.verb) == (asha, "", "clinic_update")
    assert (recorded.object_type, recorded.object_id, recorded.count) == ("accounts.clinic", linden.pk, None)
    assert recorded.clinic == linden
    assert abs((timezone.now() - recorded.recorded_at).total_seconds()) < 60


def test_a_part_of_the_system_acts_by_its_name(linden):
    event_record(by=SystemActor.WORKER, verb="clinic_update", of=linden, clinic_id=None)

    event = AuditEvent.objects.latest("pk")
    assert (event.actor, event.system_actor, event.clinic) == (None, "worker", None)


def test_many_rows_are_recorded_each_or_as_one(linden, birch, django_assert_num_queries):
    rows = [(linden.pk, linden.pk), (birch.pk, birch.pk)]
    with django_assert_num_queries(2):
        events_record(by=SystemActor.WORKER, verb="clinic_update", of=Clinic, rows=rows)
        bulk_event_record(by=SystemActor.COMMAND, verb="clinic_import", of=Clinic, count=7, clinic_id=None)
        bulk_event_record(by=SystemActor.COMMAND, verb="clinic_import", of=Clinic, count=0, clinic_id=None)

    newest = AuditEvent.objects.order_by("-pk")[:3]
    assert {(one.object_id, one.count) for one in newest} == {(linden.pk, None), (birch.pk, None), (None, 7)}


def test_nobody_acts_namelessly(linden):
    nobody: Any = AnonymousUser()  # what a request without a log-in has for its user
    with pytest.raises(IntegrityError, match="audit_event_one_actor"):
        event_record(by=nobody, verb="clinic_update", of=linden, clinic_id=None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET verb = 'another'",
        "DELETE FROM audit_auditevent",
        "DELETE FROM audit_auditevent WHERE false",
        "TRUNCATE audit_auditevent",
    ],
)
def test_the_database_refuses_to_change_delete_or_empty(recorded, statement):
    with connection.cursor() as cursor:
        refused = pytest.raises(DatabaseError, match="an audit event is never changed or deleted")
        with refused, transaction.atomic():
            cursor.execute(statement)

    assert AuditEvent.objects.filter(pk=recorded.pk, verb="clinic_update").exists()


def test_it_outlives_what_it_names(recorded, asha, linden):
    asha.delete()
    linden.delete()

    kept = AuditEvent.objects.get(pk=recorded.pk)
    assert kept.actor_id not in User.objects.values_list("pk", flat=True)
    assert (kept.actor_id, kept.clinic_id) == (recorded.actor_id, recorded.clinic_id)


def test_a_write_that_is_rolled_back_leaves_no_event(asha, linden):
    before = AuditEvent.objects.count()
    with pytest.raises(DatabaseError), transaction.atomic():
        clinic_update(clinic=linden, settings={"question_budget": 5}, by=asha)
        clinic_update(clinic=linden, settings={"question_budget": 5000}, by=asha)

    assert AuditEvent.objects.count() == before


def test_an_event_of_one_row_counts_none(linden):
    cast.refuses(
        "audit_event_one_object_or_many",
        AuditEvent.objects.create,
        system_actor="worker",
        verb="clinic_update",
        object_type="accounts.clinic",
        object_id=linden.pk,
        count=2,
    )
