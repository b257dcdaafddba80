"""What is written about danger and symptoms."""

from alliance_match.safety.services.notices import notices_owe, notices_send
from alliance_match.safety.services.risk_alerts import (
    MovedOnError,
    risk_acknowledge,
    risk_close,
    risk_contact,
    risk_report,
)
from alliance_match.safety.services.symptom_checks import symptom_check_submit

__all__ = [
    "MovedOnError",
    "notices_owe",
    "notices_send",
    "risk_acknowledge",
    "risk_close",
    "risk_contact",
    "risk_report",
    "symptom_check_submit",
]
