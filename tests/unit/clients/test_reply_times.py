"""How soon somebody replies is said in three bands, from enough requests, and never better than it is."""

from datetime import timedelta
from statistics import median

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from clients.models import Introduction
from clients.reply_times import BANDS, in_words, reply_times_in_words
from tests import cast
from tests.unit.prediction.laws import law

HOUR = timedelta(hours=1)
DAY, TWO, THREE = (words for _longest, words in BANDS)
times = st.timedeltas(timedelta(0), timedelta(hours=72))


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0, DAY), (24, DAY), (24.1, TWO), (48, TWO), (48.1, THREE), (71.9, THREE), (72, "")],
)
def test_a_time_has_its_band(hours, words):
    assert in_words(HOUR * hours) == words


@law
@given(times, times)
def test_a_longer_time_is_never_described_as_a_shorter_one(one, other):
    order = [DAY, TWO, THREE, ""]
    assert order.index(in_words(min(one, other))) <= order.index(in_words(max(one, other)))


@pytest.fixture
def asked(linden):
    """A function that stores requests to a therapist that were answered after so many hours (None: never)."""

    def asked(therapist, hours, ended=HOUR, state="declined"):
        for number, one in enumerate(hours):
            client = cast.make_client(linden, f"{therapist.code}{number}-{ended}-{state}")
            begun = timezone.now() - ended - HOUR * (72 if one is None else one)
            Introduction.objects.create(
                clinic=linden,
                client=client,
                therapist=therapist,
                state="expired" if one is None else state,
                answered_at=None if one is None or state == "withdrawn" else begun + HOUR * one,
                requested_at=begun,
                expires_at=begun + HOUR * 72,
            )

    return asked


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([1, 2, 3, 4], None),
        ([1, 2, 3, 4, 5], DAY),
        ([1, 2, 30, 60, 60], TWO),
        ([1, 1, None, None, None], None),
        ([1, 1, 60, None, None], THREE),
        ([1, 1, 20, 40, 70, 70], TWO),
    ],
)
def test_the_median_decides_from_five_requests_on(asked, mara, jonas, hours, words):
    asked(mara, hours)

    assert reply_times_in_words([mara, jonas]) == ({mara.pk: words} if words else {})


def test_one_whose_time_is_over_counts_before_anybody_wrote_it_down(asked, mara):
    asked(mara, [1, 1, 1, 1, None])
    Introduction.objects.filter(state="expired").update(state="seen")

    assert reply_times_in_words([mara]) == {mara.pk: DAY}


def test_what_is_open_or_was_withdrawn_or_is_long_ago_does_not_count(asked, mara, cleo):
    asked(mara, [1, 1, 1, 1])
    asked(mara, [1, 1], ended=timedelta(days=181))
    asked(mara, [1, 1], ended=timedelta(days=5), state="withdrawn")
    cast.make_introduction(cleo, mara)
    assert reply_times_in_words([mara]) == {}

    asked(mara, [1], ended=timedelta(days=179))
    assert reply_times_in_words([mara]) == {mara.pk: DAY}


def test_it_takes_one_query(asked, mara, jonas, django_assert_num_queries):
    asked(mara, [1] * 5)
    asked(jonas, [60] * 5)

    with django_assert_num_queries(1):
        assert reply_times_in_words([mara, jonas]) == {mara.pk: DAY, jonas.pk: THREE}


def test_the_database_finds_the_same_median_as_python(asked, mara):
    hours = [1, 5, 23, 26, 40, 71]
    asked(mara, hours)

    assert reply_times_in_words([mara]) == {mara.pk: in_words(HOUR * median(hours))}
