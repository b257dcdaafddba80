"""What is stored about a client, for that client: a page that says who reads it, and all of it in files."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from alliance_match.transfer.own_data import own_data as data_of
from clients.selectors import own_client
from surveys.fhir.responses import responses_bundle
from surveys.models import Response

FORMAT = {"ensure_ascii": False, "indent": 2}


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
    return JsonResponse(data_of(own_client(request)), headers=headers, json_dumps_params=FORMAT)


@require_GET
@role_required(Role.CLIENT)
def own_answers_file(request: RoleRequest) -> HttpResponse:
    """The answers to questionnaires as FHIR, which other clinics can read."""
    own = Response.objects.filter(session__episode__client=own_client(request)).order_by("pk")
    answers = responses_bundle(own.select_related("instrument", "session__episode__client"))
    headers = {"Content-Disposition": 'attachment; filename="my-answers.fhir.json"'}
    return JsonResponse(answers, headers=headers, json_dumps_params=FORMAT)
