"""The check-in by link: no log-in, and nothing on the page that says whose it is.

Its forms need no CSRF token: the right to post lies in the address alone, which no other site knows, and in
no cookie. A page without a referrer sends none that could be checked, either.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from alliance_match.audit.actors import Actor, SystemActor
from surveys.forms import CadenceForm
from surveys.links import invitation_of_link, link_token
from surveys.models import Cadence, Invitation
from surveys.selectors import bond_options_due
from surveys.services import cadence_choose, check_in_refusal, response_to
from surveys.views.check_in_form import check_in_form, check_in_save

GUESSES = {"link": "20/5m/ip"}
Page = Callable[[HttpRequest, Invitation], HttpResponse]


def private_response(response: HttpResponse) -> HttpResponse:
    """Let the address of a page reach no other site, and no cache keep the page."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def refusal_page(request: HttpRequest, why: str, status: int, **context: Any) -> HttpResponse:
    """A calm page that says what is the matter with a link."""
    return render(request, "surveys/link_closed.html", {"why": why} | context, status=status)


def forged_link_page(request: HttpRequest) -> HttpResponse:
    """What a link gets that we never made; whoever tries many has to wait."""
    allowed = ratelimit.consume(request, app="surveys", action="link", config=GUESSES, limit_get=True)
    if not allowed:
        return render(request, "429.html", status=429)
    return refusal_page(request, "forged", 404)


def with_link(page: Page) -> Callable[[HttpRequest, str], HttpResponse]:
    """Serve whoever holds the link, in the client's time zone, unless they are logged in as somebody else."""

    @csrf_exempt
    @login_not_required
    @wraps(page)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            invitation = invitation_of_link(token)
        except BadSignature:
            return private_response(forged_link_page(request))
        if invitation is None:
            return private_response(refusal_page(request, "gone", 410))
        client = invitation.session.episode.client
        if request.user.is_authenticated and request.user.pk != client.user_id:
            return private_response(refusal_page(request, "somebody_else", 403))
        with timezone.override(client.zone):
            return private_response(page(request, invitation))

    return opened


@require_http_methods(["GET", "POST"])
@with_link
def link_check_in(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The check-in; within a day of answering, to change it."""
    session = invitation.session
    stored = response_to(session)
    why = str(check_in_refusal(session, stored) or (invitation.has_ended and "ended") or "")
    if why and request.method == "GET":
        return refusal_page(request, why, 410, token=link_token(invitation))
    form = check_in_form(request, session, stored)
    if form.is_bound and invitation.has_ended:
        form.add_error(None, _("This link has ended, so nothing was stored."))
    if form.is_valid() and check_in_save(form, session, by=link_holder(request)):
        return redirect("link_done", token=link_token(invitation))
    context = {"form": form, "stored": None if why else stored} | link_context(invitation)
    return render(request, "surveys/link.html", context, status=422 if form.is_bound else 200)


@require_GET
@with_link
def link_done(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Thanks, and what happens next."""
    stored = response_to(invitation.session)
    if stored is None:
        return redirect("link", token=link_token(invitation))
    context = {"stored": stored, "opens": bond_options_due(invitation.session)}
    return render(request, "surveys/link_done.html", context | link_context(invitation))


@require_http_methods(["GET", "POST"])
@with_link
def link_how_often(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """How often the client is asked; it can be said however old the link is."""
    client = invitation.session.episode.client
    form = CadenceForm(request.POST, chosen=Cadence.objects.filter(client=client).first())
    if form.is_valid():
        frequency = form.cleaned_data["frequency"]
        cadence_choose(client=client, frequency=frequency, by=link_holder(request))
    saved = form.is_bound and form.is_valid()
    context = {"form": form, "saved": saved} | link_context(invitation)
    status = 422 if form.is_bound and not saved else 200
    return render(request, "surveys/link_how_often.html", context, status=status)


def link_holder(request: HttpRequest) -> Actor:
    """Who acts by a link: the client where they are logged in, else whoever holds it."""
    return request.user if request.user.is_authenticated else SystemActor.LINK


def link_context(invitation: Invitation) -> dict[str, Any]:
    """What a page without a log-in may say: the therapist's first name, and the session's number and day."""
    episode = invitation.session.episode
    return {
        "session": invitation.session,
        "therapist": episode.therapist.called,
        "clinic": episode.client.clinic,
        "token": link_token(invitation),
    }
