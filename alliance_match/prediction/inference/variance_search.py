"""Finding the variances: what is expected of them by marginal likelihood × weak prior."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Floats
from alliance_match.prediction.inference.likelihood import Likelihood
from alliance_match.prediction.inference.sufficient_statistics import combine_sums
from alliance_match.prediction.model.priors import BLOCKS, PSEUDO_OBSERVATIONS, FitControl, Variances

# No variance is believed to lie further than this factor from its expected share.
FURTHEST = np.log(1e6)

# One step changes no variance by more than this factor: the curvature is that of its start.
LONGEST_STEP = np.log(8.0)

# A step is accepted that gains this part of what the slope promised, up to rounding of the value.
ENOUGH, ROUNDING = 1e-4, 1e-12
HALVINGS = 30


@dataclass(frozen=True)
class VarianceSearch:
    """How the search ended at its mode: log posterior of the variances (nats, up to a constant), its largest
    gradient component on a log variance, evaluations used, and whether that is within the tolerance."""

    log_posterior: float
    gradient: float
    evaluations: int
    converged: bool


def find_variances(
    likelihood: Likelihood, usual: Variances, control: FitControl
) -> tuple[Variances, VarianceSearch]:
    """Climb from the usual variances to the mode of the posterior on log variances by BFGS, starting with
    about the expected information; return the expected variances about it.

    The prior on each variance is scaled inverse chi-square with four pseudo-observations, its mode on the log
    scale at the usual value. About the mode a log variance is taken as normal (Laplace), so that the
    expectation lies above the mode by half its variance: the surer, the closer. Taken at the mode, intervals
    would be too narrow where ratings are few.
    """
    start = _as_log_variances(usual)
    inverse: Floats = np.asarray(np.linalg.inv(_expected_information(likelihood, usual)), dtype=np.float64)
    point = start
    value, gradient = _log_posterior(likelihood, start, point)
    evaluations = 1
    for _ in range(control.max_iterations):
        if np.abs(gradient).max() <= control.tolerance:
            break
        step = inverse @ gradient
        step *= min(1.0, LONGEST_STEP / float(np.abs(step).max()))
        for _ in range(HALVINGS):
            reached = np.clip(point + step, start - FURTHEST, start + FURTHEST)
            new_value, new_gradient = _log_posterior(likelihood, start, reached)
            evaluations += 1
            promised = float(gradient @ (reached - point))
            if new_value - value >= ENOUGH * promised - ROUNDING * abs(value):
                break
            step = step / 2.0
        else:
            break
        inverse = _bfgs_update(inverse, reached - point, gradient - new_gradient)
        point, value, gradient = reached, new_value, new_gradient
    largest = float(np.abs(gradient).max())
    converged = largest <= control.tolerance
    return _expected_variances(likelihood, point), VarianceSearch(value, largest, evaluations, converged)


def _expected_variances(likelihood: Likelihood, mode: Floats) -> Variances:
    information = _expected_information(likelihood, _from_log_variances(mode))
    return _from_log_variances(mode + np.diag(np.linalg.inv(information)) / 2.0)


def _bfgs_update(inverse: Floats, step: Floats, bend: Floats) -> Floats:
    """The inverse curvature after a step that lowered the slope by `bend`; unchanged where not concave."""
    along = float(step @ bend)
    if along <= 0.0:
        return inverse
    left = np.eye(len(step)) - np.outer(step, bend) / along
    return np.asarray(left @ inverse @ left.T + np.outer(step, step) / along)


def _as_log_variances(variances: Variances) -> Floats:
    return np.log([*(getattr(variances, block) for block in BLOCKS), *variances.residual])


def _from_log_variances(point: Floats) -> Variances:
    values = np.exp(point).tolist()
    return Variances(**dict(zip(BLOCKS, values, strict=False)), residual=tuple(values[len(BLOCKS) :]))


def _log_posterior(likelihood: Likelihood, expected: Floats, point: Floats) -> tuple[float, Floats]:
    value, blocks, residual = likelihood.value_and_gradient(_from_log_variances(point))
    gradient = np.concatenate([[blocks[block] for block in BLOCKS], residual])
    ratio = np.exp(expected - point)
    half = PSEUDO_OBSERVATIONS / 2
    return value - half * float((point + ratio).sum()), gradient - half * (1.0 - ratio)


def _expected_information(likelihood: Likelihood, variances: Variances) -> Floats:
    """About the expected information on the log variances, prior included: each block as if it were alone
    with the noise, but raters and noise together, of which the sum is known best."""
    weights = 1.0 / np.array([part.variance(variances) for part in likelihood.classes])
    sums = combine_sums([part.sums for part in likelihood.classes], weights)
    known = {block: np.diag(sums.gram)[mask] for block, mask in likelihood.free.items()}
    own = np.einsum("taa->ta", sums.own_gram)
    known |= {"therapist": own[:, 0], "slopes": own[:, 1:]}
    information = np.eye(len(BLOCKS) + len(variances.residual)) * PSEUDO_OBSERVATIONS / 2
    for k, block in enumerate(BLOCKS):
        if block in known:
            ratio = known[block] * getattr(variances, block)
            information[k, k] += 0.5 * float(((ratio / (1.0 + ratio)) ** 2).sum())
    repeated = sum(part.rows for part in likelihood.classes if not part.single)
    each = max(repeated / max(len(likelihood.pattern.repeat), 1), 1.0)
    for part in likelihood.classes:
        m = 1.0 if part.single else each
        level = np.array([m * variances.rater, variances.residual[part.instrument]])
        at = [BLOCKS.index("rater"), len(BLOCKS) + part.instrument]
        # A rater's m rows have one direction of variance m · rater + noise, and m − 1 of noise alone.
        shared = part.rows / m * np.outer(level, level) / level.sum() ** 2
        information[np.ix_(at, at)] += 0.5 * shared
        information[at[1], at[1]] += 0.5 * part.rows * (1.0 - 1.0 / m)
    return information
