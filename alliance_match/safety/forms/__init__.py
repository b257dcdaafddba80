"""What a clinic says about care in crisis, what is noted when an alert is closed, and symptoms."""

from alliance_match.safety.forms.crisis_care import CrisisCareForm
from alliance_match.safety.forms.risk_alert import RiskAlertCloseForm
from alliance_match.safety.forms.symptoms import SymptomForm

__all__ = ["CrisisCareForm", "RiskAlertCloseForm", "SymptomForm"]
