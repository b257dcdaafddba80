"""Where the estimator must agree with somebody else's arithmetic to the last digits that matter."""

from dataclasses import replace

import numpy as np
from scipy import stats

from alliance_match.prediction import (
    FitControl,
    Prior,
    TrainingTable,
    Variances,
    fit,
    fit_given_variances,
    forecast_rows,
)
from alliance_match.prediction.data.arrays import Floats
from alliance_match.prediction.inference.likelihood import likelihood_of
from alliance_match.prediction.model.columns import layout_of
from alliance_match.prediction.model.design import design_of
from alliance_match.prediction.model.priors import BLOCKS
from benchmarks.peers import lme4_crossed
from benchmarks.peers.estimator import bare
from benchmarks.report import Report
from benchmarks.worlds import draw

# The package's prior on the offset of an instrument, and one so wide that it says nothing.
OFFSET = (70.0, 25.0)
FLAT = 1e-12


def parity(report: Report) -> None:
    """Compare with statsmodels, lme4 and a dense computation."""
    report.say("## Parity")
    found = {"log likelihood minus a dense one, nats": likelihood_gap(), **_peers(report)}
    for name, gap in found.items():
        report.gate(name, gap)
    report.table(["largest difference", ""], [[name, f"{gap:.1e}"] for name, gap in found.items()])


def _peers(report: Report) -> dict[str, float]:
    found = {"intercepts minus statsmodels, points": statsmodels_gap()}
    if lme4_crossed.version() is None:
        report.say("lme4: not installed.")
    else:
        found["crossed intercepts minus lme4, points"] = lme4_gap()
    return found


def intercepts_only(
    table: TrainingTable, rows: TrainingTable, therapist: float, rater: float, residual: float
) -> Floats:
    """Means (n,) of rows at given variances, points², from a table with a flat prior on the level."""
    others = dict.fromkeys(set(BLOCKS) - {"therapist", "rater"}, 1.0)
    variances = Variances(**others, therapist=therapist, rater=rater, residual=(residual,))
    flat = Prior(precision={f"instrument:{name}": FLAT for name in table.instruments})
    return forecast_rows(fit_given_variances(table, variances, FitControl(prior=flat)), rows).mean


def statsmodels_gap() -> float:
    """Largest difference in points from MixedLM(bfgs) with therapists' intercepts; clients rate once."""
    from statsmodels.regression.mixed_linear_model import MixedLM  # noqa: PLC0415

    table = bare(draw("no ceiling", 1, 1000).world.table)
    _, first = np.unique(table.client_ids, return_index=True)
    table = table.rows(first)
    found = MixedLM(table.score, np.ones((len(table), 1)), groups=table.therapist_ids).fit(method="bfgs")
    effects = {int(t): float(np.asarray(effect)[0]) for t, effect in found.random_effects.items()}
    theirs = found.fe_params[0] + np.array([effects[t] for t in table.therapist_ids.tolist()])
    therapist, noise = float(np.asarray(found.cov_re)[0, 0]), float(found.scale)
    # Where each client rates once, intercept and noise are one. A stranger's forecast is the therapist's.
    strangers = replace(table, client_ids=table.client_ids + table.client_ids.max() + 1)
    ours = intercepts_only(table, strangers, therapist, noise / 2, noise / 2)
    return float(np.abs(ours - theirs).max())


def lme4_gap() -> float:
    """Largest difference in points from lmer with crossed intercepts, for the rows it was fitted to."""
    table = bare(draw("no ceiling", 2, 1000).world.table)
    fitted = lme4_crossed.fit(table)
    theirs = lme4_crossed.predict(fitted, table).mean
    found = fitted.variances
    ours = intercepts_only(table, table, found["therapist"], found["client"], found["Residual"])
    return float(np.abs(ours - theirs).max())


def likelihood_gap() -> float:
    """Largest difference in nats between the log likelihood of a fit and a dense one of the same ratings."""
    return max(
        abs(our_log_likelihood(table) - dense_log_likelihood(table)) for table in map(_small, range(3))
    )


def _small(seed: int) -> TrainingTable:
    return draw("no ceiling", seed, 80).world.table


def our_log_likelihood(table: TrainingTable) -> float:
    """What the search for variances climbs, without its prior, where the fit came to rest."""
    layout = layout_of(table, Prior())
    return likelihood_of(layout, Prior(), design_of(layout, table)).value_and_gradient(fit(table).variances)[
        0
    ]


def dense_log_likelihood(table: TrainingTable) -> float:
    """The same from the equations of docs/prediction.md: one n × n covariance and its Gaussian density.

    For one instrument and session three, with no value missing.
    """
    variances, features = fit(table).variances, table.features
    x, z, m = (_standardised(side) for side in (table.x, table.z, table.m))
    pooled = [features.match.index(name) for name in features.pooled]
    single = [k for k in range(len(features.match)) if k not in pooled]
    products = (x[:, :, None] * z[:, None, :]).reshape(len(table), -1)
    agreement = table.m[:, pooled]
    slopes = x[:, [features.client.index(name) for name in features.slopes]]
    same_therapist = table.therapist_ids[:, None] == table.therapist_ids
    covariance = OFFSET[1] ** 2 + variances.client * x @ x.T + variances.therapist_traits * z @ z.T
    covariance += (
        variances.match * m[:, single] @ m[:, single].T + variances.agreement * agreement @ agreement.T
    )
    covariance += variances.bilinear * products @ products.T
    covariance += same_therapist * (variances.therapist + variances.slopes * slopes @ slopes.T)
    covariance += variances.rater * (table.client_ids[:, None] == table.client_ids)
    covariance += variances.residual[0] * np.eye(len(table))
    mean = OFFSET[0] + Prior().agreement * agreement.sum(axis=1)
    return float(stats.multivariate_normal.logpdf(table.score, mean, covariance))


def _standardised(raw: Floats) -> Floats:
    return np.asarray((raw - raw.mean(axis=0)) / raw.std(axis=0))
