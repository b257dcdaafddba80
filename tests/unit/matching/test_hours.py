"""Which hours suit both."""

from datetime import time

import numpy as np
import pytest

from alliance_match.matching.hours import in_time
from clients.models import Client, Intake, TimeWindow
from therapists.models import Slot

MONDAY, TUESDAY = 0, 1


def window(client, weekday, starts, ends):
    TimeWindow.objects.create(client=client, weekday=weekday, starts=starts, ends=ends)


def slot(therapist, weekday, starts, ends, form="in_person"):
    Slot.objects.create(therapist=therapist, weekday=weekday, starts=starts, ends=ends, format=form)


def suits(client, therapist):
    return bool(in_time([client], [therapist])[0, 0])


def test_whoever_named_no_hours_suits_everybody(wim, mara, jonas):
    slot(mara, MONDAY, time(9), time(10))
    assert in_time([wim], [mara, jonas]).all()
    window(wim, TUESDAY, time(8), time(12))
    assert in_time([wim], [mara, jonas]).tolist() == [[False, True]]


@pytest.mark.parametrize(
    ("weekday", "starts", "ends", "fits"),
    [
        (MONDAY, time(9), time(10), True),
        (MONDAY, time(8), time(12), True),
        (MONDAY, time(7, 59), time(9), False),
        (MONDAY, time(11, 30), time(12, 1), False),
        (MONDAY, time(13), time(14), False),
        (TUESDAY, time(9), time(10), False),
    ],
)
def test_a_slot_must_lie_within_a_window(wim, mara, weekday, starts, ends, fits):
    window(wim, MONDAY, time(8), time(12))
    slot(mara, weekday, starts, ends)
    assert suits(wim, mara) == fits


def test_windows_that_touch_are_one(wim, mara):
    window(wim, MONDAY, time(8), time(12))
    window(wim, MONDAY, time(12), time(17))
    slot(mara, MONDAY, time(11, 30), time(12, 20))
    assert suits(wim, mara)


def test_the_end_of_the_week_does_not_touch_its_beginning(wim, mara):
    window(wim, 6, time(20), time(23, 59))
    window(wim, MONDAY, time(0), time(8))
    slot(mara, 6, time(22), time(23))
    assert suits(wim, mara)


def test_one_fitting_slot_is_enough(wim, mara):
    window(wim, MONDAY, time(8), time(12))
    slot(mara, TUESDAY, time(9), time(10))
    assert not suits(wim, mara)
    slot(mara, MONDAY, time(9), time(10))
    assert suits(wim, mara)


def test_a_slot_of_another_format_does_not_count(wim, mara):
    window(wim, MONDAY, time(8), time(12))
    slot(mara, MONDAY, time(9), time(10), "telehealth")
    Intake.objects.create(client=wim, formats=["in_person"])
    wim.refresh_from_db()
    assert not suits(wim, mara)


def test_it_costs_two_queries_however_many_there_are(wim, cleo, mara, jonas, django_assert_num_queries):
    for client in (wim, cleo):
        window(client, MONDAY, time(8), time(12))
    for therapist in (mara, jonas):
        slot(therapist, MONDAY, time(9), time(10))
    clients = list(Client.objects.with_intake().filter(pk__in=[wim.pk, cleo.pk]))
    with django_assert_num_queries(2):
        assert np.all(in_time(clients, [mara, jonas]))


def test_nobody_at_all_is_no_error(wim):
    assert in_time([wim], []).shape == (1, 0)
    assert in_time([], []).shape == (0, 0)
