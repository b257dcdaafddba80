"""Deny by default: a page names the roles it serves, and serves nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from alliance_match.accounts.models import Membership, Role, User

P = ParamSpec("P")


class RoleRequest(HttpRequest):
    """A request of somebody who holds a role the page serves."""

    membership: Membership
    user: User


Page = Callable[Concatenate[RoleRequest, P], HttpResponse]


def role_required(*roles: Role) -> Callable[[Page[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Serve only these roles, in their time zone; to anybody else the page does not exist (404)."""

    def decorate(page: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(page)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            membership = cast(Any, request).membership
            if not membership or membership.role not in roles:
                raise Http404
            with timezone.override(membership.time_zone):
                return page(cast(RoleRequest, request), *args, **kwargs)

        cast(Any, guarded).roles = roles
        return cast(Callable[Concatenate[HttpRequest, P], HttpResponse], guarded)

    return decorate
