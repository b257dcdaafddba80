"""The check-in on a tablet of the clinic's: handed over, answered, handed back.

Whoever starts it is logged out, so that behind the check-in there is nothing to go back to. Its address
works for two hours and never shows an answer again: the tablet goes back to the therapist.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature, SignatureExpired
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from alliance_match.audit.actors import SystemActor
from clients.models import Purpose, Session
from clients.selectors import logged_episodes
from surveys.links import invitation_of_kiosk, kiosk_token
from surveys.models import Invitation
from surveys.services import check_in_refusal, invitation_get_or_create, response_to
from surveys.views.check_in_form import check_in_form, check_in_save
from surveys.views.link import Page, forged_link_page, link_context, private_response, refusal_page


@require_POST
@role_required(Role.THERAPIST, Role.ADMIN)
def kiosk_start(request: RoleRequest, session_id: int) -> HttpResponse:
    """Log out, and leave nothing on this device but one check-in."""
    known = Session.objects.filter(episode__in=logged_episodes(request)).with_pair()
    session = get_object_or_404(known, pk=session_id)
    if not session.episode.client.agrees_to(Purpose.CARE):
        messages.error(request, _("This client has not agreed to be asked anything here yet."))
        return redirect("logged", episode_id=session.episode_id)
    token = kiosk_token(invitation_get_or_create(session=session, by=request.user))
    logout(request)
    return private_response(redirect("kiosk", token=token))


def with_kiosk(page: Page) -> Callable[[HttpRequest, str], HttpResponse]:
    """Serve a tablet that was handed over in the last two hours, and on which nobody is logged in."""

    @csrf_exempt
    @login_not_required
    @wraps(page)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            invitation = invitation_of_kiosk(token)
        except SignatureExpired:
            invitation = None
        except BadSignature:
            return private_response(forged_link_page(request))
        if request.user.is_authenticated:
            return private_response(refusal_page(request, "somebody_else", 403))
        if invitation is None:
            return private_response(refusal_page(request, "hand_back", 410))
        with timezone.override(invitation.session.episode.client.zone):
            return private_response(page(request, invitation))

    return opened


@require_GET
@with_kiosk
def kiosk_hand_over(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Hand it over."""
    return render(request, "surveys/kiosk.html", kiosk_context(request, invitation))


@require_http_methods(["GET", "POST"])
@with_kiosk
def kiosk_check_in(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The check-in, where it has no answer yet."""
    session = invitation.session
    stored = response_to(session)
    if stored or check_in_refusal(session, stored):
        return refusal_page(request, "hand_back", 410)
    form = check_in_form(request, session, None)
    if form.is_valid() and check_in_save(form, session, by=SystemActor.KIOSK):
        return redirect("kiosk_done", token=address_token(request))
    context = {"form": form} | kiosk_context(request, invitation)
    return render(request, "surveys/link.html", context, status=422 if form.is_bound else 200)


@require_GET
@with_kiosk
def kiosk_done(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Hand it back."""
    return render(request, "surveys/kiosk_done.html", kiosk_context(request, invitation))


def kiosk_context(request: HttpRequest, invitation: Invitation) -> dict[str, object]:
    """What the tablet may say; the link of the client's own mail is not for it."""
    return link_context(invitation) | {"token": address_token(request), "kiosk": True}


def address_token(request: HttpRequest) -> str:
    """The token of this address; a fresh one would let the two hours begin anew."""
    return str(cast(Any, request).resolver_match.kwargs["token"])
