"""Alerts about danger, who answers for them, and how clients have been."""

from alliance_match.safety.models.crisis_care import CrisisCare
from alliance_match.safety.models.risk_alert import RiskAlert
from alliance_match.safety.models.risk_notice import RiskNotice
from alliance_match.safety.models.risk_step import RiskStep
from alliance_match.safety.models.symptom_check import SymptomCheck

__all__ = ["CrisisCare", "RiskAlert", "RiskNotice", "RiskStep", "SymptomCheck"]
