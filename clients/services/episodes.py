"""Episodes of care: ending one, and resuming it within a day."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from alliance_match.accounts.models import Role
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.models import Client, Episode, EpisodeEnding, Introduction

Status = Client.Status


@transaction.atomic
def episode_end(
    *,
    episode: Episode,
    ended_by: Role,
    by: Actor,
    ending: str = "",
    notifies_therapist: bool = False,
    meeting: Introduction | None = None,
) -> bool:
    """End it today, with or without a reason; returns whether it was still open.

    The place is free from now on. A client in care with nobody else is so no more, and searches on after a
    switch. `meeting`: the first one with somebody else, for which it ends.
    """
    client = Client.objects.select_for_update(no_key=True).get(pk=episode.client_id)
    found = Episode.objects.open().select_for_update(no_key=True).filter(pk=episode.pk).first()
    if found is None:
        return False
    found.ended_on = max(timezone.localdate(), found.started_on or timezone.localdate())
    found.ending = ending
    found.save(update_fields=["ended_on", "ending"])
    given = {"ended_by": ended_by, "notifies_therapist": notifies_therapist, "meeting": meeting}
    now = {"status_before": client.status, "ended_at": Now()}
    EpisodeEnding.objects.update_or_create(episode=found, defaults=given | now)
    if client.status == Status.IN_CARE and not Episode.objects.open().filter(client=client).exists():
        client.status = Status.SEARCHING if ending == Episode.Ending.SWITCHED else Status.ENDED
        client.save(update_fields=["status"])
    event_record(by=by, verb="episode_end", of=found, clinic_id=found.clinic_id)
    return True


@transaction.atomic
def episode_resume(*, episode: Episode, ended_by: Role, by: Actor) -> bool:
    """Let the care go on as if it had not ended; returns whether that was possible (`resumable`).

    It may exceed the cap: the pair were in care.
    """
    client = Client.objects.select_for_update(no_key=True).get(pk=episode.client_id)
    found = Episode.objects.resumable(ended_by).filter(pk=episode.pk).first()
    if found is None:
        return False
    Episode.objects.filter(pk=episode.pk).update(ended_on=None, ending="")
    if client.status != found.episode_ending.status_before:
        client.status = found.episode_ending.status_before
        client.save(update_fields=["status"])
    found.episode_ending.delete()
    event_record(by=by, verb="episode_resume", of=found, clinic_id=found.clinic_id)
    return True
