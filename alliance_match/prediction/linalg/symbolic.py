"""Symbolic factorisation: where every number of the numeric one is kept, laid out once for a pattern.

The scalars are the therapists' own coefficients, T·q, then the intercepts of the R repeat raters. A group of
n nodes of b scalars each, with up to s neighbouring scalars, is one slice of a flat buffer, read as
(n, b, b + s): the nodes' own blocks and their rows towards what is eliminated later. After the groups come
one cell that absorbs padding and the dense rest of (core + p)², lower triangle by columns.
"""

from collections.abc import Iterator, Sequence
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
class NodeGroup:
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


@dataclass(frozen=True)
class SymbolicFactor:
    """The groups in the order of elimination, the core's scalars, and the cells of the precision's entries.

    therapists T, q coefficients of each, raters R, and p global columns; own (T, q, q), rater (R,) and pair
    (K, q) are positions in a buffer of so many cells, in which that of `void` absorbs padding.
    """

    therapists: int
    q: int
    raters: int
    p: int
    groups: tuple[NodeGroup, ...]
    core: Ints
    own: Ints
    rater: Ints
    pair: Ints
    void: int
    cells: int

    @property
    def scalars(self) -> int:
        """Number of scalars: T·q + R."""
        return self.therapists * self.q + self.raters

    @property
    def rest(self) -> int:
        """Number of scalars and columns that are solved densely."""
        return len(self.core) + self.p


def symbolic_factor(therapists: int, q: int, raters: int, pairs: tuple[Ints, Ints], p: int) -> SymbolicFactor:
    """Order the elimination and lay out its buffer.

    pairs: the positions of therapist and rater (K,) of each pair that is joined.
    """
    scalars = _NodeScalars(np.concatenate([np.full(therapists, q), np.ones(raters, dtype=np.int64)]))
    levels, core_nodes = levels_of(scalars.size, pairs[0], therapists + pairs[1], p)
    core = scalars.of(core_nodes)
    blocks = list(_blocks(levels, scalars, p))
    cells = _cells_of(blocks, scalars, core, len(core) + p)
    own = np.arange(therapists * q).reshape(therapists, q)
    rater = therapists * q + np.arange(raters)
    return SymbolicFactor(
        therapists=therapists,
        q=q,
        raters=raters,
        p=p,
        groups=tuple(_group(block, cells) for block in blocks),
        core=core,
        own=cells.of(own[:, :, None], own[:, None, :]),
        rater=cells.of(rater, rater),
        pair=cells.of(own[pairs[0]], rater[pairs[1]][:, None]),
        void=cells.void,
        cells=cells.void + 1 + cells.rest**2,
    )


@dataclass(frozen=True)
class _NodeScalars:
    """The scalars of each node, one after the other: `size` (nodes,) says how many."""

    size: Ints

    @cached_property
    def total(self) -> int:
        return int(self.size.sum())

    @cached_property
    def first(self) -> Ints:
        """The first scalar of each node."""
        return np.cumsum(self.size) - self.size

    @cached_property
    def node(self) -> Ints:
        """The node of each scalar."""
        return np.repeat(np.arange(len(self.size)), self.size)

    def of(self, nodes: Ints) -> Ints:
        """All scalars of some nodes."""
        return np.repeat(self.first[nodes], self.size[nodes]) + _positions_within_runs(self.size[nodes])

    def reach(self, level: Level) -> Ints:
        """How many neighbouring scalars each node of a level has."""
        ends = np.concatenate([[0], np.cumsum(self.size[level.neighbours])])[level.ends]
        return np.diff(ends)


@dataclass(frozen=True)
class _NodeBlock:
    """A group before its cells are known, with the number of its level and its nodes (n,)."""

    level: int
    nodes: Ints
    scalars: Ints
    neighbours: Ints
    place: slice


def _blocks(levels: Sequence[Level], scalars: _NodeScalars, p: int) -> Iterator[_NodeBlock]:
    start = 0
    for k, level in enumerate(levels):
        for chosen in _nodes_of_similar_size(level, scalars, p):
            own, neighbours = _padded(level, chosen, scalars)
            (n, b), s = own.shape, neighbours.shape[1]
            place = slice(start, start + n * b * (b + s))
            yield _NodeBlock(k, level.nodes[chosen], own, neighbours, place)
            start = place.stop


def _nodes_of_similar_size(level: Level, scalars: _NodeScalars, p: int) -> Iterator[Ints]:
    """Positions of nodes of one size and a similar number of neighbours, not too many at once."""
    reach, size = scalars.reach(level), scalars.size[level.nodes]
    for b in np.unique(size):
        at = np.flatnonzero(size == b)
        at = at[np.argsort(reach[at], kind="stable")]
        widest = reach[at]
        width = np.zeros(len(at)) if len(at) * widest[-1] ** 2 <= FEW else np.ceil(np.log2(widest + 1))
        for part in np.split(at, np.flatnonzero(np.diff(width)) + 1):
            s = int(reach[part[-1]])
            step = max(MOST // max(s * s, s * p, int(b) * p, 1), 1)
            yield from (part[k : k + step] for k in range(0, len(part), step))


def _padded(level: Level, chosen: Ints, scalars: _NodeScalars) -> tuple[Ints, Ints]:
    """Scalars (n, b) and neighbours (n, s) of some nodes of a level."""
    counts = np.diff(level.ends)[chosen]
    nodes = level.neighbours[np.repeat(level.ends[chosen], counts) + _positions_within_runs(counts)]
    reach = scalars.reach(level)[chosen]
    neighbours = np.full((len(chosen), int(reach.max(initial=0))), scalars.total)
    neighbours[np.repeat(np.arange(len(chosen)), reach), _positions_within_runs(reach)] = scalars.of(nodes)
    return scalars.of(level.nodes[chosen]).reshape(len(chosen), -1), neighbours


@dataclass(frozen=True)
class _Cells:
    """The buffer position of every two scalars that are ever joined.

    level (nodes,) in which each is eliminated; row (scalars + 1,) where the row of each begins; of each pair
    of a node and a neighbouring scalar its key, ascending, and the column in the rows of the node; core_at
    (scalars + 1,) the position in the core, −1 outside; void the position for padding, after which the dense
    rest begins.
    """

    scalars: _NodeScalars
    level: Ints
    row: Ints
    key: Ints
    column: Ints
    core_at: Ints
    void: int
    rest: int

    def of(self, x: Ints, y: Ints) -> Ints:
        """The position of each pair of scalars; padding goes to the void cell."""
        total = self.scalars.total
        x, y = np.maximum(x, y), np.minimum(x, y)
        inside, outside = self.core_at[y], self.core_at[x]
        cell = self.void + 1 + inside * self.rest + outside
        sparse = np.asarray(((inside < 0) | (outside < 0)) & (x < total))
        cell[x == total] = self.void
        cell[sparse] = self._sparse(x[sparse], y[sparse])
        return np.asarray(cell)

    def _sparse(self, x: Ints, y: Ints) -> Ints:
        """Of two scalars not both in the core: in the row of the one that is eliminated first."""
        i, j = self.scalars.node[x], self.scalars.node[y]
        first: Bools = self.level[i] < self.level[j]
        row, other = np.where(first, x, y), np.where(first, y, x)
        key = self.scalars.node[row] * (self.scalars.total + 1) + other
        found = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
        column = self.column[found] if len(self.key) else np.zeros_like(key)
        own = self.row[x] + y - self.scalars.first[i]
        return np.asarray(np.where(i == j, own, self.row[row] + column))


def _cells_of(blocks: Sequence[_NodeBlock], scalars: _NodeScalars, core: Ints, rest: int) -> _Cells:
    total = scalars.total
    level = np.full(len(scalars.size), len(blocks))
    row = np.zeros(total + 1, dtype=np.int64)
    keys, columns = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for block in blocks:
        (n, b), s = block.scalars.shape, block.neighbours.shape[1]
        level[block.nodes] = block.level
        row[block.scalars] = block.place.start + np.arange(n * b).reshape(n, b) * (b + s)
        real = block.neighbours < total
        keys.append((block.nodes[:, None] * (total + 1) + block.neighbours)[real])
        columns.append(np.broadcast_to(b + np.arange(s), block.neighbours.shape)[real])
    key = np.concatenate(keys)
    order = np.argsort(key)
    core_at = np.full(total + 1, -1)
    core_at[core] = np.arange(len(core))
    void = blocks[-1].place.stop if blocks else 0
    return _Cells(scalars, level, row, key[order], np.concatenate(columns)[order], core_at, void, rest)


def _group(block: _NodeBlock, cells: _Cells) -> NodeGroup:
    rows, columns = np.tril_indices(block.neighbours.shape[1])
    joined = cells.of(block.neighbours[:, rows], block.neighbours[:, columns])
    return NodeGroup(block.scalars, block.neighbours, block.place, joined)


def _positions_within_runs(counts: Ints) -> Ints:
    """0, 1, … within each of consecutive runs of the given lengths."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
