"""Finding the variances: the mode of marginal likelihood × weak prior, on log variances."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from alliance_match.prediction.arrays import Floats
from alliance_match.prediction.likelihood import Likelihood
from alliance_match.prediction.priors import BLOCKS, PSEUDO_OBSERVATIONS, FitControl, Variances

# No variance is believed to lie further than this factor from its expected share.
FURTHEST = np.log(1e6)


@dataclass(frozen=True)
class Search:
    """How the search ended: log posterior of the variances (nats, up to a constant), its largest gradient
    component on a log variance, evaluations used, and whether that gradient is within the tolerance."""

    log_posterior: float
    gradient: float
    evaluations: int
    converged: bool


def find_variances(
    likelihood: Likelihood, expected: Variances, control: FitControl
) -> tuple[Variances, Search]:
    """Climb from the expected variances by BFGS, in coordinates scaled to about unit curvature.

    The prior on each variance is scaled inverse chi-square with ten pseudo-observations, its mode on the log
    scale at the expected value.
    """
    start = _pack(expected)
    scale = np.sqrt(_curvature(likelihood, expected))

    def descend(point: Floats) -> tuple[float, Floats]:
        value, gradient = _log_posterior(likelihood, start, start + point / scale)
        return -value, -gradient / scale

    bounds = [(-FURTHEST * s, FURTHEST * s) for s in scale]
    found = optimize.minimize(
        descend,
        np.zeros_like(start),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": control.max_iterations, "ftol": 0.0, "gtol": control.tolerance / scale.max()},
    )
    largest = float(np.abs(found.jac * scale).max())
    search = Search(-float(found.fun), largest, int(found.nfev), largest <= control.tolerance)
    return _unpack(start + found.x / scale), search


def _pack(variances: Variances) -> Floats:
    return np.log([*(getattr(variances, block) for block in BLOCKS), *variances.residual])


def _unpack(point: Floats) -> Variances:
    values = np.exp(point).tolist()
    return Variances(**dict(zip(BLOCKS, values, strict=False)), residual=tuple(values[len(BLOCKS) :]))


def _log_posterior(likelihood: Likelihood, expected: Floats, point: Floats) -> tuple[float, Floats]:
    value, blocks, residual = likelihood.value_and_gradient(_unpack(point))
    gradient = np.concatenate([[blocks[block] for block in BLOCKS], residual])
    ratio = np.exp(expected - point)
    half = PSEUDO_OBSERVATIONS / 2
    return value - half * float((point + ratio).sum()), gradient - half * (1.0 - ratio)


def _curvature(likelihood: Likelihood, expected: Variances) -> Floats:
    """Upper bounds of the curvature on each log variance: half the coefficients or rows, plus the prior."""
    sizes = {block: float(mask.sum()) for block, mask in likelihood.free.items()}
    therapists = len(likelihood.roster.therapist_ids)
    sizes |= {
        "therapist": therapists,
        "slopes": therapists * len(likelihood.layout.slope_positions),
        "rater": len(likelihood.roster.rater_ids),
    }
    rows = np.zeros(len(expected.residual))
    for part in likelihood.classes:
        rows[part.instrument] += part.rows
    counts = np.array([*(sizes[block] for block in BLOCKS), *rows])
    return (counts + PSEUDO_OBSERVATIONS) / 2
