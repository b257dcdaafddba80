"""GPBoost: boosted trees with therapist intercepts, and rater intercepts where raters rate repeatedly."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from alliance_match.prediction import Ints, TrainingTable
from benchmarks.columns import Columns
from benchmarks.peers import Peer, Prediction

ROUNDS = 100
SETTINGS = {"learning_rate": 0.05, "max_depth": 3, "verbose": -1}

# From this many ratings a rater on, raters get an intercept; before, and for more raters than these, it costs
# GPBoost many minutes.
REPEATEDLY, MOST_RATERS = 2.0, 5000


@dataclass(frozen=True)
class Fitted:
    """The booster, whether raters have an intercept, and centre and scale of the scores."""

    columns: Columns
    booster: Any
    raters: bool
    centre: float
    scale: float


def fit(train: TrainingTable) -> Fitted:
    """Trees on all features. Its step is in units of the noise variance, so scores must be standardised."""
    import gpboost  # noqa: PLC0415

    columns = Columns.of(train)
    count = len(np.unique(train.client_ids))
    raters = count <= MOST_RATERS and len(train) >= REPEATEDLY * count
    model = gpboost.GPModel(group_data=_groups(train, raters=raters), likelihood="gaussian")
    centre, scale = float(train.score.mean()), float(train.score.std())
    rows = gpboost.Dataset(columns.main(train), (train.score - centre) / scale)
    booster = gpboost.train(params=SETTINGS, train_set=rows, gp_model=model, num_boost_round=ROUNDS)
    return Fitted(columns, booster, raters, centre, scale)


def predict(fitted: Fitted, rows: TrainingTable) -> Prediction:
    """Mean and sd of a rating of each row."""
    found = fitted.booster.predict(
        data=fitted.columns.main(rows),
        group_data_pred=_groups(rows, raters=fitted.raters),
        predict_var=True,
        pred_latent=False,
    )
    mean = fitted.centre + fitted.scale * found["response_mean"]
    return Prediction(mean, fitted.scale * np.sqrt(found["response_var"]))


def _groups(table: TrainingTable, *, raters: bool) -> Ints:
    return np.column_stack([table.therapist_ids, table.client_ids] if raters else [table.therapist_ids])


PEER = Peer("GPBoost", fit, predict, "gpboost")
