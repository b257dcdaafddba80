"""A fit profile …"""

from dataclasses import replace

import numpy as np
import pytest

from alliance_match.audit.actors import SystemActor
from alliance_match.insights.models import Release
from alliance_match.insights.profile import fit_profile, leverage
from alliance_match.insights.services import releases_make
from alliance_match.matching.services import clinic_fit, pending_rescores_process
from alliance_match.prediction import FeatureSet, TrainingTable, fit
from clients.models import Client, Consent, Purpose, StylePreference
from tests.unit.insights.conftest import withdraw

FEATURES = FeatureSet(
    client=("mood", "style_structure", "style_warmth"),
    therapist=("style_structure",),
    slopes=("style_structure", "style_warmth"),
)
DIMENSIONS = {"style_structure": "structure", "style_warmth": "warmth"}
SLOPE, THERAPIST = 4.0, 7


def table_of(n: int = 1500, therapists: int = 30, seed: int = 0) -> TrainingTable:
    """With therapist 7 a step towards structure adds 4 points; with others it adds or takes some."""
    rng = np.random.default_rng(seed)
    therapist = rng.integers(therapists, size=n)
    slope = rng.normal(0, 2.0, therapists)
    slope[THERAPIST % therapists] = SLOPE
    x = np.column_stack([rng.standard_normal(n), rng.integers(-3, 4, (n, 2))])
    score = 60 + slope[therapist] * x[:, 1] + 5 * rng.standard_normal(n)
    return TrainingTable(
        features=FEATURES,
        client_ids=np.arange(n),
        therapist_ids=therapist,
        score=np.clip(score, 0, 100),
        instrument=np.zeros(n, dtype=np.int64),
        instruments=("alliance-check",),
        session=np.full(n, 3),
        x=x,
        z=rng.standard_normal((therapists, 1))[therapist],
        m=np.zeros((n, 0)),
    )


def profile_of(table: TrainingTable, therapist: int = THERAPIST):
    own = table.rows(table.therapist_ids == therapist)
    return {answer.dimension: answer for answer in fit_profile(fit(table), own, DIMENSIONS)}


def test_it_finds_a_known_slope_in_points_for_two_steps():
    answers = profile_of(table_of())
    structure, warmth = answers["structure"], answers["warmth"]
    assert structure.low > 0
    assert structure.mean == pytest.approx(2 * SLOPE, abs=1.5)
    assert structure.low < structure.mean < structure.high
    assert warmth.low <= 0 <= warmth.high


def test_it_turns_its_sign_with_the_slope():
    table = table_of()
    answers = profile_of(replace(table, x=table.x * [1, -1, 1]))
    assert answers["structure"].high < 0


def test_it_is_in_steps_whatever_the_spread_of_preferences():
    table = table_of()
    wide = profile_of(replace(table, x=table.x * [1, 2, 1]))["structure"]
    assert wide.mean == pytest.approx(SLOPE, abs=1.0)


def test_it_does_not_repeat_what_clients_rate_higher_with_everybody():
    table = table_of()
    everybody = replace(table, score=np.clip(table.score + 3 * table.x[:, 2], 0, 100))
    warmth = profile_of(everybody)["warmth"]
    assert warmth.low <= 0 <= warmth.high


def test_it_is_empty_below_ten_raters():
    table = table_of()
    own = table.rows(np.flatnonzero(table.therapist_ids == THERAPIST)[:9])
    assert fit_profile(fit(table), own, DIMENSIONS) == []


def test_it_leaves_out_a_preference_that_never_varied():
    table = table_of()
    assert set(profile_of(replace(table, x=table.x * [1, 1, 0]))) == {"structure"}


def test_it_leaves_out_a_preference_in_which_one_client_stands_alone():
    table = table_of()
    lone = np.flatnonzero(table.therapist_ids == THERAPIST)
    x = table.x.copy()
    x[lone, 2] = 0
    x[lone[0], 2] = 3
    assert set(profile_of(replace(table, x=x))) == {"structure"}


def test_it_knows_how_much_of_the_spread_is_one_clients():
    clients = np.array([1, 2, 3, 3])
    assert leverage(np.array([1.0, -1.0, 0.0, 0.0]), clients) == 0.5
    assert leverage(np.array([2.0, -2.0, 2.0, -2.0]), clients) == 0.5
    assert leverage(np.array([0.0, 0.0, np.nan, 0.0]), clients) == 1.0
    assert leverage(np.full(4, np.nan), clients) == 1.0


@pytest.fixture
def taught(cast):
    """With the first therapist structure adds 6 points a step, with five colleagues nothing."""
    rng = np.random.default_rng(0)
    therapists = [cast.therapist() for _ in range(6)]
    for t, therapist in enumerate(therapists):
        for n in range(21):
            client = cast.client(Purpose.STATISTICS, Purpose.MATCHING)
            likes = n % 7 - 3
            StylePreference.objects.create(client=client, dimension="structure", position=likes)
            cast.rate(client, therapist, 70 + (6 * likes if t == 0 else 0) + 4 * rng.standard_normal())
    clinic_fit(clinic=cast.clinic, by=SystemActor.WORKER)
    return therapists[0]


def profile_released(cast, therapist):
    """As in a first release made now."""
    Release.objects.all().delete()
    return next(
        one.figures["fit_profile"]
        for one in releases_make(clinic=cast.clinic, by=SystemActor.WORKER)
        if one.therapist == therapist
    )


def test_it_is_frozen_into_the_release(cast, taught):
    (structure,) = profile_released(cast, taught)
    assert structure["dimension"] == "structure"
    assert structure["low"] > 0
    assert structure["mean"] == pytest.approx(12, abs=3)


def test_it_is_without_clients_who_did_not_agree_to_figures(cast, taught):
    with_all = profile_released(cast, taught)
    raters = Client.objects.filter(episodes__therapist=taught).order_by("pk")
    for client in raters.filter(style_preferences__position__gt=0)[:6]:
        withdraw(client)
    without = profile_released(cast, taught)
    for consent in Consent.objects.filter(purpose=Purpose.STATISTICS, withdrawn_at__isnull=False):
        withdraw(consent.client, Purpose.MATCHING)
    pending_rescores_process(clinic=cast.clinic, by=SystemActor.WORKER)
    assert without == profile_released(cast, taught) != with_all


def test_it_needs_ten_clients_who_agreed_to_both(cast, taught):
    of = Consent.objects.filter(client__episodes__therapist=taught, purpose=Purpose.MATCHING)
    for consent in of.order_by("pk")[:12]:
        withdraw(consent.client, Purpose.MATCHING)
    release = next(
        one for one in releases_make(clinic=cast.clinic, by=SystemActor.WORKER) if one.therapist == taught
    )
    assert release.clients == 20
    assert release.figures["fit_profile"] == []
