"""Alerts on every page of those who act on them, and numbers to call."""

import re
from typing import Any

from django import template
from django.db import DatabaseError
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from alliance_match.accounts.models import STAFF, Clinic, Membership
from alliance_match.safety.hearing import is_staff, panel_path
from alliance_match.safety.models import RiskAlert

register = template.Library()
ONE_NUMBER = re.compile(r"\+?[\d\s()/.–-]+")


@register.inclusion_tag("safety/_risk_alert_banner.html")
def risk_alert_banner(membership: Membership | None) -> dict[str, Any]:
    """`{% risk_alert_banner request.membership %}`: an alert waits, to whoever may read it; one query."""
    if not membership or membership.role not in STAFF:
        return {"waits": False}
    return {"waits": RiskAlert.objects.readable_by(membership).unacknowledged().exists()}


@register.simple_tag(takes_context=True)
def clinic_here(context: Context) -> Clinic | None:
    """`{% clinic_here as here %}`: the clinic of the page, of whoever is logged in, or the only one."""
    of_page, held = context.get("clinic"), getattr(context.get("request"), "membership", None)
    of_others = (getattr(one, "clinic", None) for one in (context.get("sign_up"), held))
    known = next((one for one in (of_page, *of_others) if isinstance(one, Clinic)), None)
    return known or _only_clinic()


def _only_clinic() -> Clinic | None:
    """The clinic of an installation that has no other; a database that is busy costs no page its footer."""
    try:
        several = list(Clinic.objects.order_by("pk")[:2])
    except DatabaseError:
        return None
    return several[0] if len(several) == 1 else None


@register.simple_tag(takes_context=True)
def somebody_now_path(context: Context) -> str:
    """`{% somebody_now_path as href %}`: the way to whom to call; empty for staff, and where one is there."""
    request: Any = context.get("request")
    match = getattr(request, "resolver_match", None)
    if request is None or is_staff(request) or (match and str(match.url_name).endswith("somebody_now")):
        return ""
    is_known = not match or "token" not in match.kwargs or context.get("clinic")
    return panel_path(request) if is_known else reverse("somebody_now")


@register.simple_tag
def phone(line: str, look: str = "crisis-line") -> SafeString:
    """`{% phone clinic.crisis_line %}`: a number to tap; plain words where they are no single number."""
    number = tel(line)
    if number:
        return format_html('<a class="{}" href="tel:{}">{}</a>', look, number, line)
    return format_html('<strong class="{}">{}</strong>', look, line)


def tel(line: str) -> str:
    """The number to dial; empty where the words are no single number."""
    if not ONE_NUMBER.fullmatch(line):
        return ""
    abroad = line.strip().startswith("+")
    digits = re.sub(r"\D", "", line.replace("(0)", "") if abroad else line)
    return ("+" if abroad else "") + digits if digits else ""
