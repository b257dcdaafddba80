"""What is done for a clinic every night: compare, tell, fit, publish, re-score."""

import logging

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.matching.models import ModelSnapshot, StoredDifference
from alliance_match.matching.services.estimators import StateDamagedError
from alliance_match.matching.services.fitting import clinic_refit
from alliance_match.matching.services.publishing import publish, publish_if_due
from alliance_match.matching.services.rescoring import pending_rescores_process
from alliance_match.matching.services.verification import clinic_verify

Kind = StoredDifference.Kind
log = logging.getLogger(__name__)


def clinic_night(*, clinic: Clinic, by: Actor) -> None:
    """Whether the fit was possible or not, the rest is done."""
    pending_rescores_process(clinic=clinic, by=by)
    found = clinic_verify(clinic=clinic, by=by)
    clinic_refit(clinic=clinic, by=by)
    if found[Kind.PUBLISHED] or found[Kind.TRAINING_ROWS]:
        _publish_anew(clinic, by)
    publish_if_due(clinic=clinic, by=by)
    pending_rescores_process(clinic=clinic, by=by)


def _publish_anew(clinic: Clinic, by: Actor) -> None:
    """What is published is damaged, or names training rows that are no more."""
    try:
        publish(clinic=clinic, by=by)
    except (ModelSnapshot.DoesNotExist, StateDamagedError) as error:
        log.error("nothing was published: %s", type(error).__name__)
