"""Pages about matches: a client's suggestions, how they come about, and the admin's view of re-scoring."""

from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST, require_safe

from alliance_match.accounts.models import Clinic, Role
from alliance_match.accounts.roles import RoleRequest, role_required
from alliance_match.matching import selectors
from alliance_match.matching.cards import suggestions as read_suggestions
from alliance_match.matching.explaining import explanation
from alliance_match.matching.services import trait_allow, trait_forbid
from clients.models import Client, Session


@require_GET
@role_required(Role.CLIENT)
def suggestions(request: RoleRequest) -> HttpResponse:
    """The client's own suggestions: the first few, or all with `?all=1`."""
    own = Client.objects.in_clinic(request.membership.clinic).with_intake().select_related("clinic")
    client = get_object_or_404(own, user=request.user)
    show_all = request.GET.get("all") == "1"
    found = read_suggestions(client, show_all=show_all)
    context = {name: getattr(found, name) for name in found.__dataclass_fields__}
    waiting = Session.objects.in_clinic(client.clinic).filter(episode__client=client, responses__isnull=True)
    context |= {"open_session": waiting.with_pair().order_by("-held_on", "-number").first()}
    context |= {"client": client, "show_all": show_all, "has_intake": hasattr(client, "intake")}
    return render(request, "matching/suggestions.html", context)


@login_not_required
@require_safe
def how_matching_works(request: HttpRequest) -> HttpResponse:
    """What matching is at any clinic; whoever is a member of one is led to what it is there."""
    membership = cast(Any, request).membership
    if membership:
        return redirect("clinic_matching", membership.clinic.slug)
    return render(request, "matching/how_matching_works.html", {"told": explanation(None)})


@login_not_required
@require_safe
@cache_control(private=True, max_age=300)
def clinic_matching(request: HttpRequest, slug: str) -> HttpResponse:
    """How matching works at one clinic, for anybody: a clinic that uses it says so in public."""
    clinic = get_object_or_404(Clinic, slug=slug)
    with timezone.override(clinic.time_zone):
        return render(request, "matching/how_matching_works.html", {"told": explanation(clinic)})


@require_GET
@role_required(Role.ADMIN)
def rescoring(request: RoleRequest) -> HttpResponse:
    """What the worker did, owes and gave up, and which traits the estimator may see."""
    return render(request, "matching/rescoring.html", selectors.rescoring_status(request.membership.clinic))


@require_POST
@role_required(Role.ADMIN)
def trait(request: RoleRequest) -> HttpResponse:
    """Allow a trait to the estimator, or withdraw it."""
    clinic, post = request.membership.clinic, request.POST
    wanted = (post.get("side", ""), post.get("name", ""))
    allow = post.get("allow") == "1"
    open_to_it = [one for one in selectors.traits(clinic) if not (allow and one.never)]
    if wanted not in {(one.side, one.name) for one in open_to_it}:
        raise Http404
    if allow:
        trait_allow(clinic=clinic, side=wanted[0], name=wanted[1], by=request.user)
    else:
        trait_forbid(clinic=clinic, side=wanted[0], name=wanted[1])
    return redirect("rescoring")
