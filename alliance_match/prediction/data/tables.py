"""What is given: named features, the ratings to fit, the pairs to forecast."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.arrays import Bools, Floats, Ints
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.pair_terms import PairTerms

# More, and its inverse less, than anybody could mean; sums still hold it.
HEAVIEST = 1e6


@dataclass(frozen=True)
class FeatureSet:
    """Names of the features on either side and of the pair.

    Parameters
    ----------
    client, therapist, match : tuple of str
    pooled : tuple of str
        The match features that share the `agreement` block, whose prior mean is positive.
    slopes : tuple of str
        The client features to which each therapist has a response of their own.
    bilinear : bool
        Whether every client feature is crossed with every therapist feature.

    Raises
    ------
    EstimationError
        On a doubled name, or a pooled or slope name that is not a feature.
    """

    client: tuple[str, ...] = ()
    therapist: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    pooled: tuple[str, ...] = ()
    slopes: tuple[str, ...] = ()
    bilinear: bool = True

    def __post_init__(self) -> None:
        for kind in ("client", "therapist", "match", "pooled", "slopes"):
            check.require_unique_names(getattr(self, kind), f"{kind} features")
        check.require_subset(self.pooled, self.match, "pooled features")
        check.require_subset(self.slopes, self.client, "slopes")


@dataclass(frozen=True)
class TrainingTable:
    """Ratings, one a row, with the raw features as they were when it was given; zero rows are allowed.

    Parameters
    ----------
    features : FeatureSet
    client_ids, therapist_ids : array of shape (n,)
        Whole numbers.
    score : array of shape (n,)
        In points, 0 to 100.
    instrument : array of shape (n,)
        Codes that index `instruments`.
    instruments : tuple of str
        The names of all instruments the clinic uses.
    session : array of shape (n,)
        Whole numbers from 1 on.
    x : array of shape (n, client features)
        Raw, NaN where missing; so are z and m.
    z : array of shape (n, therapist features)
    m : array of shape (n, match features)
    weight : array of shape (n,)
        From 1e-6 to 1e6, all 1 where left out: a rating of weight w counts as w such ratings of that
        therapist by that client.

    Raises
    ------
    EstimationError
        Naming the column and row at fault.
    """

    features: FeatureSet
    client_ids: Ints
    therapist_ids: Ints
    score: Floats
    instrument: Ints
    instruments: tuple[str, ...]
    session: Ints
    x: Floats
    z: Floats
    m: Floats
    weight: Floats = field(default_factory=lambda: np.ones(0))

    def __post_init__(self) -> None:
        n = len(np.atleast_1d(self.score))
        for name in ("client_ids", "therapist_ids", "instrument", "session"):
            object.__setattr__(self, name, check.as_integers(getattr(self, name), n, name))
        object.__setattr__(self, "score", check.as_floats(self.score, (n,), "score"))
        weight = self.weight if np.size(self.weight) else np.ones(n)
        object.__setattr__(self, "weight", check.as_floats(weight, (n,), "weight"))
        for name, side in (("x", "client"), ("z", "therapist"), ("m", "match")):
            width = len(getattr(self.features, side))
            array = check.as_floats(getattr(self, name), (n, width), name)
            check.require_not_infinite(array, name)
            object.__setattr__(self, name, array)
        self._check_values()

    def _check_values(self) -> None:
        check.require_finite(self.score, "score")
        check.require_between(self.score, 0, 100, "score")
        check.require_finite(self.weight, "weight")
        check.require_between(self.weight, 1 / HEAVIEST, HEAVIEST, "weight")
        check.require_unique_names(self.instruments, "instruments")
        if not self.instruments:
            raise EstimationError("instruments: at least one must be named")
        check.require_between(self.instrument.astype(float), 0, len(self.instruments) - 1, "instrument")
        if (self.session < 1).any():
            raise EstimationError(f"session: row {int(np.argmax(self.session < 1))} is below 1")

    def __len__(self) -> int:
        return len(self.score)

    def rows(self, chosen: Bools | Ints) -> "TrainingTable":
        """Return the table of the rows chosen by a mask or by their positions."""
        per_row = ("client_ids", "therapist_ids", "score", "instrument", "session", "x", "z", "m", "weight")
        try:
            cut = {name: getattr(self, name)[chosen] for name in per_row}
        except IndexError as error:
            raise EstimationError(f"rows: {error}") from error
        return TrainingTable(features=self.features, instruments=self.instruments, **cut)


@dataclass(frozen=True)
class Candidates:
    """Clients × therapists to forecast: each of the C clients with each of the T therapists.

    Parameters
    ----------
    features : FeatureSet
    client_ids : array of shape (C,)
    x : array of shape (C, client features)
        Raw, NaN where missing.
    therapist_ids : array of shape (T,)
    z : array of shape (T, therapist features)
        Raw, NaN where missing.
    match : mapping of str to PairTerms
        For every match feature by name, of shape (C, T).
    instrument : str
        Whose alliance is forecast.
    session : int
        Its number, from 1 on.

    Raises
    ------
    EstimationError
        Naming what is missing, doubled or ragged.
    """

    features: FeatureSet
    client_ids: Ints
    x: Floats
    therapist_ids: Ints
    z: Floats
    match: Mapping[str, PairTerms]
    instrument: str
    session: int = 3

    def __post_init__(self) -> None:
        check.require_whole_number(self.session, 1, "session")
        for name, array, side in (("client_ids", "x", "client"), ("therapist_ids", "z", "therapist")):
            ids = check.as_integers(getattr(self, name), None, name)
            if len(np.unique(ids)) < len(ids):
                raise EstimationError(f"{name}: an id stands more than once")
            values = check.as_floats(
                getattr(self, array), (len(ids), len(getattr(self.features, side))), array
            )
            check.require_not_infinite(values, array)
            object.__setattr__(self, name, ids)
            object.__setattr__(self, array, values)
        self._check_match()

    def _check_match(self) -> None:
        check.require_subset(self.features.match, tuple(self.match), "match terms")
        for name in self.features.match:
            if not isinstance(self.match[name], PairTerms):
                raise EstimationError(f"match {name!r}: {type(self.match[name]).__name__} is not PairTerms")
            if self.match[name].shape != self.shape:
                raise EstimationError(f"match {name!r}: {self.match[name].shape}, expected {self.shape}")

    @property
    def shape(self) -> tuple[int, int]:
        """Number of clients and of therapists."""
        return len(self.client_ids), len(self.therapist_ids)

    def of_clients(self, chosen: Ints) -> "Candidates":
        """The same therapists with some of the clients, by position."""
        match = {name: terms.of_clients(chosen) for name, terms in self.match.items()}
        return replace(self, client_ids=self.client_ids[chosen], x=self.x[chosen], match=match)
