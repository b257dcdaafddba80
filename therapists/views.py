"""Pages about therapists: the admin's roster."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

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
    therapists = Therapist.objects.in_clinic(clinic).named_like(sought)
    open_episodes = Count("episodes", filter=Q(episodes__ended_on__isnull=True))
    page = Paginator(therapists.annotate(caseload=open_episodes).order_by("name", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "therapists/roster.html", {"page_obj": page, "q": sought})
