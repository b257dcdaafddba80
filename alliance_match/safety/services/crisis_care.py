"""Who answers alerts about danger at a clinic, and when the clinic works."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from alliance_match.safety.models import CrisisCare


@transaction.atomic
def crisis_care_update(*, clinic: Clinic, settings: Mapping[str, Any], by: Actor) -> CrisisCare:
    """Let these be the rules of a clinic, by the names of the columns."""
    care, _ = CrisisCare.objects.update_or_create(clinic=clinic, defaults=settings)
    event_record(by=by, verb="crisis_care_update", of=care, clinic_id=clinic.pk)
    return care
