"""The newest state with blur in its means and in its covariances, as a fitted state like any other."""

from dataclasses import replace

import numpy as np

from alliance_match.prediction.data.arrays import Floats
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.inference.statistics_update import SufficientStatistics
from alliance_match.prediction.inference.sufficient_statistics import Sums
from alliance_match.prediction.privacy.conditional_state import ConditionalState
from alliance_match.prediction.privacy.noisy_information import NoisyInformation

# Where most clients rated several therapists, taking the whole blur off what is known can leave less than
# nothing along what therapists share beyond ψ: then this part of it is taken off.
PARTS = (1.0, 0.5, 0.25, 0.0)


def blurred_state(
    state: ConditionalState, shared: NoisyInformation, own: NoisyInformation, means: tuple[Floats, Floats]
) -> FittedAlliance:
    """The fitted state of which ψ has a precision and θ_t given ψ has another, with means (p,) and (T, q).

    The sums are changed so that the solve comes to these: the rest of the estimator needs to know of nothing.
    Rows of single raters are remembered as they are, so that updates find them.
    """
    for part in PARTS[:-1]:
        try:
            return _solved(state, _with_precision(state, shared, own, part), means)
        except EstimationError:
            continue
    return _solved(state, _with_precision(state, shared, own, PARTS[-1]), means)


def _solved(state: ConditionalState, sums: Sums, means: tuple[Floats, Floats]) -> FittedAlliance:
    fitted = state.fitted
    sums = _with_means(fitted, sums, *means)
    statistics = SufficientStatistics(fitted.roster, sums, fitted.statistics.pattern.symbolic)
    found = replace(fitted, statistics=statistics, rank_one=None)
    _ = found.posterior  # What cannot be solved must fail here, not where it is used.
    return found


def _with_precision(
    state: ConditionalState, shared: NoisyInformation, own: NoisyInformation, part: float
) -> Sums:
    """Sums whose joint precision is that of ψ as blurred, and of θ_t given ψ as blurred in part."""
    sums, cross = state.fitted.sums, state.cross
    kept_cross = cross + part * (own.kept @ cross - cross)
    precision = state.own_precision + part * (own.precision - state.own_precision)
    # Integrating θ_t out must leave the precision of ψ that is meant.
    explained = np.einsum("tap,taq->pq", cross, -state.slope)
    kept_explained = np.einsum("tap,taq->pq", kept_cross, np.linalg.solve(precision, kept_cross))
    gram = sums.gram + part * (shared.precision - state.shared_precision) + kept_explained - explained
    return replace(
        sums,
        gram=(gram + gram.T) / 2.0,
        own_gram=sums.own_gram + precision - state.own_precision,
        own_cross=sums.own_cross + kept_cross - cross,
    )


def _with_means(fitted: FittedAlliance, sums: Sums, shared: Floats, own: Floats) -> Sums:
    """Moments from which the solve comes to these means, the raters' intercepts following from them."""
    prior, pattern = fitted.coefficient_prior, fitted.statistics.pattern
    repeat, cross = pattern.repeat, sums.pair_cross[pattern.pair]
    said = np.bincount(
        pattern.pair_rater, np.einsum("ka,ka->k", cross, own[pattern.pair_therapist]), len(repeat)
    )
    raters = sums.rater_moment[repeat] - said - sums.rater_cross[repeat] @ shared
    raters = raters / (sums.rater_weight[repeat] + prior.rater)
    own_moment = np.einsum("tab,tb->ta", sums.own_gram + np.diag(prior.own), own) + sums.own_cross @ shared
    np.add.at(own_moment, pattern.pair_therapist, cross * raters[pattern.pair_rater, None])
    moment = sums.gram @ shared + prior.column * (shared - prior.mean)
    moment = moment + np.einsum("tap,ta->p", sums.own_cross, own) + raters @ sums.rater_cross[repeat]
    return replace(sums, own_moment=own_moment, moment=moment)
