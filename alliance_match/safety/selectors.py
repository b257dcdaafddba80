"""Reads about danger and symptoms for pages."""

from django.utils import timezone

from alliance_match.accounts.models import Clinic, Role, User
from clients.models import Client, Episode, Purpose


def active_admins(clinic: Clinic) -> list[User]:
    """Who runs a clinic, and can log in."""
    admins = User.objects.filter(memberships__clinic=clinic, memberships__role=Role.ADMIN, is_active=True)
    return list(admins.order_by("pk"))


def can_share_symptoms(client: Client) -> bool:
    """Whether a client agrees to sharing, and sees a therapist who can log in."""
    today = timezone.localdate(timezone=client.clinic.zone)
    seen = Episode.objects.under_way(today).filter(client=client, therapist__user__isnull=False)
    return seen.exists() and client.agrees_to(Purpose.SHARE)
