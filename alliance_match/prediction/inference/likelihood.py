"""Log marginal likelihood and its gradient on log variances, from unit-weight sums.

Rows fall into classes of equal noise: an instrument, rated once or repeatedly by its rater. Weights of rows
are left aside: they correct means, and no rating is less noisy for them. The gradient follows from the EM
identities (Dempster, Laird & Rubin 1977; Harville 1977): for a block of n coefficients of variance v,
½ (E‖coefficients‖² / v − n); for a class of n rows, ½ (E‖residual‖² / ω − n) on log ω.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Bools, Floats
from alliance_match.prediction.inference.posterior import Posterior, posterior_of
from alliance_match.prediction.inference.sparsity import SparsityPattern, sparsity_pattern
from alliance_match.prediction.inference.sufficient_statistics import (
    Roster,
    Sums,
    combine_sums,
    roster_of,
    weighted_sums,
)
from alliance_match.prediction.model.columns import Layout
from alliance_match.prediction.model.design import Design
from alliance_match.prediction.model.prior_precision import CoefficientPrior, coefficient_prior, free_columns
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


@dataclass(frozen=True)
class Likelihood:
    """The log marginal likelihood of one design, as a function of the variances.

    roster: everybody; classes: the rows by noise, as sums over therapists and repeat raters; pattern: where
    their joint precision has entries; free: for each global block the mask (p,) of columns that share its
    variance.
    """

    layout: Layout
    prior: Prior
    roster: Roster
    classes: tuple[NoiseClass, ...]
    pattern: SparsityPattern
    free: Mapping[str, Bools]

    def value_and_gradient(self, variances: Variances) -> tuple[float, dict[str, float], Floats]:
        """The log marginal likelihood, its gradient on the log block variances by name, and on the log
        residual variance of each instrument."""
        prior = coefficient_prior(self.layout, self.prior, variances)
        noise = np.array([part.variance(variances) for part in self.classes])
        sums = combine_sums([part.sums for part in self.classes], 1.0 / noise)
        posterior = posterior_of(sums, self.pattern, prior)
        value = self._value(sums, prior, posterior, noise)
        blocks = self._block_gradient(variances, prior, posterior)
        residual = np.zeros(len(variances.residual))
        for part, omega in zip(self.classes, noise.tolist(), strict=True):
            on_omega = 0.5 * (expected_square(part.sums, posterior) / omega - part.rows) / omega
            residual[part.instrument] += on_omega * variances.residual[part.instrument]
            blocks["rater"] += on_omega * variances.rater * part.single
        return value, blocks, residual

    def _value(self, sums: Sums, prior: CoefficientPrior, posterior: Posterior, noise: Floats) -> float:
        rows = np.array([part.rows for part in self.classes])
        apart = rows @ np.log(2 * np.pi * noise) + sums.square
        return log_evidence(prior, posterior) - 0.5 * float(apart)

    def _block_gradient(
        self, variances: Variances, prior: CoefficientPrior, posterior: Posterior
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


def likelihood_of(layout: Layout, prior: Prior, design: Design) -> Likelihood:
    """Sum the rows of a design by noise class, once for all variances."""
    roster = roster_of(design.client_ids, design.therapist_ids)
    # Single raters are integrated out: carried along, their void sums would cost a tenth of the search.
    repeaters = roster.of_raters(np.isin(roster.rater_ids, design.client_ids[~design.single]))
    classes = tuple(_noise_classes(layout, design, repeaters))
    pattern = sparsity_pattern(
        combine_sums([part.sums for part in classes], np.ones(len(classes))), repeaters
    )
    return Likelihood(layout, prior, roster, classes, pattern, free_columns(layout, prior))


def _noise_classes(layout: Layout, design: Design, roster: Roster) -> Iterator[NoiseClass]:
    single = design.single
    for code in range(len(layout.instruments)):
        for is_single in (True, False):
            chosen = (design.instrument == code) & (single == is_single)
            if chosen.any():
                rows = design.rows(chosen)
                weight = np.ones(len(rows))
                yield NoiseClass(code, is_single, len(rows), weighted_sums(rows, roster, weight, weight))


def log_evidence(prior: CoefficientPrior, posterior: Posterior) -> float:
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
    pattern, moments = posterior.pattern, posterior.moments
    beta, u, theta = posterior.coefficients, posterior.raters, posterior.own
    pair_u, pair_theta = u[pattern.pair_rater], theta[pattern.pair_therapist]
    fitted = beta @ sums.moment + np.vdot(theta, sums.own_moment) + u @ sums.rater_moment[pattern.repeat]
    second = (
        np.vdot(moments.of_global + np.outer(beta, beta), sums.gram)
        + np.vdot(moments.own + theta[:, :, None] * theta[:, None, :], sums.own_gram)
        + 2.0 * (np.vdot(moments.with_global, sums.own_cross) + np.vdot(theta, sums.own_cross @ beta))
        + (moments.rater + u**2) @ sums.rater_weight[pattern.repeat]
        + 2.0 * np.vdot(moments.rater_with_global + np.outer(u, beta), sums.rater_cross[pattern.repeat])
        + 2.0 * np.vdot(moments.with_rater + pair_u[:, None] * pair_theta, sums.pair_cross[pattern.pair])
    )
    return float(sums.square - 2.0 * fitted + second)
