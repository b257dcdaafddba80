"""What is written about therapists."""

from django.db import transaction
from django.utils import timezone

from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from therapists.models import Therapist


@transaction.atomic
def accepting_set(*, therapist: Therapist, accepting: bool, by: Actor) -> None:
    """Say, as of now, whether a therapist takes new clients."""
    therapist.accepting = accepting
    therapist.confirmed_at = timezone.now()
    therapist.save(update_fields=["accepting", "confirmed_at"])
    event_record(by=by, verb="accepting_set", of=therapist, clinic_id=therapist.clinic_id)
