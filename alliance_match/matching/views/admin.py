"""The admin's view of re-scoring."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from alliance_match.matching import selectors
from alliance_match.matching.presentation.rescoring import rescoring_page
from alliance_match.matching.services import trait_allow, trait_forbid


@require_GET
@role_required(Role.ADMIN)
def rescoring(request: RoleRequest) -> HttpResponse:
    """What the worker did, what is pending and what failed, and which traits the estimator may see."""
    return render(request, "matching/rescoring.html", rescoring_page(request.membership.clinic))


@require_POST
@role_required(Role.ADMIN)
def switch_trait(request: RoleRequest) -> HttpResponse:
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
        trait_forbid(clinic=clinic, side=wanted[0], name=wanted[1], by=request.user)
    return redirect("rescoring")
