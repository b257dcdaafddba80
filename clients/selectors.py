"""Reads about clients for pages."""

from django.shortcuts import get_object_or_404

from alliance_match.accounts.roles import RoleRequest
from clients.models import Client


def own_client(request: RoleRequest) -> Client:
    """The client who asks, in the clinic they speak for. Raises Http404 where there is none."""
    own = (
        Client.objects.in_clinic(request.membership.clinic)
        .with_intake()
        .select_related("clinic", "look", "user")
    )
    return get_object_or_404(own, user=request.user)
