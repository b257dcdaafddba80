"""What is written about danger and symptoms."""

from alliance_match.safety.services.crisis_care import crisis_care_update
from alliance_match.safety.services.notices import notices_create, notices_send
from alliance_match.safety.services.risk_alerts import (
    RiskAlertChangedError,
    call_request,
    risk_alert_acknowledge,
    risk_alert_close,
    risk_alert_contact,
    risk_alert_report,
)
from alliance_match.safety.services.symptom_checks import symptom_check_submit

__all__ = [
    "RiskAlertChangedError",
    "call_request",
    "crisis_care_update",
    "notices_create",
    "notices_send",
    "risk_alert_acknowledge",
    "risk_alert_close",
    "risk_alert_contact",
    "risk_alert_report",
    "symptom_check_submit",
]
