"""Who waits hears of a place in turn, once, and no more hear than there are places."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alliance_match.accounts import mail
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
    """Mara, who has no room, and three clients who wait for her in this order: ada, ben, cem."""
    Therapist.objects.filter(pk=mara.pk).update(caseload_cap=0)
    for name in ("Ada", "Ben", "Cem"):
        user = cast.make_member(linden, name, "client")
        wait_begin(client=cast.make_client(linden, name, user=user), therapist=mara)
    return mara


@pytest.fixture
def told(mailoutbox):
    """A function that sweeps and returns who heard of a place."""

    def told():
        mailoutbox.clear()
        waits_notify()
        return [address.split("@")[0] for mail in mailoutbox for address in mail.to]

    return told


def places(therapist, number):
    Therapist.objects.filter(pk=therapist.pk).update(caseload_cap=number)


def test_nobody_hears_while_there_is_no_place(full, told):
    assert told() == []


def test_as_many_hear_as_there_are_places_the_longest_waiting_first(full, told):
    places(full, 2)

    assert told() == ["ada", "ben"]
    assert told() == []


def test_after_three_days_the_next_in_turn_hears(full, told):
    places(full, 1)
    assert told() == ["ada"]
    Wait.objects.filter(told_at__isnull=False).update(held_until=timezone.now())

    assert told() == ["ben"]


def test_without_a_cap_all_hear(full, told):
    places(full, None)

    assert told() == ["ada", "ben", "cem"]


@pytest.mark.parametrize("changes", [{"accepting": False}, {"status": "paused"}], ids=str)
def test_a_therapist_who_takes_nobody_has_no_place(full, told, changes):
    places(full, 5)
    Therapist.objects.filter(pk=full.pk).update(**changes)

    assert told() == []


def test_asking_ends_the_wait(full, told):
    places(full, 1)
    first = Wait.objects.first()
    make_introduction(first.client, full)

    assert not Wait.objects.filter(pk=first.pk).exists()


def test_waiting_twice_keeps_ones_turn(full, told):
    first = Wait.objects.first()
    wait_begin(client=first.client, therapist=full)
    assert Wait.objects.first() == first
    wait_end(client=first.client, therapist=full)
    places(full, 1)

    assert told() == ["ben"]


def test_a_mail_that_was_not_taken_is_tried_again(full, told, monkeypatch):
    places(full, 1)

    def refuse(*_):
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(mail, "send_mail", refuse)
        assert told() == []

    assert told() == ["ada"]


def test_the_mail_names_nobody(full, told, mailoutbox):
    places(full, 1)
    told()

    text = f"{mailoutbox[0].subject} {mailoutbox[0].body}"
    assert not any(word in text for word in ("Mara", "Ada", "Linden", "herap", "wait"))


@pytest.fixture
def held(full, told):
    """Mara's one place, which is held for ada."""
    places(full, 1)
    told()
    full.refresh_from_db()
    return full


def refused(work, *given, **fields):
    with pytest.raises(NotPossibleError) as caught:
        work(*given, **fields)
    return caught.value.why


def test_a_held_place_is_its_holders_alone(held, wim):
    ada, ben, _cem = (wait.client for wait in Wait.objects.all())

    assert [request_refusal(one, held) for one in (ada, ben, wim)] == ["", "reserved", "reserved"]
    assert refused(make_introduction, wim, held) == "reserved"
    assert make_introduction(ada, held).holds_place


def test_beside_a_held_place_another_is_free_for_all(held, wim):
    places(held, 2)
    held.refresh_from_db()

    assert request_refusal(wim, held) == ""
    assert not make_introduction(wim, held).holds_place


def test_a_place_stays_held_while_its_holders_request_is_open(held, told, wim):
    asked = make_introduction(Wait.objects.first().client, held)
    assert told() == []
    assert request_refusal(wim, held) == "reserved"

    introduction_withdraw(introduction=asked)
    assert told() == ["ben"]


def test_whoever_asked_before_is_not_agreed_to_in_the_holders_place(held, told, wim, mara):
    places(mara, 2)
    mara.refresh_from_db()
    early = make_introduction(wim, mara)
    places(mara, 1)

    assert refused(introduction_accept, introduction=early, hour=cast.NOON) == "reserved"
    introduction_accept(introduction=make_introduction(Wait.objects.first().client, mara), hour=cast.NOON)
    assert refused(introduction_accept, introduction=early, hour=cast.NOON) == "full"


def test_a_place_is_held_for_three_days_and_then_for_the_next_in_turn(held, told, wim):
    first = Wait.objects.first()
    assert first.is_held
    assert first.held_until - first.told_at == timedelta(hours=72)
    Wait.objects.filter(pk=first.pk).update(held_until=timezone.now())

    assert request_refusal(wim, held) == ""
    assert reservations_expire() == 1
    assert reservations_expire() == 0
    assert told() == ["ben"]
    assert request_refusal(first.client, held) == "reserved"


@pytest.mark.django_db(transaction=True)
def test_two_workers_offer_a_place_once(full):
    places(full, 1)

    def sweep(_):
        try:
            waits_notify()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sweep, range(4)))

    assert Wait.objects.offered().count() == 1


def test_the_database_holds_places_only_for_who_was_told(cleo, mara):
    cast.refuses(
        "wait_held_for_who_was_told",
        Wait.objects.create,
        client=cleo,
        therapist=mara,
        held_until=cast.NOON.starts_at,
    )
