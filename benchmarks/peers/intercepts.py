"""statsmodels' MixedLM: features of both sides as fixed effects, an intercept for each therapist."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction import Floats, Ints, TrainingTable
from benchmarks.columns import Columns, independent
from benchmarks.peers import Peer, Prediction


@dataclass(frozen=True)
class Fitted:
    """Fixed effects (1 + k,) of the columns kept, and the therapists' intercepts by id."""

    columns: Columns
    kept: Ints
    effects: Floats
    intercepts: dict[int, float]


def fit(train: TrainingTable) -> Fitted:
    """By BFGS: its L-BFGS says that it converged with an intercept variance of zero."""
    from statsmodels.regression.mixed_linear_model import MixedLM  # noqa: PLC0415

    columns = Columns.of(train)
    main = _both_sides(columns, train)
    kept = independent(main)
    design = np.column_stack([np.ones(len(train)), main[:, kept]])
    found = MixedLM(train.score, design, groups=train.therapist_ids).fit(method="bfgs")
    intercepts = {int(t): float(np.asarray(effect)[0]) for t, effect in found.random_effects.items()}
    return Fitted(columns, kept, np.asarray(found.fe_params), intercepts)


def predict(fitted: Fitted, rows: TrainingTable) -> Prediction:
    """Fixed effects plus the therapist's intercept, 0 for one never seen."""
    fixed = fitted.effects[0] + _both_sides(fitted.columns, rows)[:, fitted.kept] @ fitted.effects[1:]
    return Prediction(fixed + np.array([fitted.intercepts.get(t, 0.0) for t in rows.therapist_ids.tolist()]))


def _both_sides(columns: Columns, table: TrainingTable) -> Floats:
    return np.hstack([columns.x(table.x), columns.z(table.z)])


PEER = Peer("mixed model without interactions (statsmodels)", fit, predict, "statsmodels")
