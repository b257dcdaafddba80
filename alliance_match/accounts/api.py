"""Deny by default, for the API: a view names the roles it serves."""

from typing import Any, ClassVar, cast

from django.http import Http404
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from alliance_match.accounts.models import Membership


class HasRole(BasePermission):
    """Serves the roles in the view's `roles`; to anybody else the address does not exist (404)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        held = membership(request)
        if not held or held.role not in cast(Any, view).roles:
            raise Http404
        return True


class RoleView(APIView):
    """An API view for some roles."""

    permission_classes = [IsAuthenticated, HasRole]
    roles: ClassVar[tuple[str, ...]] = ()


def membership(request: Request) -> Membership:
    """The role this request speaks for."""
    return cast(Membership, cast(Any, request)._request.membership)
