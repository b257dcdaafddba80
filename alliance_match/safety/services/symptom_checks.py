"""How a client has been: answers to a questionnaire about symptoms, and what they come to."""

from uuid import UUID

from django.db import transaction

from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from alliance_match.safety.models import SymptomCheck
from clients.models import Client
from surveys.models import Instrument
from surveys.scoring import Answers, score


@transaction.atomic
def symptom_check_submit(
    *, client: Client, instrument: Instrument, sheet: UUID, answers: Answers, shared: bool, by: Actor
) -> SymptomCheck:
    """Store the answers; the same sheet sent again is the one stored first.

    Raises ValueError for answers the questionnaire does not have.
    """
    whole = score(instrument.definition, answers).whole
    stored, new = SymptomCheck.objects.get_or_create(
        client=client,
        instrument=instrument,
        sheet=sheet,
        defaults={
            "clinic_id": client.clinic_id,
            "answers": dict(answers),
            "total": None if whole is None else whole.points,
            "shared_with_therapist": shared,
        },
    )
    if new:
        event_record(by=by, verb="symptom_check_submit", of=stored, clinic_id=client.clinic_id)
    return stored
