"""The posterior of what one client's forecasts rest on, before and after ratings of theirs."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.forecasting.client_intercepts import ClientIntercepts
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.inference.posterior import Moments


@dataclass(frozen=True)
class ClientState:
    """β, θ_t of the therapists (T,) by ascending id, and the intercept u of one client, as a fit knows them.

    A therapist whom the fit has not seen has the prior's; `seen` are the positions of those whom it has.
    """

    fitted: FittedAlliance
    intercepts: ClientIntercepts
    therapist_ids: Ints
    seen: Ints

    @cached_property
    def own(self) -> Floats:
        """Means of θ_t, (T, q)."""
        own = np.zeros((len(self.therapist_ids), self.fitted.therapist_effects.shape[1]))
        own[self.seen] = self.fitted.therapist_effects
        return own

    @cached_property
    def _answer(self) -> tuple[Floats, Floats]:
        return self.intercepts.functionals(slice(None))

    def covariance_with(self, psi: Floats, theta: Floats) -> tuple[Floats, Floats]:
        """Covariance with k functionals, given by their weights on β and u, (p + 1, k), and θ, (T, q, k)."""
        on_psi, on_theta = self._answer
        p, weight = len(psi) - 1, psi[-1]
        whole = on_psi * weight
        whole[:p] += psi[:p]
        with_psi, seen = self.fitted.posterior.covariance_with(whole, on_theta * weight + theta[self.seen])
        with_u = (on_psi * with_psi).sum(axis=0) + (on_theta * seen).sum(axis=(0, 1))
        with_u += self.intercepts.variance * weight
        with_theta = theta / self.fitted.coefficient_prior.own[:, None]
        with_theta[self.seen] = seen
        return np.concatenate([with_psi[:p], with_u[None]]), with_theta


@dataclass(frozen=True)
class ConditionedPosterior:
    """Means and covariances after k ratings: coefficients (p,), own (T, q) and the client's intercept.

    with_psi (p + 1, k) and with_theta (T, q, k) are the covariances with the ratings before; `inverse` (k, k)
    is that of the ratings' own covariance, noise included.
    """

    before: ClientState
    with_psi: Floats
    with_theta: Floats
    inverse: Floats
    innovation: Floats

    @cached_property
    def _gain(self) -> Floats:
        return np.asarray(self.inverse @ self.innovation)

    @cached_property
    def mean(self) -> Floats:
        """Mean of β and u, (p + 1,)."""
        state = self.before
        before = np.append(state.fitted.posterior.coefficients, state.intercepts.mean)
        return np.asarray(before + self.with_psi @ self._gain)

    @property
    def coefficients(self) -> Floats:
        """Means of the global columns, (p,)."""
        return self.mean[:-1]

    @cached_property
    def own(self) -> Floats:
        """Means of θ_t, (T, q)."""
        return np.asarray(self.before.own + self.with_theta @ self._gain)

    def covariance_with(self, psi: Floats, theta: Floats) -> tuple[Floats, Floats]:
        """As `ClientState.covariance_with`."""
        with_psi, with_theta = self.before.covariance_with(psi, theta)
        known = self.with_psi.T @ psi + np.einsum("tak,tai->ki", self.with_theta, theta)
        known = self.inverse @ known
        return with_psi - self.with_psi @ known, with_theta - self.with_theta @ known

    @cached_property
    def moments(self) -> Moments:
        """The covariances of therapists and global columns; those of raters are empty."""
        state, found = self.before, self.before.fitted.moments
        p, (T, q) = len(self.coefficients), self.own.shape
        own = np.tile(np.diag(1.0 / state.fitted.coefficient_prior.own), (T, 1, 1))
        own[state.seen] = found.own
        with_global = np.zeros((T, q, p))
        with_global[state.seen] = found.with_global
        on_global, on_own = self.with_psi[:p], self.with_theta @ self.inverse
        return replace(
            _without_raters(found),
            own=own - on_own @ self.with_theta.transpose(0, 2, 1),
            with_global=with_global - on_own @ on_global.T,
            of_global=found.of_global - on_global @ self.inverse @ on_global.T,
        )


@dataclass(frozen=True)
class ConditionedIntercept:
    """The client's intercept, which is one of the coefficients here; as `ClientIntercepts`."""

    posterior: ConditionedPosterior

    @property
    def rater(self) -> Ints:
        """The client is known, (1,)."""
        return np.zeros(1, dtype=np.int64)

    @property
    def mean(self) -> Floats:
        """In points, (1,)."""
        return self.posterior.mean[-1:]

    @property
    def variance(self) -> Floats:
        """Nothing stays that the coefficients do not say, (1,)."""
        return np.zeros(1)

    def functionals(self, clients: slice | Ints) -> tuple[Floats, Floats]:
        """u as weights on β and u, (p + 1, c), and on θ, (T, q, c)."""
        count = len(self.variance[clients])
        psi = np.zeros((len(self.posterior.mean), count))
        psi[-1] = 1.0
        return psi, np.zeros((*self.posterior.own.shape, count))


def _without_raters(moments: Moments) -> Moments:
    none = {name: getattr(moments, name)[:0] for name in ("with_rater", "rater", "rater_with_global")}
    return replace(moments, **none)
