"""The admin's list of clients."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from alliance_match.accounts.invitations import invite_by_mail
from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from clients.models import Client

PAGE = 50


@require_GET
@role_required(Role.ADMIN)
def clients(request: RoleRequest) -> HttpResponse:
    """The clinic's clients, searchable by name or code (`?q=`)."""
    sought = request.GET.get("q", "").replace("\x00", "").strip()
    found = Client.objects.in_clinic(request.membership.clinic).named_like(sought)
    listed = found.select_related("user", "intake").order_by("name", "pk")
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    return render(request, "clients/clients.html", {"page_obj": page, "q": sought})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def client_invite(request: RoleRequest, client_id: int) -> HttpResponse:
    """Give a client a log-in."""
    client = get_object_or_404(Client.objects.in_clinic(request.membership.clinic), pk=client_id)
    return invite_by_mail(request, person=client, role=Role.CLIENT, return_to="clients")
