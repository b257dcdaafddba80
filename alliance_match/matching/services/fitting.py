"""Full fits: find variances, store a snapshot, publish. One that has not converged is never served."""

import logging
import time
from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
from django.db import transaction

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from alliance_match.matching.models import ModelSnapshot, PendingRescore, RescoreRun, TrainingChange
from alliance_match.matching.models.failed_rescore import NOT_CONVERGED
from alliance_match.matching.models.pending_rescore import MAX_ATTEMPTS
from alliance_match.matching.services.attempts import (
    WORKER_LOST,
    attempt_count,
    attempt_run,
    clinic_lock,
    clinic_lock_if_free,
    fit_failure_record,
    fit_give_up,
)
from alliance_match.matching.services.estimators import with_changes
from alliance_match.matching.services.fit_computation import (
    ClinicFit,
    preference_fit,
    searched_fit,
    weighted,
)
from alliance_match.matching.services.outages import is_database_outage
from alliance_match.matching.services.pending_lists import lists_of_clients_add, lists_of_everybody_add
from alliance_match.matching.services.publishing import publish_if_due, published_row_ids
from alliance_match.matching.services.rescoring import pending_rescores_process
from alliance_match.matching.services.snapshots import fits_since, needs_fit, snapshot_save
from alliance_match.matching.services.training_rows import training_rows_renew, training_rows_set_weights
from alliance_match.matching.training_data import TrainingData, training_data

log = logging.getLogger(__name__)
PRIOR_SERVED = "failed each time; the order is the prior's"
# So often a fit may be overtaken by another before it is made under the clinic's lock.
MOST_OVERTAKEN = 2


class FitNotConvergedError(Exception):
    """The search for variances stopped before it converged, so nothing of the fit was kept.

    `pending`: the keys of the pending re-scores that it was to process.
    """

    def __init__(self, pending: Sequence[int]) -> None:
        super().__init__("the search for variances did not converge")
        self.pending = pending


def clinic_fit(*, clinic: Clinic, by: Actor) -> ModelSnapshot:
    """Take in what is pending, fit with new variances, publish where that is due, and re-score.

    Waits for a worker that is at work for this clinic. Raises EstimationError where the data are unusable,
    and FitNotConvergedError, after recording it, where the search for variances has not converged.
    """
    pending_rescores_process(clinic=clinic, by=by)
    try:
        snapshot = fit_and_save(clinic=clinic, by=by)
    except FitNotConvergedError as error:
        fit_not_converged(clinic=clinic, error=error, by=by)
        raise
    pending_rescores_process(clinic=clinic, by=by)
    return snapshot


def fit_and_save(*, clinic: Clinic, by: Actor, search: bool = True) -> ModelSnapshot:
    """Fit, store and publish, and name whose lists that concerns, all or nothing.

    Ratings are taken in meanwhile, and then into the fit. Where the clinic needs a fit they cannot be, and it
    is locked throughout. Without `search`: at the variances the literature expects.
    """
    for _ in range(MOST_OVERTAKEN):
        if needs_fit(clinic):
            break
        snapshot = _fit_while_ratings_come(clinic, by)
        if snapshot is not None:
            return snapshot
    return _fit_under_lock(clinic, by, search=search)


@transaction.atomic
def _fit_under_lock(clinic: Clinic, by: Actor, *, search: bool) -> ModelSnapshot:
    began = time.monotonic()
    clinic_lock(clinic)
    pending = list(PendingRescore.objects.in_clinic(clinic).values_list("pk", flat=True))
    training_rows_renew(clinic=clinic)
    data = weighted(clinic, training_data(clinic))
    found = searched_fit(clinic, data) if search else preference_fit(data.table)
    if not found.fitted.converged:
        raise FitNotConvergedError(pending)
    snapshot = _fit_store(clinic, data, found, by)
    PendingRescore.objects.filter(pk__in=pending).delete()
    if pending:  # it is in the fit now, and may have concerned any list
        lists_of_everybody_add(clinic, news=False)
    _run_record(clinic, snapshot, began, by)
    return snapshot


def _fit_while_ratings_come(clinic: Clinic, by: Actor) -> ModelSnapshot | None:
    """Fit to the rows of a moment, then take in what came since; None where something else overtook it."""
    began = time.monotonic()
    with transaction.atomic():
        clinic_lock(clinic)
        before = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
        last_change = TrainingChange.objects.in_clinic(clinic).last_number()
        stored = training_data(clinic)
    data = weighted(clinic, stored)
    found = searched_fit(clinic, data)
    if not found.fitted.converged:
        raise FitNotConvergedError([])
    with transaction.atomic():
        clinic_lock(clinic)
        if before is None or needs_fit(clinic) or fits_since(before):
            return None
        since = TrainingChange.objects.in_clinic(clinic).filter(pk__gt=max(last_change, before.last_change))
        fitted = with_changes(found.fitted, _as_fitted(since.order_by("pk"), data))
        snapshot = _fit_store(clinic, data, found._replace(fitted=fitted), by)
        _run_record(clinic, snapshot, began, by)
    return snapshot


def _as_fitted(changes: Iterable[TrainingChange], data: TrainingData) -> list[TrainingChange]:
    """The changes with rows that were removed as they are in the fit, which has weighted them anew."""
    weights = dict(zip(data.row_ids.tolist(), data.table.weight.tolist(), strict=True))
    found = list(changes)
    for change in found:
        change.weight = weights.get(change.row_id, change.weight)
    return found


def _fit_store(clinic: Clinic, data: TrainingData, found: ClinicFit, by: Actor) -> ModelSnapshot:
    """Store a fit, its rows' weights and what is published; name those whose own lists that concerns."""
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
    return snapshot


def _run_record(clinic: Clinic, snapshot: ModelSnapshot, began: float, by: Actor) -> None:
    RescoreRun.objects.create(
        clinic=clinic, ratings=snapshot.rated, lists=0, moved=0, seconds=time.monotonic() - began
    )
    event_record(by=by, verb="clinic_fit", of=snapshot, clinic_id=clinic.pk)


@transaction.atomic
def fit_not_converged(*, clinic: Clinic, error: FitNotConvergedError, by: Actor) -> None:
    """Record it, and leave the snapshot in force until the night.

    A clinic without any, or with one for other features than today's, into which nothing could be taken and
    from which nothing could be removed meanwhile, gets one at the variances the literature expects, called a
    preference fit.
    """
    log.error("a fit did not converge")
    clinic_lock(clinic)
    _serve_prior_if_nothing_is_served(clinic, by)
    fit_give_up(clinic, PendingRescore.objects.filter(pk__in=error.pending), NOT_CONVERGED)


def _serve_prior_if_nothing_is_served(clinic: Clinic, by: Actor) -> None:
    """Where no fit succeeds and no snapshot is in force, the order is the prior's rather than none."""
    if not needs_fit(clinic):
        return
    try:
        fit_and_save(clinic=clinic, by=by, search=False)
    except Exception as error:  # the failure of the fit itself is recorded by whoever calls
        if is_database_outage(error):
            raise
        log.error("a preference fit failed: %s", type(error).__name__)


def fit_is_due(clinic: Clinic) -> bool:
    """Whether a clinic that needs a fit should be given one before the night."""
    return not PendingRescore.objects.in_clinic(clinic).fit_given_up()


def clinic_fit_if_needed(*, clinic: Clinic, by: Actor) -> None:
    """Fit a clinic that needs it, unless somebody is at work for it or its fits have failed too often.

    The last attempt searches for no variances: whatever failed before, or killed its worker, the order is
    the prior's rather than none.
    """
    if _attempt_begin(clinic):
        attempt_run(
            "a fit",
            partial(_fit_if_free, clinic, by),
            rows=PendingRescore.objects.in_clinic(clinic).before_a_fit(),
            on_failure=partial(_attempt_failed, clinic, by),
        )
        pending_rescores_process(clinic=clinic, by=by)


def clinic_refit(*, clinic: Clinic, by: Actor) -> None:
    """Fit a clinic anew, whatever was given up; a failure is recorded at once, for none tries again today."""
    try:
        clinic_fit(clinic=clinic, by=by)
    except FitNotConvergedError:
        return
    except Exception as error:
        if is_database_outage(error):
            raise
        log.error("a fit failed: %s", type(error).__name__)
        _serve_prior_if_nothing_is_served(clinic, by)
        fit_failure_record(clinic, type(error).__name__)


@transaction.atomic
def _attempt_begin(clinic: Clinic) -> bool:
    """Whether to fit now, with the attempt counted on everything that is pending."""
    if not (clinic_lock_if_free(clinic) and needs_fit(clinic) and fit_is_due(clinic)):
        return False
    rows = PendingRescore.objects.in_clinic(clinic).before_a_fit()
    if rows.filter(attempts=MAX_ATTEMPTS).exists():
        fit_give_up(clinic, rows.tried(), WORKER_LOST)
        return False
    attempt_count(rows)
    return True


@transaction.atomic
def _fit_if_free(clinic: Clinic, by: Actor) -> None:
    if not (clinic_lock_if_free(clinic) and needs_fit(clinic)):
        return
    last = PendingRescore.objects.in_clinic(clinic).before_a_fit().filter(attempts=MAX_ATTEMPTS).exists()
    fit_and_save(clinic=clinic, by=by, search=not last)
    if last:
        fit_failure_record(clinic, PRIOR_SERVED)


def _attempt_failed(clinic: Clinic, by: Actor, error: Exception) -> None:
    if isinstance(error, FitNotConvergedError):
        fit_not_converged(clinic=clinic, error=error, by=by)
        return
    rows = PendingRescore.objects.in_clinic(clinic).before_a_fit()
    if rows.filter(attempts=MAX_ATTEMPTS).exists() or not rows.exists():
        fit_give_up(clinic, rows.tried(), type(error).__name__)
