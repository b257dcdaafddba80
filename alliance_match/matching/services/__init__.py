"""From ratings to suggestions: learn, re-score, and work off what is owed."""

from alliance_match.matching.services.fitting import clinic_fit_if_needed, clinic_refit, fit_is_due
from alliance_match.matching.services.judging import clinic_judge
from alliance_match.matching.services.learning import (
    clinic_fit,
    needs_fit,
    trait_allow,
    trait_forbid,
)
from alliance_match.matching.services.leaving import clinic_sensitivity
from alliance_match.matching.services.rescoring import clinics_with_pending_rescores, pending_rescores_process
from alliance_match.matching.services.suggesting import Suggestion, suggest

__all__ = [
    "Suggestion",
    "clinic_fit",
    "clinic_fit_if_needed",
    "clinic_judge",
    "clinic_refit",
    "clinic_sensitivity",
    "clinics_with_pending_rescores",
    "fit_is_due",
    "needs_fit",
    "pending_rescores_process",
    "suggest",
    "trait_allow",
    "trait_forbid",
]
