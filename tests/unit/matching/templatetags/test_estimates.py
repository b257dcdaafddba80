"""The numbers behind an estimate."""

from types import SimpleNamespace
from typing import Any

from django.utils import translation

from alliance_match.matching.presentation.cards import Track
from alliance_match.matching.presentation.phrases import Reason
from alliance_match.matching.templatetags.estimates import estimate_parts

TRACK = Track(mean=4.0, low50=1.5, high50=6.5, low80=-1.0, high80=9.0)


def drawn(**said):
    card: Any = SimpleNamespace(
        track=TRACK, **{"reasons": [Reason(5.0, "<b>")], "caveat": None, "rest": None} | said
    )
    return estimate_parts(card)


def test_every_part_has_a_row_and_together_they_are_the_estimate():
    page = drawn(caveat=Reason(-2.0, "But"), rest=Reason(1.0, "Rest"))
    assert [page.index(word) for word in ("+5.0", "−2.0", "+1.0", "+4.0")] == sorted(
        page.index(word) for word in ("+5.0", "−2.0", "+1.0", "+4.0")
    )
    assert page.count("<tr>") == 5


def test_words_are_escaped():
    assert "&lt;b&gt;" in drawn()


def test_it_says_the_intervals_in_the_language_of_who_reads():
    assert "between +1.5 and +6.5" in drawn()
    with translation.override("de"):
        assert "zwischen +1,5 und +6,5" in drawn()
