"""A clinic with enough ratings to learn from, and one who is looking."""

import random

import pytest

from alliance_match.matching import tasks
from alliance_match.matching.models import PendingRescore
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
        cast.make_rating(episode.sessions.get(number=3), total, instrument=instrument)
        found.append(client)
    return found


@pytest.fixture
def fitted_clinic(linden, cleo, raters):
    """Linden after a fit: Cleo has her matches, and nothing is pending."""
    clinic_fit(clinic=linden)
    assert not PendingRescore.objects.exists()
    return linden


@pytest.fixture
def dropouts(linden, instrument, raters, jonas):
    """As many again who left Jonas after a first session that felt poor; it felt good to those who stayed."""
    draw = random.Random(4)
    for rater in raters:
        first = rater.episodes.get().sessions.get(number=1)
        cast.make_rating(first, min(100, max(0, 72 + draw.gauss(0, 12))), instrument=instrument)
    found = []
    for k in range(RATERS):
        client = cast.make_client(linden, f"Dropout{k}", style=[(k % 7 - 3, 2)], status="ended")
        episode = cast.make_episode(client, jonas, sessions=1, ended_on=cast.FIRST_DAY)
        total = min(100, max(0, 60 + draw.gauss(0, 12)))
        cast.make_rating(episode.sessions.get(), total, instrument=instrument)
        found.append(client)
    return found


@pytest.fixture
def sweep(monkeypatch):
    """A function that sweeps once, does the fits that the sweep asks for, and says of which clinics."""

    def sweep():
        asked = []
        monkeypatch.setattr(tasks.fit_if_needed, "apply_async", lambda args: asked.append(*args))
        tasks.sweep()
        for clinic in asked:
            tasks.fit_if_needed(clinic)
        return asked

    return sweep
