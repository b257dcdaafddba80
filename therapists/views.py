"""The admin's roster, and whether a therapist accepts new clients."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance_match.accounts.invitations import invite_by_mail
from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from alliance_match.audit.actors import SystemActor
from therapists.links import therapist_of_token
from therapists.models import Therapist
from therapists.services import accepting_set

PAGE = 50


@require_GET
@role_required(Role.ADMIN)
def roster(request: RoleRequest) -> HttpResponse:
    """The clinic's therapists, searchable by name or code (`?q=`)."""
    sought = request.GET.get("q", "").replace("\x00", "").strip()
    clinic = request.membership.clinic
    therapists = Therapist.objects.in_clinic(clinic).named_like(sought).select_related("user")
    listed = therapists.with_caseload().order_by("name", "pk")
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    return render(request, "therapists/roster.html", {"page_obj": page, "q": sought})


@require_POST
@role_required(Role.THERAPIST)
def accepting(request: RoleRequest) -> HttpResponse:
    """A therapist says, as of now, whether they take new clients (`accepting`)."""
    own = Therapist.objects.in_clinic(request.membership.clinic)
    therapist = get_object_or_404(own, user=request.user)
    accepting_set(therapist=therapist, accepting=request.POST.get("accepting") == "1", by=request.user)
    if therapist.unavailable == Therapist.Unavailable.UNLICENSED:
        messages.warning(
            request, _("Stored. Clients see it once the clinic has a new date for your licence.")
        )
    else:
        messages.success(request, _("Thank you. Clients see what you said, and that you said it today."))
    return redirect("start")


@never_cache
@require_http_methods(["GET", "POST"])
@login_not_required
def still_accepting(request: HttpRequest, token: str) -> HttpResponse:
    """The same by the link of a mail, without a log-in: one press. It tells nothing about the therapist."""
    therapist = therapist_of_token(token)
    answer = request.POST.get("accepting", "")
    if therapist and answer in ("0", "1"):
        accepting_set(therapist=therapist, accepting=answer == "1", by=SystemActor.LINK)
    context = {"therapist": therapist, "answer": answer}
    return render(request, "therapists/still_accepting.html", context, status=200 if therapist else 410)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def therapist_invite(request: RoleRequest, therapist_id: int) -> HttpResponse:
    """Give a therapist a log-in."""
    here = Therapist.objects.in_clinic(request.membership.clinic).exclude(status=Therapist.Status.LEFT)
    therapist = get_object_or_404(here, pk=therapist_id)
    return invite_by_mail(request, person=therapist, role=Role.THERAPIST, return_to="roster")
