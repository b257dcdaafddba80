"""Posterior covariances of what belongs to one therapist, without the (T·q)² matrix."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.arrays import Floats
from alliance_match.prediction.posterior import Own, Posterior


@dataclass(frozen=True)
class Moments:
    """Posterior mean and covariances of each therapist's own θ_t.

    mean (T, q); own (T, q, q) of θ_t; with_global (T, q, p) of θ_t and the global coefficients;
    with_rater (K, q) of θ_t and the intercept of each repeat rater who met the therapist.
    """

    mean: Floats
    own: Floats
    with_global: Floats
    with_rater: Floats


# Entries of the therapists × ψ matrix held at once: 32 MB.
CHUNK = 4_000_000


def moments_of(own: Own, posterior: Posterior) -> Moments:
    """Compute them therapist chunk by therapist chunk, from Cov(θ, ψ) = −A⁻¹ C S⁻¹."""
    (T, q), p = own.size, own.cross.shape[2]
    dense, raters = own.regression
    with_global = np.empty((T, q, p))
    with_rater = np.empty((len(own.pair_rater), q))
    step = max(CHUNK // (max(q, 1) * len(posterior.mean)), 1)
    for start in range(0, T, step):
        rows = slice(start * q, min(start + step, T) * q)
        cross = -(dense[rows] @ posterior.covariance[:p] + raters[rows] @ posterior.covariance[p:])
        cross = cross.reshape(-1, q, len(posterior.mean))
        with_global[start : start + step] = cross[:, :, :p]
        met = (own.pair_therapist >= start) & (own.pair_therapist < start + step)
        with_rater[met] = cross[own.pair_therapist[met] - start, :, p + own.pair_rater[met]]
    covariance = own.inverse - np.einsum("tap,tbp->tab", with_global, dense.reshape(T, q, p))
    slope = np.einsum("kab,kb->ka", own.inverse[own.pair_therapist], own.pair_cross)
    np.subtract.at(covariance, own.pair_therapist, with_rater[:, :, None] * slope[:, None, :])
    return Moments(own.given(posterior.mean), covariance, with_global, with_rater)


def covariance_with(own: Own, posterior: Posterior, psi: Floats, theta: Floats) -> tuple[Floats, Floats]:
    """Covariance of all coefficients with k linear functionals of them.

    psi (p + R, k) and theta (T, q, k) are the functionals' weights; so are the shapes of the result.
    """
    dense, raters = own.regression
    (T, q), p = own.size, dense.shape[1]
    weights = theta.reshape(T * q, psi.shape[1])
    left = psi - np.concatenate([dense.T @ weights, raters.T @ weights])
    with_psi = posterior.covariance @ left
    with_theta = own.inverse @ theta - (dense @ with_psi[:p] + raters @ with_psi[p:]).reshape(theta.shape)
    return with_psi, with_theta
