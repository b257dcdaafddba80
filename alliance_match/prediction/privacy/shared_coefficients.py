"""The global coefficients as they were last published, in the columns of today."""

import numpy as np

from alliance_match.prediction.data.arrays import Floats
from alliance_match.prediction.data.tables import TrainingTable
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.model.columns import Layout, Standardisation
from alliance_match.prediction.model.design import design_of

# Made-up rows for each column, and the share of missing values where a column says that one is missing.
ROWS, MISSING = 8, 0.2


def coefficients_in_layout(published: FittedAlliance, newest: FittedAlliance) -> Floats | None:
    """Coefficients (p,) by which the newest layout says of pairs what the published one said.

    A fit standardises anew, so the same numbers would mean something else. None where the columns are others.
    """
    if published.layout.columns != newest.layout.columns:
        return None
    if published.layout == newest.layout:
        return published.coefficients
    table = _made_up_rows(published.layout)
    said = design_of(published.layout, table).g @ (published.coefficients - _offsets(published))
    g = design_of(newest.layout, table).g
    scale = np.maximum(np.abs(g).max(axis=0), 1e-300)
    return np.asarray(np.linalg.lstsq(g / scale, said, rcond=None)[0] / scale + _offsets(newest))


def _offsets(fitted: FittedAlliance) -> Floats:
    """Prior means where they do not depend on the standardisation: of instruments and sessions."""
    at = fitted.layout.slices["session"].stop
    mean = fitted.coefficient_prior.mean
    return np.where(np.arange(len(mean)) < at, mean, 0.0)


def _made_up_rows(layout: Layout) -> TrainingTable:
    n = ROWS * len(layout.columns)
    rng = np.random.default_rng(0)
    features = layout.features
    return TrainingTable(
        features=features,
        client_ids=np.arange(n),
        therapist_ids=np.zeros(n, dtype=np.int64),
        score=np.zeros(n),
        instrument=np.arange(n) % len(layout.instruments),
        instruments=layout.instruments,
        session=np.arange(n) % 9 + 1,
        x=_made_up_values(layout.client, len(features.client), n, rng),
        z=_made_up_values(layout.therapist, len(features.therapist), n, rng),
        m=_made_up_values(layout.match, len(features.match), n, rng),
    )


def _made_up_values(side: Standardisation, width: int, n: int, rng: np.random.Generator) -> Floats:
    values = np.zeros((n, width))
    values[:, side.kept] = np.array(side.centre) + np.array(side.scale) * rng.standard_normal(
        (n, len(side.kept))
    )
    flagged = list(side.flagged)
    values[:, flagged] = np.where(rng.random((n, len(flagged))) < MISSING, np.nan, values[:, flagged])
    return values
