"""Alerts on every page of those who act on them, and numbers to call."""

import re
from typing import Any

from django import template

from alliance_match.accounts.models import STAFF, Membership
from alliance_match.safety.models import RiskAlert

register = template.Library()
ONE_NUMBER = re.compile(r"\+?[\d\s()/.–-]+")


@register.inclusion_tag("safety/_risk_alert_banner.html")
def risk_alert_banner(membership: Membership | None) -> dict[str, Any]:
    """`{% risk_alert_banner request.membership %}`: an alert waits, to whoever may read it; one query."""
    if not membership or membership.role not in STAFF:
        return {"waits": False}
    return {"waits": RiskAlert.objects.readable_by(membership).unacknowledged().exists()}


@register.filter
def tel(line: str) -> str:
    """`{{ clinic.crisis_line|tel }}`: the number to dial; empty where the words are no single number."""
    if not ONE_NUMBER.fullmatch(line):
        return ""
    abroad = line.strip().startswith("+")
    digits = re.sub(r"\D", "", line.replace("(0)", "") if abroad else line)
    return ("+" if abroad else "") + digits if digits else ""
