"""Full fits by the worker: count the attempt, fit, and give up where that fails again and again."""

import logging

from django.db import transaction
from django.db.models import F

from alliance_match.accounts.models import Clinic
from alliance_match.matching.models import FailedRescore, PendingRescore, RescoreLock
from alliance_match.matching.models.rescoring import FIT_GIVEN_UP, MAX_ATTEMPTS
from alliance_match.matching.services.learning import clinic_fit, lock_if_free, needs_fit
from alliance_match.matching.services.outages import is_away, when_back

log = logging.getLogger(__name__)


def fit_is_due(clinic: Clinic) -> bool:
    """Whether a clinic that needs a fit should be given one before the night."""
    return not PendingRescore.objects.in_clinic(clinic).fit_given_up()


def clinic_fit_if_needed(*, clinic: Clinic) -> None:
    """Fit a clinic that needs it, unless somebody is at work for it or its fits have failed too often.

    An attempt is counted and committed before the fit, so that one which kills its worker counts too.
    """
    if not _attempt_counted(clinic):
        return
    try:
        _fit_if_free(clinic)
    except Exception as error:  # whatever it is, it may hold figures of people, and must not stop the others
        if is_away(error):
            when_back(lambda: _attempt_uncount(clinic))
            raise
        log.error("a fit failed: %s", type(error).__name__)
        _give_up_if_hopeless(clinic, type(error).__name__)


def clinic_refit(*, clinic: Clinic) -> None:
    """Fit a clinic anew, whatever was given up; a failure is told at once, for none tries again today."""
    try:
        clinic_fit(clinic=clinic)
    except Exception as error:
        if is_away(error):
            raise
        log.error("a fit failed: %s", type(error).__name__)
        _tell(clinic, type(error).__name__)


@transaction.atomic
def _attempt_counted(clinic: Clinic) -> bool:
    """Whether to fit now, with the attempt counted on all that is owed."""
    RescoreLock.objects.get_or_create(clinic=clinic)
    if not (lock_if_free(clinic) and needs_fit(clinic) and fit_is_due(clinic)):
        return False
    owed = PendingRescore.objects.in_clinic(clinic).before_a_fit()
    if owed.filter(attempts=MAX_ATTEMPTS).exists():
        _give_up(clinic, "the worker was lost each time")
        return False
    owed.update(attempts=F("attempts") + 1)
    return True


@transaction.atomic
def _fit_if_free(clinic: Clinic) -> None:
    if lock_if_free(clinic) and needs_fit(clinic):
        clinic_fit(clinic=clinic)


def _attempt_uncount(clinic: Clinic) -> None:
    counted = PendingRescore.objects.in_clinic(clinic).before_a_fit().filter(attempts__gt=0)
    counted.update(attempts=F("attempts") - 1)


@transaction.atomic
def _give_up_if_hopeless(clinic: Clinic, error: str) -> None:
    owed = PendingRescore.objects.in_clinic(clinic).before_a_fit()
    if owed.filter(attempts=MAX_ATTEMPTS).exists() or not owed.exists():
        _give_up(clinic, error)


def _give_up(clinic: Clinic, error: str) -> None:
    PendingRescore.objects.in_clinic(clinic).filter(attempts__gt=0).update(attempts=FIT_GIVEN_UP)
    _tell(clinic, error)


def _tell(clinic: Clinic, error: str) -> None:
    FailedRescore.objects.create(clinic=clinic, error=f"fit: {error}")
