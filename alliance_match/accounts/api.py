"""Deny by default, for the API: a view names the roles it serves."""

import json
from collections.abc import Mapping
from typing import IO, Any, ClassVar, cast

from django.http import Http404
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from alliance_match.accounts.models import Membership


class HasRole(BasePermission):
    """Serves the roles in the view's `roles`; to anybody else the address does not exist (404)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        held = membership_of_request(request)
        if not held or held.role not in cast(Any, view).roles:
            raise Http404
        return True


class SoundJSONParser(JSONParser):
    """JSON; what is nested beyond measure, or has half a character in it, is the sender's fault (400)."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            given = super().parse(stream, media_type, parser_context)
            json.dumps(given, ensure_ascii=False).encode()
        except (RecursionError, UnicodeEncodeError):
            raise ParseError from None
        return given


class RoleView(APIView):
    """An API view for some roles."""

    parser_classes = [SoundJSONParser]
    permission_classes = [IsAuthenticated, HasRole]
    roles: ClassVar[tuple[str, ...]] = ()


def membership_of_request(request: Request) -> Membership:
    """The role this request speaks for."""
    return cast(Membership, cast(Any, request)._request.membership)
