"""Plain numeric columns for peers that know neither missing values nor blocks of features."""

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from alliance_match.prediction import Floats, Ints, TrainingTable

# More products than this of a rater's and a ratee's column are not written out.
MOST_PRODUCTS = 1000


@dataclass(frozen=True)
class Standardising:
    """Column centres and scales of the training rows; missing values become the centre."""

    centre: Floats
    scale: Floats

    @classmethod
    def of(cls, raw: Floats) -> "Standardising":
        """Learn from raw (n, k); a column that never varies, or is always missing, becomes zeros."""
        known = ~np.isnan(raw)
        count = np.maximum(known.sum(axis=0), 1)
        centre = np.where(known, raw, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, raw - centre, 0.0) ** 2).sum(axis=0) / count)
        varies = spread > 1e-9 * np.maximum(np.abs(centre), 1e-300)
        return cls(centre, np.where(varies, spread, np.inf))

    def __call__(self, raw: Floats) -> Floats:
        """Standardise (n, k)."""
        return np.nan_to_num((raw - self.centre) / self.scale)


@dataclass(frozen=True)
class Columns:
    """The features of a training table, standardised as its rows were."""

    x: Standardising
    z: Standardising
    m: Standardising

    @classmethod
    def of(cls, train: TrainingTable) -> "Columns":
        """Learn centres and scales."""
        return cls(*(Standardising.of(side) for side in (train.x, train.z, train.m)))

    def main(self, table: TrainingTable) -> Floats:
        """Features of client, therapist and pair side by side, (n, k)."""
        return np.hstack([self.x(table.x), self.z(table.z), self.m(table.m)])

    def with_products(self, table: TrainingTable) -> Floats:
        """The same and every product of a client's and a therapist's, where these are not too many."""
        x, z = self.x(table.x), self.z(table.z)
        if x.shape[1] * z.shape[1] > MOST_PRODUCTS:
            return self.main(table)
        products = (x[:, :, None] * z[:, None, :]).reshape(len(table), -1)
        return np.hstack([self.main(table), products])


def independent(columns: Floats) -> Ints:
    """Positions of columns (n, k) none of which follows from the others and a constant, in order.

    By a QR decomposition with pivoting of the centred columns.
    """
    if not columns.shape[1]:
        return np.zeros(0, dtype=np.int64)
    centred = columns - columns.mean(axis=0)
    triangle, order = linalg.qr(centred, mode="r", pivoting=True)
    size = np.abs(np.diag(triangle))
    return np.sort(order[: len(size)][size > 1e-8 * max(float(size[0]), 1e-8)])
