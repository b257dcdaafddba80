from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone

from alliance_match.accounts.models import User
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import ModelSnapshot, PendingRescore, TrainingRow
from alliance_match.matching.services import trait_allow
from alliance_match.matching.services.pending_lists import lists_of_clients_add
from clients.models import Client, Consent, Episode, Intake, Introduction, Session, TimeWindow, Wait, Wish
from clients.services import introduction_decline, mark_set, reservations_expire, wait_begin
from surveys.models import AllianceRating
from tests import cast
from therapists.models import SILENT_AFTER, PractisedStyle, Slot, Therapist


@pytest.fixture
def pending(fitted_clinic):
    """A function that returns for whom a re-score is pending, as (client, therapist) keys."""
    return lambda: {(one.client_id, one.therapist_id) for one in PendingRescore.objects.all()}


def test_a_rating_records_a_rescore_for_its_client(pending, cleo, third_session):
    PendingRescore.objects.all().delete()
    cast.make_rating(third_session)
    assert pending() == {(cleo.pk, None)}


@pytest.mark.parametrize(
    "change",
    [
        lambda cleo: cleo.style_preferences.update(position=0),
        lambda cleo: cleo.style_preferences.all().delete(),
        lambda cleo: Client.objects.filter(pk=cleo.pk).update(status="waiting"),
        lambda cleo: Intake.objects.filter(client=cleo).update(highest_fee=70),
        lambda cleo: Consent.objects.filter(client=cleo).update(withdrawn_at="2099-01-01T00:00Z"),
        lambda cleo: Wish.objects.create(client=cleo, attribute="gender", accepted=["woman"]),
        lambda cleo: TimeWindow.objects.create(client=cleo, weekday=0, starts=time(8), ends=time(12)),
    ],
)
def test_any_change_of_a_client_records_a_rescore(pending, cleo, change):
    change(cleo)
    assert pending() == {(cleo.pk, None)}


def test_another_time_zone_records_a_rescore_and_a_log_in_does_not(pending, cleo):
    User.objects.filter(pk=cleo.user.pk).update(last_login=timezone.now())
    assert pending() == set()
    User.objects.filter(pk=cleo.user.pk).update(time_zone="Asia/Tokyo")
    assert pending() == {(cleo.pk, None)}


def test_putting_somebody_aside_records_a_rescore_and_keeping_them_in_mind_does_not(
    pending, cleo, mara, jonas
):
    mark_set(client=cleo, therapist=mara, kind="favourite", by=SystemActor.COMMAND)
    assert pending() == set()
    mark_set(client=cleo, therapist=mara, kind="not_for_me", by=SystemActor.COMMAND)
    assert pending() == {(cleo.pk, None)}
    PendingRescore.objects.all().delete()
    mark_set(client=cleo, therapist=mara, kind="", by=SystemActor.COMMAND)
    assert pending() == {(cleo.pk, None)}


def test_saying_no_records_a_rescore_and_asking_does_not(pending, cleo, mara):
    asked = cast.make_introduction(cleo, mara)
    assert pending() == set()
    introduction_decline(introduction=asked, reason="", by=SystemActor.COMMAND)
    assert pending() == {(cleo.pk, None)}


def test_holding_a_place_records_a_rescore_for_its_therapist_until_it_is_over(pending, cleo, mara):
    wait_begin(client=cleo, therapist=mara, by=SystemActor.COMMAND)
    assert pending() == set()
    now = timezone.now()
    Wait.objects.update(notified_at=now, reserved_until=now + timedelta(days=1))
    assert pending() == {(None, mara.pk)}
    for change in (
        lambda: cast.make_introduction(cleo, mara),
        lambda: Introduction.objects.update(state="expired"),
    ):
        PendingRescore.objects.all().delete()
        change()
        assert pending() == {(None, mara.pk)}


def test_a_place_that_lapses_records_a_rescore_once(pending, cleo, mara):
    Wait.objects.create(
        client=cleo, therapist=mara, notified_at=timezone.now(), reserved_until=timezone.now()
    )
    for expected in ({(None, mara.pk)}, set()):
        PendingRescore.objects.all().delete()
        reservations_expire(by=SystemActor.WORKER)
        assert pending() == expected


def test_saying_no_to_whoever_held_a_place_records_a_rescore_for_both(pending, cleo, mara):
    asked = cast.make_introduction(cleo, mara)
    Introduction.objects.update(reserves_place=True)
    PendingRescore.objects.all().delete()
    introduction_decline(introduction=asked, reason="", by=SystemActor.COMMAND)
    assert pending() == {(cleo.pk, None), (None, mara.pk)}


def test_another_number_of_a_session_records_a_rescore_for_its_client(pending, cleo, third_session):
    PendingRescore.objects.all().delete()
    Session.objects.filter(pk=third_session.pk).update(number=7)
    assert pending() == {(cleo.pk, None)}


def test_a_session_given_to_another_records_a_rescore_for_both(pending, cleo, wim, third_session, pavel):
    there = cast.make_episode(wim, pavel, sessions=0)
    PendingRescore.objects.all().delete()
    Session.objects.filter(pk=third_session.pk).update(episode=there)
    assert pending() == {(cleo.pk, None), (wim.pk, None)}


def test_an_episode_given_to_others_records_a_rescore_for_all_of_them(
    pending, cleo, wim, episode, pavel, mara
):
    PendingRescore.objects.all().delete()
    Episode.objects.filter(pk=episode.pk).update(client=wim, therapist=mara)
    assert pending() == {(cleo.pk, None), (None, pavel.pk), (wim.pk, None), (None, mara.pk)}


def test_a_rating_given_to_another_session_records_a_rescore_for_both(
    pending, cleo, wim, third_session, pavel
):
    rating = cast.make_rating(third_session)
    there = cast.make_episode(wim, pavel).sessions.get(number=3)
    PendingRescore.objects.all().delete()
    AllianceRating.objects.filter(pk=rating.pk).update(session=there)
    assert pending() == {(cleo.pk, None), (wim.pk, None)}


def test_what_stays_with_its_client_records_one(pending, cleo, third_session):
    PendingRescore.objects.all().delete()
    Session.objects.filter(pk=third_session.pk).update(number=7)
    assert PendingRescore.objects.count() == 1


def test_one_transaction_records_one_for_each_person_whatever_it_changes(pending, cleo, mara, third_session):
    PendingRescore.objects.all().delete()
    with transaction.atomic():
        Client.objects.filter(pk=cleo.pk).update(status="waiting")
    cast.make_rating(third_session)
    Slot.objects.create(therapist=mara, weekday=0, starts=time(9), ends=time(10), format="in_person")
    cast.make_episode(cleo, mara)
    assert pending() == {(cleo.pk, None), (None, mara.pk)}
    assert PendingRescore.objects.count() == 2


def test_what_of_a_transaction_is_taken_back_keeps_no_other_from_recording(pending, cleo, third_session):
    PendingRescore.objects.all().delete()
    with transaction.atomic():
        Client.objects.filter(pk=cleo.pk).update(status="waiting")
        transaction.set_rollback(True)
    cast.make_rating(third_session)
    assert pending() == {(cleo.pk, None)}


@pytest.mark.django_db(transaction=True)
def test_the_next_transaction_records_its_own(linden):
    """The worker may be taking in what another transaction has recorded, and delete it."""
    client = Client.objects.create(clinic=linden, code="c", name="C")
    Client.objects.filter(pk=client.pk).update(status="waiting")
    assert PendingRescore.objects.filter(client_id=client.pk).count() == 2


def test_only_a_list_to_score_keeps_no_change_from_recording(cleo, third_session):
    PendingRescore.objects.all().delete()
    lists_of_clients_add(cleo.clinic, [cleo.pk], news=False)
    cast.make_rating(third_session)
    lists_of_clients_add(cleo.clinic, [cleo.pk], news=True)
    assert sorted(PendingRescore.objects.values_list("list_only", "news")) == [
        (False, False),
        (True, False),
        (True, True),
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda mara: Therapist.objects.filter(pk=mara.pk).update(accepting=False),
        lambda mara: PractisedStyle.objects.filter(therapist=mara).update(position=0),
        lambda mara: mara.styles.all().delete(),
        lambda mara: Slot.objects.create(
            therapist=mara, weekday=0, starts=time(9), ends=time(10), format="in_person"
        ),
    ],
)
def test_any_change_of_a_therapist_records_a_rescore(pending, mara, change):
    change(mara)
    assert pending() == {(None, mara.pk)}


def test_still_true_records_a_rescore_only_where_it_ends_a_silence(pending, mara, as_therapist):
    as_therapist.post(reverse("room"), {"accepting": "1"})
    assert pending() == set()
    Therapist.objects.filter(pk=mara.pk).update(
        confirmed_at=timezone.now() - SILENT_AFTER - timedelta(days=1)
    )
    PendingRescore.objects.all().delete()
    as_therapist.post(reverse("room"), {"accepting": "1"})
    assert pending() == {(None, mara.pk)}


def test_an_allowed_trait_records_a_rescore(pending, linden, asha):
    trait_allow(clinic=linden, side="client", name="openness", by=asha)
    assert pending() == {(None, None)}


def test_a_change_that_is_rolled_back_records_nothing(pending, mara):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Therapist.objects.filter(pk=mara.pk).update(accepting=False)
        raise ZeroDivisionError
    assert pending() == set()


def test_a_snapshot_is_never_changed(fitted_clinic):
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        ModelSnapshot.objects.update(rated=0)


def test_a_rating_cannot_be_deleted_before_it_is_removed(fitted_clinic):
    rating = AllianceRating.objects.filter(pk__in=TrainingRow.objects.values("rating")).first()
    with pytest.raises(ProtectedError):
        rating.delete()
