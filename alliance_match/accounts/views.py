"""Choosing a role, and the demo's doors."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from alliance_match.accounts.middleware import SESSION_KEY
from alliance_match.accounts.models import Membership, Role, User

DEMO_CLINIC = "demo"
DEMO_PEOPLE = {
    Role.CLIENT: "cleo@demo.invalid",
    Role.THERAPIST: "mara@demo.invalid",
    Role.ADMIN: "asha@demo.invalid",
}
FIRST_PAGE = {Role.CLIENT: "suggestions", Role.THERAPIST: "my_alliance", Role.ADMIN: "roster"}


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Lead whoever logged in to the first page of their role."""
    membership = cast(Any, request).membership
    if not membership:
        return render(request, "accounts/no_role.html", status=403)
    return redirect(FIRST_PAGE[Role(membership.role)])


@require_POST
def role_choose(request: HttpRequest) -> HttpResponse:
    """Switch to another of one's own roles."""
    wanted = request.POST.get("membership", "")
    held = Membership.objects.filter(user=cast(User, request.user))
    chosen = get_object_or_404(held, pk=wanted if wanted.isdecimal() and len(wanted) < 19 else 0)
    request.session[SESSION_KEY] = chosen.pk
    return redirect("start")


@login_not_required
@require_POST
def demo_enter(request: HttpRequest) -> HttpResponse:
    """Log in as one of the demo's made-up people; outside the demo this page does not exist."""
    role = request.POST.get("role")
    if not settings.DEMO or role not in Role.values:
        raise Http404
    user = get_object_or_404(User, email=DEMO_PEOPLE[Role(role)])
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[SESSION_KEY] = get_object_or_404(Membership, user=user, role=role).pk
    return redirect("start")
