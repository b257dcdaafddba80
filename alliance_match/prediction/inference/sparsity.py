"""Which coefficients meet in some rating, and so where the joint precision has entries."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Ints
from alliance_match.prediction.inference.sufficient_statistics import Roster, Sums
from alliance_match.prediction.linalg.symbolic import SymbolicFactor, symbolic_factor


@dataclass(frozen=True)
class SparsityPattern:
    """The R repeat raters by position in the roster, and the K pairs that they form with therapists.

    pair (K,) are positions of those pairs in the roster; pair_therapist and pair_rater (K,) are positions
    among therapists and among repeat raters. symbolic is the symbolic factorisation of a precision of this
    pattern.
    """

    repeat: Ints
    pair: Ints
    pair_therapist: Ints
    pair_rater: Ints
    symbolic: SymbolicFactor


def sparsity_pattern(sums: Sums, roster: Roster, symbolic: SymbolicFactor | None = None) -> SparsityPattern:
    """The pattern of some sums; `symbolic` is given where it was factorised before."""
    repeat: Ints = np.flatnonzero(sums.repeat)
    pair: Ints = np.flatnonzero(sums.repeat[roster.pair_rater])
    therapist: Ints = roster.pair_therapist[pair]
    rater: Ints = np.searchsorted(repeat, roster.pair_rater[pair])
    if symbolic is None:
        T, q, p = sums.own_cross.shape
        symbolic = symbolic_factor(T, q, len(repeat), (therapist, rater), p)
    return SparsityPattern(repeat, pair, therapist, rater, symbolic)
