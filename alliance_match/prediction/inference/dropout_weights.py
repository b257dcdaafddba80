"""Weights for the ratings of those who stayed, so that they also speak for those who dropped out before.

Inverse probability weights (Robins, Rotnitzky & Zhao 1995): a pair that was likely to drop out but stayed
stands for several. They help as far as features, therapist and first session predict dropout.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.arrays import Bools, Floats, Ints
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.tables import FeatureSet
from alliance_match.prediction.model.columns import standardisation_of

# So many must have dropped out, and so many stayed, for anything to be said of who does.
FEWEST = 30

# No rating counts as more than this many, nor as less than one part in as many.
BOUND = 3.0

# Prior standard deviations in log odds: of the answer to one standard deviation of a feature, and of the
# therapists' levels, to whom some 6 % of the variance of dropout belongs (Zimmermann et al. 2017).
FEATURE_SD, THERAPIST_SD = 0.5, 0.45

# The search has converged once no component of the gradient of the log posterior, per standard error of what
# it belongs to, exceeds this.
TOLERANCE, MAX_ITERATIONS = 0.01, 1000


@dataclass(frozen=True)
class StartedPairs:
    """Pairs that began and by now have either rated or dropped out, one a row; zero rows are allowed.

    Parameters
    ----------
    features : FeatureSet
    client_ids, therapist_ids : array of shape (n,)
        Whole numbers.
    x : array of shape (n, client features)
        Raw, NaN where missing; so are z and m.
    z : array of shape (n, therapist features)
    m : array of shape (n, match features)
    first_session_alliance : array of shape (n,)
        The alliance after the first session, in points, NaN where unknown.
    rated : boolean array of shape (n,)
        Marks those who gave the rating that is fitted.

    Raises
    ------
    EstimationError
        Naming the column and row at fault.
    """

    features: FeatureSet
    client_ids: Ints
    therapist_ids: Ints
    x: Floats
    z: Floats
    m: Floats
    first_session_alliance: Floats
    rated: Bools

    def __post_init__(self) -> None:
        n = len(np.atleast_1d(self.first_session_alliance))
        for name in ("client_ids", "therapist_ids"):
            object.__setattr__(self, name, check.as_integers(getattr(self, name), n, name))
        shapes: dict[str, tuple[int, ...]] = {"first_session_alliance": (n,)}
        for name, side in (("x", "client"), ("z", "therapist"), ("m", "match")):
            shapes[name] = (n, len(getattr(self.features, side)))
        for name, shape in shapes.items():
            array = check.as_floats(getattr(self, name), shape, name)
            check.require_not_infinite(array, name)
            object.__setattr__(self, name, array)
        object.__setattr__(self, "rated", check.as_booleans(self.rated, (n,), "rated"))

    def __len__(self) -> int:
        return len(self.first_session_alliance)

    @property
    def dropped_out(self) -> Bools:
        """Marks those who dropped out before they rated, (n,)."""
        return np.asarray(~self.rated)


def dropout_weights(started: StartedPairs) -> Floats:
    """Inverse probability weights of ratings, which make them speak for pairs that dropped out too.

    The share of all pairs that rated, over the chance that this one would; bounded to a third and three.

    Parameters
    ----------
    started : StartedPairs

    Returns
    -------
    array of shape (rated pairs,)
        In their order, with mean 1, to be given to `TrainingTable` as `weight`. All are 1 where fewer than
        thirty dropped out or stayed.

    Raises
    ------
    EstimationError
        If the search for the chances does not converge.

    References
    ----------
    Robins, Rotnitzky & Zhao (1995).
    """
    stayed = int(started.rated.sum())
    if min(stayed, len(started) - stayed) < FEWEST:
        return np.ones(stayed)
    raw = stayed / len(started) / probability_rated(started)[started.rated]
    bounded = np.clip(raw, 1 / BOUND, BOUND)
    return np.asarray(bounded / bounded.mean())


def probability_rated(started: StartedPairs) -> Floats:
    """The chance of each pair, (n,), that it would last to its rating: a ridge logistic regression.

    Its columns are the standardised features and first session, missing ones at the average with a column
    that says so, and the therapists' levels. Raises EstimationError unless some rated and some dropped out,
    and if the search does not converge.
    """
    if started.rated.all() or not started.rated.any():
        raise EstimationError("rated: pairs that rated and pairs that dropped out are both needed")
    therapists, therapist = np.unique(started.therapist_ids, return_inverse=True)
    problem = _LogisticRegression(
        _logistic_columns(started), therapist, len(therapists), np.where(started.rated, 1.0, -1.0)
    )
    found = scipy.optimize.minimize(
        problem.loss,
        np.zeros(len(problem.precision)),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MAX_ITERATIONS, "ftol": 0.0, "gtol": TOLERANCE / 10},
    )
    if not np.abs(found.jac).max() <= TOLERANCE:
        raise EstimationError("rated: no chance of rating was found on which the search would settle")
    return np.asarray(scipy.special.expit(problem.log_odds(found.x * problem.scale)))


def _logistic_columns(started: StartedPairs) -> Floats:
    raw = np.column_stack([started.x, started.z, started.m, started.first_session_alliance])
    features = started.features
    names = (*features.client, *features.therapist, *features.match, "first session")
    standard = standardisation_of("started", names, raw, {})
    return np.column_stack([np.ones(len(raw)), standard.values(raw), standard.flags(raw)])


@dataclass(frozen=True)
class _LogisticRegression:
    """Of n pairs: columns (n, p), the first of which is 1, the position of the therapist (n,) among several,
    and 1 or −1 (n,) for rated or not. The coefficients are those of the columns, then one a therapist."""

    columns: Floats
    therapist: Ints
    therapists: int
    sign: Floats

    @cached_property
    def precision(self) -> Floats:
        """The prior's, of each coefficient; the intercept is left free."""
        features = np.full(self.columns.shape[1] - 1, FEATURE_SD**-2)
        return np.concatenate([[0.0], features, np.full(self.therapists, THERAPIST_SD**-2)])

    @cached_property
    def scale(self) -> Floats:
        """About the standard error of each coefficient: in this unit the search goes straight."""
        count = np.bincount(self.therapist, minlength=self.therapists)
        information = np.concatenate([(self.columns**2).sum(axis=0), count]) / 4
        return np.asarray(1.0 / np.sqrt(information + self.precision))

    def log_odds(self, coefficients: Floats) -> Floats:
        """Log odds of a rating, (n,)."""
        p = self.columns.shape[1]
        return np.asarray(self.columns @ coefficients[:p] + coefficients[p:][self.therapist])

    def loss(self, scaled: Floats) -> tuple[float, Floats]:
        """Minus the log posterior and its gradient, of coefficients in units of `scale`."""
        coefficients = scaled * self.scale
        margin = self.sign * self.log_odds(coefficients)
        pull = -self.sign * scipy.special.expit(-margin)
        of_therapists = np.bincount(self.therapist, pull, minlength=self.therapists)
        gradient = np.concatenate([pull @ self.columns, of_therapists]) + self.precision * coefficients
        value = 0.5 * float(self.precision @ coefficients**2) - float(scipy.special.log_expit(margin).sum())
        return value, gradient * self.scale
