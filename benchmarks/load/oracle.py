"""What must be stored, computed from base tables alone: plain SQL and dense algebra, no code of the worker.

The equations are those of docs/prediction.md, written down once more: every coefficient, every therapist's
own and every rater's intercept is a column of one dense matrix.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Row = dict[str, Any]

# A total of 0–100 about session three, in force, of a client who agrees to matching; by episode.
RATINGS = """
    SELECT e.id AS episode, s.number, r.id AS rating, e.client_id AS client, e.therapist_id AS therapist,
        r.total, i.code
    FROM surveys_alliancerating r JOIN clients_session s ON s.id = r.session_id
    JOIN clients_episode e ON e.id = s.episode_id JOIN surveys_instrument i ON i.id = r.instrument_id
    WHERE r.clinic_id = %s AND r.withdrawn_at IS NULL AND r.total IS NOT NULL AND s.number BETWEEN 2 AND 4
    AND EXISTS (SELECT FROM clients_consent c WHERE c.client_id = e.client_id AND c.purpose = 'matching'
        AND c.withdrawn_at IS NULL)
"""
TRAINED = """
    SELECT rating_id AS rating, client_id AS client, therapist_id AS therapist, instrument AS code, session,
        score, features, weight
    FROM matching_trainingrow WHERE clinic_id = %s
"""
CLOSE = 1e-7  # points; means that are closer may be drawn in any order
BANDS = ((1, 1), (2, 2), (4, 6), (7, np.inf))
OFFSET, SESSION = (70.0, 25.0**-2), (0.0, 10.0**-2)


def ratings_that_count(rows: Sequence[Row]) -> dict[int, float]:
    """The total of each rating to be trained on: of an episode the one nearest session three."""
    best: dict[int, Row] = {}
    for row in sorted(rows, key=lambda row: (abs(row["number"] - 3), row["number"], row["rating"])):
        best.setdefault(row["episode"], row)
    return {row["rating"]: row["total"] for row in best.values()}


def training_faults(wanted: Mapping[int, float], trained: Sequence[Row]) -> list[str]:
    """What of the training rows is not each of these ratings once, with its total."""
    found = [row["rating"] for row in trained]
    lost, foreign = len(wanted.keys() - set(found)), len(set(found) - wanted.keys())
    stale = sum(row["score"] != wanted.get(row["rating"], row["score"]) for row in trained)
    counts = {"lost": lost, "double": len(found) - len(set(found)), "foreign": foreign, "stale": stale}
    return [f"{count} {name}" for name, count in counts.items() if count]


@dataclass(frozen=True)
class Columns:
    """The stored names, standardisation, variances and prior, read as plain numbers (`to_dict`)."""

    given: Mapping[str, Any]

    def side(self, name: str, raw: Floats) -> tuple[Floats, Floats]:
        """Standardised features and absence flags of one side."""
        side = self.given["layout"][name]
        scaled = (raw[:, list(side["kept"])] - np.array(side["centre"])) / np.array(side["scale"])
        return np.nan_to_num(scaled), np.isnan(raw[:, list(side["flagged"])]).astype(float)

    @property
    def _pooled(self) -> list[bool]:
        features = self.given["layout"]["features"]
        return [features["match"][k] in features["pooled"] for k in self.given["layout"]["match"]["kept"]]

    def rows(self, features: Floats, code: Sequence[str], session: Sequence[int]) -> tuple[Floats, Floats]:
        """Rows of the global columns (n, p), and of what is a therapist's own (n, q)."""
        layout = self.given["layout"]
        names = layout["features"]
        cuts = np.cumsum([len(names["client"]), len(names["therapist"])])
        sides = zip(("client", "therapist", "match"), np.split(features, cuts, axis=1), strict=True)
        (x, x_flags), (z, z_flags), (m, m_flags) = (self.side(name, raw) for name, raw in sides)
        instrument = np.array([[one == name for name in layout["instruments"]] for one in code], dtype=float)
        band = np.array([[low <= one <= high for low, high in BANDS] for one in session], dtype=float)
        pooled = np.array(self._pooled, dtype=bool)
        products = [x[:, i] * z[:, j] for i in range(x.shape[1]) for j in range(z.shape[1])]
        bilinear = products if names["bilinear"] else []
        parts = [instrument, band, x, x_flags, z, z_flags, m[:, ~pooled], m_flags, m[:, pooled]]
        varying = [names["client"][k] for k in layout["client"]["kept"]]
        slopes = [varying.index(name) for name in names["slopes"] if name in varying]
        own = np.column_stack([np.ones(len(x)), x[:, slopes]])
        return np.column_stack([*parts, *bilinear]), own

    def weights(self, rows: Sequence[Row]) -> Floats:
        """How much each row says: its weight over the noise of its instrument, 1/points²."""
        noise = self.given["variances"]["residual"]
        residual = dict(zip(self.given["layout"]["instruments"], noise, strict=True))
        return np.array([row["weight"] / residual[row["code"]] for row in rows])

    def prior(self) -> tuple[Floats, Floats]:
        """Mean and precision of the global columns, in the order of `rows`."""
        layout, variances = self.given["layout"], self.given["variances"]
        kept = {name: len(layout[name]["kept"]) for name in ("client", "therapist", "match")}
        flags = {name: len(layout[name]["flagged"]) for name in kept}
        pooled = sum(self._pooled)
        bilinear = kept["client"] * kept["therapist"] * bool(layout["features"]["bilinear"])
        blocks = [
            (len(layout["instruments"]), *OFFSET),
            (len(BANDS), *SESSION),
            (kept["client"] + flags["client"], 0.0, 1 / variances["client"]),
            (kept["therapist"] + flags["therapist"], 0.0, 1 / variances["therapist_traits"]),
            (kept["match"] - pooled + flags["match"], 0.0, 1 / variances["match"]),
            (pooled, self.given["prior"]["agreement"], 1 / variances["agreement"]),
            (bilinear, 0.0, 1 / variances["bilinear"]),
        ]
        size, mean, precision = zip(*blocks, strict=True)
        return (
            np.repeat(np.array(mean, dtype=np.float64), size),
            np.repeat(np.array(precision, dtype=np.float64), size),
        )


@dataclass(frozen=True)
class Dense:
    """The posterior of everything at once: mean (N,) and precision (N, N) of the global columns, then each
    therapist's own, then each rater's intercept."""

    columns: Columns
    therapists: list[int]
    raters: list[int]
    globals: int
    own: int
    mean: Floats
    precision: Floats

    @cached_property
    def covariance(self) -> Floats:
        """The inverse of the precision."""
        return np.asarray(np.linalg.inv(self.precision), dtype=np.float64)

    @property
    def coefficients(self) -> Floats:
        """Means of the global columns."""
        return self.mean[: self.globals]

    def own_of(self, therapists: Sequence[int]) -> Floats:
        """Means of these therapists' own, (T, q)."""
        at = [self.therapists.index(one) for one in therapists]
        end = self.globals + self.own * len(self.therapists)
        return self.mean[self.globals : end].reshape(-1, self.own)[at]


@dataclass(frozen=True)
class Blur:
    """What a published state has beyond its rows: in precision and right-hand side, by therapist where
    it is a therapist's own."""

    terms: Mapping[str, Floats]
    therapists: Sequence[int]

    def add(self, dense_therapists: Sequence[int], P: Floats, right: Floats) -> None:
        """Add it to a dense system whose therapists stand in this order."""
        p, q = len(self.terms["moment"]), self.terms["own_moment"].shape[1]
        P[:p, :p] += self.terms["gram"]
        right[:p] += self.terms["moment"]
        for t, therapist in enumerate(self.therapists):
            begin = p + q * dense_therapists.index(therapist)
            own = slice(begin, begin + q)
            P[own, own] += self.terms["own_gram"][t]
            P[own, :p] += self.terms["own_cross"][t]
            P[:p, own] += self.terms["own_cross"][t].T
            right[own] += self.terms["own_moment"][t]


def blur_of(
    columns: Columns, rows: Sequence[Row], published: Mapping[str, Floats], therapists: Sequence[int]
) -> Blur:
    """What published sums have beyond those of their rows; single raters are integrated out of both."""
    g, h = columns.rows(
        np.array([row["features"] for row in rows], dtype=float),
        [row["code"] for row in rows],
        [row["session"] for row in rows],
    )
    clients = [row["client"] for row in rows]
    alone = np.array([clients.count(client) == 1 for client in clients])
    noise = 1 / columns.weights(rows) + alone * columns.given["variances"]["rater"]
    w, y = 1 / noise, np.array([row["score"] for row in rows])
    at = [np.array([row["therapist"] == one for row in rows]) * w for one in therapists]
    exact = {
        "gram": (g.T * w) @ g,
        "moment": g.T @ (w * y),
        "own_gram": np.array([(h.T * own) @ h for own in at]),
        "own_cross": np.array([(h.T * own) @ g for own in at]),
        "own_moment": np.array([h.T @ (own * y) for own in at]),
    }
    return Blur({name: published[name] - exact[name] for name in exact}, therapists)


def dense_solve(
    columns: Columns,
    trained: Sequence[Row],
    therapists: Sequence[int],
    raters: Sequence[int],
    blur: Blur | None = None,
) -> Dense:
    """Solve from the training rows, and a blur; therapists and raters beyond theirs keep their prior."""
    everybody = sorted({*therapists, *(row["therapist"] for row in trained)})
    clients = sorted({*raters, *(row["client"] for row in trained)})
    given = columns.given
    features = np.array([row["features"] for row in trained], dtype=float)
    g, h = columns.rows(features, [row["code"] for row in trained], [row["session"] for row in trained])
    (n, p), q = g.shape, h.shape[1]
    A = np.zeros((n, p + q * len(everybody) + len(clients)))
    A[:, :p] = g
    for k, row in enumerate(trained):
        begin = p + q * everybody.index(row["therapist"])
        A[k, begin : begin + q] = h[k]
        A[k, p + q * len(everybody) + clients.index(row["client"])] = 1.0
    variances = given["variances"]
    weight = columns.weights(trained)
    mean, precision = columns.prior()
    one_own = [1 / variances["therapist"], *[1 / variances["slopes"]] * (q - 1)]
    rest = np.concatenate([one_own * len(everybody), [1 / variances["rater"]] * len(clients)])
    diagonal = np.concatenate([precision, rest])
    P = (A.T * weight) @ A + np.diag(diagonal)
    right = A.T @ (weight * np.array([row["score"] for row in trained]))
    right[:p] += precision * mean
    if blur:
        blur.add(everybody, P, right)
    return Dense(columns, everybody, clients, p, q, np.linalg.solve(P, right), P)


@dataclass(frozen=True)
class Figures:
    """What a client's list must say of every therapist of `therapists`, in points."""

    mean: Floats
    sd: Floats
    difference: Floats
    difference_sd: Floats


def client_figures(dense: Dense, client: int, features: Floats, code: str) -> Figures:
    """One client with all of the dense solution's therapists, from raw features (T, ·) of the pairs."""
    count, p, q = len(dense.therapists), dense.globals, dense.own
    g, h = dense.columns.rows(features, [code] * count, [3] * count)
    A = np.zeros((count, p + q * count + 1))
    A[:, :p], A[:, -1] = g, 1.0
    for t in range(count):
        A[t, p + q * t : p + q * (t + 1)] = h[t]
    at = [*range(p + q * count), p + q * count + dense.raters.index(client)]
    covariance, mean = dense.covariance[np.ix_(at, at)], A @ dense.mean[at]
    apart = A - A.mean(axis=0)
    widening = dense.columns.given["widening"]
    sd, apart_sd = (widening * np.sqrt(((B @ covariance) * B).sum(axis=1)) for B in (A, apart))
    return Figures(mean, sd, mean - mean.mean(), apart_sd)


def list_faults(
    stored: Row, figures: Figures, therapists: Sequence[int], eligible: set[int], kept: int = 50
) -> list[str]:
    """What of a stored list is not what it must be: its order, or a figure beyond the rounding to tenths."""
    at = [therapists.index(key) for key in stored["therapist_ids"]]
    mean = dict(zip(therapists, figures.mean.tolist(), strict=True))
    listed, left = stored["therapist_ids"], eligible - set(stored["therapist_ids"])
    faults = []
    if not set(listed) <= eligible or len(listed) != min(kept, len(eligible)):
        faults.append("other therapists")
    order = [mean[key] for key in listed]
    best_left = max((mean[key] for key in left), default=-np.inf)
    if (np.diff(order) > CLOSE).any() or best_left > min(order, default=np.inf) + CLOSE:
        faults.append("another order")
    for name in ("mean", "sd", "difference", "difference_sd"):
        gap = np.abs(10 * getattr(figures, name)[at] - np.array(stored[f"{name}s"]))
        if (gap > 0.5 + 1e-5).any():
            faults.append(f"{name} off by {gap.max() / 10:.2g}")
    return faults


def agreement(
    position: Floats, importance: Floats, practised: Floats, reach: Floats
) -> tuple[Floats, Floats]:
    """Agreement of one client (d,) with therapists (T, d): by dimension, and the sum; about their average."""
    gap = np.maximum(0.0, np.abs(position - practised) - reach)
    single = -importance * gap**2 / 9
    single = single - single.mean(axis=0)
    return single, single.sum(axis=1)
