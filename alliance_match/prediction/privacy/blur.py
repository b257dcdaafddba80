"""How much is blurred: as much as one client can move, and more where that costs nothing."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.arrays import Floats
from alliance_match.prediction.inference.fitted import FittedAlliance

# Among so few raters of a clinic the variance of the blur is twice that among many, of a therapist's own
# coefficients and of the global ones. Where there are fewer it grows fast, by these powers: each therapist's
# figures are then drawn anew for every rater or two, and several draws tell more than one.
FEW, FEW_SHARED = 150.0, 400.0
GROWTH, GROWTH_SHARED = 3, 2


@dataclass(frozen=True)
class PublicationControl:
    """How much of what one client can move is blurred, and when the global coefficients are renewed.

    Parameters
    ----------
    own_blur, shared_blur : float
        Standard deviation of the blur of a therapist's own coefficients, and of the global ones, among many
        raters, in units of what the ratings of one client usually move there. 0 publishes the newest state
        as it is.
    own_share : float
        A therapist's figures are renewed once ratings of so many clients came, went or changed, as a share
        of the therapist's raters.
    shared_share : float
        The global coefficients are renewed once ratings of so many clients came, went or changed since the
        last time, as a share of all raters, but
    shared_from, shared_at : int
        not before so many, and from so many in any case.

    Raises
    ------
    EstimationError
        On a number that could mean nothing.
    """

    own_blur: float = 1.0
    shared_blur: float = 5.0
    own_share: float = 0.2
    shared_share: float = 0.1
    shared_from: int = 30
    shared_at: int = 200

    def __post_init__(self) -> None:
        for name in ("own_blur", "shared_blur"):
            check.require_number(getattr(self, name), 0, 1e6, name)
        for name in ("own_share", "shared_share"):
            check.require_number(getattr(self, name), 0, 1, name)
        for name in ("shared_from", "shared_at"):
            check.require_whole_number(getattr(self, name), 1, name)

    def renews(self, changed: int, raters: int) -> bool:
        """Whether the global coefficients are renewed after so many clients changed ratings."""
        return changed >= min(max(self.shared_from, self.shared_share * raters), self.shared_at)


def own_blur_variance(fitted: FittedAlliance, blur: float, spread: Floats, clinic_raters: int) -> Floats:
    """Variance of the noise in each therapist's own moments, (T, q); spread (T, q) as in `blur_variance`.

    The raters of the clinic are those of the last renewal: a rating elsewhere must change nothing here.
    """
    therapist, count = fitted.roster.pair_therapist, len(fitted.roster.therapist_ids)
    raters = np.bincount(therapist, minlength=count)
    information = np.bincount(therapist, _told(fitted), count) / raters
    level = np.eye(1, spread.shape[1])[0]
    scale = blur**2 * (1.0 + (FEW / max(clinic_raters, 1)) ** GROWTH) * information
    return blur_variance(scale[:, None], spread, level)


def shared_blur_variance(fitted: FittedAlliance, blur: float, spread: Floats) -> Floats:
    """Variance of the noise in the moments of the global coefficients, (p,); spread (p,)."""
    told, sums = _told(fitted), fitted.sums
    raters = max(len(fitted.roster.rater_ids), 1)
    few = 1.0 + (FEW_SHARED / raters) ** GROWTH_SHARED
    scale = blur**2 * few * float(told.sum()) / max(len(told), 1)
    usage = np.diag(sums.gram) / max(float(sums.own_gram[:, 0, 0].sum()), 1e-300)
    return blur_variance(scale, spread, usage)


def _told(fitted: FittedAlliance) -> Floats:
    """What all ratings of one client tell about a therapist's level, in 1/points², of each pair (K,).

    A client with much noise, or none, tells no more than 1 / rater variance: the tendency stays unknown.
    """
    return np.asarray(1.0 / (1.0 / fitted.sums.pair_cross[:, 0] + fitted.variances.rater))


def blur_variance(scale: Floats | float, spread: Floats, usage: Floats) -> Floats:
    """Variance of the noise in the moment of each coefficient, in 1/points²: (…, k).

    scale (…, 1) or a number is the least of it; spread (…, k) the posterior variance of the coefficients, in
    points²; usage (k,) how much a rating usually has of each, squared.

    What a rating moves of a coefficient goes with its spread. More noise where the spread is small hides as
    much and costs less, as little follows from it (N ∝ 1/spread minimises what is lost for what is hidden).
    """
    usual = spread @ usage / max(float(usage.sum()), 1e-300)
    return np.asarray(scale * np.maximum(usual[..., None] / spread, 1.0))
