"""A client's outcome …"""

import pytest

from alliance_match.insights import contributors
from clients.models import Purpose


@pytest.mark.parametrize(
    ("total", "bond", "word", "established"),
    [
        (80, None, "", True),
        (69.9, None, "", False),
        (40, 70.0, "", True),
        (90, 69.0, "", False),
        (40, 40.0, "yes", True),
        (90, 90.0, "forming", False),
        (90, 90.0, "not_yet", False),
    ],
)
def test_it_is_the_own_word_then_the_bond_facet_then_the_total(cast, total, bond, word, established):
    therapist = cast.therapist()
    cast.rate(cast.client(Purpose.STATISTICS), therapist, total, bond=bond, word=word)
    (outcome,) = contributors.outcomes_by_therapist(cast.clinic)[therapist.pk]
    assert outcome.established is established


def test_it_is_that_of_the_last_episode(cast):
    therapist, client = cast.therapist(), cast.client(Purpose.STATISTICS)
    cast.rate(client, therapist, 20, episode=2)
    cast.rate(client, therapist, 90, episode=1)
    (outcome,) = contributors.outcomes_by_therapist(cast.clinic)[therapist.pk]
    assert not outcome.established


def test_it_is_that_of_the_session_nearest_the_third(cast):
    therapist, client = cast.therapist(), cast.client(Purpose.STATISTICS)
    cast.rate(client, therapist, 20, number=4)
    cast.rate(client, therapist, 90, number=3)
    (outcome,) = contributors.outcomes_by_therapist(cast.clinic)[therapist.pk]
    assert outcome.established


def test_it_may_be_shown_only_with_both_consents(cast):
    therapist = cast.therapist()
    both = cast.rate(cast.client(Purpose.STATISTICS, Purpose.MATCHING), therapist)
    cast.rate(cast.client(Purpose.STATISTICS), therapist)
    cast.rate(cast.client(Purpose.MATCHING), therapist)
    assert contributors.ratings_to_release(cast.clinic) == {both.pk}
