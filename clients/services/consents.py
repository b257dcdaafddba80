"""What a client agrees to."""

from collections.abc import Collection

from django.db import transaction
from django.db.models.functions import Now

from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.models import Client, Consent, Purpose


@transaction.atomic
def consents_choose(*, client: Client, purposes: Collection[str], by: Actor) -> None:
    """Let exactly these consents be in force; the others are withdrawn, and kept as withdrawn.

    Who took back the consent to care, and agrees anew, looks for somebody again.
    """
    Client.objects.select_for_update().get(pk=client.pk)  # two tabs of one client write one after the other
    in_force = Consent.objects.filter(client=client).not_withdrawn()
    withdrawn = in_force.exclude(purpose__in=purposes).update(withdrawn_at=Now())
    new = set(purposes) - set(in_force.values_list("purpose", flat=True))
    of_care = Consent.objects.filter(client=client, purpose=Purpose.CARE)
    if Purpose.CARE in new and of_care.exists():
        ended = Client.objects.filter(pk=client.pk, status=Client.Status.ENDED)
        ended.update(status=Client.Status.SEARCHING)
    Consent.objects.bulk_create(Consent(client=client, purpose=purpose) for purpose in sorted(new))
    if withdrawn or new:
        event_record(by=by, verb="consents_choose", of=client, clinic_id=client.clinic_id)
