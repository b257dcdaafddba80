"""From ratings to suggestions: fit, re-score, and process what is pending."""

from alliance_match.matching.services.attempts import clinic_lock
from alliance_match.matching.services.estimators import estimator_newest
from alliance_match.matching.services.evaluation import clinic_evaluate
from alliance_match.matching.services.fit_transactions import FitNotConvergedError
from alliance_match.matching.services.fitting import clinic_fit, clinic_fit_if_needed, fit_is_due
from alliance_match.matching.services.night import clinic_night
from alliance_match.matching.services.publishing import publish, publish_if_due
from alliance_match.matching.services.rescoring import clinics_with_pending_rescores, pending_rescores_process
from alliance_match.matching.services.sensitivity import clinic_sensitivity
from alliance_match.matching.services.snapshots import needs_fit
from alliance_match.matching.services.suggestions import Suggestion, suggest
from alliance_match.matching.services.traits import trait_allow, trait_forbid
from alliance_match.matching.services.verification import clinic_verify

__all__ = [
    "FitNotConvergedError",
    "Suggestion",
    "clinic_evaluate",
    "clinic_fit",
    "clinic_fit_if_needed",
    "clinic_lock",
    "clinic_night",
    "clinic_sensitivity",
    "clinic_verify",
    "clinics_with_pending_rescores",
    "estimator_newest",
    "fit_is_due",
    "needs_fit",
    "pending_rescores_process",
    "publish",
    "publish_if_due",
    "suggest",
    "trait_allow",
    "trait_forbid",
]
