"""A clinic with enough ratings to learn from, and one who is looking."""

import random

import pytest

from alliance_match.matching import tasks
from clients.models import Session
from surveys.models import AllianceRating
from tests import cast, people
from tests.unit.matching import fitted


@pytest.fixture(scope="session")
def fitted_world(django_db_setup, django_db_blocker):
    """Linden after a fit, made once."""
    with django_db_blocker.unblock():
        return fitted.world(fitted.fitted_linden)


@pytest.fixture
def world(request, db):
    """The world that a test begins with, if it asks for the fitted clinic."""
    if "fitted_clinic" in request.fixturenames:
        return fitted.open_world(request.getfixturevalue("fitted_world"))
    return None


@pytest.fixture
def linden(world, instrument):
    """As everywhere, or that of the world; so are all others."""
    return world.linden if world else people.linden()


@pytest.fixture
def cleo(world, linden):
    return world.cleo if world else people.cleo(linden)


@pytest.fixture
def mara(world, linden):
    return world.mara if world else people.mara(linden)


@pytest.fixture
def jonas(world, linden):
    return world.jonas if world else people.jonas(linden)


@pytest.fixture
def pavel(world, linden):
    return world.pavel if world else people.pavel(linden)


@pytest.fixture
def raters(world, linden, instrument, mara, jonas, pavel):
    """Clients whose third session was rated: with Mara it went the better, the more structure they wanted."""
    return world.raters if world else fitted.raters(linden, instrument, mara, jonas, pavel)


@pytest.fixture
def unblurred(monkeypatch):
    """What is published is what is known: blur is drawn from keys, which other tests move."""
    fitted.blur_leave_out(monkeypatch)


@pytest.fixture
def fitted_clinic(unblurred, linden, cleo, raters):
    """Linden after a fit: Cleo has her matches, and nothing is pending."""
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
        for k in range(fitted.RATERS)
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
