"""What the worker is asked to do: each task takes no values, calls one service, may run twice or never."""

import logging
import time

from celery import shared_task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import SystemActor
from alliance_match.matching import services

log = logging.getLogger(__name__)
FIT_LIMIT = 30 * 60
# Far below the time limit of a task: no step takes two seconds.
RESCORE_BUDGET = 15.0
PAUSE = 30.0  # seconds, as long as it is from one sweep to the next


class BrokerPause:
    """How long this process leaves the broker alone after it did not answer.

    One that hangs costs each who asks two seconds; a sweep finds what nobody was notified of.
    """

    until = float("-inf")

    def begin(self) -> None:
        """Leave it alone from now on."""
        self.until = time.monotonic() + PAUSE

    def is_on(self) -> bool:
        """Whether it is still left alone."""
        return time.monotonic() < self.until


broker_pause = BrokerPause()


def notify_worker() -> None:
    """Tell the worker that re-scores are pending; with the broker away the next sweep finds them too."""
    if broker_pause.is_on():
        return
    try:
        sweep.apply_async(retry=False)
    except (OperationalError, RedisError, OSError):
        broker_pause.begin()
        log.warning("the broker is away; pending re-scores wait for the next sweep")


@shared_task
def sweep() -> None:
    """Give each clinic with something pending a task of its own, with more time where it must be fitted."""
    for clinic in services.clinics_with_pending_rescores():
        if not services.needs_fit(clinic):
            rescore.apply_async(args=(clinic.pk,))
        elif services.fit_is_due(clinic):
            fit_if_needed.apply_async(args=(clinic.pk,))


@shared_task
def rescore(clinic_id: int) -> None:
    """Process what is pending at one clinic, for a while; what is left then gets another task."""
    clinic = Clinic.objects.filter(pk=clinic_id).first()
    if clinic and services.pending_rescores_process(
        clinic=clinic, by=SystemActor.WORKER, seconds=RESCORE_BUDGET
    ):
        rescore.apply_async(args=(clinic_id,))


@shared_task(time_limit=FIT_LIMIT)
def fit_if_needed(clinic_id: int) -> None:
    """Fit a clinic that has no snapshot for its present features, unless that is under way."""
    clinic = Clinic.objects.filter(pk=clinic_id).first()
    if clinic:
        services.clinic_fit_if_needed(clinic=clinic, by=SystemActor.WORKER)


@shared_task
def refit_all() -> None:
    """Let every clinic's estimator be fitted anew, each in a task of its own."""
    for clinic_id in Clinic.objects.values_list("pk", flat=True):
        refit.apply_async(args=(clinic_id,))


@shared_task(time_limit=FIT_LIMIT)
def refit(clinic_id: int) -> None:
    """Compare what is stored for one clinic, find new variances, publish and re-score."""
    clinic = Clinic.objects.filter(pk=clinic_id).first()
    if clinic:
        services.clinic_night(clinic=clinic, by=SystemActor.WORKER)
