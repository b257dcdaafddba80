"""Whom a client keeps in mind, and whom they do not want to be shown again."""

from django.db import transaction
from django.db.models.functions import Now

from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.models import Client, Mark
from therapists.models import Therapist


@transaction.atomic
def mark_set(*, client: Client, therapist: Therapist, kind: str, by: Actor) -> None:
    """Let this be what the client makes of the therapist; of the empty kind, nothing."""
    if kind:
        marked = {"kind": kind, "made_at": Now()}
        mark, _ = Mark.objects.update_or_create(client=client, therapist=therapist, defaults=marked)
        event_record(by=by, verb="mark_set", of=mark, clinic_id=client.clinic_id)
        return
    for mark in Mark.objects.filter(client=client, therapist=therapist):
        event_record(by=by, verb="mark_set", of=mark, clinic_id=client.clinic_id)
        mark.delete()
