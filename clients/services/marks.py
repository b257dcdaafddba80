"""Whom a client keeps in mind, and whom they do not want to be shown again."""

from django.db.models.functions import Now

from clients.models import Client, Mark
from therapists.models import Therapist


def mark_set(*, client: Client, therapist: Therapist, kind: str) -> None:
    """Let this be what the client makes of the therapist; of the empty kind, nothing."""
    if kind:
        marked = {"kind": kind, "made_at": Now()}
        Mark.objects.update_or_create(client=client, therapist=therapist, defaults=marked)
    else:
        Mark.objects.filter(client=client, therapist=therapist).delete()
