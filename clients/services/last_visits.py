"""Keeping what a client saw, for telling them at the next visit what changed."""

from django.db import transaction
from django.db.models.functions import Now

from clients.models import Client, Look
from clients.models.last_visit import Seen


@transaction.atomic
def look_keep(*, client: Client, seen: Seen) -> None:
    """Keep what is seen now; a new visit leaves what the one before it saw to compare with."""
    Look.objects.get_or_create(client=client)
    look = Look.objects.select_for_update().get(client=client)
    kept = {"latest": seen, "latest_at": Now()}
    if not look.is_going_on:
        kept |= {"earlier": look.latest, "earlier_at": look.latest_at}
    Look.objects.filter(pk=look.pk).update(**kept)
