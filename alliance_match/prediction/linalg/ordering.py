"""In which order therapists and repeat raters are eliminated, so that little has to be solved densely.

Therapists and raters are the nodes of a graph, joined by ratings. Nodes that are not joined can be
eliminated together; each leaves its neighbours joined to one another. Level by level the cheapest such set
goes (minimum degree, Tinney & Walker 1967), until what is left, the core, is cheaper to solve densely.
"""

from dataclasses import dataclass

import numpy as np
import scipy

from alliance_match.prediction.data.arrays import Bools, Ints

# A dense solve with its inverse takes n³ operations in one library call; work node by node is scattered
# over memory and takes about this many times as long for each operation.
SCATTERED = 400.0

# Fixed cost of a level, in the same operations: some thirty array calls.
LEVEL = 1.5e7


@dataclass(frozen=True)
class Level:
    """Nodes (n,) that are eliminated together, and their neighbours then: node ids (E,), `ends` (n + 1,)."""

    nodes: Ints
    ends: Ints
    neighbours: Ints


def levels_of(size: Ints, one: Ints, other: Ints, border: int) -> tuple[list[Level], Ints]:
    """The levels, and the nodes of the core, for nodes of the given sizes joined pair by pair.

    `border` columns are joined to every node and eliminated last, with the core.
    """
    alive = np.arange(len(size))
    ends = np.concatenate([one, other]), np.concatenate([other, one])
    joined = scipy.sparse.csr_array((np.ones(2 * len(one), np.int32), ends), shape=(len(size), len(size)))
    levels = []
    while len(alive):
        chosen = _independent(joined, size[alive])
        before = int(size[alive].sum()) + border
        after = before - int(size[alive[chosen]].sum())
        if not chosen.any() or float(before) ** 3 - float(after) ** 3 < LEVEL:
            break
        away = joined[chosen]
        levels.append(Level(alive[chosen], away.indptr.astype(np.int64), alive[away.indices]))
        joined = _graph_without(joined, away, ~chosen)
        alive = alive[~chosen]
    return levels, alive


def _independent(joined: "scipy.sparse.csr_array", size: Ints) -> Bools:
    """Mark nodes of which no two are joined, each cheaper to eliminate than all its neighbours."""
    reach = joined @ size
    cost = reach / np.sqrt(size)
    eligible = SCATTERED * cost**2 <= float(size.sum()) ** 2
    # Ties are broken by a fixed shuffle: in the order of ids a chain would lose one node at a time.
    shuffle = np.random.default_rng(0).permutation(len(size))
    rank = np.empty(len(size), dtype=np.int64)
    rank[np.lexsort((shuffle, cost))] = np.arange(len(size))
    rank[~eligible] = len(size)
    lowest = np.full(len(size), len(size))
    has = np.diff(joined.indptr) > 0
    lowest[has] = np.minimum.reduceat(rank[joined.indices], joined.indptr[:-1][has]) if has.any() else 0
    return np.asarray(eligible & (rank < lowest))


def _graph_without(
    joined: "scipy.sparse.csr_array", away: "scipy.sparse.csr_array", rest: Bools
) -> "scipy.sparse.csr_array":
    """The graph of the rest, in which the neighbours of each node that went are joined."""
    border = away[:, rest]
    fill = scipy.sparse.csr_array(border.T @ border)
    fill.data[fill.indices == np.repeat(np.arange(fill.shape[0]), np.diff(fill.indptr))] = 0
    left = scipy.sparse.csr_array(joined[rest][:, rest] + fill)
    left.eliminate_zeros()
    left.data[:] = 1
    return left
