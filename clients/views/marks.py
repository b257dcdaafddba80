"""Buttons with which a client keeps a therapist in mind, or puts them aside."""

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.redirects import redirect_back
from alliance_match.accounts.roles import RoleRequest, role_required
from clients.models import Mark
from clients.selectors import own_client
from clients.services import mark_set
from therapists.models import Therapist


@require_POST
@role_required(Role.CLIENT)
def mark_therapist(request: RoleRequest, therapist_id: int) -> HttpResponse:
    """Keep a therapist in mind, put them aside, or neither (`kind`), and return to where that was said."""
    client, kind = own_client(request), request.POST.get("kind", "")
    therapist = get_object_or_404(Therapist.objects.in_clinic(client.clinic), pk=therapist_id)
    if kind not in {"", *Mark.Kind.values}:
        raise BadRequest
    mark_set(client=client, therapist=therapist, kind=kind, by=request.user)
    return redirect_back(request, "suggestions")
