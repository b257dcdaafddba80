"""Looking for somebody else while care goes on: the next introduction comes before the ending."""

from django.db import transaction

from alliance_match.accounts.models import Role
from clients.models import Client, Closing, Episode, Introduction, Switch
from clients.services.ending import episode_end, episode_resume

Status = Client.Status


@transaction.atomic
def switch_begin(*, episode: Episode, ends: bool, tells: bool) -> None:
    """Let the client see others; what they chose last about the ending counts.

    Where the episode has ended meanwhile they see others all the same.
    """
    client = Client.objects.select_for_update(no_key=True).get(pk=episode.client_id)
    if Episode.objects.open().filter(pk=episode.pk).exists():
        chosen = {"ends": ends, "tells": ends and tells}
        Switch.objects.update_or_create(
            episode=episode, defaults=chosen, create_defaults=chosen | {"status_before": client.status}
        )
    if client.status not in {Status.SEARCHING, Status.WAITING}:
        client.status = Status.SEARCHING
        client.save(update_fields=["status"])


@transaction.atomic
def switch_stop(*, episode: Episode) -> None:
    """Stay: look no further. Nobody else ever knew."""
    client = Client.objects.select_for_update(no_key=True).get(pk=episode.client_id)
    switch = Switch.objects.filter(episode=episode).first()
    if switch is None:
        return
    switch.delete()
    if not Switch.objects.under_way(client).exists() and client.status != switch.status_before:
        client.status = switch.status_before
        client.save(update_fields=["status"])


@transaction.atomic
def switches_complete(*, meeting: Introduction) -> None:
    """Somebody else has agreed to meet: end the care that the client wanted to end then."""
    for switch in Switch.objects.under_way(meeting.client).filter(ends=True).select_related("episode"):
        episode_end(
            episode=switch.episode,
            by=Role.CLIENT,
            ending=Episode.Ending.SWITCHED,
            tells=switch.tells,
            meeting=meeting,
        )


@transaction.atomic
def switches_resume(*, meeting: Introduction) -> list[Episode]:
    """That meeting was called off: the care that ended for it goes on, and is returned.

    It does however long ago it ended, unless there is somebody else by now.
    """
    if Episode.objects.open().filter(client=meeting.client_id).exists():
        return []
    ended = Closing.objects.filter(meeting=meeting).select_related("episode__therapist")
    return [episode_resume(closing=closing) for closing in ended]
