"""An admin's page: what clients wrote to the clinic."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from surveys.models import Response

PAGE = 20


@require_GET
@role_required(Role.ADMIN)
def comments(request: RoleRequest) -> HttpResponse:
    """Comments that clients addressed to the clinic, newest first."""
    told = Response.objects.in_clinic(request.membership.clinic).told_to_the_clinic()
    page = Paginator(told, PAGE).get_page(request.GET.get("page"))
    return render(request, "surveys/comments.html", {"page_obj": page})
