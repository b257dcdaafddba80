"""The admin's roster, and whether a therapist accepts new clients."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance_match.accounts.invitations import invite_by_mail
from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
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
    messages.success(request, _("Thank you. Clients see what you said, and that you said it today."))
    return redirect("start")


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def therapist_invite(request: RoleRequest, therapist_id: int) -> HttpResponse:
    """Give a therapist a log-in."""
    therapist = get_object_or_404(Therapist.objects.in_clinic(request.membership.clinic), pk=therapist_id)
    return invite_by_mail(request, person=therapist, role=Role.THERAPIST, return_to="roster")
