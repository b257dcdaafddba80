"""Which suggestions a client saw on a visit, to say on the next what changed."""

from django.db import transaction
from django.db.models.functions import Now

from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.models import Client, LastVisit
from clients.models.last_visit import SeenSuggestions


@transaction.atomic
def last_visit_save(*, client: Client, seen: SeenSuggestions, by: Actor) -> None:
    """Keep what is seen now; a new visit leaves what the one before it saw to compare with."""
    LastVisit.objects.get_or_create(client=client)
    visit = LastVisit.objects.select_for_update().get(client=client)
    kept = {"latest": seen, "latest_at": Now()}
    if not visit.is_under_way:
        kept |= {"earlier": visit.latest, "earlier_at": visit.latest_at}
    LastVisit.objects.filter(pk=visit.pk).update(**kept)
    event_record(by=by, verb="last_visit_save", of=visit, clinic_id=client.clinic_id)
