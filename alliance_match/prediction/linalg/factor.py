"""The joint precision of all coefficients, factorised: solve, log determinant, covariances.

A node with block A, row W towards later nodes and row B towards the p global columns is eliminated by
subtracting W′A⁻¹W, W′A⁻¹B and B′A⁻¹B from what is left (Schur complement). Covariances run backwards
(Takahashi, Fagan & Chin 1973): with E = A⁻¹W and F = A⁻¹B,
Cov(node, later) = −E Cov(later, later) − F Cov(global, later),
computed only where the precision has an entry or the elimination made one.
"""

from dataclasses import dataclass

import numpy as np
import scipy

from alliance_match.prediction.data.arrays import Floats
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.linalg.symbolic import NodeGroup, SymbolicFactor


@dataclass(frozen=True)
class EliminatedGroup:
    """What a group left behind: A⁻¹ (n, b, b), E (n, b, s), E over the reached scalars, and F (n·b, p)."""

    group: NodeGroup
    inverse: Floats
    answer: Floats
    reaching: "scipy.sparse.csr_array"
    border: Floats


@dataclass(frozen=True)
class SelectedCovariances:
    """Covariances where the precision has cells: cells (flat), with_global (scalars + 1, p) and of_global
    (p, p)."""

    cells: Floats
    with_global: Floats
    of_global: Floats


@dataclass(frozen=True)
class Factor:
    """The factorised precision: what the groups left behind, and the Cholesky factor of the dense rest."""

    symbolic: SymbolicFactor
    eliminated: tuple[EliminatedGroup, ...]
    dense: Floats
    log_det: float

    def solve(self, scalars: Floats, columns: Floats) -> tuple[Floats, Floats]:
        """The inverse times right-hand sides (scalars, k) and (p, k), in the same two parts."""
        core = self.symbolic.core
        x = np.concatenate([scalars, np.zeros((1, scalars.shape[1]))])
        y = columns.copy()
        for part in self.eliminated:
            right = x[part.group.scalars.ravel()]
            x[part.group.reached] -= part.reaching.T @ right
            y -= part.border.T @ right
        dense = scipy.linalg.cho_solve((self.dense, True), np.concatenate([x[core], y]), check_finite=False)
        x[core], y = dense[: len(core)], dense[len(core) :]
        for part in reversed(self.eliminated):
            at = part.group.scalars.ravel()
            x[at] = _times(part.inverse, x[at]) - part.reaching @ x[part.group.reached] - part.border @ y
        return x[:-1], y

    def selected(self) -> SelectedCovariances:
        """Covariances within each therapist, of every pair of the pattern, and with the global columns."""
        symbolic, core, m = self.symbolic, self.symbolic.core, self.symbolic.rest
        cells = np.empty(symbolic.cells)
        cells[symbolic.void] = 0.0
        dense = cells[symbolic.void + 1 :].reshape(m, m, order="F")
        dense[:] = self.dense
        scipy.linalg.lapack.dpotri(dense, lower=True, overwrite_c=True)
        corner = np.tril(dense[len(core) :, len(core) :])
        corner = corner + np.tril(corner, -1).T
        with_global = np.zeros((symbolic.scalars + 1, len(corner)))
        with_global[core] = dense[len(core) :, : len(core)].T
        for part in reversed(self.eliminated):
            _select(part, cells, with_global, corner)
        return SelectedCovariances(cells, with_global, corner)


def factorise(symbolic: SymbolicFactor, cells: Floats, border: Floats, corner: Floats) -> Factor:
    """Factorise the precision of which cells (flat), border (scalars, p) and corner (p, p) are the entries.

    The cells are used up. Raises EstimationError if the precision is not positive definite.
    """
    border = np.concatenate([border, np.zeros((1, border.shape[1]))])
    corner = corner.copy()
    eliminated, log_det = [], 0.0
    for group in symbolic.groups:
        part, of_group = _eliminate(group, cells, border, corner)
        eliminated.append(part)
        log_det += of_group
    dense = _dense(symbolic, cells, border, corner)
    log_det += 2.0 * float(np.log(np.diag(dense)).sum())
    return Factor(symbolic, tuple(eliminated), dense, log_det)


def _eliminate(
    group: NodeGroup, cells: Floats, border: Floats, corner: Floats
) -> tuple[EliminatedGroup, float]:
    """Take a group out of the entries, in place; what it leaves behind and its log determinant."""
    (n, b), s = group.scalars.shape, group.neighbours.shape[1]
    block = cells[group.place].reshape(n, b, b + s)
    inverse, log_det = _inverse_of(block[:, :, :b])
    towards = block[:, :, b:]
    answer = inverse @ towards
    rows, columns = group.triangle
    square = towards.transpose(0, 2, 1) @ answer
    np.subtract.at(cells, group.cells.ravel(), square[:, rows, columns].ravel())
    left = border[group.scalars.ravel()]
    reaching = scipy.sparse.csr_array((answer.reshape(-1), *group.columns), shape=(n * b, len(group.reached)))
    towards_border = _times(inverse, left)
    border[group.reached] -= reaching.T @ left
    corner -= left.T @ towards_border
    return EliminatedGroup(group, inverse, answer, reaching, towards_border), log_det


def _dense(symbolic: SymbolicFactor, cells: Floats, border: Floats, corner: Floats) -> Floats:
    """Cholesky factor of what is left when all groups are gone."""
    core, m = symbolic.core, symbolic.rest
    dense = cells[symbolic.void + 1 :].reshape(m, m, order="F")
    dense[len(core) :, : len(core)] = border[core].T
    dense[len(core) :, len(core) :] = corner
    try:
        return np.asarray(scipy.linalg.cholesky(dense, lower=True, overwrite_a=True, check_finite=False))
    except scipy.linalg.LinAlgError as error:
        raise EstimationError("the posterior precision is not positive definite") from error


def _times(inverse: Floats, right: Floats) -> Floats:
    """A⁻¹ (n, b, b) times rows that belong to the group's scalars, (n·b, k)."""
    n, b, _ = inverse.shape
    return np.asarray((inverse @ right.reshape(n, b, -1)).reshape(n * b, -1))


def _select(part: EliminatedGroup, cells: Floats, with_global: Floats, corner: Floats) -> None:
    """Fill in the covariances of one group, given those of all that was eliminated later."""
    group, (n, b) = part.group, part.group.scalars.shape
    border = part.border.reshape(n, b, len(corner))
    later = cells[group.cells][:, group.unfold]
    globally = -(part.reaching @ with_global[group.reached] + part.border @ corner)
    towards = -(part.answer @ later + border @ with_global[group.neighbours].transpose(0, 2, 1))
    own = (
        part.inverse
        - part.answer @ towards.transpose(0, 2, 1)
        - border @ globally.reshape(n, b, -1).transpose(0, 2, 1)
    )
    with_global[group.scalars.ravel()] = globally
    cells[group.place] = np.concatenate([own, towards], axis=2).ravel()


def _inverse_of(block: Floats) -> tuple[Floats, float]:
    """Inverses of symmetric matrices (n, b, b) of which the lower triangle is given, and the sum of their
    log determinants."""
    try:
        factor = np.linalg.cholesky(block)
    except np.linalg.LinAlgError as error:
        raise EstimationError("the posterior precision is not positive definite") from error
    half = np.linalg.inv(factor)
    log_det = 2.0 * float(np.log(np.einsum("naa->na", factor)).sum())
    return np.asarray(half.transpose(0, 2, 1) @ half), log_det
