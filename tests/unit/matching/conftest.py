"""A clinic with enough ratings to learn from, and one who is looking."""

import random
from functools import partial

import pytest

from alliance_match.audit.actors import SystemActor
from alliance_match.matching import tasks
from alliance_match.matching.models import PendingRescore
from alliance_match.matching.services import clinic_fit
from alliance_match.prediction import PublicationControl
from clients.models import Session
from surveys.models import AllianceRating
from tests import cast

RATERS = 45


@pytest.fixture
def raters(linden, instrument, mara, jonas, pavel):
    """Clients whose third session was rated: with Mara it went the better, the more structure they wanted."""
    draw = random.Random(3)
    drawn = []
    for k in range(RATERS):
        wish = draw.randint(-3, 3)
        therapist = [mara, jonas, pavel][k % 3]
        lean = 2 if therapist == mara else -1
        total = min(100, max(0, 65 + 4 * lean * wish + draw.gauss(0, 6)))
        drawn.append((f"Rater{k}", [(wish, 2), (0, 1), (0, 1), (0, 1)], therapist, total))
    return cast.make_raters(linden, instrument, drawn)


@pytest.fixture
def unblurred(monkeypatch):
    """What is published is what is known: blur is drawn from keys, which other tests move."""
    plain = partial(PublicationControl, own_blur=0, shared_blur=0)
    monkeypatch.setattr("alliance_match.prediction.privacy.publication.PublicationControl", plain)


@pytest.fixture
def fitted_clinic(unblurred, linden, cleo, raters):
    """Linden after a fit: Cleo has her matches, and nothing is pending."""
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    assert not PendingRescore.objects.exists()
    return linden


@pytest.fixture
def dropouts(linden, instrument, raters, jonas):
    """As many again who left Jonas after a first session that felt poor; it felt good to those who stayed."""
    draw = random.Random(4)
    first = {one.episode.client_id: one for one in Session.objects.filter(number=1).select_related("episode")}
    AllianceRating.objects.bulk_create(
        AllianceRating(
            clinic=linden,
            session=first[rater.pk],
            instrument=instrument,
            total=min(100, max(0, 72 + draw.gauss(0, 12))),
        )
        for rater in raters
    )
    drawn = [
        (f"Dropout{k}", [(k % 7 - 3, 2)], jonas, min(100, max(0, 60 + draw.gauss(0, 12))))
        for k in range(RATERS)
    ]
    return cast.make_raters(linden, instrument, drawn, sessions=1, ended_on=cast.FIRST_DAY)


@pytest.fixture
def sweep(monkeypatch):
    """A function that sweeps once, does what the sweep asks for, and says which clinics were to be fitted."""

    def sweep():
        asked: list[int] = []
        monkeypatch.setattr(tasks.rescore, "apply_async", lambda args: tasks.rescore(*args))
        monkeypatch.setattr(tasks.fit_if_needed, "apply_async", lambda args: asked.append(*args))
        tasks.sweep()
        for clinic in asked:
            tasks.fit_if_needed(clinic)
        return asked

    return sweep
