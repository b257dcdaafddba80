"""What is late: the work of a clinic, or a process that should be alive."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.prepared_rows import Given, PreparedRows
from alliance_match.matching.models import (
    FailedRescore,
    ModelSnapshot,
    PendingRescore,
    PublishedState,
    StoredDifference,
)
from alliance_match.matching.services.publishing import WITHDRAWN_KEPT
from alliance_match.operations.models import Heartbeat

FIT_TOO_OLD = PUBLISHED_TOO_OLD = timedelta(hours=36)
# What a night found differing is told until after the next.
TOLD_FOR = timedelta(hours=36)


class Delay(models.TextChoices):
    """Why readiness is amber; nothing is lost, but something has to be looked at."""

    PENDING = "pending", _("A change has waited for more than five minutes to reach the suggestions.")
    FAILED = "failed", _("A re-score, a fit or a publication has failed since the last fit.")
    DIFFERED = (
        "differed",
        _("At night something stored was not what it is when computed anew. The fit after it repairs it."),
    )
    FIT = "fit", _("The last fit is more than 36 hours old: the nightly one did not succeed.")
    PUBLICATION = (
        "publication",
        _("What is published is more than 36 hours old, though the last fit knows something new."),
    )
    WORKER = "worker", _("The worker is not running: new answers do not change suggestions.")
    MAIL = "mail", _("The worker for mail is not running: nobody is told of danger by mail.")
    BEAT = (
        "beat",
        _("Beat is not running: nothing that is due at a time is done, mail about danger included."),
    )


def delays(clinic: int | None = None) -> list[Delay]:
    """What is late at a clinic, or at any, and which processes are silent; one query where there is one."""
    by_clinic = late_by_clinic() if clinic is None else late_at(clinic=clinic)
    if not by_clinic:
        return silent_processes(Heartbeat.objects.recent().values_list("process", flat=True))
    found = [delay for delay in Delay if any(late.get(delay) for late in by_clinic)]
    return found + silent_processes(by_clinic[0]["alive"])


@PreparedRows
def late_at() -> QuerySet[Any, Any]:
    """The same of one `clinic`: every page of an admin asks."""
    return late_by_clinic.build().filter(pk=Given("clinic"))


@PreparedRows
def late_by_clinic() -> QuerySet[Any, Any]:
    """Of each clinic: which delays it has, and which processes are `alive`."""
    fits = ModelSnapshot.objects.filter(kind=ModelSnapshot.Kind.FIT)
    later_fits = fits.filter(clinic=OuterRef("clinic"), created_at__gt=OuterRef("failed_at"))
    recent_fits = fits.filter(clinic=OuterRef("clinic"), created_at__gt=Now() - FIT_TOO_OLD)
    pending = PendingRescore.objects.too_long()
    late = {
        Delay.PENDING: Exists(pending.filter(clinic=OuterRef("pk"))),
        Delay.FAILED: Exists(FailedRescore.objects.filter(~Exists(later_fits), clinic=OuterRef("pk"))),
        Delay.DIFFERED: Exists(
            StoredDifference.objects.filter(clinic=OuterRef("pk"), found_at__gt=Now() - TOLD_FOR)
        ),
        Delay.PUBLICATION: Exists(_unpublished(fits).filter(clinic=OuterRef("pk"))),
        Delay.FIT: Exists(fits.filter(~Exists(recent_fits), clinic=OuterRef("pk"))),
    }
    alive = ArraySubquery(Heartbeat.objects.recent().values("process"))
    late_there: Any = {delay.value: there for delay, there in late.items()}
    return Clinic.objects.order_by().values(alive=alive, **late_there)


def _unpublished(fits: models.QuerySet[ModelSnapshot]) -> models.QuerySet[PublishedState]:
    """What is published and old, though a fit knows more than it; or holds something withdrawn that a night
    should have renewed.

    A change after the last fit is not late: no night was there to publish it.
    """
    fits_with_more = fits.filter(clinic=OuterRef("clinic"), last_change__gt=OuterRef("last_change"))
    return PublishedState.objects.filter(
        Q(Exists(fits_with_more), created_at__lt=Now() - PUBLISHED_TOO_OLD)
        | Q(withdrawn_since__lt=Now() - WITHDRAWN_KEPT - PUBLISHED_TOO_OLD)
    )


def silent_processes(alive: Iterable[str]) -> list[Delay]:
    """The kinds of process of which none is among those alive."""
    return [Delay(process) for process in Heartbeat.Process.values if process not in alive]
