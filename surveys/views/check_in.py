"""A client's pages after a session: the check-ins that wait, one check-in, and what was answered."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from clients.models import Purpose, Session
from clients.selectors import own_client
from surveys.forms import CadenceForm
from surveys.models import AllianceRating, Cadence, Response
from surveys.models.response import ResponseQuerySet
from surveys.selectors import bond_options_due, own_sessions, own_sessions_to_check_in, readers_for
from surveys.services import (
    CheckInClosedError,
    cadence_choose,
    check_in_refusal,
    rating_withdraw,
    response_to,
    sharing_set,
)
from surveys.views.check_in_form import check_in_form, check_in_save

PAGE = 20


@require_GET
@role_required(Role.CLIENT)
def check_ins(request: RoleRequest) -> HttpResponse:
    """Sessions without an answer yet, and one's own trend."""
    sessions = own_sessions(request)
    waiting = sessions.filter(alliance_ratings__isnull=True).exclude(held_on__gt=timezone.localdate())
    given = AllianceRating.objects.filter(session__in=sessions, response__isnull=False)
    newest = given.select_related("response", "session__episode__therapist").order_by(
        "-session__held_on", "-session__number", "-pk"
    )
    page = Paginator(newest, PAGE).get_page(request.GET.get("page"))
    trend = [rating for rating in reversed(page.object_list) if rating.withdrawn_at is None]
    context = {
        "waiting": waiting.order_by("-held_on", "-number")[:PAGE],
        "page_obj": page,
        "trend": trend,
        "may_share": own_client(request).agrees_to(Purpose.SHARE),
    }
    return render(request, "surveys/check_ins.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.CLIENT)
def check_in(request: RoleRequest, session_id: int) -> HttpResponse:
    """The check-in about one of one's own sessions; within a day of answering, to change it."""
    session: Any = _own_session(request, session_id)
    session.episode.client.clinic = request.membership.clinic
    stored = response_to(session) if session.is_answered else None
    if request.method == "GET" and (why := check_in_refusal(session, stored)):
        return _redirect_from_closed(request, session_id, why)
    form = check_in_form(request, session, stored)
    if form.is_valid() and check_in_save(form, session, by=request.user):
        return redirect("check_in_done", session_id=session.pk)
    context = {
        "form": form,
        "session": session,
        "stored": None if check_in_refusal(session, stored) else stored,
        "therapist": session.episode.therapist.name,
    }
    return render(request, "surveys/check_in.html", context, status=422 if form.is_bound else 200)


def _own_session(request: RoleRequest, session_id: int) -> Session:
    clinic = request.membership.clinic.pk
    for session in own_sessions_to_check_in(clinic=clinic, user=request.user.pk, session=session_id):
        return session
    raise Http404


def _redirect_from_closed(request: RoleRequest, session_id: int, why: CheckInClosedError.Why) -> HttpResponse:
    if why == CheckInClosedError.Why.LOCKED:
        return redirect("check_in_done", session_id=session_id)
    messages.info(request, why.label)
    return redirect("check_ins")


@require_GET
@role_required(Role.CLIENT)
def check_in_done(request: RoleRequest, session_id: int) -> HttpResponse:
    """Thanks, and what happens next."""
    session = get_object_or_404(own_sessions(request), pk=session_id)
    stored = get_object_or_404(_own_responses(request), session=session)
    context = {"session": session, "stored": stored, "therapist": session.episode.therapist.name}
    return render(request, "surveys/check_in_done.html", context | {"opens": bond_options_due(session)})


@require_POST
@role_required(Role.CLIENT)
def choose_sharing(request: RoleRequest, session_id: int) -> HttpResponse:
    """Share an answer with the therapist, or no more (`shared` empty)."""
    stored = get_object_or_404(_own_responses(request), session=session_id)
    shared = bool(request.POST.get("shared"))
    if shared and Response.Reader.THERAPIST not in readers_for(stored.session):
        messages.info(request, _("Nobody could read it, so it is not shared."))
        return redirect("check_ins")
    sharing_set(response=stored, shared=shared, by=request.user)
    messages.success(request, _("Shared.") if shared else _("No longer shared."))
    return redirect("check_ins")


@require_http_methods(["GET", "POST"])
@role_required(Role.CLIENT)
def withdraw_check_in(request: RoleRequest, session_id: int) -> HttpResponse:
    """Withdraw an answer, asked once whether that is meant."""
    stored = get_object_or_404(_own_responses(request), session=session_id)
    if request.method == "POST":
        rating_withdraw(rating=stored.alliance_rating, by=request.user)
        messages.success(request, _("Taken back. Suggestions forget it within seconds."))
        return redirect("check_ins")
    return render(request, "surveys/check_in_withdraw.html", {"session": stored.session})


@require_http_methods(["GET", "POST"])
@role_required(Role.CLIENT)
def how_often(request: RoleRequest) -> HttpResponse:
    """How often one is asked."""
    client = own_client(request)
    form = CadenceForm(request.POST, chosen=Cadence.objects.filter(client=client).first())
    if form.is_valid():
        cadence_choose(client=client, frequency=form.cleaned_data["frequency"], by=request.user)
        messages.success(request, _("Saved. You can change this whenever you like."))
        return redirect("check_ins")
    return render(request, "surveys/how_often.html", {"form": form}, status=422 if form.is_bound else 200)


def _own_responses(request: RoleRequest) -> ResponseQuerySet:
    own = Response.objects.filter(session__in=own_sessions(request))
    return own.select_related("alliance_rating", "session__episode__therapist", "session__episode__client")
