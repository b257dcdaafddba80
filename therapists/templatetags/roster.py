"""The rows of the roster: fifty on a page, so they are drawn without a template."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alliance_match.pages.templatetags.components import chip
from alliance_match.pages.templatetags.plain_words import days_ago
from therapists.models import LICENCE_NOTICE, Therapist

register = template.Library()
# Labels stand in each row, and are written into it once a page.
ROW = """
<tr>
  <th scope="row">{{name}} <span class="small soft">{{code}}</span></th>
  <td data-label="{status}">{{status}}</td>
  <td class="number" data-label="{caseload}"><span>{{caseload}}</span></td>
  <td data-label="{new_clients}">{{new_clients}}</td>
  <td data-label="{confirmed}">{{confirmed}}</td>
  <td data-label="{log_in}">{{log_in}}</td>
</tr>
"""


@register.simple_tag
def roster_rows(therapists: Iterable[Therapist]) -> SafeString:
    """`{% roster_rows page_obj %}`: therapists as they were read `with_caseload()` and with their users."""
    row = format_html(
        ROW,
        status=_("Status"),
        caseload=_("Caseload"),
        new_clients=_("New clients"),
        confirmed=_("Confirmed"),
        log_in=_("Log-in"),
    )
    return format_html_join("", row, (_cells(one) for one in therapists))


def _cells(one: Therapist) -> dict[str, Any]:
    return {
        "name": one.name,
        "code": one.code,
        "status": _status(one),
        "caseload": _caseload(one),
        "new_clients": _new_clients(one),
        "confirmed": days_ago(one.confirmed_at),
        "log_in": _log_in(one),
    }


def _status(one: Therapist) -> SafeString:
    """What they are, until when, and whether the licence ends soon."""
    words = str(Therapist.Status(one.status).label)
    if one.status == Therapist.Status.PAUSED and one.returns_on:
        words = _("%(status)s until %(day)s") % {"status": words, "day": _day(one.returns_on)}
    said = words if one.status == Therapist.Status.ACTIVE else chip(words, kind="care")
    if one.status == Therapist.Status.LEFT or not one.licence_ends_within(LICENCE_NOTICE):
        return conditional_escape(said)
    licence = (
        _("licence ended %(day)s") if one.licence_ends_within(timedelta(0)) else _("licence ends %(day)s")
    )
    return format_html("{} {}", said, chip(licence % {"day": _day(one.licence_expires_on)}, kind="care"))


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


def _new_clients(one: Therapist) -> str:
    """The same as clients read on a card, in fewer words."""
    if one.unavailable is not None:
        return str(one.unavailable.label)
    if not one.has_capacity(one.caseload):
        return _("full")
    if one.is_stale:
        return chip(_("accepting, not confirmed"), kind="care")
    return chip(_("accepting"), kind="good", icon_name="check")


def _caseload(one: Therapist) -> Any:
    if one.caseload_cap is None:
        return one.caseload
    return _("%(n)s of %(cap)s") % {"n": one.caseload, "cap": one.caseload_cap}


def _log_in(one: Therapist) -> SafeString:
    """The address somebody logs in with, or the way to invite them; nothing of who left."""
    if one.status == Therapist.Status.LEFT:
        return SafeString("")
    address = reverse("therapist_invite", args=[one.pk])
    if one.user is None:
        return format_html(
            '<a href="{}">{}<span class="out-of-sight"> {}</span></a>', address, _("Invite"), one
        )
    invited = "" if one.user.last_login else format_html(' <span class="small soft">{}</span>', _("invited"))
    return format_html('<span><a class="small" href="{}">{}</a>{}</span>', address, one.user.email, invited)
