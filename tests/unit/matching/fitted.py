"""Linden with enough ratings to learn from, made once for many tests."""

import random
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace

import pytest

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import PendingRescore
from alliance_match.matching.services import clinic_fit, estimators
from alliance_match.prediction import PublicationControl
from clients.models import Client
from surveys.models import Instrument
from tests import cast, people, worlds
from therapists.models import Therapist

RATERS = 45


def raters(
    linden: Clinic, instrument: Instrument, mara: Therapist, jonas: Therapist, pavel: Therapist
) -> list[Client]:
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


def fitted_linden() -> SimpleNamespace:
    """Linden after a fit: Cleo has her matches, and nothing is pending."""
    linden = people.linden()
    mara, jonas, pavel = people.mara(linden), people.jonas(linden), people.pavel(linden)
    made = SimpleNamespace(linden=linden, mara=mara, jonas=jonas, pavel=pavel, cleo=people.cleo(linden))
    made.raters = raters(linden, cast.shipped_instrument(), mara, jonas, pavel)
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    assert not PendingRescore.objects.exists()
    made.state = estimators._kept[linden.pk]
    return made


def world(make: Callable[[], SimpleNamespace], *, blurred: bool = False) -> worlds.World:
    """What is made stands for many tests, so it is blurred, or not, as theirs."""
    with pytest.MonkeyPatch.context() as patch:
        if not blurred:
            blur_leave_out(patch)
        made = worlds.world(make)
    estimators._kept.clear()
    return made


def open_world(world: worlds.World) -> SimpleNamespace:
    """Its rows have the same keys in each test: what this process keeps by them is of the test before."""
    made: SimpleNamespace = world.open()
    estimators._kept.clear()
    estimators.estimator_keep(made.linden, made.state)
    return made


def blur_leave_out(patch: pytest.MonkeyPatch) -> None:
    """What is published is what is known: blur is drawn from keys, which other tests move."""
    plain = partial(PublicationControl, own_blur=0, shared_blur=0)
    patch.setattr("alliance_match.prediction.privacy.publication.PublicationControl", plain)
