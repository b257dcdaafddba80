"""The list of everybody: filters with counts, chips, order and ways out."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.constraints import FACETS
from alliance_match.matching.eligibility import eligible_pairs
from alliance_match.matching.presentation.browse import (
    browse_results,
    favourite_therapists,
    intake_query,
    rows_for,
)
from clients.models import Intake, Mark, TimeWindow, Wait, Wish
from clients.selectors import with_capacity
from clients.services import mark_set
from tests import cast
from tests.unit.prediction.laws import law
from therapists.models import Slot, Therapist

VALUES = {
    "languages": ["en", "de", "tr"],
    "formats": ["in_person", "telehealth"],
    "insurers": ["AOK", "TK"],
    "places": ["North", "South"],
    "concerns": ["sleep", "trauma", "grief"],
    "approaches": ["CBT", "gestalt"],
}


@pytest.fixture
def many(linden):
    """Eight therapists who differ in all that can be asked for."""
    found = []
    for k in range(8):
        offered: dict[str, Any] = {
            name: values[: 1 + (k + n) % len(values)] for n, (name, values) in enumerate(VALUES.items())
        }
        fee = Decimal(60 + 10 * k)
        therapist = cast.make_therapist(
            linden, f"T{k}", gender="woman" if k % 2 else "man", fee=fee, **offered
        )
        Slot.objects.create(
            therapist=therapist, weekday=k % 5, starts=f"{9 + k}:00", ends=f"{9 + k}:50", format="in_person"
        )
        found.append(therapist)
    return found


def shown(client, address):
    return [row.therapist.name for row in browse_results(client, QueryDict(address)).rows]


def names(mask, therapists):
    return {one.name for one, fits in zip(therapists, mask, strict=True) if fits}


@pytest.fixture
def some_full(many):
    """Of the eight, T0 takes nobody, T1 is on leave, T2 has said nothing for a month, T3 is full."""
    changes: list[dict[str, Any]] = [
        {"accepting": False},
        {"status": "paused"},
        {"confirmed_at": "2020-01-01T00:00Z"},
        {"caseload_cap": 0},
    ]
    for one, fields in zip(many, changes, strict=False):
        Therapist.objects.filter(pk=one.pk).update(**fields)
    return Therapist.objects.in_clinic(many[0].clinic).order_by("name")


def test_who_has_capacity_and_for_whom_one_would_wait_are_distinguished(cleo, some_full):
    assert set(shown(cleo, "room=now")) == {"T4", "T5", "T6", "T7"}
    assert set(shown(cleo, "room=wait")) == {"T0", "T1", "T2", "T3"}
    assert set(shown(cleo, "room=now&room=wait")) == set(shown(cleo, "sort=fee")) == set(shown(cleo, ""))
    rows = browse_results(cleo, QueryDict("")).rows
    assert {row.therapist.name for row in rows if row.has_capacity} == set(shown(cleo, "room=now"))


@pytest.mark.parametrize("sort", ["suggested", "soonest", "fee"])
def test_who_has_capacity_comes_first(cleo, some_full, sort):
    assert set(shown(cleo, f"sort={sort}")[:4]) == {"T4", "T5", "T6", "T7"}


def test_room_can_be_asked_for_while_nobody_has_it(cleo, many):
    assert shown(cleo, "room=wait") == []
    Therapist.objects.update(accepting=False)
    found = browse_results(cleo, QueryDict("room=now"))
    assert (found.page.paginator.count, found.chips[0].count) == (0, len(many))
    assert [(one.value, one.count) for one in found.filters[0].options] == [("now", 0), ("wait", len(many))]


def test_a_held_place_is_room_for_its_holder_alone(cleo, wim, many):
    Therapist.objects.filter(pk=many[0].pk).update(caseload_cap=1)
    now = timezone.now()
    Wait.objects.create(
        client=wim, therapist=many[0], notified_at=now, reserved_until=now + timedelta(days=1)
    )
    assert "T0" in shown(cleo, "room=wait")
    assert "T0" in shown(wim, "room=now")


def test_whoever_has_left_is_not_waited_for(cleo, many):
    Therapist.objects.filter(pk=many[0].pk).update(status="left")
    assert "T0" not in shown(cleo, "")


def test_a_sliding_scale_can_be_asked_for(cleo, many):
    Therapist.objects.filter(pk=many[0].pk).update(lowest_fee=60)  # the same as the fee
    Therapist.objects.filter(pk=many[1].pk).update(lowest_fee=20)
    assert shown(cleo, "scale=sliding") == ["T1"]
    (chip,) = browse_results(cleo, QueryDict("scale=sliding")).chips
    assert (chip.words, chip.count) == ("sliding scale", len(many))


def test_an_address_without_filters_shows_everybody(cleo, many):
    assert set(shown(cleo, "")) == {one.name for one in many}


def test_several_values_of_a_facet_widen_and_several_facets_narrow(cleo, many):
    turkish, either = set(shown(cleo, "language=tr")), set(shown(cleo, "language=tr&language=de"))
    assert turkish < either
    women = set(shown(cleo, "gender=woman"))
    assert set(shown(cleo, "language=de&language=tr&gender=woman")) == either & women < either


def test_a_count_is_what_the_choice_would_show(cleo, many):
    chosen = "gender=woman&fee=110"
    for one in browse_results(cleo, QueryDict(chosen)).filters:
        for option in one.options:
            rest = QueryDict(chosen, mutable=True)
            rest.setlist(one.name, [option.value])
            assert option.count == len(shown(cleo, rest.urlencode())), (one.name, option.value)


def test_a_chip_says_what_there_would_be_without_it(cleo, many):
    chips = browse_results(cleo, QueryDict("language=tr&gender=man&fee=70&time=0-morning&page=2")).chips
    assert len(chips) == 4
    for chip in chips:
        assert chip.count == len(shown(cleo, chip.query))
        assert "page" not in chip.query


def test_one_who_meets_the_own_needs_is_one_who_may_be_suggested(cleo, many):
    Intake.objects.filter(client=cleo).update(
        languages=["de"], formats=["in_person"], place="South", highest_fee=110, insurer=""
    )
    TimeWindow.objects.create(client=cleo, weekday=2, starts="08:00", ends="17:00")
    TimeWindow.objects.create(client=cleo, weekday=1, starts="08:00", ends="17:00")
    Wish.objects.create(client=cleo, attribute="gender", accepted=["woman", "man"])
    cleo.refresh_from_db()
    Therapist.objects.filter(pk=many[-1].pk).update(accepting=False)
    many[-1].refresh_from_db()
    there = set(shown(cleo, intake_query(cleo)))
    assert there == names(eligible_pairs([cleo], many)[0], many)
    assert 0 < len(there) < len(many)


@settings(law, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40), st.sampled_from([*FACETS, "fee", "time", "sort", "page"]))
def test_words_that_nobody_knows_change_nothing(cleo, many, text, name):
    query = QueryDict(mutable=True)
    query[name] = text
    found = browse_results(cleo, query)
    known = found.fee or found.chips
    assert known or found.page.paginator.count == len(many)


def test_an_amount_that_is_none_is_shown_and_filters_nobody(cleo, many):
    found = browse_results(cleo, QueryDict("fee=a+lot"))
    assert "such as 80" in found.fee_error
    assert found.page.paginator.count == len(many)


def test_an_amount_is_read_as_people_write_it(cleo, many):
    with override("de"):
        assert len(shown(cleo, "fee=80,50")) == 3


def test_the_lowest_fee_comes_first(cleo, many):
    Therapist.objects.filter(pk=many[0].pk).update(fee=None)
    order = shown(cleo, "sort=fee")
    assert order == ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T0"]


def test_the_next_free_hour_comes_first(cleo, many, time_machine):
    time_machine.move_to("2026-06-02T12:00:00+02:00", tick=False)  # a Tuesday
    # Tuesday 15:00 is still to come, Tuesday 10:00 is over; then Wednesday, Thursday, Friday, Monday.
    assert shown(cleo, "sort=soonest") == ["T6", "T2", "T7", "T3", "T4", "T0", "T5", "T1"]


def test_equals_are_drawn_alike_each_time(cleo, many):
    assert shown(cleo, "") == shown(cleo, "")


def test_the_best_match_comes_first(fitted_clinic, cleo, mara):
    found = browse_results(cleo, QueryDict()).rows
    assert found[0].therapist == mara
    assert found[0].card.track.mean == max(row.card.track.mean for row in found if row.card)


def test_who_was_put_aside_is_not_in_the_list(cleo, many):
    mark_set(client=cleo, therapist=many[0], kind=Mark.Kind.NOT_FOR_ME, by=SystemActor.COMMAND)
    assert "T0" not in shown(cleo, "")
    mark_set(client=cleo, therapist=many[0], kind="", by=SystemActor.COMMAND)
    assert "T0" in shown(cleo, "")


def test_who_is_in_care_with_the_client_is_not_in_the_list(cleo, many, episode, pavel):
    assert pavel.name not in shown(cleo, "")


def read(therapist):
    return with_capacity(Therapist.objects.with_practice()).get(pk=therapist.pk)


def test_a_row_says_what_of_the_answers_is_not_met(cleo, many):
    Intake.objects.filter(client=cleo).update(languages=["tr"], highest_fee=Decimal(70))
    TimeWindow.objects.create(client=cleo, weekday=6, starts="08:00", ends="12:00")
    cleo.refresh_from_db()
    row = rows_for(cleo, [read(many[3])])[0]
    assert [str(label) for label in row.misses] == ["Language", "Hours", "Fee"]


def test_a_full_caseload_is_said(wim, cleo, episode, pavel):
    Therapist.objects.filter(pk=pavel.pk).update(caseload_cap=1)
    assert not rows_for(wim, [read(pavel)])[0].has_capacity


def test_favourites_come_in_the_order_of_their_adding(cleo, many):
    for one in (many[5], many[2], many[7]):
        mark_set(client=cleo, therapist=one, kind=Mark.Kind.FAVOURITE, by=SystemActor.COMMAND)
    mark_set(client=cleo, therapist=many[1], kind=Mark.Kind.NOT_FOR_ME, by=SystemActor.COMMAND)
    assert [one.name for one in favourite_therapists(cleo)] == ["T5", "T2", "T7"]
