"""Pages on which a therapist answers who asks to meet them; the admin does so for whoever cannot log in."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from clients.forms import AcceptForm, DeclineForm, MoveForm
from clients.models import Introduction
from clients.models.introduction import IntroductionQuerySet
from clients.selectors import free_hours
from clients.services import (
    NotPossibleError,
    introduction_accept,
    introduction_call_off,
    introduction_decline,
    introduction_move,
    introduction_seen,
)
from clients.shared_answers import shared_answers

PAGE = 20


@require_GET
@role_required(Role.THERAPIST, Role.ADMIN)
def requests(request: RoleRequest) -> HttpResponse:
    """Who asks for a first meeting: those to answer soonest, the meetings to come, then what is over."""
    own = own_requests(request).select_related("client", "therapist")
    coming = own.upcoming().order_by("starts_at")
    over = own.exclude(state__in=Introduction.UNANSWERED).exclude(pk__in=coming.values("pk"))
    page = Paginator(over, PAGE).get_page(request.GET.get("page"))
    context = {"waiting": own.open().order_by("expires_at"), "coming": coming, "page_obj": page}
    return render(request, "clients/requests.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.THERAPIST, Role.ADMIN)
def answer_request(request: RoleRequest, introduction_id: int) -> HttpResponse:
    """One request, without any prediction: knowing one would make it come true."""
    found = get_object_or_404(own_requests(request).with_people(), pk=introduction_id)
    accept = AcceptForm(request.POST if "accept" in request.POST else None, introduction=found)
    decline = DeclineForm(request.POST if "decline" in request.POST and not accept.is_bound else None)
    if accept.is_valid() or decline.is_valid():
        try:
            if accept.is_bound:
                introduction_accept(introduction=found, hour=accept.cleaned_data["agreed"], by=request.user)
            else:
                introduction_decline(
                    introduction=found, reason=decline.cleaned_data["reason"], by=request.user
                )
        except NotPossibleError as error:
            messages.error(request, error.why.label)
            return redirect("request", introduction_id=found.pk)
        messages.success(request, _("Thank you. The client is told within a minute."))
        return redirect("requests")
    context = {"introduction": found, "shared": shared_answers(found), "accept": accept, "decline": decline}
    return render(request, "clients/request.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@role_required(Role.THERAPIST, Role.ADMIN)
def move_meeting(request: RoleRequest, introduction_id: int) -> HttpResponse:
    """Move an agreed meeting to another hour."""
    people = own_requests(request).select_related("client", "therapist")
    found = get_object_or_404(people.prefetch_related("therapist__slots"), pk=introduction_id)
    if request.method == "GET" and not found.is_upcoming:
        return redirect("request", introduction_id=found.pk)
    form = _move_form(request, found)
    if form.is_valid():
        try:
            introduction_move(introduction=found, hour=form.cleaned_data["agreed"], by=request.user)
        except NotPossibleError as error:
            form.add_error(None, error.why.label)
        else:
            messages.success(request, _("Thank you. The client is told of a new hour within a minute."))
            return redirect("request", introduction_id=found.pk)
    context = {"introduction": found, "form": form}
    return render(request, "clients/move.html", context, status=422 if form.is_bound else 200)


def _move_form(request: RoleRequest, agreed: Introduction) -> MoveForm:
    zone = request.membership.clinic.zone
    offered = free_hours(agreed.therapist, zone, moving=agreed)
    data = request.POST if request.method == "POST" else None
    return MoveForm(data, introduction=agreed, offered=offered, zone=zone)


@require_POST
@role_required(Role.THERAPIST, Role.ADMIN)
def call_off(request: RoleRequest, introduction_id: int) -> HttpResponse:
    """Call off an agreed meeting."""
    found = get_object_or_404(own_requests(request), pk=introduction_id)
    try:
        introduction_call_off(introduction=found, by_client=False, by=request.user)
    except NotPossibleError as error:
        messages.error(request, error.why.label)
    else:
        messages.success(request, _("Called off. The client is told within a minute."))
    return redirect("requests")


@require_POST
@role_required(Role.THERAPIST, Role.ADMIN)
def mark_as_seen(request: RoleRequest, introduction_id: int) -> HttpResponse:
    """The page with the request was opened; the client can see that it was read."""
    introduction_seen(
        introduction=get_object_or_404(own_requests(request), pk=introduction_id), by=request.user
    )
    return HttpResponse(status=204)


def own_requests(request: RoleRequest) -> IntroductionQuerySet:
    """Those that whoever asks may answer."""
    return Introduction.objects.answered_by(request.membership)
