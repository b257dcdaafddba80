"""Rows read in the statement that reads what they point to are those that `prefetch_related` would bring."""

import pytest

from alliance_match.accounts.related_rows import annotate_with, keep_annotated
from clients.models import Client
from tests.cast import make_introduction
from therapists.models import Therapist

RELATIONS = ("style_preferences", "time_windows", "wishes", "marks", "introductions", "episodes")
pytestmark = pytest.mark.django_db


def read_with(rows, *relations):
    return keep_annotated(list(annotate_with(rows, *relations)), *relations)


@pytest.fixture
def rich(cleo, mara, jonas, episode):
    """Cleo, with rows of every kind; of some kinds several, not made in the order of their model."""
    for weekday in (4, 0):
        cleo.time_windows.create(weekday=weekday, starts="08:00", ends="11:30")
    cleo.wishes.create(attribute="gender", accepted=["woman", "man"])
    cleo.marks.create(therapist=mara, kind="favourite")
    make_introduction(cleo, jonas)
    make_introduction(cleo, mara)
    return cleo


def columns(rows):
    return [
        {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} for row in rows
    ]


@pytest.mark.parametrize("name", RELATIONS)
def test_they_are_the_same_rows_in_the_same_order(rich, name):
    (read,) = read_with(Client.objects.filter(pk=rich.pk), name)

    there = getattr(read, name)
    assert columns(there.all()) == columns(getattr(Client.objects.get(pk=rich.pk), name).all()) != []


def test_one_statement_brings_all_of_them(rich, django_assert_num_queries):
    with django_assert_num_queries(1):
        (read,) = read_with(Client.objects.filter(pk=rich.pk).select_related("intake"), *RELATIONS)
        assert all(list(getattr(read, name).all()) for name in RELATIONS)
        assert {one.client for one in read.marks.all()} == {read}


def test_whoever_has_none_has_none(mara, jonas, django_assert_num_queries):
    mara.slots.create(weekday=1, starts="09:00", ends="09:50", format="in_person")
    with django_assert_num_queries(1):
        read = read_with(Therapist.objects.filter(pk__in=[mara.pk, jonas.pk]).order_by("pk"), "slots")
        hours = {one.pk: len(one.slots.all()) for one in read}
    assert hours == {one.pk: one.slots.count() for one in (mara, jonas)}


def test_a_filter_asks_the_database_for_the_rows_of_this_one_alone(rich, mara):
    (read,) = read_with(Client.objects.filter(pk=rich.pk), "marks")
    other = Client.objects.exclude(pk=rich.pk).first() or Client.objects.create(
        clinic=rich.clinic, code="other", name="Other"
    )
    other.marks.create(therapist=mara, kind="not_for_me")

    assert [one.client_id for one in read.marks.filter(therapist=mara)] == [rich.pk]
