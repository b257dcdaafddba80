"""The state of the estimator in force: the newest snapshot, with the training changes since.

Each process keeps those it made. Snapshots and changes never change, so what was made of them stays true,
unless they were rolled back; their digests tell where others have got their numbers since.
"""

from collections import OrderedDict
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple, Self

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset
from alliance_match.matching.models import ModelSnapshot, TrainingChange
from alliance_match.prediction import EstimationError, FittedAlliance, downdate, from_dict, update

MOST = 4


class StateDamagedError(Exception):
    """What is stored of the estimator cannot be read, or is not what the training changes build on."""


class EstimatorState(NamedTuple):
    """A snapshot with the changes up to one of them, whose digest is of all; None where it is of none."""

    snapshot_id: int
    snapshot_digest: int | None
    last_change: int
    change_digest: int | None
    fitted: FittedAlliance

    @classmethod
    def of_snapshot(cls, snapshot: ModelSnapshot, fitted: FittedAlliance) -> Self:
        """The state that a snapshot is."""
        return cls(snapshot.pk, snapshot.digest, snapshot.last_change, None, fitted)

    def with_changes(self, changes: Sequence[TrainingChange]) -> Self:
        """The state after these changes, in order. Raises StateDamagedError where they do not fit it."""
        if not changes:
            return self
        fitted = with_changes(self.fitted, changes)
        return self._replace(last_change=changes[-1].pk, change_digest=changes[-1].digest, fitted=fitted)


_kept: OrderedDict[int, EstimatorState] = OrderedDict()


def estimator_newest(clinic: Clinic) -> FittedAlliance:
    """The estimator with every rating that was taken in.

    Raises DoesNotExist of ModelSnapshot before the first fit, and StateDamagedError.
    """
    state = _state_at_hand(clinic)
    newest = state.with_changes(_changes_since(clinic, state.last_change))
    if newest is not state:
        estimator_keep(clinic, newest)
    return newest.fitted


def estimator_recent(clinic: Clinic) -> FittedAlliance:
    """The estimator as it was last needed: the newest snapshot, with all changes or only some.

    So it costs nothing more with each rating. Raises as `estimator_newest`.
    """
    return _state_at_hand(clinic).fitted


def estimator_keep(clinic: Clinic, state: EstimatorState) -> None:
    """Keep a state that was just made."""
    _kept[clinic.pk] = state
    _kept.move_to_end(clinic.pk)
    if len(_kept) > MOST:
        _kept.popitem(last=False)


def with_changes(fitted: FittedAlliance, changes: Sequence[TrainingChange]) -> FittedAlliance:
    """The estimator after these changes, in order. Raises StateDamagedError where they do not fit it."""
    try:
        for removed, run in groupby(changes, key=lambda change: change.removed):
            table = dataset.training_table(fitted.features, fitted.instruments, list(run))
            fitted = downdate(fitted, table) if removed else update(fitted, table)
    except EstimationError as error:
        raise StateDamagedError from error
    return fitted


def estimator_stored(clinic: Clinic) -> EstimatorState:
    """The estimator as it is stored, whatever this process has kept. Raises as `estimator_newest`."""
    snapshot = ModelSnapshot.objects.in_clinic(clinic).newest()
    if snapshot is None:
        raise ModelSnapshot.DoesNotExist
    state = EstimatorState.of_snapshot(snapshot, _decoded(snapshot))
    return state.with_changes(_changes_since(clinic, snapshot.last_change))


def _changes_since(clinic: Clinic, last_change: int) -> list[TrainingChange]:
    return list(TrainingChange.objects.in_clinic(clinic).filter(pk__gt=last_change).order_by("pk"))


def _state_at_hand(clinic: Clinic) -> EstimatorState:
    snapshot = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
    if snapshot is None:
        raise ModelSnapshot.DoesNotExist
    kept = _kept.get(clinic.pk)
    if kept is None or not _is_true(kept, snapshot):
        kept = EstimatorState.of_snapshot(snapshot, _decoded(snapshot))
        estimator_keep(clinic, kept)
    return kept


def _is_true(kept: EstimatorState, snapshot: ModelSnapshot) -> bool:
    """Whether this was made of the snapshot, and of changes none of which was rolled back."""
    if (kept.snapshot_id, kept.snapshot_digest) != (snapshot.pk, snapshot.digest):
        return False
    last = TrainingChange.objects.filter(pk=kept.last_change, digest=kept.change_digest)
    return kept.last_change == snapshot.last_change or last.exists()


def _decoded(snapshot: ModelSnapshot) -> FittedAlliance:
    if not snapshot.is_as_written():
        raise StateDamagedError
    try:
        return from_dict(snapshot.state)
    except EstimationError as error:
        raise StateDamagedError from error
