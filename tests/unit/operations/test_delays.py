"""What is late, when it begins to be, and who is told."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from alliance_match.matching.models import (
    FailedRescore,
    ModelSnapshot,
    PendingRescore,
    PublishedState,
    StoredDifference,
)
from alliance_match.matching.services.publishing import WITHDRAWN_KEPT
from alliance_match.operations.delays import Delay, delays
from alliance_match.operations.models import Heartbeat

pytestmark = pytest.mark.django_db
PROCESSES = [Delay.WORKER, Delay.MAIL, Delay.BEAT]


@pytest.fixture
def quiet(linden, birch):
    """Two clinics at which nothing is pending, and every process alive."""
    PendingRescore.objects.all().delete()
    Heartbeat.objects.write(Heartbeat.Process.values)
    return linden


def ago(seconds):
    return Now() - timedelta(seconds=seconds)


def found(clinic=None):
    return delays(clinic.pk if clinic else None)


def pend(clinic, seconds):
    return PendingRescore.objects.create(clinic=clinic, client_id=1, created_at=ago(seconds))


def fit(clinic, seconds, number=1, last_change=0):
    """A fit of so long ago."""
    state = {"state": {}, "uses": {}, "rated": 0, "verdict": "early"}
    return ModelSnapshot.objects.create(
        clinic=clinic, number=number, kind="fit", last_change=last_change, created_at=ago(seconds), **state
    )


def publish(clinic, seconds, last_change=0, **given):
    """What was published so long ago."""
    state = {"state": {}, "row_ids": [], "uses": {}, "rated": 0, "rated_by_therapist": {}, "verdict": "early"}
    return PublishedState.objects.create(
        clinic=clinic, number=1, last_change=last_change, created_at=ago(seconds), **state, **given
    )


def test_nothing_is_late_where_all_is_well(quiet):
    fit(quiet, 24 * 3600)
    pend(quiet, 290)
    assert found() == []


def test_without_a_clinic_only_processes_can_be_late(db):
    assert found() == PROCESSES


def test_a_change_that_waits_for_more_than_five_minutes_is_late(quiet, birch):
    pend(quiet, 301)
    assert found() == found(quiet) == [Delay.PENDING]
    assert found(birch) == []


def test_a_failure_is_told_until_a_later_fit(quiet, birch):
    fit(quiet, 7200)
    FailedRescore.objects.create(clinic=quiet, error="fit: LinAlgError", failed_at=ago(3600))
    assert found() == found(quiet) == [Delay.FAILED]
    assert found(birch) == []
    fit(quiet, 60, number=2)
    assert found() == []


def test_a_fit_of_more_than_36_hours_ago_is_late_and_none_at_all_is_not(quiet, birch):
    fit(birch, 37 * 3600)
    assert found() == found(birch) == [Delay.FIT]
    assert found(quiet) == []


def test_what_was_published_36_hours_ago_is_late_where_a_fit_knows_more(quiet, birch):
    published = publish(quiet, 37 * 3600, last_change=5)
    fit(quiet, 3600, last_change=6)
    assert found() == found(quiet) == [Delay.PUBLICATION]
    assert found(birch) == []
    PublishedState.objects.filter(pk=published.pk).update(created_at=ago(35 * 3600))
    assert found() == []


def test_what_was_published_is_not_late_where_no_night_found_anything_new(quiet):
    publish(quiet, 90 * 3600, last_change=5)
    fit(quiet, 3600, last_change=5)
    assert found() == []


def test_what_was_withdrawn_is_late_where_a_night_should_have_renewed_what_holds_it(quiet):
    published = publish(quiet, 3600, withdrawn_since=Now() - WITHDRAWN_KEPT - timedelta(hours=35))
    assert found() == []
    PublishedState.objects.filter(pk=published.pk).update(
        withdrawn_since=Now() - WITHDRAWN_KEPT - timedelta(hours=37)
    )
    assert found() == [Delay.PUBLICATION]


def test_what_a_night_found_differing_is_told_until_after_the_next(quiet, birch):
    row = StoredDifference.objects.create(clinic=quiet, kind="state", count=3)
    assert found() == found(quiet) == [Delay.DIFFERED]
    assert found(birch) == []
    StoredDifference.objects.filter(pk=row.pk).update(found_at=ago(36 * 3600 + 1))
    assert found() == []


@pytest.mark.parametrize("process", Heartbeat.Process.values)
def test_a_process_that_was_silent_for_two_minutes_is_told(quiet, process):
    Heartbeat.objects.filter(process=process).update(at=ago(119))
    assert found() == []
    Heartbeat.objects.filter(process=process).update(at=ago(121))
    assert found() == [Delay(process)]
    Heartbeat.objects.write([process])
    assert found() == []


def test_a_heartbeat_is_one_row_of_each_kind_of_process(quiet):
    for _ in range(3):
        Heartbeat.objects.write(["worker", "mail"])
    assert Heartbeat.objects.count() == 3


def test_the_admin_of_the_clinic_is_told_on_every_page_and_nobody_else(
    quiet, as_admin, as_client, as_therapist, log_in, bruno
):
    pend(quiet, 301)
    sentence = str(Delay.PENDING.label)
    for page in ("roster", "clients"):
        assert sentence in as_admin.get(reverse(page)).content.decode()
    for browser in (as_client, as_therapist, log_in(bruno)):
        assert sentence not in browser.get("/", follow=True).content.decode()


def test_the_admin_sees_no_banner_where_nothing_is_late(quiet, as_admin):
    assert "See what the worker does" not in as_admin.get(reverse("roster")).content.decode()


def test_what_is_late_costs_one_query(quiet, django_assert_num_queries):
    with django_assert_num_queries(1):
        found()
