"""Posterior spreads of pairs and of their differences, client chunk by client chunk."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.forecasting.conditioned import Solved
from alliance_match.prediction.forecasting.pair_design import PairDesign

# Entries of a chunk's clients × therapists × columns array: 32 MB.
CHUNK = 4_000_000


@dataclass(frozen=True)
class OwnCovariance:
    """Covariances of what is a candidate therapist's own: block (T, q, q), with_global (T, q, p)."""

    block: Floats
    with_global: Floats


@dataclass(frozen=True)
class Uncertainty:
    """The covariances that pairs of a fit share."""

    fitted: Solved
    design: PairDesign

    @cached_property
    def _seen(self) -> Ints:
        return np.flatnonzero(self.design.therapist >= 0)

    @cached_property
    def _own(self) -> OwnCovariance:
        """Of each candidate; one never seen has the prior's."""
        T, q, p = self.design.shape[1], self.fitted.therapist_effects.shape[1], len(self.design.coefficients)
        at = self.design.therapist[self._seen]
        block = np.tile(np.diag(1.0 / self.fitted.coefficient_prior.own), (T, 1, 1))
        block[self._seen] = self.fitted.moments.own[at]
        with_global = np.zeros((T, q, p))
        with_global[self._seen] = self.fitted.moments.with_global[at]
        return OwnCovariance(block, with_global)

    @cached_property
    def _from_average(self) -> OwnCovariance:
        """Of each candidate's deviation from the average candidate."""
        T, (known, q), own = self.design.shape[1], self.fitted.therapist_effects.shape, self._own
        at = self.design.therapist[self._seen]
        theta = np.zeros((known, q, q))
        theta[at] = np.eye(q) / T
        zero = np.zeros((len(self.fitted.posterior.mean), q))
        with_psi, with_theta = self.fitted.posterior.covariance_with(zero, theta)
        with_mean = own.block / T
        with_mean[self._seen] = with_theta[at]
        block = own.block - with_mean - with_mean.transpose(0, 2, 1) + with_mean.mean(axis=0)
        return OwnCovariance(block, own.with_global - with_psi[: own.with_global.shape[2]].T)

    def spreads(self) -> tuple[Floats, Floats]:
        """Standard deviations of all pairs, and of their differences from each client's average: (C, T)."""
        C, T = self.design.shape
        return self.spreads_of(np.broadcast_to(np.arange(T), (C, T)))

    def spreads_of(self, chosen: Ints) -> tuple[Floats, Floats]:
        """The same of some therapists of each client, (C, k), by position."""
        sd, difference_sd = np.empty(chosen.shape), np.empty(chosen.shape)
        step = max(CHUNK // (max(chosen.shape[1], 1) * len(self.design.coefficients)), 1)
        for start in range(0, len(chosen), step):
            chunk = slice(start, min(start + step, len(chosen)))
            of, h = chosen[chunk], self.design.h[chunk]
            rows = self.design.rows(chunk, of)
            level = self._quadratic(rows, h, self._own, of) + self._of_intercept(rows, chunk, of)
            sd[chunk] = np.sqrt(np.maximum(level, 0.0))
            rows -= self.design.average.rows(chunk, np.zeros((len(of), 1), dtype=np.int64))
            apart = self._quadratic(rows, h, self._from_average, of)
            difference_sd[chunk] = np.sqrt(np.maximum(apart, 0.0))
        return sd, difference_sd

    def _quadratic(self, rows: Floats, h: Floats, own: OwnCovariance, of: Ints) -> Floats:
        global_part = rows @ self.fitted.moments.of_global
        for a in range(h.shape[1]):
            global_part += 2.0 * h[:, a, None, None] * own.with_global[:, a][of]
        own_part = np.einsum("ca,tab,cb->ct", h, own.block, h, optimize=True)
        return np.asarray(
            np.einsum("ckp,ckp->ck", rows, global_part) + np.take_along_axis(own_part, of, axis=1)
        )

    def _of_intercept(self, rows: Floats, clients: slice, of: Ints) -> Floats:
        """What the clients' own intercepts add: their variance and twice their covariance with the pair."""
        intercepts = self.design.intercepts
        if (intercepts.rater[clients] < 0).all():
            return intercepts.variance[clients, None]
        psi, theta = intercepts.functionals(clients)
        with_psi, with_theta = self.fitted.posterior.covariance_with(psi, theta)
        own = (psi * with_psi).sum(axis=0) + (theta * with_theta).sum(axis=(0, 1))
        variance = intercepts.variance[clients] + own
        added = np.einsum("ckp,pc->ck", rows, with_psi[: rows.shape[2]])
        of_own = np.zeros((len(of), self.design.shape[1]))
        at = self.design.therapist[self._seen]
        of_own[:, self._seen] = np.einsum("ca,tac->ct", self.design.h[clients], with_theta[at])
        return np.asarray(variance[:, None] + 2.0 * (added + np.take_along_axis(of_own, of, axis=1)))

    def joints(self, clients: Ints, therapists: Sequence[Ints]) -> list[Floats]:
        """For each client the joint posterior covariance of the alliance with their k therapists, without the
        intercept that these share: (k, k). Many clients cost little more than one: they share the solves."""
        sizes = [len(chosen) for chosen in therapists]
        entries = self.fitted.therapist_effects.size + len(self.fitted.posterior.mean)
        step = max(CHUNK // (entries * max(sizes, default=1)), 1)
        found: list[Floats] = []
        for start in range(0, len(clients), step):
            found += self._joints(clients[start : start + step], therapists[start : start + step])
        return found

    def _joints(self, clients: Ints, therapists: Sequence[Ints]) -> list[Floats]:
        fitted, ends = self.fitted, np.cumsum([len(chosen) for chosen in therapists])
        client, therapist = np.repeat(clients, np.diff(ends, prepend=0)), np.concatenate(therapists)
        rows = self.design.rows(client, therapist[:, None])[:, 0]
        h = self.design.h[client]
        at = self.design.therapist[therapist]
        seen = np.flatnonzero(at >= 0)
        psi = np.zeros((len(fitted.posterior.mean), len(at)))
        psi[: rows.shape[1]] = rows.T
        theta = np.zeros((*fitted.therapist_effects.shape, len(at)))
        theta[at[seen], :, seen] = h[seen]
        with_psi, with_theta = fitted.posterior.covariance_with(psi, theta)
        own = np.where(at < 0, h**2 @ (1.0 / fitted.coefficient_prior.own), 0.0)
        found = []
        for begin, end, chosen in zip([0, *ends[:-1].tolist()], ends.tolist(), therapists, strict=True):
            block = slice(begin, end)
            covariance = rows[block] @ with_psi[: rows.shape[1], block]
            known = np.flatnonzero(at[block] >= 0)
            theirs = with_theta[at[block][known], :, block]
            covariance[known] += np.einsum("na,nak->nk", h[block][known], theirs)
            found.append(covariance + np.where(chosen[:, None] == chosen, own[block], 0.0))
        return found
