"""Rows of a table as the vectors that multiply the coefficients."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Bools, Floats, Ints
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.tables import TrainingTable
from alliance_match.prediction.model.columns import SESSION_BANDS, Layout
from alliance_match.prediction.model.priors import Variances


@dataclass(frozen=True)
class Design:
    """n rows: y (n,) = g (n, p) · global + h (n, q) · therapist's own + client's own + noise.

    h starts with 1 for the therapist's intercept; instrument (n,) are codes into the layout's instruments;
    weight (n,) divides the noise variance.
    """

    y: Floats
    g: Floats
    h: Floats
    instrument: Ints
    client_ids: Ints
    therapist_ids: Ints
    weight: Floats

    def __len__(self) -> int:
        return len(self.y)

    def rows(self, chosen: Bools) -> "Design":
        """The rows chosen by a mask."""
        return Design(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    @property
    def single(self) -> Bools:
        """Which rows are the only one of their rater, (n,)."""
        _, rater, count = np.unique(self.client_ids, return_inverse=True, return_counts=True)
        return np.asarray(count[rater] == 1)

    def noise(self, variances: Variances) -> Floats:
        """Noise variance of each row, points² (n,): that of the mean of as many ratings as the row weighs."""
        return np.asarray(np.array(variances.residual)[self.instrument] / self.weight)


def design_of(layout: Layout, table: TrainingTable) -> Design:
    """Build the rows. Raises EstimationError if the table has other features or an unknown instrument."""
    if table.features != layout.features:
        raise EstimationError("table: its features are not those of the fit")
    code = _instrument_codes(layout, table)
    x, z, m = layout.client.values(table.x), layout.therapist.values(table.z), layout.match.values(table.m)
    single, pooled = layout.match_order
    g = np.concatenate(
        [
            code[:, None] == np.arange(len(layout.instruments)),
            session_bands(table.session),
            x,
            layout.client.flags(table.x),
            z,
            layout.therapist.flags(table.z),
            m[:, single],
            layout.match.flags(table.m),
            m[:, pooled],
            column_products(x, z)[:, : len(layout.crossed)],
        ],
        axis=1,
        dtype=np.float64,
    )
    return Design(
        table.score,
        g,
        therapist_design_rows(layout, x),
        code,
        table.client_ids,
        table.therapist_ids,
        table.weight,
    )


def therapist_design_rows(layout: Layout, x: Floats) -> Floats:
    """What multiplies a therapist's own coefficients: 1 and the slope axes, (n, q)."""
    return np.concatenate([np.ones((len(x), 1)), x[:, layout.slope_positions]], axis=1)


def column_products(x: Floats, z: Floats) -> Floats:
    """Every client column times every therapist column, row by row: (n, x columns · z columns)."""
    return (x[:, :, None] * z[:, None, :]).reshape(len(x), x.shape[1] * z.shape[1])


def session_bands(session: Ints) -> Floats:
    """1 in the column of the session's band; session three is in none: (n, bands)."""
    low, high = np.array(list(SESSION_BANDS.values())).T
    inside = (session[:, None] >= low) & (session[:, None] <= high)
    return np.asarray(inside, dtype=np.float64)


def _instrument_codes(layout: Layout, table: TrainingTable) -> Ints:
    """Codes in the order of the layout. A new instrument needs a refit: its offset has no column yet."""
    known = {name: code for code, name in enumerate(layout.instruments)}
    codes = np.array([known.get(name, -1) for name in table.instruments])[table.instrument]
    if (codes < 0).any():
        row = int(np.argmax(codes < 0))
        name = table.instruments[table.instrument[row]]
        raise EstimationError(f"instrument: row {row}: {name!r} is unknown to this fit; refit to add it")
    return codes.astype(np.int64)
