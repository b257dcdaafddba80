"""Where every number of the elimination is kept: laid out once for a roster, used at every evaluation.

The scalars are the therapists' own coefficients, T·q, then the intercepts of the R repeat raters. A group of
n nodes of b scalars each, with up to s neighbouring scalars, is one slice of a flat buffer, read as
(n, b, b + s): the nodes' own blocks and their rows towards what is eliminated later. After the groups come
one cell that absorbs padding and the dense rest of (core + p)², lower triangle by columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alliance_match.prediction.data.arrays import Bools, Ints
from alliance_match.prediction.linalg.ordering import Level, levels_of

# Entries that one group may hold at once, so that its temporaries stay below some 30 MB each.
MOST = 2_000_000

# Below this many entries a level is padded to its widest node rather than split into groups.
FEW = 50_000


@dataclass(frozen=True)
class Group:
    """n nodes of b scalars (n, b); their neighbours (n, s), padded with the number of all scalars; the
    buffer slice; and the cells (n, s (s + 1) / 2) of each pair of neighbours, the lower triangle by rows."""

    scalars: Ints
    neighbours: Ints
    place: slice
    cells: Ints

    @cached_property
    def triangle(self) -> tuple[Ints, Ints]:
        """Rows and columns of the lower triangle of a neighbours' block."""
        rows, columns = np.tril_indices(self.neighbours.shape[1])
        return rows, columns

    @cached_property
    def unfold(self) -> Ints:
        """Position in the triangle of every entry of the whole block, (s, s)."""
        s = self.neighbours.shape[1]
        whole = np.zeros((s, s), dtype=np.int64)
        whole[self.triangle] = np.arange(s * (s + 1) // 2)
        return np.maximum(whole, whole.T)

    @cached_property
    def reached(self) -> Ints:
        """Every scalar that is a neighbour of some node, ascending."""
        return np.unique(self.neighbours)

    @cached_property
    def columns(self) -> tuple[Ints, Ints]:
        """Column indices and row ends that read rows (n·b, s) as sparse over `reached`."""
        n, b = self.scalars.shape
        s = self.neighbours.shape[1]
        at = np.searchsorted(self.reached, self.neighbours)
        return np.repeat(at, b, axis=0).ravel(), np.arange(n * b + 1) * s


class Plan:
    """The groups in the order of elimination, the core's scalars, and the cells of what the sums give.

    own (T, q, q), rater (R,) and pair (K, q) are positions in the buffer.
    """

    def __init__(self, therapists: int, q: int, raters: int, pairs: tuple[Ints, Ints], p: int) -> None:
        self.shape = (therapists, q, raters, p)
        size = np.concatenate([np.full(therapists, q), np.ones(raters, dtype=np.int64)])
        levels, core = levels_of(size, pairs[0], therapists + pairs[1], p)
        self._first = np.cumsum(size) - size
        self._size = size
        self.scalars = int(size.sum())
        self._node = np.repeat(np.arange(len(size)), size)
        self._level = np.full(len(size) + 1, len(levels))
        self.core = self._scalars_of(core)
        self._core_at = np.full(self.scalars + 1, -1)
        self._core_at[self.core] = np.arange(len(self.core))
        self._row = np.zeros(self.scalars + 1, dtype=np.int64)
        laid = self._lay_out(levels)
        self.groups = [Group(*part, self._cells(part[1])) for part in laid]
        own = np.arange(therapists * q).reshape(therapists, q)
        self.own = self._cell(own[:, :, None], own[:, None, :])
        rater = therapists * q + np.arange(raters)
        self.rater = self._cell(rater, rater)
        self.pair = self._cell(own[pairs[0]], rater[pairs[1]][:, None])

    @property
    def rest(self) -> int:
        """Number of scalars and columns that are solved densely."""
        return len(self.core) + self.shape[3]

    def _scalars_of(self, nodes: Ints) -> Ints:
        start = np.repeat(self._first[nodes], self._size[nodes])
        return start + _within(self._size[nodes])

    def _lay_out(self, levels: list[Level]) -> list[tuple[Ints, Ints, slice]]:
        """Scalars, neighbours and buffer slice of every group; fills the tables that `_cell` reads."""
        laid, keys, columns, start = [], [], [], 0
        for k, level in enumerate(levels):
            self._level[level.nodes] = k
            for chosen in self._alike(level):
                scalars, neighbours = self._padded(level, chosen)
                (n, b), s = scalars.shape, neighbours.shape[1]
                self._row[scalars] = start + np.arange(n * b).reshape(n, b) * (b + s)
                place = slice(start, start + n * b * (b + s))
                laid.append((scalars, neighbours, place))
                real = neighbours < self.scalars
                keys.append((level.nodes[chosen][:, None] * (self.scalars + 1) + neighbours)[real])
                columns.append(np.broadcast_to(b + np.arange(s), neighbours.shape)[real])
                start = place.stop
        self.void = start
        self.cells = start + 1 + self.rest**2
        key = np.concatenate([*keys, np.empty(0, dtype=np.int64)])
        order = np.argsort(key)
        self._key = key[order]
        self._column = np.concatenate([*columns, np.empty(0, dtype=np.int64)])[order]
        return laid

    def _alike(self, level: Level) -> Iterator[Ints]:
        """Positions of nodes of one size and a similar number of neighbours, not too many at once."""
        reach = self._reach(level)
        for b in np.unique(self._size[level.nodes]):
            at = np.flatnonzero(self._size[level.nodes] == b)
            at = at[np.argsort(reach[at], kind="stable")]
            widest = reach[at]
            width = np.zeros(len(at)) if len(at) * widest[-1] ** 2 <= FEW else np.ceil(np.log2(widest + 1))
            for part in np.split(at, np.flatnonzero(np.diff(width)) + 1):
                s = int(reach[part[-1]])
                step = max(MOST // max(s * s, s * self.shape[3], int(b) * self.shape[3], 1), 1)
                yield from (part[k : k + step] for k in range(0, len(part), step))

    def _reach(self, level: Level) -> Ints:
        ends = np.concatenate([[0], np.cumsum(self._size[level.neighbours])])[level.ends]
        return np.diff(ends)

    def _padded(self, level: Level, chosen: Ints) -> tuple[Ints, Ints]:
        counts = np.diff(level.ends)[chosen]
        nodes = level.neighbours[np.repeat(level.ends[chosen], counts) + _within(counts)]
        reach = self._reach(level)[chosen]
        neighbours = np.full((len(chosen), int(reach.max(initial=0))), self.scalars)
        neighbours[np.repeat(np.arange(len(chosen)), reach), _within(reach)] = self._scalars_of(nodes)
        return self._scalars_of(level.nodes[chosen]).reshape(len(chosen), -1), neighbours

    def _cells(self, neighbours: Ints) -> Ints:
        rows, columns = np.tril_indices(neighbours.shape[1])
        return self._cell(neighbours[:, rows], neighbours[:, columns])

    def _cell(self, x: Ints, y: Ints) -> Ints:
        """The buffer position of each pair of scalars that is ever joined; padding goes to the void cell."""
        x, y = np.maximum(x, y), np.minimum(x, y)
        inside, outside = self._core_at[y], self._core_at[x]
        cell = self.void + 1 + inside * self.rest + outside
        sparse = np.asarray(((inside < 0) | (outside < 0)) & (x < self.scalars))
        cell[x == self.scalars] = self.void
        cell[sparse] = self._sparse_cell(x[sparse], y[sparse])
        return np.asarray(cell)

    def _sparse_cell(self, x: Ints, y: Ints) -> Ints:
        """Of two scalars not both in the core: in the row of the one that is eliminated first."""
        i, j = self._node[x], self._node[y]
        first: Bools = self._level[i] < self._level[j]
        row, other = np.where(first, x, y), np.where(first, y, x)
        key = self._node[row] * (self.scalars + 1) + other
        found = np.minimum(np.searchsorted(self._key, key), len(self._key) - 1)
        column = self._column[found] if len(self._key) else np.zeros_like(key)
        same = i == j
        return np.asarray(np.where(same, self._row[x] + y - self._first[i], self._row[row] + column))


def _within(counts: Ints) -> Ints:
    """0, 1, … within each of consecutive runs of the given lengths."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
