"""One full fit: rows are read under the clinic's lock, it is computed without, and stored under it again."""

import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from django.db import transaction

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from alliance_match.matching.models import ModelSnapshot, PendingRescore, RescoreRun, TrainingChange
from alliance_match.matching.services.attempts import clinic_lock, fit_lock
from alliance_match.matching.services.estimators import with_changes
from alliance_match.matching.services.fit_computation import (
    ClinicFit,
    preference_fit,
    searched_fit,
    weighted,
)
from alliance_match.matching.services.pending_lists import lists_of_clients_add, lists_of_everybody_add
from alliance_match.matching.services.publishing import publish_if_due, published_row_ids
from alliance_match.matching.services.snapshots import (
    fits_since,
    needs_fit,
    snapshot_is_missing,
    snapshot_save,
    snapshot_uses,
    uses_of_today,
)
from alliance_match.matching.services.training_rows import (
    training_rows_make,
    training_rows_renew,
    training_rows_set_weights,
)
from alliance_match.matching.training_data import TrainingData, training_data
from alliance_match.prediction import FittedAlliance

# So often a fit may be overtaken by another before it is made under the clinic's lock.
MOST_OVERTAKEN = 2


class FitNotConvergedError(Exception):
    """The search for variances stopped before it converged, so nothing of the fit was kept.

    `pending`: the keys of the pending re-scores that it was to process.
    """

    def __init__(self, pending: Sequence[int]) -> None:
        super().__init__("the search for variances did not converge")
        self.pending = pending


class FitInputs(NamedTuple):
    """What a fit is made of: the snapshot before, the keys of pending re-scores whose changes are in the
    rows, the last training change in them, and the rows."""

    before: ModelSnapshot | None
    pending: list[int]
    last_change: int
    data: TrainingData


def fit_and_save(*, clinic: Clinic, by: Actor, search: bool = True) -> ModelSnapshot:
    """Fit, store and publish, and name whose lists that concerns, all or nothing; waits for another fit.

    It is computed without the clinic's lock: ratings are taken in meanwhile, and then into the fit; before
    the first fit they wait for it. Where the clinic needs another fit than its first they cannot be taken in
    either, and rows of other features must not be seen without their snapshot: it is locked throughout.
    Without `search`: at the variances the literature expects, which takes no time.
    """
    with fit_lock(clinic):
        for _ in range(MOST_OVERTAKEN):
            if not search or (needs_fit(clinic) and not snapshot_is_missing(clinic)):
                break
            snapshot = _fit_without_lock(clinic, by)
            if snapshot is not None:
                return snapshot
        return fit_under_lock(clinic, by, search=search)


@transaction.atomic
def fit_under_lock(clinic: Clinic, by: Actor, *, search: bool) -> ModelSnapshot:
    """Fit with the clinic locked throughout; `search` as above."""
    began = time.monotonic()
    clinic_lock(clinic)
    pending = _pending_keys(clinic)
    training_rows_renew(clinic=clinic)
    data = weighted(clinic, training_data(clinic))
    found = searched_fit(clinic, data) if search else preference_fit(data.table)
    if not found.fitted.converged:
        raise FitNotConvergedError(pending)
    return _fit_store(clinic, FitInputs(None, pending, 0, data), found, began, by)


def _pending_keys(clinic: Clinic) -> list[int]:
    return list(PendingRescore.objects.in_clinic(clinic).values_list("pk", flat=True))


def _fit_without_lock(clinic: Clinic, by: Actor) -> ModelSnapshot | None:
    """Fit to the rows of a moment, then take in what came since; None where something else overtook it."""
    began = time.monotonic()
    inputs = _inputs_read(clinic)
    if inputs is None:
        return None
    inputs = inputs._replace(data=weighted(clinic, inputs.data))
    found = searched_fit(clinic, inputs.data)
    if not found.fitted.converged:
        raise FitNotConvergedError(inputs.pending)
    with transaction.atomic():
        clinic_lock(clinic)
        if _is_overtaken(clinic, inputs.before, found.fitted):
            return None
        since = TrainingChange.objects.in_clinic(clinic).filter(pk__gt=inputs.last_change).order_by("pk")
        fitted = with_changes(found.fitted, _as_fitted(since, inputs.data))
        return _fit_store(clinic, inputs, found._replace(fitted=fitted), began, by)


def _inputs_read(clinic: Clinic) -> FitInputs | None:
    """The rows of this moment, made now before the first fit; None where other features came meanwhile."""
    uses = training_rows_make(clinic=clinic) if snapshot_is_missing(clinic) else None
    with transaction.atomic():
        clinic_lock(clinic)
        before = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
        if before is None and uses != uses_of_today(clinic):
            return None
        pending = [] if before else _pending_keys(clinic)
        if before is None:
            training_rows_renew(clinic=clinic, just_made=True)
        last = max(
            TrainingChange.objects.in_clinic(clinic).last_number(), before.last_change if before else 0
        )
        return FitInputs(before, pending, last, training_data(clinic))


def _is_overtaken(clinic: Clinic, before: ModelSnapshot | None, fitted: FittedAlliance) -> bool:
    """Whether there is another fit, or other features are in force than those of the fit."""
    if before is not None:
        return needs_fit(clinic) or fits_since(before)
    uses = snapshot_uses(fitted.features, fitted.instruments)
    return not snapshot_is_missing(clinic) or uses != uses_of_today(clinic)


def _as_fitted(changes: Iterable[TrainingChange], data: TrainingData) -> list[TrainingChange]:
    """The changes with rows that were removed as they are in the fit, which has weighted them anew."""
    weights = dict(zip(data.row_ids.tolist(), data.table.weight.tolist(), strict=True))
    found = list(changes)
    for change in found:
        change.weight = weights.get(change.row_id, change.weight)
    return found


def _fit_store(clinic: Clinic, inputs: FitInputs, found: ClinicFit, began: float, by: Actor) -> ModelSnapshot:
    """Store a fit, its rows' weights and what is published; name those whose own lists that concerns."""
    data = inputs.data
    changed = data.table.weight != data.stored_weight
    row_ids = data.row_ids[changed]
    training_rows_set_weights(row_ids=row_ids.tolist(), weights=data.table.weight[changed].tolist())
    snapshot = snapshot_save(
        clinic=clinic, kind=ModelSnapshot.Kind.FIT, rated=found.fitted.ratings, **found._asdict()
    )
    if not publish_if_due(clinic=clinic, by=by):
        own = ~np.isin(row_ids, published_row_ids(clinic))
        clients = np.unique(data.table.client_ids[changed][own]).tolist()
        lists_of_clients_add(clinic, clients, news=False)
    PendingRescore.objects.filter(pk__in=inputs.pending).delete()
    if inputs.pending:  # it is in the fit now, and may have concerned any list
        lists_of_everybody_add(clinic, news=False)
    _run_record(clinic, snapshot, began, by)
    return snapshot


def _run_record(clinic: Clinic, snapshot: ModelSnapshot, began: float, by: Actor) -> None:
    RescoreRun.objects.create(
        clinic=clinic, ratings=snapshot.rated, lists=0, moved=0, seconds=time.monotonic() - began
    )
    event_record(by=by, verb="clinic_fit", of=snapshot, clinic_id=clinic.pk)
