"""Log marginal likelihood and its gradient on log variances, from unit-weight sums.

Rows fall into classes of equal noise: an instrument, rated once or repeatedly by its rater. Weights of rows
are left aside: they correct means, and no rating is less noisy for them. The gradient follows from the EM
identities (Dempster, Laird & Rubin 1977; Harville 1977): for a block of n coefficients of variance v,
½ (E‖coefficients‖² / v − n); for a class of n rows, ½ (E‖residual‖² / ω − n) on log ω.
"""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Floats
from alliance_match.prediction.inference.posterior import Met, Posterior, posterior_of
from alliance_match.prediction.inference.sufficient_statistics import (
    Roster,
    Sums,
    collect,
    combine,
    roster_of,
)
from alliance_match.prediction.model.columns import Layout
from alliance_match.prediction.model.design import Design
from alliance_match.prediction.model.prior_precision import Precisions, free_columns, precisions_of
from alliance_match.prediction.model.priors import BLOCKS, Prior, Variances


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


class Likelihood:
    """The log marginal likelihood of one design, as a function of the variances."""

    def __init__(self, layout: Layout, prior: Prior, design: Design) -> None:
        self.layout = layout
        self.prior = prior
        self.roster = roster_of(design.client_ids, design.therapist_ids)
        # Single raters are integrated out: carried along, their void sums would cost a tenth of the search.
        repeaters = self.roster.of_raters(np.isin(self.roster.rater_ids, design.client_ids[~design.single]))
        self.classes = self._classes(design, repeaters)
        self.met = Met(combine([part.sums for part in self.classes], np.ones(len(self.classes))), repeaters)
        self.free = free_columns(layout, prior)

    def _classes(self, design: Design, repeaters: Roster) -> list[NoiseClass]:
        single, found = design.single, []
        for code in range(len(self.layout.instruments)):
            for is_single in (True, False):
                chosen = (design.instrument == code) & (single == is_single)
                if chosen.any():
                    rows = design.rows(chosen)
                    weight = np.ones(len(rows))
                    sums = collect(rows, repeaters, weight, weight)
                    found.append(NoiseClass(code, is_single, len(rows), sums))
        return found

    def value_and_gradient(self, variances: Variances) -> tuple[float, dict[str, float], Floats]:
        """The log marginal likelihood, its gradient on the log block variances by name, and on the log
        residual variance of each instrument."""
        prior = precisions_of(self.layout, self.prior, variances)
        noise = np.array([part.variance(variances) for part in self.classes])
        sums = combine([part.sums for part in self.classes], 1.0 / noise)
        posterior = posterior_of(sums, self.met, prior)
        value = self._value(sums, prior, posterior, noise)
        blocks = self._block_gradient(variances, prior, posterior)
        residual = np.zeros(len(variances.residual))
        for part, omega in zip(self.classes, noise.tolist(), strict=True):
            on_omega = 0.5 * (expected_square(part.sums, posterior) / omega - part.rows) / omega
            residual[part.instrument] += on_omega * variances.residual[part.instrument]
            blocks["rater"] += on_omega * variances.rater * part.single
        return value, blocks, residual

    def _value(self, sums: Sums, prior: Precisions, posterior: Posterior, noise: Floats) -> float:
        rows = np.array([part.rows for part in self.classes])
        apart = rows @ np.log(2 * np.pi * noise) + sums.square
        return log_evidence(prior, posterior) - 0.5 * float(apart)

    def _block_gradient(
        self, variances: Variances, prior: Precisions, posterior: Posterior
    ) -> dict[str, float]:
        moments = posterior.moments
        spread = np.diag(moments.of_global) + (posterior.coefficients - prior.mean) ** 2
        own = np.einsum("taa->ta", moments.own) + posterior.own**2
        parts = {block: spread[mask] for block, mask in self.free.items()}
        parts |= {"therapist": own[:, 0], "slopes": own[:, 1:], "rater": moments.rater + posterior.raters**2}
        return {
            block: 0.5 * (float(parts[block].sum()) / getattr(variances, block) - parts[block].size)
            for block in BLOCKS
        }


def log_evidence(prior: Precisions, posterior: Posterior) -> float:
    """The log marginal likelihood but for what the rows and their noise alone decide: what is left to compare
    priors of the coefficients by, at given variances of noise and raters."""
    prior_log_det = (
        np.log(prior.column).sum()
        + len(posterior.own) * np.log(prior.own).sum()
        + len(posterior.raters) * np.log(prior.rater)
    )
    square = prior.column @ prior.mean**2 - posterior.explained
    return -0.5 * float(posterior.factor.log_det - prior_log_det + square)


def expected_square(sums: Sums, posterior: Posterior) -> float:
    """E‖residual‖² over the rows of unit-weight sums, under the posterior."""
    met, moments = posterior.met, posterior.moments
    beta, u, theta = posterior.coefficients, posterior.raters, posterior.own
    pair_u, pair_theta = u[met.pair_rater], theta[met.pair_therapist]
    fitted = beta @ sums.moment + np.vdot(theta, sums.own_moment) + u @ sums.rater_moment[met.repeat]
    second = (
        np.vdot(moments.of_global + np.outer(beta, beta), sums.gram)
        + np.vdot(moments.own + theta[:, :, None] * theta[:, None, :], sums.own_gram)
        + 2.0 * (np.vdot(moments.with_global, sums.own_cross) + np.vdot(theta, sums.own_cross @ beta))
        + (moments.rater + u**2) @ sums.rater_weight[met.repeat]
        + 2.0 * np.vdot(moments.rater_with_global + np.outer(u, beta), sums.rater_cross[met.repeat])
        + 2.0 * np.vdot(moments.with_rater + pair_u[:, None] * pair_theta, sums.pair_cross[met.kept])
    )
    return float(sums.square - 2.0 * fitted + second)
