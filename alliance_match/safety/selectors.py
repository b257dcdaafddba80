"""Reads about symptoms for pages."""

from django.utils import timezone

from clients.models import Client, Episode, Purpose


def can_share_symptoms(client: Client) -> bool:
    """Whether a client agrees to sharing, and sees a therapist who can log in."""
    today = timezone.localdate(timezone=client.clinic.zone)
    seen = Episode.objects.under_way(today).filter(client=client, therapist__user__isnull=False)
    return seen.exists() and client.agrees_to(Purpose.SHARE)
