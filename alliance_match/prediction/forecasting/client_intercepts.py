"""The intercepts of known clients, from what they rated before: how high each tends to rate."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.inference.fitted import FittedAlliance


@dataclass(frozen=True)
class ClientIntercepts:
    """The intercepts u of C clients: mean (C,) in points, and the variance (C,) that stays whatever else is
    known; how u answers to all other coefficients is in `functionals`.

    A client never seen has mean 0 and the full rater variance.
    """

    fitted: FittedAlliance
    rater: Ints
    mean: Floats
    variance: Floats

    def functionals(self, clients: slice | Ints) -> tuple[Floats, Floats]:
        """u, apart from its own variance, as weights on ψ (p + R, c) and on θ (T, q, c)."""
        fitted, rater = self.fitted, self.rater[clients]
        T, q = fitted.therapist_effects.shape
        psi = np.zeros((len(fitted.posterior.mean), len(rater)))
        theta = np.zeros((T, q, len(rater)))
        p = len(fitted.posterior.coefficients)
        repeat = fitted.sums.repeat
        at = np.flatnonzero((rater >= 0) & repeat[rater])
        psi[p + np.searchsorted(fitted.posterior.repeat, rater[at]), at] = 1.0
        at = np.flatnonzero((rater >= 0) & ~repeat[rater])
        answer = -self.variance[clients][at]
        pair = fitted.roster.first_pair(rater[at])
        psi[:p, at] = fitted.sums.rater_cross[rater[at]].T * answer
        theta[fitted.roster.pair_therapist[pair], :, at] = fitted.sums.pair_cross[pair] * answer[:, None]
        return psi, theta


def client_intercepts(fitted: FittedAlliance, client_ids: Ints) -> ClientIntercepts:
    """Look the clients up among the raters."""
    rater = fitted.roster.raters(client_ids)
    mean = np.zeros(len(rater))
    variance = np.full(len(rater), fitted.variances.rater)
    known = np.flatnonzero(rater >= 0)
    repeat = known[fitted.sums.repeat[rater[known]]]
    p = len(fitted.posterior.coefficients)
    mean[repeat] = fitted.posterior.mean[p + np.searchsorted(fitted.posterior.repeat, rater[repeat])]
    variance[repeat] = 0.0
    single = known[~fitted.sums.repeat[rater[known]]]
    who, pair = rater[single], fitted.roster.first_pair(rater[single])
    own = np.einsum(
        "na,na->n", fitted.sums.pair_cross[pair], fitted.therapist_effects[fitted.roster.pair_therapist[pair]]
    )
    rest = fitted.sums.rater_moment[who] - fitted.sums.rater_cross[who] @ fitted.posterior.coefficients - own
    variance[single] = 1.0 / (fitted.sums.rater_weight[who] + fitted.coefficient_prior.rater)
    mean[single] = rest * variance[single]
    return ClientIntercepts(fitted, rater, mean, variance)
