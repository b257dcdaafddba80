"""Log marginal likelihood and its gradient on log variances, from unit-weight sums.

Rows fall into classes of equal noise: an instrument, rated once or repeatedly by its rater. The gradient
follows from the EM identities (Dempster, Laird & Rubin 1977; Harville 1977): for a block of n coefficients
of variance v, ½ (E‖coefficients‖² / v − n); for a class of n rows, ½ (E‖residual‖² / ω − n) on log ω.
"""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.arrays import Bools, Floats
from alliance_match.prediction.blocks import Precisions, free_columns, precisions_of
from alliance_match.prediction.design import Design
from alliance_match.prediction.layout import Layout
from alliance_match.prediction.moments import Moments, moments_of
from alliance_match.prediction.posterior import Evidence, Own, Posterior, posterior_of
from alliance_match.prediction.priors import BLOCKS, Prior, Variances
from alliance_match.prediction.statistics import Sums, collect, combine, roster_of


@dataclass(frozen=True)
class NoiseClass:
    """Rows of one instrument whose raters rated once (single) or repeatedly, as unit-weight sums."""

    instrument: int
    single: bool
    rows: int
    sums: Sums

    def variance(self, variances: Variances) -> float:
        """Noise of a row, points²; with the rater's intercept where that is integrated out."""
        return variances.residual[self.instrument] + (variances.rater if self.single else 0.0)


def single_rows(design: Design) -> Bools:
    """Which rows are the only one of their rater, (n,)."""
    _, rater, count = np.unique(design.client_ids, return_inverse=True, return_counts=True)
    return np.asarray(count[rater] == 1)


class Likelihood:
    """The log marginal likelihood of one design, as a function of the variances."""

    def __init__(self, layout: Layout, prior: Prior, design: Design) -> None:
        self.layout = layout
        self.prior = prior
        self.roster = roster_of(design.client_ids, design.therapist_ids)
        self.classes = self._classes(design)
        self.free = free_columns(layout, prior)

    def _classes(self, design: Design) -> list[NoiseClass]:
        single, found = single_rows(design), []
        for code in range(len(self.layout.instruments)):
            for is_single in (True, False):
                chosen = (design.instrument == code) & (single == is_single)
                if chosen.any():
                    rows = design.rows(chosen)
                    weight = np.ones(len(rows))
                    sums = collect(rows, self.roster, weight, weight * (not is_single))
                    found.append(NoiseClass(code, is_single, len(rows), sums))
        return found

    def value_and_gradient(self, variances: Variances) -> tuple[float, dict[str, float], Floats]:
        """The log marginal likelihood, its gradient on the log block variances by name, and on the log
        residual variance of each instrument."""
        prior = precisions_of(self.layout, self.prior, variances)
        noise = np.array([part.variance(variances) for part in self.classes])
        sums = combine([part.sums for part in self.classes], 1.0 / noise)
        own = Own(sums, self.roster, prior)
        posterior, evidence = posterior_of(sums, own, prior)
        value = self._value(sums, prior, evidence, noise, own)
        moments = moments_of(own, posterior)
        blocks = self._block_gradient(variances, prior, posterior, moments)
        residual = np.zeros(len(variances.residual))
        for part, omega in zip(self.classes, noise.tolist(), strict=True):
            on_omega = 0.5 * (expected_square(part.sums, own, posterior, moments) / omega - part.rows) / omega
            residual[part.instrument] += on_omega * variances.residual[part.instrument]
            blocks["rater"] += on_omega * variances.rater * part.single
        return value, blocks, residual

    def _value(self, sums: Sums, prior: Precisions, evidence: Evidence, noise: Floats, own: Own) -> float:
        rows = np.array([part.rows for part in self.classes])
        prior_log_det = (
            np.log(prior.column).sum()
            + own.size[0] * np.log(prior.own).sum()
            + own.repeats * np.log(prior.rater)
        )
        square = sums.square + prior.column @ prior.mean**2 - evidence.explained
        log_det = rows @ np.log(2 * np.pi * noise) + evidence.log_det - prior_log_det
        return -0.5 * float(log_det + square)

    def _block_gradient(
        self, variances: Variances, prior: Precisions, posterior: Posterior, moments: Moments
    ) -> dict[str, float]:
        p = len(prior.mean)
        spread = (
            np.diag(posterior.covariance)
            + (posterior.mean - np.pad(prior.mean, (0, len(posterior.repeat)))) ** 2
        )
        own = np.einsum("taa->ta", moments.own) + moments.mean**2
        parts = {block: spread[:p][mask] for block, mask in self.free.items()}
        parts |= {"therapist": own[:, 0], "slopes": own[:, 1:].ravel(), "rater": spread[p:]}
        return {
            block: 0.5 * (float(parts[block].sum()) / getattr(variances, block) - parts[block].size)
            for block in BLOCKS
        }


def expected_square(sums: Sums, own: Own, posterior: Posterior, moments: Moments) -> float:
    """E‖residual‖² over the rows of unit-weight sums, under the posterior."""
    p, repeat = len(sums.moment), posterior.repeat
    beta, u, theta = posterior.mean[:p], posterior.mean[p:], moments.mean
    pair_u, pair_theta = u[own.pair_rater], theta[own.pair_therapist]
    fitted = beta @ sums.moment + np.vdot(theta, sums.own_moment) + u @ sums.rater_moment[repeat]
    second = (
        np.vdot(posterior.covariance[:p, :p] + np.outer(beta, beta), sums.gram)
        + np.vdot(moments.own + theta[:, :, None] * theta[:, None, :], sums.own_gram)
        + 2.0 * np.vdot(moments.with_global + theta[:, :, None] * beta, sums.own_cross)
        + (np.diag(posterior.covariance)[p:] + u**2) @ sums.rater_weight[repeat]
        + 2.0 * np.vdot(posterior.covariance[p:, :p] + np.outer(u, beta), sums.rater_cross[repeat])
        + 2.0 * np.vdot(moments.with_rater + pair_u[:, None] * pair_theta, sums.pair_cross[own.kept])
    )
    return float(sums.square - 2.0 * fitted + second)
