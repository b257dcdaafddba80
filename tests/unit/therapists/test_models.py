"""What the database refuses about therapists, and the phrases about them."""

import datetime
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.cast import make_therapist, refuses
from therapists.models import Therapist

TEN, ELEVEN = datetime.time(10), datetime.time(11)
HOUR = {"weekday": 0, "starts": TEN, "ends": ELEVEN, "format": "in_person"}


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("therapist_code_once", {"code": "mara"}),
        ("therapist_has_code", {"code": ""}),
        ("therapist_has_name", {"name": "", "code": "x"}),
        ("therapist_status_known", {"status": "gone"}),
        ("therapist_fee_positive", {"fee": -1}),
        ("therapist_lowest_fee_below_fee", {"fee": 80, "lowest_fee": 81}),
        ("therapist_lowest_fee_below_fee", {"fee": 80, "lowest_fee": -1}),
        ("therapist_few_primary_concerns", {"primary_concerns": ["sleep"] * 6}),
    ],
)
def test_the_database_refuses_it(linden, mara, constraint, fields):
    given = {"clinic": linden, "name": "Someone", "code": "someone"} | fields

    refuses(constraint, Therapist.objects.create, **given)


def test_one_person_is_one_therapist_in_a_clinic(linden, mara):
    refuses("therapist_user_once", make_therapist, clinic=linden, name="Twin", user=mara.user)


def test_another_clinic_may_use_the_same_code(birch, mara):
    assert make_therapist(birch, "Mara Other").code == mara.code


def test_a_lowest_fee_may_equal_the_fee(linden):
    make_therapist(linden, "Noor", fee=80, lowest_fee=80)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("practised_style_once", {"dimension": "structure"}),
        ("practised_style_dimension_known", {"dimension": "mood"}),
        ("practised_style_position_range", {"position": 4}),
        ("practised_style_position_range", {"position": -4}),
        ("practised_style_reach_range", {"reach": 7}),
        ("practised_style_reach_range", {"reach": -1}),
    ],
)
def test_the_database_refuses_a_style(mara, constraint, fields):
    mara.styles.exclude(dimension="structure").delete()

    refuses(constraint, mara.styles.create, **({"dimension": "warmth", "position": 0, "reach": 1} | fields))


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("slot_once", {}),
        ("slot_weekday_known", {"weekday": 7}),
        ("slot_ends_after_start", {"weekday": 1, "ends": TEN}),
        ("slot_format_known", {"weekday": 1, "format": "letter"}),
    ],
)
def test_the_database_refuses_a_slot(mara, constraint, fields):
    mara.slots.create(**HOUR)

    refuses(constraint, mara.slots.create, **(HOUR | fields))


@pytest.mark.parametrize(
    ("status", "accepting", "shown"),
    [("active", True, True), ("active", False, False), ("paused", True, False), ("left", True, False)],
)
def test_only_those_who_work_and_take_clients_are_listed(linden, status, accepting, shown):
    make_therapist(linden, "Noor", status=status, accepting=accepting)

    assert Therapist.objects.listed().exists() == shown


@pytest.mark.parametrize("text", ["mara", "ALB", "ra Al", ""])
def test_a_therapist_is_found_by_a_part_of_the_name(mara, text):
    assert mara in Therapist.objects.named_like(text)


@pytest.mark.parametrize("text", ["novak", "NOVÁK", "sorensen"])
def test_a_therapist_is_found_without_the_accents(linden, text):
    for name in ("Pavel Novák", "Lena Sørensen"):
        make_therapist(linden, name)

    assert Therapist.objects.named_like(text).count() == 1


def test_a_therapist_is_found_by_code(linden, mara):
    someone = make_therapist(linden, "Noor", code="T-17")

    assert list(Therapist.objects.named_like("t-17")) == [someone]


@pytest.mark.parametrize("text", ["%", "_", "\\", "' OR 1=1"])
def test_signs_of_the_database_find_nobody(mara, text):
    assert not Therapist.objects.named_like(text).exists()


def test_practice_is_read_in_one_go(mara, jonas, django_assert_num_queries):
    with django_assert_num_queries(3):
        for therapist in Therapist.objects.with_practice():
            list(therapist.styles.all()), list(therapist.slots.all())


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Mara Albrecht", "MA"),
        ("noor el-amin", "NE"),
        ("Ana Maria de Souza", "AS"),
        ("Cher", "C"),
        ("Öz Ünal", "ÖÜ"),
        ("Eva Braun, PsyD", "EB"),
    ],
)
def test_initials_are_of_the_first_and_the_last_word(name, initials):
    assert Therapist(name=name).initials == initials


def test_a_primary_concern_must_be_a_concern():
    therapist = Therapist(concerns=["sleep"], primary_concerns=["sleep", "grief"])

    with pytest.raises(ValidationError, match="must also be a concern"):
        therapist.clean()


@pytest.mark.parametrize(("days", "takes", "stale"), [(13, True, False), (15, True, True), (31, False, True)])
def test_what_was_confirmed_long_ago_is_doubted_and_then_hidden(mara, days, takes, stale):
    mara.confirmed_at = timezone.now() - timedelta(days=days)
    mara.save()
    assert (mara.takes_clients, mara.is_stale) == (takes, stale)
    assert Therapist.objects.listed().contains(mara) == takes


def test_what_was_never_confirmed_is_doubted_but_not_hidden(mara):
    assert (mara.takes_clients, mara.is_stale) == (True, True)
    assert Therapist.objects.listed().contains(mara)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "paused"},
        {"status": "left", "user": None},
        {"accepting": False},
        {"licence_expires_on": timezone.now().date() - timedelta(days=1)},
    ],
)
def test_whoever_takes_nobody_is_not_listed(mara, fields):
    Therapist.objects.filter(pk=mara.pk).update(confirmed_at=timezone.now(), **fields)
    mara.refresh_from_db()
    assert not mara.takes_clients
    assert not Therapist.objects.listed().exists()


def test_a_licence_holds_on_its_last_day(mara):
    Therapist.objects.filter(pk=mara.pk).update(licence_expires_on=timezone.now().date())
    mara.refresh_from_db()
    assert mara.takes_clients
    assert Therapist.objects.listed().contains(mara)


def test_the_database_refuses_a_log_in_of_who_left(mara):
    refuses("therapist_left_without_log_in", Therapist.objects.filter(pk=mara.pk).update, status="left")
