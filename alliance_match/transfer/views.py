"""What is stored about a client, for that client: a page that says who reads it, and all of it as a file."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from alliance_match.transfer.own_data import own_data as data_of
from clients.selectors import own_client


@require_GET
@role_required(Role.CLIENT)
def own_data(request: RoleRequest) -> HttpResponse:
    """Who can see what, and where to change it."""
    return render(request, "transfer/own_data.html", {"client": own_client(request)})


@require_GET
@role_required(Role.CLIENT)
def own_data_file(request: RoleRequest) -> HttpResponse:
    """All of it as JSON."""
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    format_ = {"ensure_ascii": False, "indent": 2}
    return JsonResponse(data_of(own_client(request)), headers=headers, json_dumps_params=format_)
