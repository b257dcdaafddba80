"""Asking for a first meeting, and answering: each step at most once, whoever else is at it."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Now
from django.utils import timezone

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record, events_record
from clients.models import Client, Episode, Introduction, ProposedHour, Wait
from clients.models.episode import EpisodeQuerySet
from clients.models.introduction import IntroductionQuerySet
from clients.services.introduction_rules import NotPossibleError, capacity_refusal, request_refusal
from clients.services.switches import switches_complete
from therapists.available_hours import Hour
from therapists.models import Therapist

State = Introduction.State


@transaction.atomic
def introduction_request(
    *,
    client: Client,
    therapist: Therapist,
    hours: Sequence[Hour],
    note: str,
    by: Actor,
    instead_of: Introduction | None = None,
    **shows: bool,
) -> Introduction:
    """Ask, with the answers that are shared (`shows_…`); whoever asks the same therapist twice
    gets the open request back, as it was.

    `instead_of`: a meeting agreed on, which is called off. Raises NotPossibleError; then nothing has changed.
    """
    Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    own = Introduction.objects.filter(client=client)
    introductions_expire(own.overdue(), by=by)
    if (asked := own.open().filter(therapist=therapist).first()) is not None:
        return asked
    if instead_of is not None:
        introduction_call_off(introduction=instead_of, by_client=True, by=by)
    if why := request_refusal(client, therapist):
        raise NotPossibleError(why)
    waits = Wait.objects.filter(client=client, therapist=therapist)
    made = Introduction.objects.create(
        clinic=client.clinic,
        client=client,
        therapist=therapist,
        note=note,
        reserves_place=waits.offered().exists(),
        **shows,
    )
    ProposedHour.objects.bulk_create(ProposedHour(introduction=made, **hour._asdict()) for hour in hours)
    waits.delete()
    _record(made, "introduction_request", by)
    return made


@transaction.atomic
def introduction_seen(*, introduction: Introduction, by: Actor) -> None:
    """The therapist has read it."""
    unseen = _open_request(introduction).filter(state=State.REQUESTED)
    if unseen.update(state=State.SEEN, changed_at=Now()):
        _record(introduction, "introduction_seen", by)


@transaction.atomic
def introduction_accept(*, introduction: Introduction, hour: Hour, by: Actor) -> Episode:
    """Agree on an hour; from now on the two are in care, and the place is theirs. Raises NotPossibleError."""
    therapist = _locked_therapist(introduction)
    if why := capacity_refusal(introduction.client, therapist):
        raise NotPossibleError(why)
    _check_hour_is_free(introduction, hour)
    _open_request_update(introduction, state=State.ACCEPTED, answered_at=Now(), **hour._asdict())
    _record(introduction, "introduction_accept", by)
    begun = _episode_create(introduction.client, therapist, hour)
    switches_complete(meeting=introduction, by=by)
    return begun


@transaction.atomic
def introduction_move(*, introduction: Introduction, hour: Hour, by: Actor) -> None:
    """Move an agreed meeting to another hour; the client is notified. Raises NotPossibleError.

    Where it is at that hour already, as after a second click, nothing changes.
    """
    _locked_therapist(introduction)
    if Introduction.objects.upcoming().filter(pk=introduction.pk, **hour._asdict()).exists():
        return
    _check_hour_is_free(introduction, hour)
    _meeting_update(introduction, moved=F("moved") + 1, notified_state="", **hour._asdict())
    _agreed_episode(introduction).update(started_on=_clinic_day(hour, introduction.clinic))
    _record(introduction, "introduction_move", by)


@transaction.atomic
def introduction_call_off(*, introduction: Introduction, by_client: bool, by: Actor) -> None:
    """Call an agreed meeting off: the hour is free again, and so is the place. Raises NotPossibleError.

    Care that had ended for this meeting can go on, if the client likes.
    """
    _meeting_update(introduction, state=State.CLIENT_OFF if by_client else State.CLINIC_OFF)
    _agreed_episode(introduction).delete()
    _record(introduction, "introduction_call_off", by)


@transaction.atomic
def introduction_decline(*, introduction: Introduction, reason: str, by: Actor) -> None:
    """Say that it is not possible; this pair is not suggested again. Raises NotPossibleError."""
    _open_request_update(introduction, state=State.DECLINED, answered_at=Now(), decline_reason=reason)
    _record(introduction, "introduction_decline", by)


@transaction.atomic
def introduction_withdraw(*, introduction: Introduction, by: Actor) -> None:
    """The client withdraws it. Raises NotPossibleError."""
    _open_request_update(introduction, state=State.WITHDRAWN)
    _record(introduction, "introduction_withdraw", by)


@transaction.atomic
def introductions_expire(overdue: IntroductionQuerySet | None = None, *, by: Actor) -> int:
    """Write down of whom time answered; returns how many."""
    found = Introduction.objects.overdue() if overdue is None else overdue
    rows = list(found.select_for_update(no_key=True).order_by("pk").values_list("pk", "clinic_id"))
    if rows:
        expired = Introduction.objects.filter(pk__in=[pk for pk, _ in rows])
        expired.update(state=State.EXPIRED, changed_at=Now())
        events_record(by=by, verb="introductions_expire", of=Introduction, rows=rows)
    return len(rows)


def _record(introduction: Introduction, verb: str, by: Actor) -> None:
    event_record(by=by, verb=verb, of=introduction, clinic_id=introduction.clinic_id)


def _open_request(introduction: Introduction) -> IntroductionQuerySet:
    return Introduction.objects.filter(pk=introduction.pk).open()


def _open_request_update(introduction: Introduction, **changes: object) -> None:
    """One statement decides between two who answer at once, or an answer and the clock."""
    if not _open_request(introduction).update(changed_at=Now(), **changes):
        raise NotPossibleError("over")


def _meeting_update(introduction: Introduction, **changes: object) -> None:
    """The same for a meeting that was agreed on: one statement decides, until its hour has come."""
    agreed = Introduction.objects.upcoming().filter(pk=introduction.pk)
    if not agreed.update(changed_at=Now(), **changes):
        raise NotPossibleError("passed")


def _locked_therapist(introduction: Introduction) -> Therapist:
    """The therapist, whose hours and places nobody else assigns meanwhile.

    Not the key: a client who asks meanwhile refers to the therapist and must not wait.
    """
    return Therapist.objects.select_for_update(no_key=True).get(pk=introduction.therapist_id)


def _check_hour_is_free(introduction: Introduction, hour: Hour) -> None:
    """Raise NotPossibleError where the therapist meets somebody else in this hour."""
    agreed = Introduction.objects.agreed_with(introduction.therapist).exclude(pk=introduction.pk)
    if agreed.filter(starts_at__lt=hour.ends_at, ends_at__gt=hour.starts_at).exists():
        raise NotPossibleError("busy")


def _episode_create(client: Client, therapist: Therapist, hour: Hour) -> Episode:
    before = Episode.objects.filter(client=client, therapist=therapist)
    number = (before.aggregate(last=Max("number"))["last"] or 0) + 1
    return Episode.objects.create(
        clinic=client.clinic,
        client=client,
        therapist=therapist,
        number=number,
        started_on=_clinic_day(hour, client.clinic),
    )


def _clinic_day(hour: Hour, clinic: Clinic) -> date:
    """The day on which the clinic logs a session at this hour."""
    return timezone.localdate(hour.starts_at, clinic.zone)


def _agreed_episode(introduction: Introduction) -> EpisodeQuerySet:
    """The care that agreeing began, as long as it has no session: what opens one otherwise has sessions."""
    pair = {"client": introduction.client_id, "therapist": introduction.therapist_id}
    return Episode.objects.open().filter(**pair, sessions=None)
