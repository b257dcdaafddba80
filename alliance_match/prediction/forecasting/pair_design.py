"""Candidate pairs as design rows, kept factored: nothing of size clients × therapists × columns."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.tables import Candidates
from alliance_match.prediction.forecasting.client_intercepts import ClientIntercepts, client_intercepts
from alliance_match.prediction.forecasting.conditioned import ConditionedAlliance, Solved
from alliance_match.prediction.forecasting.conditioned_posterior import ConditionedIntercept
from alliance_match.prediction.forecasting.parts import ForecastParts
from alliance_match.prediction.model.columns import Layout
from alliance_match.prediction.model.design import session_bands, therapist_design_rows


@dataclass(frozen=True)
class PairDesign:
    """The factors of the design rows of C × T pairs, standardised, and the posterior means they meet.

    offsets (instrument and session columns,); x (C, kept), x_flags; z (T, kept), z_flags; h (C, q);
    match: client (C, r) and therapist (T, r) terms and the standardisation for each kept match feature;
    therapist (T,) positions in the roster, −1 where never seen; own (T, q) posterior means.
    """

    layout: Layout
    coefficients: Floats
    offsets: Floats
    x: Floats
    x_flags: Floats
    z: Floats
    z_flags: Floats
    h: Floats
    terms: tuple[tuple[Floats, Floats], ...]
    therapist: Ints
    own: Floats
    intercepts: ClientIntercepts | ConditionedIntercept

    @property
    def shape(self) -> tuple[int, int]:
        """Number of clients and of therapists."""
        return len(self.x), len(self.z)

    def _beta(self, block: str) -> Floats:
        return self.coefficients[self.layout.slices[block]]

    @cached_property
    def common(self) -> Floats:
        """What is the same with every therapist, (C,): offsets, client features, intercept."""
        alpha = self._beta("client")
        k = self.x.shape[1]
        offset = self.offsets @ np.concatenate([self._beta("instrument"), self._beta("session")])
        return np.asarray(offset + self.x @ alpha[:k] + self.x_flags @ alpha[k:] + self.intercepts.mean)

    @cached_property
    def general(self) -> Floats:
        """How bonds form with each therapist in general, (T,)."""
        gamma, k = self._beta("therapist_traits"), self.z.shape[1]
        return np.asarray(self.z @ gamma[:k] + self.z_flags @ gamma[k:] + self.own[:, 0])

    @cached_property
    def responses(self) -> Floats:
        """Each therapist's answer to one unit of each kept client feature, (T, kept)."""
        answer = np.zeros((self.shape[1], self.x.shape[1]))
        if self.layout.crossed:
            answer += self.z @ self._beta("bilinear").reshape(self.x.shape[1], self.z.shape[1]).T
        answer[:, self.layout.slope_positions] += self.own[:, 1:]
        return answer

    @cached_property
    def match_coefficients(self) -> Floats:
        """Coefficient of each kept match feature, in the order of the features."""
        single, pooled = self.layout.match_order
        beta = np.empty(len(self.terms))
        beta[list(single)] = self._beta("match")[: len(single)]
        beta[list(pooled)] = self._beta("agreement")
        return beta

    @cached_property
    def factors(self) -> tuple[Floats, Floats]:
        """Of each client (C, f) and therapist (T, f): their product is what differs between therapists."""
        scales = zip(self.terms, self.layout.match.scale, self.match_coefficients, strict=True)
        left = [np.ones((self.shape[0], 1)), self.x]
        right = [self.general[:, None], self.responses]
        for (client, therapist), scale, beta in scales:
            left.append(client * (beta / scale))
            right.append(therapist)
        return np.concatenate(left, axis=1), np.concatenate(right, axis=1)

    @cached_property
    def mean(self) -> Floats:
        """Posterior mean of every pair, (C, T), by one matrix product."""
        constant = self.common - self.match_coefficients @ self._match_shift
        left, right = self.factors
        return np.asarray(left @ right.T + constant[:, None])

    @property
    def _match_shift(self) -> Floats:
        return np.asarray(np.array(self.layout.match.centre) / np.array(self.layout.match.scale))

    def match_values(self, clients: Ints, therapists: Ints) -> Floats:
        """Standardised match features of pairs by position, (…, kept), where both have the same shape."""
        values = np.empty((*therapists.shape, len(self.terms)))
        for k, (client, therapist) in enumerate(self.terms):
            values[..., k] = np.einsum("...r,...r->...", client[clients], therapist[therapists])
        return np.asarray(values / np.array(self.layout.match.scale) - self._match_shift)

    @cached_property
    def average(self) -> "PairDesign":
        """The same clients with one therapist, whose row is the average of all."""
        terms = tuple((client, _average(therapist)) for client, therapist in self.terms)
        return replace(self, z=_average(self.z), z_flags=_average(self.z_flags), terms=terms)

    def rows(self, clients: slice | Ints, therapists: Ints) -> Floats:
        """The global design rows of some clients, each with k therapists of theirs (c, k): (c, k, p)."""
        x, shape = self.x[clients], therapists.shape
        rows = np.zeros((*shape, len(self.coefficients)))
        single, pooled = self.layout.match_order
        place = self.layout.slices
        m = self.match_values(np.arange(self.shape[0])[clients][:, None], therapists)
        rows[:, :, : len(self.offsets)] = self.offsets
        rows[:, :, place["client"]] = np.concatenate([x, self.x_flags[clients]], axis=1)[:, None]
        rows[:, :, place["therapist_traits"]] = np.concatenate([self.z, self.z_flags], axis=1)[therapists]
        start = place["match"].start
        rows[:, :, start : start + len(single)] = m[:, :, single]
        rows[:, :, place["agreement"]] = m[:, :, pooled]
        crossed = x[:, None, :, None] * self.z[therapists][:, :, None, :]
        rows[:, :, place["bilinear"]] = crossed.reshape(*shape, self.x.shape[1] * self.z.shape[1])[
            :, :, : len(self.layout.crossed)
        ]
        return rows

    def parts(self, clients: Ints, therapists: Ints) -> ForecastParts:
        """What sets the therapists of pairs (n,), by position, apart from their clients' averages."""
        matched = self.match_values(clients, therapists)
        matched -= self.average.match_values(clients, np.zeros_like(therapists))
        matched *= self.match_coefficients
        response = self.x[clients] * (self.responses - _average(self.responses))[therapists]
        single, pooled = self.layout.match_order
        names, axes = self.layout.varying("match"), self.layout.varying("client")
        return ForecastParts(
            therapist=(self.general - _average(self.general))[therapists],
            agreement=matched[:, pooled].sum(axis=1),
            match={names[k]: matched[:, k] for k in single},
            response={axis: response[:, k] for k, axis in enumerate(axes)},
        )


def _average(of: Floats) -> Floats:
    """Over therapists, of whom there may be none."""
    return np.asarray(of.sum(axis=0, keepdims=True) / max(len(of), 1))


def pair_design(fitted: Solved, candidates: Candidates) -> PairDesign:
    """Standardise the candidates as the fit was. Raises EstimationError on foreign features or instrument."""
    layout = fitted.layout
    if candidates.features != layout.features:
        raise EstimationError("candidates: their features are not those of the fit")
    if candidates.instrument not in layout.instruments:
        raise EstimationError(f"candidates: the fit knows no instrument {candidates.instrument!r}")
    x = layout.client.values(candidates.x)
    therapist = fitted.roster.therapists(candidates.therapist_ids)
    own = np.zeros((len(therapist), 1 + len(layout.slope_positions)))
    own[therapist >= 0] = fitted.therapist_effects[therapist[therapist >= 0]]
    session = session_bands(np.array([candidates.session]))[0]
    terms = [candidates.match[layout.features.match[k]] for k in layout.match.kept]
    return PairDesign(
        layout=layout,
        coefficients=fitted.posterior.coefficients,
        offsets=np.concatenate([[name == candidates.instrument for name in layout.instruments], session]),
        x=x,
        x_flags=layout.client.flags(candidates.x),
        z=layout.therapist.values(candidates.z),
        z_flags=layout.therapist.flags(candidates.z),
        h=therapist_design_rows(layout, x),
        terms=tuple((term.client, term.therapist) for term in terms),
        therapist=therapist,
        own=own,
        intercepts=_intercepts(fitted, candidates.client_ids),
    )


def _intercepts(fitted: Solved, client_ids: Ints) -> ClientIntercepts | ConditionedIntercept:
    if isinstance(fitted, ConditionedAlliance):
        return fitted.intercepts(client_ids)
    return client_intercepts(fitted, client_ids)
