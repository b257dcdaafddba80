"""The parts of which forecasts consist, and the choice of some of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Floats


@dataclass(frozen=True)
class ForecastParts:
    """What sets the therapists of n pairs apart, in points about their clients' averages over all therapists.

    A feature that never varied in the training rows has no part. All parts sum to `total`.

    Attributes
    ----------
    therapist : array of shape (n,)
        How bonds form with each therapist in general.
    agreement : array of shape (n,)
        The pooled match features together, 0 where there are none.
    match : mapping of str to array of shape (n,)
        By name, each match feature that is not pooled.
    response : mapping of str to array of shape (n,)
        By name of a client feature, what depends on it with each therapist.
    """

    therapist: Floats
    agreement: Floats
    match: Mapping[str, Floats]
    response: Mapping[str, Floats]

    @property
    def total(self) -> Floats:
        """The sum of all parts, (n,): what `Forecast.difference` says of the pairs."""
        return np.asarray(
            self.therapist + self.agreement + sum(self.match.values()) + sum(self.response.values())
        )


@dataclass(frozen=True)
class PartSelection:
    """Some of the parts of forecasts, chosen as `ForecastParts` names them.

    Parameters
    ----------
    therapist, agreement : bool
    match, response : tuple of str
        Names of match features and of client features. One that the fit does not have is passed over.
    """

    therapist: bool = False
    agreement: bool = False
    match: tuple[str, ...] = ()
    response: tuple[str, ...] = ()
