"""How much each part of the forecasts matters: how far apart it sets two therapists for a client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alliance_match.prediction.data.arrays import Bools, Floats
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.intervals import normal_reach
from alliance_match.prediction.forecasting.forecast import Forecast
from alliance_match.prediction.forecasting.parts import PartSelection
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.inference.likelihood import log_evidence
from alliance_match.prediction.inference.posterior import posterior_of
from alliance_match.prediction.model.columns import Layout

LEVEL = 0.9
# Odds of 3 to 1 are where Kass & Raftery (1995) begin to call evidence positive.
POSITIVE = float(np.log(3.0))
# What multiplies a coefficient's precision so that it stays at 0.
PINNED = 1e9
# Entries of a chunk's clients × therapists × columns array: 32 MB.
CHUNK = 4_000_000


@dataclass(frozen=True)
class PartImportance:
    """What a part does to the order of therapists.

    Attributes
    ----------
    points : float
        So many points typically lie between two therapists for a client, by this part alone.
    low, high : float
        The ends of its 90 % interval, in points.
    evidence : float
        Log Bayes factor of the part against a part that is 0, in nats.
    """

    points: float
    low: float
    high: float
    evidence: float

    @property
    def detected(self) -> bool:
        """Whether the ratings are evidence that the part is not 0."""
        return self.low > 0 and self.evidence > POSITIVE


def part_importance(found: Forecast, groups: Mapping[str, PartSelection]) -> dict[str, PartImportance]:
    """How much groups of parts matter to the order in which therapists are suggested.

    The root mean square, over the clients and all pairs of therapists of the forecast, of the difference in
    posterior means that the group makes. Its interval is that of the true differences along those shown: a
    linear functional of the coefficients, exact at the variances of the fit. For a single coefficient β
    that is |β| ± 1.645 sd(β), times the typical difference in the feature. The direction was chosen by the
    same ratings, which flatters groups of many coefficients; so evidence is asked for besides.

    Parameters
    ----------
    found : Forecast
        Of one client and two therapists at least.
    groups : mapping of str to PartSelection

    Returns
    -------
    dict of str to PartImportance
        By the names of the groups, in points; a group of which the fit has no column is left out.

    Raises
    ------
    EstimationError
        Without clients, or with one therapist, or of a conditioned state.

    References
    ----------
    Kass & Raftery (1995), for the evidence.
    """
    C, T = found.design.shape
    if C == 0 or T < 2:
        raise EstimationError(f"forecast: {C} clients × {T} therapists; 1 × 2 are the fewest")
    if not isinstance(found.fitted, FittedAlliance):
        raise EstimationError("forecast: of one client's conditioned state, not of a fit")
    fitted = found.fitted
    named = {group: _coefficients_of(fitted.layout, chosen) for group, chosen in groups.items()}
    present = {group: chosen for group, chosen in named.items() if chosen.any()}
    if not present:
        return {}
    shown = [_part_size(found, chosen) for chosen in present.values()]
    sds = fitted.widening * np.sqrt(_variances(found, shown))
    scale = float(np.sqrt(2 * T / (T - 1)))
    return {
        group: _importance(scale * one.size, scale * sd, _evidence(fitted, chosen))
        for (group, chosen), one, sd in zip(present.items(), shown, sds.tolist(), strict=True)
    }


def _importance(points: float, sd: float, evidence: float) -> PartImportance:
    half = normal_reach(LEVEL) * sd
    return PartImportance(points, points - half, points + half, evidence)


@dataclass(frozen=True)
class _CoefficientMasks:
    """Masks of global columns (p,) and of what is a therapist's own (q,)."""

    column: Bools
    own: Bools

    def any(self) -> bool:
        return bool(self.column.any() or self.own.any())


def _coefficients_of(layout: Layout, selection: PartSelection) -> _CoefficientMasks:
    column = np.zeros(len(layout.columns), dtype=bool)
    column[layout.slices["therapist_traits"]] = selection.therapist
    column[layout.slices["agreement"]] = selection.agreement
    names, (single, _) = layout.varying("match"), layout.match_order
    start = layout.slices["match"].start
    column[start : start + len(single)] = [names[k] in selection.match for k in single]
    responding = np.array([name in selection.response for name in layout.varying("client")], dtype=bool)
    crossed = np.repeat(responding, len(layout.therapist.kept))
    column[layout.slices["bilinear"]] = crossed[: len(layout.crossed)]
    own = np.concatenate([[selection.therapist], responding[list(layout.slope_positions)]])
    return _CoefficientMasks(column, own)


@dataclass(frozen=True)
class _PartSize:
    """Root mean square (`size`) of what a group adds to the pairs, centred for each client, and the weights
    on the global columns (p,) and on the therapists' own (T, q) whose sum has that size for its mean."""

    size: float
    on_columns: Floats
    on_own: Floats


def _part_size(found: Forecast, chosen: _CoefficientMasks) -> _PartSize:
    design, (C, T) = found.design, found.design.shape
    square, on_columns, on_own = 0.0, np.zeros(len(chosen.column)), np.zeros(design.own.shape)
    own = design.own - design.own.mean(axis=0)
    step = max(CHUNK // (T * len(chosen.column)), 1)
    for start in range(0, C, step):
        chunk = slice(start, min(start + step, C))
        h = design.h[chunk] * chosen.own
        rows = design.rows(chunk, np.broadcast_to(np.arange(T), (len(h), T)))[:, :, chosen.column]
        rows -= rows.mean(axis=1, keepdims=True)
        part = rows @ design.coefficients[chosen.column] + h @ own.T
        square += float((part**2).sum())
        on_columns[chosen.column] += np.einsum("ct,ctk->k", part, rows)
        on_own += part.T @ h
    size = float(np.sqrt(square / (C * T)))
    share = 1 / (C * T * size) if size else 0.0
    return _PartSize(size, on_columns * share, on_own * share)


def _variances(found: Forecast, shown: Sequence[_PartSize]) -> Floats:
    """Posterior variances of the functionals, one solve for all: (groups,)."""
    fitted, at = found.fitted, found.design.therapist
    seen = at >= 0
    psi = np.zeros((len(fitted.posterior.mean), len(shown)))
    theta = np.zeros((*fitted.therapist_effects.shape, len(shown)))
    psi[: len(fitted.posterior.coefficients)] = np.stack([one.on_columns for one in shown], axis=1)
    theta[at[seen]] = np.stack([one.on_own[seen] for one in shown], axis=2)
    with_psi, with_theta = fitted.posterior.covariance_with(psi, theta)
    unseen = [float((one.on_own[~seen] ** 2 @ (1.0 / fitted.coefficient_prior.own)).sum()) for one in shown]
    return np.asarray((psi * with_psi).sum(axis=0) + (theta * with_theta).sum(axis=(0, 1)) + unseen)


def _evidence(fitted: FittedAlliance, chosen: _CoefficientMasks) -> float:
    """Log odds of the ratings with the chosen coefficients free against all of them held at 0."""
    prior = fitted.coefficient_prior
    without = replace(
        prior,
        mean=np.where(chosen.column, 0.0, prior.mean),
        column=np.where(chosen.column, PINNED * prior.column, prior.column),
        own=np.where(chosen.own, PINNED * prior.own, prior.own),
    )
    posterior = posterior_of(fitted.sums, fitted.posterior.pattern, without)
    return log_evidence(prior, fitted.posterior) - log_evidence(without, posterior)
