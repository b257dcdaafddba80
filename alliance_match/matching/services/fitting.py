"""Full fits: find variances, store a snapshot, publish. One that has not converged is never served."""

import logging
from functools import partial

from django.db import transaction

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.matching.models import ModelSnapshot, PendingRescore
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
    fit_lock,
)
from alliance_match.matching.services.fit_transactions import (
    FitNotConvergedError,
    fit_and_save,
    fit_under_lock,
)
from alliance_match.matching.services.outages import is_database_outage
from alliance_match.matching.services.rescoring import pending_rescores_process
from alliance_match.matching.services.snapshots import needs_fit

log = logging.getLogger(__name__)
PRIOR_SERVED = "failed each time; the order is the prior's"


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
        fit_under_lock(clinic, by, search=False)
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
    with fit_lock(clinic, wait=False) as free:
        if not (free and _attempt_begin(clinic)):
            return
        attempt_run(
            "a fit",
            partial(_fit_if_still_needed, clinic, by),
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


def _fit_if_still_needed(clinic: Clinic, by: Actor) -> None:
    if not needs_fit(clinic):
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
