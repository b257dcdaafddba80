"""Pages about matches: a client's suggestions, and the admin's view of the re-scoring."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from alliance_match.matching import selectors
from alliance_match.matching.cards import suggestions as read_suggestions
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
    if wanted not in {(one.side, one.name) for one in selectors.traits(clinic)}:
        raise Http404
    if post.get("allow") == "1":
        trait_allow(clinic=clinic, side=wanted[0], name=wanted[1], by=request.user)
    else:
        trait_forbid(clinic=clinic, side=wanted[0], name=wanted[1])
    return redirect("rescoring")
