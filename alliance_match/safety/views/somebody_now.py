"""“I need somebody now”: whom to call, alone on its page, and one tap that asks the clinic to call.

Words of danger lead here, and so does a link on every page of a client; it never says which it was.
"""

from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from alliance_match.accounts.models import Clinic, Role
from alliance_match.accounts.redirects import address_of_ours
from alliance_match.audit.actors import Actor, SystemActor
from alliance_match.safety.client_message import ClientMessage, client_message, somebody_is_told
from alliance_match.safety.models import RiskStep
from alliance_match.safety.models.risk_alert import CALL_NUMBER_LENGTH
from alliance_match.safety.services import call_request
from clients.models import Client
from surveys.links import link_token
from surveys.models import Invitation
from surveys.views.kiosk import address_token, with_kiosk
from surveys.views.link import link_holder, with_link

PAGE = "safety/somebody_now.html"


@login_not_required
@require_http_methods(["GET", "POST"])
def somebody_now(request: HttpRequest) -> HttpResponse:
    """For whoever is logged in, before they agreed to anything too, and for anybody else."""
    membership: Any = getattr(request, "membership", None)
    if not membership or membership.role != Role.CLIENT:
        return _numbers(request, membership.clinic if membership else None)
    own = Client.objects.in_clinic(membership.clinic).filter(user=membership.user).select_related("clinic")
    client = own.first()
    if client is None:
        return _numbers(request, membership.clinic)
    with timezone.override(membership.time_zone):
        if request.method == "POST":
            return _asked(request, client, by=membership.user)
        return _panel(request, client, client_message(client), leads_on=reverse("start"))


@login_not_required
@require_safe
def clinic_somebody_now(request: HttpRequest, slug: str) -> HttpResponse:
    """For somebody who has no account at this clinic yet."""
    return _numbers(request, get_object_or_404(Clinic, slug=slug))


@require_http_methods(["GET", "POST"])
@with_link
def link_somebody_now(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """For whoever holds the link of a mail: what they say by it, and nothing that was said elsewhere."""
    client = invitation.session.episode.client
    leads_on = reverse("link", args=[link_token(invitation)])
    if invitation.has_ended:
        return _numbers(request, client.clinic, leads_on=leads_on)
    return _without_log_in(request, client, leads_on, by=link_holder(request))


@require_http_methods(["GET", "POST"])
@with_kiosk
def kiosk_somebody_now(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """For whoever holds the tablet."""
    leads_on = reverse("kiosk_done", args=[address_token(request)])
    return _without_log_in(request, invitation.session.episode.client, leads_on, by=SystemActor.KIOSK)


def _without_log_in(request: HttpRequest, client: Client, leads_on: str, *, by: Actor) -> HttpResponse:
    if request.method == "POST":
        return _asked(request, client, by=by)
    asked = RiskStep.objects.filter(sheet=_sheet_id(request.GET.get("sheet", "")), alert__client=client)
    step = asked.select_related("alert__contacted_by", "alert__acknowledged_by").first()
    message = client_message(client, step.alert) if step else None
    return _panel(request, client, message, leads_on=leads_on, frame="alone.html")


def _asked(request: HttpRequest, client: Client, *, by: Actor) -> HttpResponse:
    """The tap; nothing it brings with it is reason to refuse it."""
    sheet = _sheet_id(request.POST.get("sheet", ""))
    number = "".join(one for one in request.POST.get("number", "") if one.isprintable()).strip()
    if somebody_is_told(client):
        call_request(client=client, number=number[:CALL_NUMBER_LENGTH], sheet=sheet, by=by)
    query = {"sheet": str(sheet)} | ({"next": request.POST["next"]} if request.POST.get("next") else {})
    return redirect(f"{request.path}?{urlencode(query)}")


def _panel(
    request: HttpRequest,
    client: Client,
    message: ClientMessage | None,
    *,
    leads_on: str,
    frame: str = "base.html",
) -> HttpResponse:
    context: dict[str, Any] = {"crisis": message, "sheet": uuid4(), "number_length": CALL_NUMBER_LENGTH}
    context["is_told"] = somebody_is_told(client)
    context["can_ask"] = context["is_told"] and not (message and message.call_asked)
    context |= {"clinic": client.clinic, "frame": frame}
    return render(request, PAGE, context | _way_on(request, leads_on))


def _numbers(request: HttpRequest, clinic: Clinic | None, *, leads_on: str = "") -> HttpResponse:
    """Whom to call, where nobody is known who could be called back."""
    if request.method == "POST":
        return redirect(request.path)
    way = leads_on or reverse("start" if request.user.is_authenticated else "home")
    frame = "alone.html" if leads_on else "base.html"
    return render(request, PAGE, {"clinic": clinic, "frame": frame} | _way_on(request, way))


def _way_on(request: HttpRequest, otherwise: str) -> dict[str, Any]:
    named = address_of_ours(request, request.GET.get("next", ""))
    return {"next": named, "leads_on": named or otherwise}


def _sheet_id(named: str) -> UUID:
    """The name of the form that was sent; one that does not name it counts as another."""
    try:
        return UUID(named)
    except ValueError:
        return uuid4()
