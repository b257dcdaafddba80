"""Match lists beside the same scored anew, as far as time alone has not changed them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset
from alliance_match.matching.hours import minutes_ahead
from alliance_match.matching.models import MatchList, PendingRescore, PublishedState
from alliance_match.matching.models.match_list import FIGURES
from alliance_match.matching.services.attempts import clinic_lock
from alliance_match.matching.services.pending_lists import lists_of_clients_add
from alliance_match.matching.services.publishing import PublishedEstimator
from alliance_match.matching.services.scoring import unsaved_match_lists
from clients.models import Client, Introduction, Wait
from therapists.models import SILENT_AFTER, Therapist

EXACT = ("therapist_ids", "groups", "part_names", "rated")
# What the last digit of a figure may differ by where it was rounded from the other side.
ROUNDING = 1


class OutOfDate(NamedTuple):
    """Clients whose lists are to be scored anew: because they differ, or because time has passed."""

    differing: list[int]
    overtaken: list[int]


@transaction.atomic
def lists_compare(clinic: Clinic, publication: PublishedEstimator, client_ids: Collection[int]) -> int:
    """Have those of these clients' lists that differ scored anew; returns how many differ."""
    clinic_lock(clinic)
    newest = PublishedState.objects.in_clinic(clinic).without_state().newest()
    if newest is None or newest.number != publication.number:
        return 0
    found = _out_of_date(clinic, publication, client_ids)
    waiting = PendingRescore.objects.in_clinic(clinic)
    if waiting.filter(client_id=None).exists():
        return 0
    pending = set(waiting.filter(client_id__in=client_ids).values_list("client_id", flat=True))
    differing = [pk for pk in found.differing if pk not in pending]
    overtaken = [pk for pk in found.overtaken if pk not in pending]
    lists_of_clients_add(clinic, sorted(differing + overtaken), news=False)
    return len(differing)


def _out_of_date(clinic: Clinic, publication: PublishedEstimator, client_ids: Collection[int]) -> OutOfDate:
    stored = {one.client_id: one for one in MatchList.objects.filter(client__in=client_ids)}
    seeking = dataset.watched_only(Client.objects.in_clinic(clinic).seeking().filter(pk__in=client_ids))
    clients = list(seeking.order_by("pk"))
    fresh = {one.client_id: one for one in unsaved_match_lists(clinic, publication, clients)}
    found = OutOfDate([], [])
    for pk in sorted(stored.keys() | fresh.keys()):
        one, other = stored.get(pk), fresh.get(pk)
        if one is None or other is None:
            found.differing.append(pk)
        elif not _same(one, other):
            passed = time_has_passed(clinic, pk, one.scored_at)
            (found.overtaken if passed and _same_of_both(one, other) else found.differing).append(pk)
    return found


def _same(one: MatchList, other: MatchList) -> bool:
    if any(getattr(one, name) != getattr(other, name) for name in EXACT):
        return False
    figures = [name for name in FIGURES if name not in EXACT]
    return all(_are_close(getattr(one, name), getattr(other, name)) for name in figures)


def _are_close(one: Any, other: Any) -> bool:
    """Figures, or rows of them."""
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_are_close, one, other))
    return bool(abs(one - other) <= ROUNDING)


def _same_of_both(one: MatchList, other: MatchList) -> bool:
    """Whether those who are on both lists are in one order, with one mean and one spread."""
    figures, others = _figures(one), _figures(other)
    order = [key for key in one.therapist_ids if key in others]
    if order != [key for key in other.therapist_ids if key in figures]:
        return False
    return all(_are_close(figures[key], others[key]) for key in order)


def _figures(one: MatchList) -> Mapping[int, list[int]]:
    columns = zip(one.therapist_ids, one.means, one.sds, strict=True)
    return {key: [mean, sd] for key, mean, sd in columns}


def time_has_passed(clinic: Clinic, client_id: int, since: datetime) -> bool:
    """Whether a list of then may be another now though nobody did anything: a therapist has fallen silent, a
    licence or a reservation is over, or clocks were changed."""
    now = timezone.now()
    therapists = Therapist.objects.in_clinic(clinic)
    silent = Q(confirmed_at__range=(since - SILENT_AFTER, now - SILENT_AFTER))
    unlicensed = Q(licence_expires_on__gte=since.date(), licence_expires_on__lt=now.date())
    if therapists.filter(silent | unlicensed).exists():
        return True
    over = Introduction.objects.filter(therapist__in=therapists, reserves_place=True).overdue()
    if over.exists() or Wait.objects.filter(therapist__in=therapists, reserved_until__lte=Now()).exists():
        return True
    zone = Client.objects.get(pk=client_id).time_zone
    return minutes_ahead(zone, clinic.time_zone, since) != minutes_ahead(zone, clinic.time_zone, now)
