"""Choosing a role, a language and a time zone; the clinic's settings and admins; the demo's log-ins."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance_match.accounts.forms import AdminForm, ClinicForm, TimeZoneForm
from alliance_match.accounts.invitations import mail_link, show_result
from alliance_match.accounts.middleware import SESSION_KEY
from alliance_match.accounts.models import Membership, Role, User
from alliance_match.accounts.redirects import redirect_back
from alliance_match.accounts.roles import RoleRequest, role_required
from alliance_match.accounts.services import (
    AlreadyHereError,
    LastAdminError,
    admin_add,
    admin_remove,
    clinic_update,
    language_set,
    time_zone_set,
)

A_YEAR = 365 * 24 * 3600
DEMO_CLINIC = "demo"
DEMO_PEOPLE = {
    Role.CLIENT: "cleo@demo.invalid",
    Role.THERAPIST: "mara@demo.invalid",
    Role.ADMIN: "asha@demo.invalid",
}
FIRST_PAGE = {Role.CLIENT: "begin", Role.THERAPIST: "my_alliance", Role.ADMIN: "roster"}


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
def language_choose(request: HttpRequest) -> HttpResponse:
    """Read these pages in another language from now on; whoever is logged in is written to in it, too."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise BadRequest
    if request.user.is_authenticated:
        language_set(user=request.user, language=language, by=request.user)
    response = redirect_back(request, "home")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=A_YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@require_http_methods(["GET", "POST"])
@role_required(Role.CLIENT)
def time_zone_choose(request: RoleRequest) -> HttpResponse:
    """In which time zone a client reads and writes times."""
    form = TimeZoneForm(
        request.POST if request.method == "POST" else None,
        initial={"time_zone": request.membership.time_zone},
    )
    if form.is_valid():
        time_zone_set(user=request.user, time_zone=form.cleaned_data["time_zone"], by=request.user)
        messages.success(request, _("Saved. Times are yours from now on."))
        return redirect_back(request, "start")
    context = {"form": form, "back": request.headers.get("Referer", "")}
    return render(request, "accounts/time_zone.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def clinic_settings(request: RoleRequest) -> HttpResponse:
    """What the clinic is called, where it is, whom to call in need, and how clients come in."""
    clinic = request.membership.clinic
    form = ClinicForm(request.POST if request.method == "POST" else None, instance=clinic)
    if form.is_valid():
        clinic_update(clinic=clinic, settings=form.cleaned_data, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("clinic_settings")
    context = {"form": form, "clinic": clinic}
    return render(request, "accounts/clinic.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def admins(request: RoleRequest) -> HttpResponse:
    """The clinic's admins, each with a name; a form invites another."""
    clinic = request.membership.clinic
    form = AdminForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = admin_add(clinic=clinic, by=request.user, **form.cleaned_data)
        except AlreadyHereError:
            form.add_error("email", _("A client here logs in with this address."))
        else:
            show_result(request, user, sent=mail_link(user, clinic=clinic))
            return redirect("admins")
    here = Membership.objects.filter(clinic=clinic, role=Role.ADMIN).select_related("user")
    context = {"form": form, "members": here.order_by("user__name", "user__email")}
    return render(request, "accounts/admins.html", context, status=422 if form.is_bound else 200)


@require_POST
@role_required(Role.ADMIN)
def admin_end(request: RoleRequest, membership_id: int) -> HttpResponse:
    """Take the role from an admin, oneself included, as long as somebody is left who has logged in."""
    here = Membership.objects.filter(clinic=request.membership.clinic, role=Role.ADMIN)
    membership = get_object_or_404(here.select_related("user"), pk=membership_id)
    try:
        admin_remove(membership=membership, by=request.user)
    except LastAdminError:
        messages.error(request, _("Somebody must be left who runs the clinic and has logged in."))
        return redirect("admins")
    messages.success(request, _("Withdrawn: they run the clinic no more."))
    return redirect("start" if membership.user_id == request.user.pk else "admins")


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
