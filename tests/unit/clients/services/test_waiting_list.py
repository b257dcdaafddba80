"""Who waits hears of a place in turn, once, and no more hear than there are places."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alliance_match.accounts import mail
from alliance_match.accounts.models import Role
from alliance_match.audit.actors import SystemActor
from clients.models import Wait
from clients.services import (
    NotPossibleError,
    introduction_accept,
    introduction_withdraw,
    request_refusal,
    reservations_expire,
    wait_begin,
    wait_end,
    waits_notify,
)
from tests import cast
from tests.cast import make_introduction
from therapists.models import Therapist


@pytest.fixture
def full(linden, mara):
    """Mara, who accepts nobody, and three clients who wait for her in this order: ada, ben, cem."""
    Therapist.objects.filter(pk=mara.pk).update(caseload_cap=0)
    for name in ("Ada", "Ben", "Cem"):
        user = cast.make_member(linden, name, Role.CLIENT)
        wait_begin(client=cast.make_client(linden, name, user=user), therapist=mara, by=SystemActor.COMMAND)
    return mara


@pytest.fixture
def notified(mailoutbox):
    """A function that sweeps and returns who heard of a place."""

    def notified():
        mailoutbox.clear()
        waits_notify(by=SystemActor.WORKER)
        return [address.split("@")[0] for mail in mailoutbox for address in mail.to]

    return notified


def places(therapist, number):
    Therapist.objects.filter(pk=therapist.pk).update(caseload_cap=number)


def test_nobody_hears_while_there_is_no_place(full, notified):
    assert notified() == []


def test_as_many_hear_as_there_are_places_the_longest_waiting_first(full, notified):
    places(full, 2)

    assert notified() == ["ada", "ben"]
    assert notified() == []


def test_after_three_days_the_next_in_turn_hears(full, notified):
    places(full, 1)
    assert notified() == ["ada"]
    Wait.objects.filter(notified_at__isnull=False).update(reserved_until=timezone.now())

    assert notified() == ["ben"]


def test_without_a_cap_all_hear(full, notified):
    places(full, None)

    assert notified() == ["ada", "ben", "cem"]


@pytest.mark.parametrize("changes", [{"accepting": False}, {"status": "paused"}], ids=str)
def test_a_therapist_who_takes_nobody_has_no_place(full, notified, changes):
    places(full, 5)
    Therapist.objects.filter(pk=full.pk).update(**changes)

    assert notified() == []


def test_asking_ends_the_wait(full, notified):
    places(full, 1)
    first = Wait.objects.first()
    make_introduction(first.client, full)

    assert not Wait.objects.filter(pk=first.pk).exists()


def test_waiting_twice_keeps_ones_turn(full, notified):
    first = Wait.objects.first()
    wait_begin(client=first.client, therapist=full, by=SystemActor.COMMAND)
    assert Wait.objects.first() == first
    wait_end(client=first.client, therapist=full, by=SystemActor.COMMAND)
    places(full, 1)

    assert notified() == ["ben"]


def test_a_mail_that_was_not_accepted_is_tried_again(full, notified, monkeypatch):
    places(full, 1)

    def refuse(*_):
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(mail, "send_mail", refuse)
        assert notified() == []

    assert notified() == ["ada"]


def test_the_mail_names_nobody(full, notified, mailoutbox):
    places(full, 1)
    notified()

    text = f"{mailoutbox[0].subject} {mailoutbox[0].body}"
    assert not any(word in text for word in ("Mara", "Ada", "Linden", "herap", "wait"))


@pytest.fixture
def reserved(full, notified):
    """Mara's one place, which is reserved for ada."""
    places(full, 1)
    notified()
    full.refresh_from_db()
    return full


def refused(work, *given, **fields):
    with pytest.raises(NotPossibleError) as caught:
        work(*given, **fields)
    return caught.value.why


def test_a_reserved_place_is_for_one_client_alone(reserved, wim):
    ada, ben, _cem = (wait.client for wait in Wait.objects.all())

    assert [request_refusal(one, reserved) for one in (ada, ben, wim)] == ["", "reserved", "reserved"]
    assert refused(make_introduction, wim, reserved) == "reserved"
    assert make_introduction(ada, reserved).reserves_place


def test_beside_a_reserved_place_another_is_free_for_all(reserved, wim):
    places(reserved, 2)
    reserved.refresh_from_db()

    assert request_refusal(wim, reserved) == ""
    assert not make_introduction(wim, reserved).reserves_place


def test_a_place_stays_reserved_while_the_request_for_it_is_open(reserved, notified, wim):
    asked = make_introduction(Wait.objects.first().client, reserved)
    assert notified() == []
    assert request_refusal(wim, reserved) == "reserved"

    introduction_withdraw(introduction=asked, by=SystemActor.COMMAND)
    assert notified() == ["ben"]


def test_whoever_asked_before_is_not_agreed_to_in_the_holders_place(reserved, notified, wim, mara):
    places(mara, 2)
    mara.refresh_from_db()
    early = make_introduction(wim, mara)
    places(mara, 1)

    assert (
        refused(introduction_accept, introduction=early, hour=cast.NOON, by=SystemActor.COMMAND) == "reserved"
    )
    introduction_accept(
        introduction=make_introduction(Wait.objects.first().client, mara),
        hour=cast.NOON,
        by=SystemActor.COMMAND,
    )
    assert refused(introduction_accept, introduction=early, hour=cast.NOON, by=SystemActor.COMMAND) == "full"


def test_a_place_is_reserved_for_three_days_and_then_for_the_next_in_turn(reserved, notified, wim):
    first = Wait.objects.first()
    assert first.is_reserved
    assert first.notified_at is not None
    assert first.reserved_until == first.notified_at + timedelta(hours=72)
    Wait.objects.filter(pk=first.pk).update(reserved_until=timezone.now())

    assert request_refusal(wim, reserved) == ""
    assert reservations_expire(by=SystemActor.WORKER) == 1
    assert reservations_expire(by=SystemActor.WORKER) == 0
    assert notified() == ["ben"]
    assert request_refusal(first.client, reserved) == "reserved"


@pytest.mark.django_db(transaction=True)
def test_two_workers_offer_a_place_once(full):
    places(full, 1)

    def sweep(_):
        try:
            waits_notify(by=SystemActor.WORKER)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sweep, range(4)))

    assert Wait.objects.offered().count() == 1


def test_the_database_reserves_places_only_for_who_was_notified(cleo, mara):
    cast.refuses(
        "wait_reserved_for_who_was_notified",
        Wait.objects.create,
        client=cleo,
        therapist=mara,
        reserved_until=cast.NOON.starts_at,
    )
