"""Which clinic and role this request speaks for, and how long a session lasts."""

import time
from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth import SESSION_KEY as PERSON
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from alliance_match.accounts.models import Membership

SESSION_KEY = "membership"
KEPT_AT, KEEP_EVERY = "kept_at", 60  # seconds


class KeepSessionMiddleware:
    """Let a session that is used go on, but write that down once a minute and not with every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session, now = request.session, int(time.time())
        in_use = response.status_code < 500 and session.accessed and PERSON in session
        if in_use and now - session.get(KEPT_AT, 0) >= KEEP_EVERY:
            session[KEPT_AT] = now
        return response


class MembershipMiddleware:
    """Put `request.membership` in place: the role chosen last, else the first held, else None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        lazy = cast(Any, request)
        lazy.memberships = SimpleLazyObject(lambda: memberships_of_user(request))
        lazy.membership = SimpleLazyObject(lambda: current_membership(request))
        return self.get_response(request)


def memberships_of_user(request: HttpRequest) -> list[Membership]:
    """All roles of whoever is logged in."""
    if not request.user.is_authenticated:
        return []
    if hasattr(request.user, "held"):
        return request.user.held
    return list(Membership.objects.of(request.user))


def current_membership(request: HttpRequest) -> Membership | None:
    """The role in use. One that was taken away since is no longer found, so it opens nothing."""
    held = cast(Any, request).memberships
    chosen = request.session.get(SESSION_KEY)
    return next((one for one in held if one.pk == chosen), next(iter(held), None))
