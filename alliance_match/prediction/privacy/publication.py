"""Publishing: what others may see of a clinic's ratings, drawn from the newest state."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Bools, Floats, Ints
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.privacy.blur import PublicationControl, own_blur_variance, shared_blur_variance
from alliance_match.prediction.privacy.blurred_state import blurred_state
from alliance_match.prediction.privacy.conditional_state import ConditionalState, conditional_state
from alliance_match.prediction.privacy.noisy_information import NoisyInformation, noisy_information
from alliance_match.prediction.privacy.rating_versions import (
    RatingVersions,
    changed_pairs,
    held_back,
    require_same_pairs,
    therapist_contents,
)
from alliance_match.prediction.privacy.seeded_draws import normal_draws
from alliance_match.prediction.privacy.shared_coefficients import coefficients_in_layout

# Secrets that are shorter could be tried out.
SHORTEST_SECRET = 16


@dataclass(frozen=True)
class Publication:
    """What others may see, and what the next publication has to know of it.

    Attributes
    ----------
    fitted : FittedAlliance
        The published state: blurred in its means and spreads, and usable wherever a fitted state is. It
        still holds each rater's weighted feature sums: only what is forecast from it is for others to see.
    ratings : RatingVersions
        Those that the published state rests on.
    renewed : RatingVersions
        Those that it rested on when the global coefficients were last renewed.
    """

    fitted: FittedAlliance
    ratings: RatingVersions
    renewed: RatingVersions

    @property
    def holds_withdrawn(self) -> bool:
        """Whether the global coefficients still hold ratings withdrawn, erased or changed since."""
        return bool(self.renewed.missing_from(self.ratings).any())


def unpublished(
    newest: RatingVersions, previous: Publication | None, control: PublicationControl | None = None
) -> Bools:
    """Say which ratings have to wait, because too few came of their therapist since the last time.

    Parameters
    ----------
    newest : RatingVersions
        All ratings in force.
    previous : Publication or None
        None the first time: then none waits.
    control : PublicationControl, optional

    Returns
    -------
    array of bool, shape (n,)
        True for ratings to remove (`downdate`) from the state that is published next. What was withdrawn
        never waits.
    """
    if previous is None:
        return np.zeros(len(newest), dtype=bool)
    return held_back(previous.ratings, newest, (control or PublicationControl()).own_share)


def publish(
    newest: FittedAlliance,
    previous: Publication | None,
    ratings: RatingVersions,
    secret: bytes,
    control: PublicationControl | None = None,
    *,
    renew: bool = False,
) -> Publication:
    """Blur a state in proportion to what the ratings of one client can move in it.

    A therapist's figures change only where ratings by the therapist's raters did, or where the global
    coefficients are renewed; the same ratings always get the same blur: nobody learns more by looking more.

    Parameters
    ----------
    newest : FittedAlliance
        A state without the ratings that have to wait (`unpublished`).
    previous : Publication or None
        None the first time.
    ratings : RatingVersions
        Those that the state rests on.
    secret : bytes
        Of the clinic, never to be shown or changed: whoever knows it can take the blur away.
    control : PublicationControl, optional
    renew : bool
        Whether to renew the global coefficients however few raters changed.

    Returns
    -------
    Publication
        Whose `fitted` forecasts with the blur in its spreads, in points like any other.

    Raises
    ------
    EstimationError
        On ratings of other pairs than the state's, or a secret of fewer than 16 bytes.

    References
    ----------
    Dwork, Naor, Pitassi & Rothblum (2010); Chan, Shi & Song (2011).
    """
    control = control or PublicationControl()
    _require_usable(newest, ratings, secret)
    state = conditional_state(newest)
    kept = None if renew else _kept_coefficients(newest, previous, ratings, control)
    renewed = ratings if previous is None or kept is None else previous.renewed
    shared = _blurred_shared(state, renewed, secret, control)
    coefficients = shared.mean if kept is None else kept
    own = _blurred_own(state, coefficients, (ratings, renewed), secret, control)
    return Publication(blurred_state(state, shared, own, (coefficients, own.mean)), ratings, renewed)


def _require_usable(newest: FittedAlliance, ratings: RatingVersions, secret: bytes) -> None:
    if len(secret) < SHORTEST_SECRET:
        raise EstimationError(f"secret: {len(secret)} bytes are fewer than {SHORTEST_SECRET}")
    roster = newest.roster
    pairs = np.column_stack(
        [roster.rater_ids[roster.pair_rater], roster.therapist_ids[roster.pair_therapist]]
    )
    require_same_pairs(ratings, pairs)


def _kept_coefficients(
    newest: FittedAlliance,
    previous: Publication | None,
    ratings: RatingVersions,
    control: PublicationControl,
) -> Floats | None:
    """The global coefficients as published, None where they have to be renewed."""
    if previous is None:
        return None
    clients: Ints = np.unique(changed_pairs(previous.renewed, ratings)[:, 0])
    if control.renews(len(clients), len(newest.roster.rater_ids)):
        return None
    return coefficients_in_layout(previous.fitted, newest)


def _blurred_shared(
    state: ConditionalState, renewed: RatingVersions, secret: bytes, control: PublicationControl
) -> NoisyInformation:
    fitted, prior = state.fitted, state.fitted.coefficient_prior
    spread = np.diag(fitted.moments.of_global)
    noise = shared_blur_variance(fitted, control.shared_blur, spread)
    everything = np.sort(renewed.rows.view([("", np.int64)] * 3), axis=0).tobytes()
    draws = normal_draws(secret, b"shared" + everything, len(spread))
    return noisy_information(
        state.shared_precision, state.shared_mean, (prior.column, prior.mean), noise, draws
    )


def _blurred_own(
    state: ConditionalState,
    shared: Floats,
    ratings: tuple[RatingVersions, RatingVersions],
    secret: bytes,
    control: PublicationControl,
) -> NoisyInformation:
    """Each therapist's own, given the published global coefficients, all ratings and those of the renewal."""
    versions, renewed = ratings
    clinic_raters = len(np.unique(renewed.client_ids))
    fitted, prior = state.fitted, state.fitted.coefficient_prior
    ids = fitted.roster.therapist_ids
    spread = np.diagonal(np.linalg.inv(state.own_precision), axis1=1, axis2=2)
    noise = own_blur_variance(fitted, control.own_blur, spread, clinic_raters)
    purposes = (
        b"own" + t.to_bytes(8, "big", signed=True) + content
        for t, content in zip(ids.tolist(), therapist_contents(versions, ids), strict=True)
    )
    draws = [normal_draws(secret, purpose, len(prior.own)) for purpose in purposes]
    return noisy_information(
        state.own_precision,
        state.own_mean(shared),
        (prior.own, np.zeros(len(prior.own))),
        noise,
        np.array(draws).reshape(spread.shape),
    )
