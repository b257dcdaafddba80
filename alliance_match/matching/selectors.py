"""What the admin's page reads."""

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count, F, Func, Max, OuterRef, QuerySet, Subquery, Sum, TextField, Value
from django.db.models.functions import Coalesce, Now, TruncDate

from alliance_match.accounts.models import Clinic
from alliance_match.matching.models import (
    AllowedTrait,
    FailedRescore,
    ModelSnapshot,
    PendingRescore,
    PublishedState,
    RescoreRun,
    StoredDifference,
)
from alliance_match.vocabulary import is_never_used
from clients.models import Client
from therapists.models import Therapist

SHOWN_DAYS, SHOWN_FAILURES = 14, 20


@dataclass(frozen=True)
class Trait:
    """A number that an import brought, and whether the estimator may see it; of an identity it never may."""

    side: str
    name: str
    allowed: bool

    @property
    def never(self) -> bool:
        """Whether nobody may allow it."""
        return is_never_used(self.name)


def rescoring_status(clinic: Clinic) -> dict[str, Any]:
    """What is late, done and failed, what is in force and published, a fit not used, and the traits."""
    failures = FailedRescore.objects.in_clinic(clinic)
    return _counts(clinic) | {
        "days": list(_days(clinic)[:SHOWN_DAYS]),
        "last_failures": list(failures.recent()[:SHOWN_FAILURES]),
        "differences": list(StoredDifference.objects.in_clinic(clinic)[:SHOWN_FAILURES]),
        "snapshot": ModelSnapshot.objects.in_clinic(clinic).without_state().newest(),
        "published": PublishedState.objects.in_clinic(clinic).without_state().newest(),
        "not_converged": failures.fit_not_converged(),
        "traits": traits(clinic),
    }


def _days(clinic: Clinic) -> QuerySet[Any, dict[str, Any]]:
    """What was done by day, newest first: the most ratings and seconds of one step, all lists and orders.

    Of days that are over: a figure of today would move at the moment when somebody answers.
    """
    over = RescoreRun.objects.in_clinic(clinic).filter(done_at__lt=TruncDate(Now()))
    by_day = over.order_by().values(day=TruncDate("done_at"))
    done = by_day.annotate(
        ratings=Max("ratings"), seconds=Max("seconds"), lists=Sum("lists"), moved=Sum("moved")
    )
    return cast("QuerySet[Any, dict[str, Any]]", done.order_by("-day"))


def _counts(clinic: Clinic) -> dict[str, Any]:
    """How many changes are pending for too long, and re-scores failed; one query."""
    of_clinic = {"clinic": OuterRef("pk")}
    counts = {
        "pending": _count(PendingRescore.objects.too_long().filter(**of_clinic)),
        "failures": _count(FailedRescore.objects.filter(**of_clinic)),
    }
    return dict(Clinic.objects.filter(pk=clinic.pk).values(**counts).get())


def _count(rows: QuerySet[Any]) -> Coalesce:
    by_clinic = rows.order_by().values("clinic").annotate(rows=Count("pk")).values("rows")
    return Coalesce(Subquery(by_clinic), 0)


def traits(clinic: Clinic) -> list[Trait]:
    """Every trait name that people of this clinic carry, or that is allowed, by side; one query."""
    permitted = AllowedTrait.objects.in_clinic(clinic).order_by().annotate(allowed=Value(value=True))
    rows = set(
        _trait_names(AllowedTrait.Side.CLIENT, Client.objects.in_clinic(clinic)).union(
            _trait_names(AllowedTrait.Side.THERAPIST, Therapist.objects.in_clinic(clinic)),
            permitted.values_list("side", "name", "allowed"),
        )
    )
    found = sorted({(side, name) for side, name, _ in rows})
    return [Trait(side, name, (side, name, True) in rows) for side, name in found]


def _trait_names(side: AllowedTrait.Side, people: QuerySet[Any]) -> QuerySet[Any, tuple[str, str, bool]]:
    keys = Func(F("traits"), function="jsonb_object_keys", output_field=TextField())
    of_side = Value(side.value, output_field=TextField())
    names = people.order_by().annotate(side=of_side, trait=keys, allowed=Value(value=False))
    found = names.values_list("side", "trait", "allowed").distinct()
    return cast("QuerySet[Any, tuple[str, str, bool]]", found)
