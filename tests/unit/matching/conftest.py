"""A clinic with enough ratings to learn from, and one who is looking."""

import random

import pytest

from alliance_match.matching.models import RescoreOwed
from alliance_match.matching.services import clinic_fit
from tests import cast

RATERS = 45


@pytest.fixture
def raters(linden, instrument, mara, jonas, pavel):
    """Clients whose third session was rated: with Mara it went the better, the more structure they wanted."""
    draw = random.Random(3)
    therapists = [mara, jonas, pavel]
    found = []
    for k in range(RATERS):
        wish = draw.randint(-3, 3)
        client = cast.make_client(
            linden, f"Rater{k}", style=[(wish, 2), (0, 1), (0, 1), (0, 1)], status="ended"
        )
        therapist = therapists[k % 3]
        lean = 2 if therapist == mara else -1
        total = min(100, max(0, 65 + 4 * lean * wish + draw.gauss(0, 6)))
        episode = cast.make_episode(client, therapist)
        cast.make_rating(episode.sessions.get(number=3), total)
        found.append(client)
    return found


@pytest.fixture
def fitted_clinic(linden, cleo, raters):
    """Linden after a fit: Cleo has her matches, and nothing is owed."""
    clinic_fit(clinic=linden)
    assert not RescoreOwed.objects.exists()
    return linden
