"""Who waits hears of a place in turn, once, and no more hear than there are places."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clients.models import Wait
from clients.services import telling, wait_begin, wait_end, waits_tell
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
        waits_tell()
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
    Wait.objects.filter(told_at__isnull=False).update(told_at=timezone.now() - timedelta(hours=73))

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
        patch.setattr(telling, "send_mail", refuse)
        assert told() == []

    assert told() == ["ada"]


def test_the_mail_names_nobody(full, told, mailoutbox):
    places(full, 1)
    told()

    text = f"{mailoutbox[0].subject} {mailoutbox[0].body}"
    assert not any(word in text for word in ("Mara", "Ada", "Linden", "herap", "wait"))
