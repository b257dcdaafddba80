"""Searching for another therapist while care goes on: the next introduction comes before the ending."""

from django.db import transaction

from alliance_match.accounts.models import Role
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.models import Client, Episode, Introduction, Switch
from clients.services.episodes import episode_end

Status = Client.Status


@transaction.atomic
def switch_begin(*, episode: Episode, ends_episode: bool, notifies_therapist: bool, by: Actor) -> None:
    """Let the client see others; what they chose last about the ending counts.

    Where the episode has ended meanwhile they see others all the same.
    """
    client = Client.objects.select_for_update(no_key=True).get(pk=episode.client_id)
    if Episode.objects.open().filter(pk=episode.pk).exists():
        chosen = {
            "ends_episode": ends_episode,
            "notifies_therapist": ends_episode and notifies_therapist,
        }
        first = Switch.objects.under_way(client).first()
        before = {"status_before": first.status_before if first else client.status}
        Switch.objects.update_or_create(episode=episode, defaults=chosen, create_defaults=chosen | before)
    if client.status not in {Status.SEARCHING, Status.WAITING}:
        client.status = Status.SEARCHING
        client.save(update_fields=["status"])
    event_record(by=by, verb="switch_begin", of=episode, clinic_id=episode.clinic_id)


@transaction.atomic
def switch_stop(*, episode: Episode, by: Actor) -> bool:
    """Stay, and search no further. Nobody else ever knew. Returns whether there is still care to stay in."""
    client = Client.objects.select_for_update(no_key=True).get(pk=episode.client_id)
    if not Episode.objects.open().filter(pk=episode.pk).exists():
        return False
    switch = Switch.objects.filter(episode=episode).first()
    if switch is None:
        return True
    event_record(by=by, verb="switch_stop", of=switch, clinic_id=episode.clinic_id)
    switch.delete()
    if not Switch.objects.under_way(client).exists() and client.status != switch.status_before:
        client.status = switch.status_before
        client.save(update_fields=["status"])
    return True


@transaction.atomic
def switches_complete(*, meeting: Introduction, by: Actor) -> None:
    """Somebody else has agreed to meet: end the care that the client wanted to end then."""
    # Whoever says at this moment that they stay has either said so, or finds that this care has ended.
    Client.objects.select_for_update(no_key=True).get(pk=meeting.client_id)
    for switch in (
        Switch.objects.under_way(meeting.client).filter(ends_episode=True).select_related("episode")
    ):
        episode_end(
            episode=switch.episode,
            ended_by=Role.CLIENT,
            ending=Episode.Ending.SWITCHED,
            notifies_therapist=switch.notifies_therapist,
            meeting=meeting,
            by=by,
        )
