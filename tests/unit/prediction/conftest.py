"""Small clinics for the laws: single and repeat raters, missing values, two instruments."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from alliance_match.prediction import Candidates, FeatureSet, PairTerms, TrainingTable, Variances

FEATURES = FeatureSet(
    client=("distress", "hope"),
    therapist=("warmth", "structure"),
    match=("agreement", "concerns"),
    pooled=("agreement",),
    slopes=("distress",),
)

TableMaker = Callable[..., TrainingTable]
CandidateMaker = Callable[..., Candidates]


@pytest.fixture(scope="session")
def make_table() -> TableMaker:
    def make(
        n: int = 30, seed: int = 0, therapists: int = 5, clients: int = 20, missing: float = 0.1
    ) -> TrainingTable:
        rng = np.random.default_rng(seed)
        x, z, m = (rng.standard_normal((n, 2)) for _ in range(3))
        for array in (x, z):
            array[rng.random(array.shape) < missing] = np.nan
        return TrainingTable(
            features=FEATURES,
            client_ids=rng.integers(clients, size=n) + 100,
            therapist_ids=rng.integers(therapists, size=n) + 10,
            score=np.clip(70 + 15 * rng.standard_normal(n), 0, 100),
            instrument=rng.integers(2, size=n),
            instruments=("SRS", "WAI"),
            session=rng.integers(1, 9, size=n),
            x=x,
            z=z,
            m=m,
            weight=np.exp(rng.normal(0, 0.7, n)),
        )

    return make


@pytest.fixture(scope="session")
def make_candidates() -> CandidateMaker:
    """Clients 98 and 99 are new; 100 to 103 may have rated; therapist 99 is new."""

    def make(seed: int = 0, clients: int = 6, therapists: tuple[int, ...] = (10, 11, 12, 99)) -> Candidates:
        rng = np.random.default_rng(seed)
        match = {
            name: PairTerms(rng.standard_normal((clients, 3)), rng.standard_normal((len(therapists), 3)))
            for name in FEATURES.match
        }
        return Candidates(
            features=FEATURES,
            client_ids=np.arange(98, 98 + clients),
            x=rng.standard_normal((clients, 2)),
            therapist_ids=np.array(therapists),
            z=rng.standard_normal((len(therapists), 2)),
            match=match,
            instrument="WAI",
        )

    return make


@pytest.fixture(scope="session")
def variances() -> Variances:
    return Variances(
        client=4.0,
        therapist_traits=3.0,
        match=2.0,
        agreement=1.5,
        bilinear=1.0,
        therapist=20.0,
        slopes=5.0,
        rater=50.0,
        residual=(90.0, 120.0),
    )


class Clinic(NamedTuple):
    """Makers of tables and candidates, and the variances they are solved with."""

    table: TableMaker
    candidates: CandidateMaker
    variances: Variances


@pytest.fixture(scope="session")
def clinic(make_table: TableMaker, make_candidates: CandidateMaker, variances: Variances) -> Clinic:
    return Clinic(make_table, make_candidates, variances)
