import pytest

from alliance_match.matching.models import Match
from alliance_match.matching.models.match_list import about
from alliance_match.matching.presentation import phrases
from clients.models import Intake


def match(therapist, /, difference=5.0, sd=2.0, rated=20, **parts):
    return Match(
        therapist=therapist,
        rank=1,
        previous_rank=None,
        group=1,
        mean=70,
        sd=5,
        difference=difference,
        difference_sd=sd,
        parts=parts,
        rated=rated,
    )


@pytest.mark.parametrize(
    ("difference", "sd", "band"),
    [
        (5, 2, "More likely than with most here"),
        (2, 2, "Probably more likely than average"),
        (0, 2, "About as likely as with anyone here"),
        (5, 50, "About as likely as with anyone here"),
        (-2, 2, "Probably less likely than average"),
        (-5, 2, "Less likely than with most here"),
        (0, 0, "About as likely as with anyone here"),
    ],
)
def test_a_band_follows_from_difference_and_its_uncertainty(mara, difference, sd, band):
    assert phrases.band_in_words(match(mara, difference, sd)) == band


def test_evidence_counts_the_ratings_and_says_when_there_are_none(mara):
    assert (
        phrases.evidence_in_words(match(mara, rated=5)) == "A few clients rated a third session · wide range"
    )
    assert phrases.evidence_in_words(match(mara, rated=40)) == "About 40 clients rated a third session"
    assert "New here" in phrases.evidence_in_words(match(mara, rated=0))


@pytest.mark.parametrize(("count", "said"), [(0, 0), (1, 5), (9, 5), (10, 10), (14, 10), (38, 40)])
def test_a_count_is_about_what_it_is(count, said):
    assert about(count) == said


def test_no_number_of_percent_is_ever_said(mara, cleo):
    said = phrases.reasons(match(mara, structure=3.0, therapist=1.0, concerns=0.5), cleo)
    assert not any("%" in reason.words for reason in said)


def test_reasons_come_largest_first_and_trifles_not_at_all(mara, cleo):
    said = phrases.reasons(match(mara, structure=1.0, feelings=-3.0, time=0.1), cleo)
    assert [reason.points for reason in said] == [-3.0, 1.0]


def test_what_a_therapist_is_like_with_everybody_is_never_said_against_them(mara, cleo):
    assert phrases.reasons(match(mara, therapist=-9.0), cleo) == []
    assert phrases.reasons(match(mara, therapist=-9.0, rated=0), cleo) == []
    assert len(phrases.reasons(match(mara, therapist=9.0), cleo)) == 1


def test_agreement_is_shown_as_what_both_do(mara, cleo):
    [reason] = phrases.reasons(match(mara, structure=2.0), cleo)
    assert reason.words == "You want structure; Mara works with a clear plan"


def test_a_good_record_in_spite_of_another_style_is_shown_as_such(jonas, cleo):
    [reason] = phrases.reasons(match(jonas, structure=2.0), cleo)
    assert reason.words == "Clients who, like you, want structure formed a bond with Jonas faster"


@pytest.mark.parametrize(
    ("concerns", "points", "start"),
    [
        (["sleep"], 1.0, "Works with sleep"),
        (["sleep"], -1.0, "Shares your concern sleep"),
        (["grief"], -1.0, "Works less with what brings you"),
    ],
)
def test_concerns_are_shown_as_they_are_shared(mara, cleo, concerns, points, start):
    Intake.objects.filter(client=cleo).update(concerns=concerns)
    cleo.refresh_from_db()
    [reason] = phrases.reasons(match(mara, concerns=points), cleo)
    assert reason.words.startswith(start)


def test_those_who_cannot_be_distinguished_are_named_together():
    assert phrases.indistinguishable_in_words({1: ["Mara", "Jonas"], 2: ["Lena"]}) == [
        "Mara and Jonas cannot be told apart with what we know."
    ]
