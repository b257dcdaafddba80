"""Pages about therapists: the admin's roster."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from alliance_match.accounts.invitations import invite
from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from therapists.models import Therapist

PAGE = 50


@require_GET
@role_required(Role.ADMIN)
def roster(request: RoleRequest) -> HttpResponse:
    """The clinic's therapists, searchable by name or code (`?q=`)."""
    sought = request.GET.get("q", "").replace("\x00", "").strip()
    clinic = request.membership.clinic
    therapists = Therapist.objects.in_clinic(clinic).named_like(sought).select_related("user")
    open_episodes = Count("episodes", filter=Q(episodes__ended_on__isnull=True))
    page = Paginator(therapists.annotate(caseload=open_episodes).order_by("name", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "therapists/roster.html", {"page_obj": page, "q": sought})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def therapist_invite(request: RoleRequest, therapist_id: int) -> HttpResponse:
    """Give a therapist a log-in."""
    therapist = get_object_or_404(Therapist.objects.in_clinic(request.membership.clinic), pk=therapist_id)
    return invite(request, person=therapist, role=Role.THERAPIST, back="roster")
