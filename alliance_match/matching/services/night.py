"""What is done for a clinic every night: compare, tell, fit, publish, re-score."""

import logging

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.matching.models import StoredDifference
from alliance_match.matching.services.attempts import publication_failure_record
from alliance_match.matching.services.fitting import clinic_refit
from alliance_match.matching.services.outages import is_database_outage
from alliance_match.matching.services.publishing import publish, publish_if_due
from alliance_match.matching.services.rescoring import pending_rescores_process
from alliance_match.matching.services.verification import clinic_verify

Kind = StoredDifference.Kind
log = logging.getLogger(__name__)


def clinic_night(*, clinic: Clinic, by: Actor) -> None:
    """Whether the fit or the publication was possible or not, the rest is done."""
    pending_rescores_process(clinic=clinic, by=by)
    found = clinic_verify(clinic=clinic, by=by)
    clinic_refit(clinic=clinic, by=by)
    _publish(clinic, by, anew=bool(found[Kind.PUBLISHED] or found[Kind.TRAINING_ROWS]))
    pending_rescores_process(clinic=clinic, by=by)


def _publish(clinic: Clinic, by: Actor, *, anew: bool) -> None:
    """Publish where that is due, or `anew`: what is published is damaged, or names training rows that are no
    more. A failure is recorded."""
    try:
        if anew:
            publish(clinic=clinic, by=by)
        publish_if_due(clinic=clinic, by=by)
    except Exception as error:
        if is_database_outage(error):
            raise
        log.error("nothing was published: %s", type(error).__name__)
        publication_failure_record(clinic, type(error).__name__)
