"""What the estimator is compared with. Each is a pair of functions, fit and predict, on one table."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from alliance_match.prediction import Floats, TrainingTable


@dataclass(frozen=True)
class Prediction:
    """For n rows the forecast rating (n,), and where the peer gives one the sd (n,) of a rating; points."""

    mean: Floats
    sd: Floats | None = None


@dataclass(frozen=True)
class Peer:
    """A way to predict ratings: `fit` learns from rated rows, `predict` does not look at scores.

    `needs` is the package without which it is left out.
    """

    name: str
    fit: Callable[[TrainingTable], Any]
    predict: Callable[[Any, TrainingTable], Prediction]
    needs: str = "numpy"

    @property
    def installed(self) -> bool:
        """Whether its package is there."""
        return find_spec(self.needs) is not None
