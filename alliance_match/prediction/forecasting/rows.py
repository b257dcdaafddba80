"""Forecasts of single rows, each a pair with features of its own, as held-out ratings are."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.data.tables import TrainingTable
from alliance_match.prediction.forecasting.client_intercepts import ClientIntercepts, client_intercepts
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.model.design import Design, design_of

# Known clients whose covariances are held at once.
CHUNK = 500


@dataclass(frozen=True)
class RowForecast:
    """Forecasts of n rows, in points; all spreads are wider than the posterior's by `fitted.widening`.

    Attributes
    ----------
    mean, sd : array of shape (n,)
        Of the pair's true alliance.
    rating_sd : array of shape (n,)
        Standard deviation of a rating of it.
    """

    mean: Floats
    sd: Floats
    rating_sd: Floats


def forecast_rows(fitted: FittedAlliance, table: TrainingTable) -> RowForecast:
    """Forecast single rows, each a pair with features of its own, as held-out ratings are.

    Parameters
    ----------
    fitted : FittedAlliance
    table : TrainingTable
        n rows, whose scores are not looked at.

    Returns
    -------
    RowForecast
        Its arrays are (n,), in points.

    Raises
    ------
    EstimationError
        On other features than the fit's, or an instrument unknown to it.
    """
    rows = design_of(fitted.layout, table)
    therapist = fitted.roster.therapists(rows.therapist_ids)
    clients, client = np.unique(rows.client_ids, return_inverse=True)
    intercepts = client_intercepts(fitted, clients)
    seen = np.flatnonzero(therapist >= 0)
    mean = rows.g @ fitted.posterior.coefficients + intercepts.mean[client]
    mean[seen] += np.einsum("na,na->n", rows.h[seen], fitted.therapist_effects[therapist[seen]])
    variance = _without_intercept(fitted, rows, therapist) + _of_intercept(
        fitted, rows, therapist, intercepts, client
    )
    noise = np.array(fitted.variances.residual)[rows.instrument]
    sd, rating_sd = np.sqrt(variance), np.sqrt(variance + noise)
    return RowForecast(mean, fitted.widening * sd, fitted.widening * rating_sd)


def _without_intercept(fitted: FittedAlliance, rows: Design, therapist: Ints) -> Floats:
    g, h = rows.g, rows.h
    variance = np.einsum("np,np->n", g @ fitted.moments.of_global, g)
    unseen = therapist < 0
    variance[unseen] += h[unseen] ** 2 @ (1.0 / fitted.coefficient_prior.own)
    seen = np.flatnonzero(~unseen)
    at = therapist[seen]
    for a in range(h.shape[1]):
        both = np.einsum("np,np->n", fitted.moments.with_global[at, a], g[seen])
        own = np.einsum("nb,nb->n", fitted.moments.own[at, a], h[seen])
        variance[seen] += h[seen, a] * (2.0 * both + own)
    return np.asarray(variance)


def _of_intercept(
    fitted: FittedAlliance, rows: Design, therapist: Ints, intercepts: ClientIntercepts, client: Ints
) -> Floats:
    """The variance of the clients' own intercepts, and twice their covariance with the rest of the row."""
    variance = intercepts.variance[client]
    known = np.flatnonzero(intercepts.rater >= 0)
    for start in range(0, len(known), CHUNK):
        chosen = known[start : start + CHUNK]
        psi, theta = intercepts.functionals(chosen)
        with_psi, with_theta = fitted.posterior.covariance_with(psi, theta)
        own = (psi * with_psi).sum(axis=0) + (theta * with_theta).sum(axis=(0, 1))
        at = np.flatnonzero(np.isin(client, chosen))
        k = np.searchsorted(chosen, client[at])
        variance[at] += own[k] + 2.0 * np.einsum("np,pn->n", rows.g[at], with_psi[: rows.g.shape[1], k])
        seen = therapist[at] >= 0
        at, k = at[seen], k[seen]
        variance[at] += 2.0 * np.einsum("na,na->n", rows.h[at], with_theta[therapist[at], :, k])
    return np.asarray(variance)
