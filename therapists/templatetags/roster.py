"""The rows of the roster: fifty on a page, so they are drawn without a template."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alliance_match.pages.templatetags.components import chip
from alliance_match.pages.templatetags.plain_words import days_ago
from therapists.models import Therapist

register = template.Library()
ROW = """
<tr>
  <th scope="row">{name} <span class="small soft">{code}</span></th>
  <td data-label="{status_label}">{status}</td>
  <td class="number" data-label="{caseload_label}"><span>{caseload}</span></td>
  <td data-label="{new_clients_label}">{new_clients}</td>
  <td data-label="{confirmed_label}">{confirmed}</td>
  <td data-label="{log_in_label}">{log_in}</td>
</tr>
"""


@register.simple_tag
def roster_rows(therapists: Iterable[Therapist]) -> SafeString:
    """`{% roster_rows page_obj %}`: therapists as they were read `with_caseload()` and with their users."""
    labels = {
        "status_label": _("Status"),
        "caseload_label": _("Caseload"),
        "new_clients_label": _("New clients"),
        "confirmed_label": _("Confirmed"),
        "log_in_label": _("Log-in"),
    }
    room = {
        False: _("not now"),
        None: _("full"),
        True: chip(_("accepting"), kind="good", icon_name="check"),
    }
    status = {code: str(label) for code, label in Therapist.Status.choices}
    return format_html_join("", ROW, ({**labels, **_cells(one, room, status)} for one in therapists))


def _cells(one: Therapist, room: dict[bool | None, str], status: dict[str, str]) -> dict[str, Any]:
    active, words = one.status == Therapist.Status.ACTIVE, status[one.status]
    return {
        "name": one.name,
        "code": one.code,
        "status": words if active else chip(words, kind="care"),
        "caseload": _caseload(one),
        "new_clients": room[(one.has_capacity(one.caseload) or None) if active and one.accepting else False],
        "confirmed": days_ago(one.confirmed_at),
        "log_in": _log_in(one),
    }


def _caseload(one: Therapist) -> Any:
    if one.caseload_cap is None:
        return one.caseload
    return _("%(n)s of %(cap)s") % {"n": one.caseload, "cap": one.caseload_cap}


def _log_in(one: Therapist) -> SafeString:
    """The address somebody logs in with, or the way to invite them."""
    if one.user:
        return format_html('<span class="small">{}</span>', one.user.email)
    address = reverse("therapist_invite", args=[one.pk])
    return format_html('<a href="{}">{}<span class="out-of-sight"> {}</span></a>', address, _("Invite"), one)
