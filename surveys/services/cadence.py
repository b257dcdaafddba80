"""How often a client is asked, and within which limits a clinic asks."""

from datetime import time

from django.db import transaction
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.models import Client
from surveys.models import Cadence


@transaction.atomic
def cadence_choose(*, client: Client, frequency: str, by: Actor) -> None:
    """Let this be how often a client is asked."""
    chosen = {"frequency": frequency, "changed_at": Now()}
    cadence, _ = Cadence.objects.update_or_create(client=client, defaults=chosen)
    event_record(by=by, verb="cadence_choose", of=cadence, clinic_id=client.clinic_id)


@transaction.atomic
def asking_limits_set(
    *, clinic: Clinic, quiet_from: time, quiet_until: time, question_budget: int, by: Actor
) -> None:
    """Set the hours in which a clinic asks nobody, and how many questions of a month anybody."""
    chosen = {"quiet_from": quiet_from, "quiet_until": quiet_until, "question_budget": question_budget}
    Clinic.objects.filter(pk=clinic.pk).update(**chosen)
    event_record(by=by, verb="asking_limits_set", of=clinic, clinic_id=clinic.pk)
