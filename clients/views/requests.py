"""Pages on which a therapist answers who asks to meet them; the admin does so for whoever cannot log in."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from clients.forms import AcceptForm, DeclineForm
from clients.models import Introduction
from clients.models.introduction import IntroductionQuerySet
from clients.services import (
    NotPossibleError,
    introduction_accept,
    introduction_decline,
    introduction_seen,
)

PAGE = 20


@require_GET
@role_required(Role.THERAPIST, Role.ADMIN)
def requests(request: RoleRequest) -> HttpResponse:
    """Who asks for a first meeting: those to answer soonest, then what was answered."""
    own = own_requests(request).with_people()
    page = Paginator(own.exclude(state__in=Introduction.UNANSWERED), PAGE).get_page(request.GET.get("page"))
    context = {"waiting": own.open().order_by("expires_at"), "page_obj": page}
    return render(request, "clients/requests.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.THERAPIST, Role.ADMIN)
def answer(request: RoleRequest, introduction_id: int) -> HttpResponse:
    """One request, without any prediction: knowing one would make it come true."""
    found = get_object_or_404(own_requests(request).with_people(), pk=introduction_id)
    accept = AcceptForm(request.POST if "accept" in request.POST else None, introduction=found)
    decline = DeclineForm(request.POST if "decline" in request.POST and not accept.is_bound else None)
    if accept.is_valid() or decline.is_valid():
        try:
            if accept.is_bound:
                introduction_accept(introduction=found, hour=accept.cleaned_data["agreed"])
            else:
                introduction_decline(introduction=found, because=decline.cleaned_data["because"])
        except NotPossibleError as error:
            messages.error(request, error.why.label)
            return redirect("request", introduction_id=found.pk)
        messages.success(request, _("Thank you. The client is told within a minute."))
        return redirect("requests")
    context = {"introduction": found, "accept": accept, "decline": decline}
    return render(request, "clients/request.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@role_required(Role.THERAPIST, Role.ADMIN)
def seen(request: RoleRequest, introduction_id: int) -> HttpResponse:
    """The page with the request was opened; the client is told that it was read."""
    introduction_seen(introduction=get_object_or_404(own_requests(request), pk=introduction_id))
    return HttpResponse(status=204)


def own_requests(request: RoleRequest) -> IntroductionQuerySet:
    """A therapist's own; an admin's are those to therapists who cannot log in."""
    here = Introduction.objects.in_clinic(request.membership.clinic)
    if request.membership.role == Role.ADMIN:
        return here.filter(therapist__user=None)
    return here.filter(therapist__user=request.user)
