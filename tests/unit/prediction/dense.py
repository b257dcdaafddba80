"""The same estimator from the textbook: every coefficient a column, one dense matrix, no elimination."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from alliance_match.prediction import Candidates, FittedAlliance, TrainingTable
from alliance_match.prediction.inference.likelihood import Likelihood
from alliance_match.prediction.model.design import Design, design_of
from alliance_match.prediction.model.prior_precision import coefficient_prior
from alliance_match.prediction.model.priors import Prior, Variances


@dataclass(frozen=True)
class Dense:
    """Posterior mean and covariance of (global, therapist by therapist, every rater), and the evidence."""

    mean: np.ndarray
    covariance: np.ndarray
    log_marginal: float


def full_design(design: Design, therapist_ids: np.ndarray, rater_ids: np.ndarray) -> np.ndarray:
    """The whole design matrix: (n, p + T·q + R); ids not listed get no column."""
    at = design.therapist_ids[:, None] == therapist_ids
    own = (at[:, :, None] * design.h[:, None, :]).reshape(len(design), -1)
    return np.concatenate([design.g, own, design.client_ids[:, None] == rater_ids], axis=1)


def dense_solution(fitted: FittedAlliance, table: TrainingTable) -> Dense:
    """Condition the joint Gaussian of coefficients and ratings on the ratings."""
    design = design_of(fitted.layout, table)
    prior = coefficient_prior(fitted.layout, fitted.prior, fitted.variances)
    matrix = full_design(design, fitted.roster.therapist_ids, fitted.roster.rater_ids)
    T, R = len(fitted.roster.therapist_ids), len(fitted.roster.rater_ids)
    precision = np.concatenate([prior.column, np.tile(prior.own, T), np.full(R, prior.rater)])
    mean = np.concatenate([prior.mean, np.zeros(len(precision) - len(prior.mean))])
    noise = np.array(fitted.variances.residual)[design.instrument] / table.weight
    covariance = np.linalg.inv((matrix.T / noise) @ matrix + np.diag(precision))
    posterior = covariance @ (matrix.T @ (design.y / noise) + precision * mean)
    marginal = np.diag(noise) + (matrix / precision) @ matrix.T
    evidence = stats.multivariate_normal.logpdf(design.y, matrix @ mean, marginal) if len(design) else 0.0
    return Dense(posterior, covariance, float(evidence))


def pair_functional(fitted: FittedAlliance, candidates: Candidates, c: int, t: int) -> np.ndarray:
    """One candidate pair as a row of the whole design."""
    table = TrainingTable(
        features=candidates.features,
        client_ids=candidates.client_ids[[c]],
        therapist_ids=candidates.therapist_ids[[t]],
        score=np.array([50.0]),
        instrument=np.array([0]),
        instruments=(candidates.instrument,),
        session=np.array([candidates.session]),
        x=candidates.x[[c]],
        z=candidates.z[[t]],
        m=np.array([[candidates.match[name].value(c, t) for name in candidates.features.match]]),
    )
    [row] = full_design(design_of(fitted.layout, table), fitted.roster.therapist_ids, fitted.roster.rater_ids)
    return np.asarray(row)


def log_marginal(likelihood: Likelihood, variances: Variances) -> float:
    """The value alone, for finite differences."""
    return likelihood.value_and_gradient(variances)[0]


__all__ = ["Dense", "Prior", "dense_solution", "full_design", "log_marginal", "pair_functional"]
