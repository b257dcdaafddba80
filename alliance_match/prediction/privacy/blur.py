"""How much is blurred: as much as one client can move, and more where that costs nothing."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.arrays import Floats
from alliance_match.prediction.inference.fitted import FittedAlliance


@dataclass(frozen=True)
class PublicationControl:
    """How much of what one client can move is blurred, and when figures are renewed.

    Parameters
    ----------
    own_blur, shared_blur : float
        Standard deviation of the blur of a therapist's own coefficients, and of the global ones, in units of
        what the ratings of one client usually move there. 0 publishes the newest state as it is.
    fewest_clients : int
        A therapist's figures are renewed once ratings of so many clients came, went or changed.
    renewed_share : float
        The global coefficients are renewed once so many of the clients did so since the last time, as a
        share of all raters, but
    renewed_from, renewed_at : int
        not before so many, and from so many in any case.

    Raises
    ------
    EstimationError
        On a number that could mean nothing.
    """

    own_blur: float = 1.2
    shared_blur: float = 8.0
    fewest_clients: int = 2
    renewed_share: float = 0.1
    renewed_from: int = 20
    renewed_at: int = 200

    def __post_init__(self) -> None:
        for name in ("own_blur", "shared_blur"):
            check.require_number(getattr(self, name), 0, 1e6, name)
        check.require_number(self.renewed_share, 0, 1, "renewed_share")
        for name in ("fewest_clients", "renewed_from", "renewed_at"):
            check.require_whole_number(getattr(self, name), 1, name)

    def renews(self, changed: int, raters: int) -> bool:
        """Whether the global coefficients are renewed after so many clients changed ratings."""
        return changed >= min(max(self.renewed_from, self.renewed_share * raters), self.renewed_at)


def usual_information(fitted: FittedAlliance) -> tuple[float, Floats]:
    """What all ratings of one client usually tell about their therapist's level, in 1/points²: over all
    clients, and over those of each therapist (T,).

    A client with much noise, or none, tells no more than 1 / rater variance: the tendency stays unknown.
    """
    therapist, count = fitted.roster.pair_therapist, len(fitted.roster.therapist_ids)
    told = 1.0 / (1.0 / fitted.sums.pair_cross[:, 0] + fitted.variances.rater)
    clients = np.bincount(therapist, minlength=count)
    return float(told.sum()) / max(len(told), 1), np.bincount(therapist, told, count) / clients


def blur_variance(blur: float, information: Floats | float, spread: Floats, usage: Floats) -> Floats:
    """Variance of the noise in the moment of each coefficient, in 1/points²: (…, k).

    information (…, 1) or a number is what one client tells; spread (…, k) the posterior variance of the
    coefficients, in points²; usage (k,) how much a rating usually has of each, squared.

    What a rating moves of a coefficient goes with its spread. More noise where the spread is small hides as
    much and costs less, as little follows from it (N ∝ 1/spread minimises what is lost for what is hidden).
    """
    usual = spread @ usage / max(float(usage.sum()), 1e-300)
    return np.asarray(blur**2 * information * np.maximum(usual[..., None] / spread, 1.0))
