"""A fitted state as one client sees it: with own ratings that are not in it, or without some that are.

Nothing is summed or solved anew. A rating is a linear functional of the global coefficients β, of its
therapist's own θ_t and of the client's intercept u. So k of them, with covariances K and noise D, move a mean
by Cov(·, ratings) (K + D)⁻¹ innovation; a removed one is one of negative noise (Sherman & Morrison 1950;
Woodbury 1950). The intercepts of all other clients stay in the state and are not looked at.
"""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.tables import TrainingTable
from alliance_match.prediction.forecasting.client_intercepts import client_intercepts
from alliance_match.prediction.forecasting.conditioned_posterior import (
    ClientState,
    ConditionedIntercept,
    ConditionedPosterior,
)
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.inference.posterior import Moments
from alliance_match.prediction.inference.statistics_update import stacked_designs
from alliance_match.prediction.inference.sufficient_statistics import Roster
from alliance_match.prediction.inference.update import check_present
from alliance_match.prediction.model.columns import Layout
from alliance_match.prediction.model.design import Design, design_of
from alliance_match.prediction.model.prior_precision import CoefficientPrior
from alliance_match.prediction.model.priors import Variances

ROUNDING = 1e-9


@dataclass(frozen=True)
class ConditionedAlliance:
    """A fitted state conditioned on ratings of one client: forecasts are for this client alone.

    Attributes
    ----------
    fitted : FittedAlliance
        What was conditioned, and stays as it was.
    client_id : int
    posterior : ConditionedPosterior
    """

    fitted: FittedAlliance
    client_id: int
    posterior: ConditionedPosterior

    @property
    def layout(self) -> Layout:
        """The standardisation and the named columns."""
        return self.fitted.layout

    @property
    def variances(self) -> Variances:
        """In points²."""
        return self.fitted.variances

    @property
    def widening(self) -> float:
        """By what forecasts multiply their standard deviations."""
        return self.fitted.widening

    @property
    def coefficient_prior(self) -> CoefficientPrior:
        """The prior over the columns."""
        return self.fitted.coefficient_prior

    @property
    def roster(self) -> Roster:
        """The therapists, and the one client."""
        none: Ints = np.empty(0, dtype=np.int64)
        return Roster(self.posterior.before.therapist_ids, np.array([self.client_id]), none, none)

    @property
    def therapist_effects(self) -> Floats:
        """Posterior means of the therapists' own coefficients, (T, q)."""
        return self.posterior.own

    @property
    def moments(self) -> Moments:
        """Posterior covariances of therapists and global columns."""
        return self.posterior.moments

    def intercepts(self, client_ids: Ints) -> ConditionedIntercept:
        """The client's. Raises EstimationError where somebody else is asked for."""
        if client_ids.tolist() != [self.client_id]:
            raise EstimationError(f"candidates: other clients than {self.client_id}")
        return ConditionedIntercept(self.posterior)


Solved = FittedAlliance | ConditionedAlliance


def conditioned(
    fitted: FittedAlliance, added: TrainingTable | None = None, removed: TrainingTable | None = None
) -> ConditionedAlliance:
    """What a fit says to one client, after ratings of theirs were added and removed.

    Forecasts equal those after `downdate` and `update`, up to rounding. What it costs does not depend on how
    many ratings the fit rests on.

    Parameters
    ----------
    fitted : FittedAlliance
    added, removed : TrainingTable, optional
        Rows of one client; the removed ones as they were added, with the same features, score and weight.

    Returns
    -------
    ConditionedAlliance
        For `forecast`, of candidates that are this client alone.

    Raises
    ------
    EstimationError
        On rows of several clients or of none, on a removed row that is not in the fit, or where more would be
        removed than is known; on other features than the fit's, or an instrument it does not know.

    References
    ----------
    Sherman & Morrison (1950); Woodbury (1950).
    """
    parts, signs = [], []
    for table, sign in ((removed, -1.0), (added, 1.0)):
        if table is not None and len(table):
            parts.append(design_of(fitted.layout, table))
            signs.append(np.full(len(table), sign))
            if sign < 0:
                check_present(fitted, parts[-1])
    clients = {client_id for part in parts for client_id in part.client_ids.tolist()}
    if len(clients) != 1:
        raise EstimationError(f"ratings: of {len(clients)} clients, not of one")
    rows, client_id = stacked_designs(parts), clients.pop()
    state = _client_state(fitted, client_id, rows.therapist_ids)
    found = ConditionedAlliance(fitted, client_id, _condition(state, rows, np.concatenate(signs)))
    if removed is not None and len(removed):
        _require_no_less_than_the_prior(found)
    return found


def _require_no_less_than_the_prior(found: ConditionedAlliance) -> None:
    """Blur leaves less of ratings than they told: without these, less than before any rating may be left."""
    moments, prior = found.moments, found.coefficient_prior
    of_therapists = np.diagonal(moments.own, axis1=1, axis2=2) * prior.own
    if max(of_therapists.max(), (np.diag(moments.of_global) * prior.column).max()) > 1.0 + ROUNDING:
        raise EstimationError("blur has left too little of these ratings to take them out")


def _client_state(fitted: FittedAlliance, client_id: int, therapist_ids: Ints) -> ClientState:
    known = fitted.roster.therapist_ids
    everybody: Ints = np.union1d(known, therapist_ids)
    intercepts = client_intercepts(fitted, np.array([client_id]))
    return ClientState(fitted, intercepts, everybody, np.searchsorted(everybody, known))


def _condition(state: ClientState, rows: Design, signs: Floats) -> ConditionedPosterior:
    at = np.searchsorted(state.therapist_ids, rows.therapist_ids)
    psi = np.concatenate([rows.g.T, np.ones((1, len(rows)))])
    theta = np.zeros((*state.own.shape, len(rows)))
    theta[at, :, np.arange(len(rows))] = rows.h
    with_psi, with_theta = state.covariance_with(psi, theta)
    covariance = psi.T @ with_psi + np.einsum("tak,tai->ki", theta, with_theta)
    covariance = (covariance + covariance.T) / 2.0 + np.diag(signs * rows.noise(state.fitted.variances))
    # One direction of negative variance for each removed row, else more is removed than is known
    # (Haynsworth 1968).
    if (np.linalg.eigvalsh(covariance) < 0).sum() != (signs < 0).sum():
        raise EstimationError("blur has left too little of these ratings to take them out")
    expected = rows.g @ state.fitted.posterior.coefficients + state.intercepts.mean
    expected += np.einsum("ka,ka->k", rows.h, state.own[at])
    inverse: Floats = np.asarray(np.linalg.inv(covariance), dtype=np.float64)
    return ConditionedPosterior(state, with_psi, with_theta, inverse, rows.y - expected)
