"""Pages on which care ends: a client's own, a therapist's, and any at the clinic for its admin."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from clients.forms import EpisodeEndingForm
from clients.models import Episode
from clients.services import episode_end, episode_resume
from therapists.models import Therapist

PAGE = 50
IS_LEFT = Q(therapist__status=Therapist.Status.LEFT)


@require_GET
@role_required(Role.THERAPIST, Role.ADMIN)
def caseload(request: RoleRequest) -> HttpResponse:
    """Who is in care with whom; a therapist's own, an admin's are all of the clinic, to hand over first."""
    own = Episode.objects.accessible_to(request.membership).with_people()
    left_first = ExpressionWrapper(IS_LEFT, BooleanField()).desc()
    listed = own.open().order_by(left_first, "client__name", "pk")
    context = {
        "page_obj": Paginator(listed, PAGE).get_page(request.GET.get("page")),
        "ended": own.resumable(request.membership.role)[:PAGE],
        "to_hand_over": own.open().filter(IS_LEFT).count(),
    }
    return render(request, "clients/caseload.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.CLIENT, Role.THERAPIST, Role.ADMIN)
def end_care(request: RoleRequest, episode_id: int) -> HttpResponse:
    """End an episode; the button that is pressed is the reason."""
    role = request.membership.role
    episode = get_object_or_404(
        Episode.objects.accessible_to(request.membership).with_people(), pk=episode_id
    )
    if episode.ended_on:
        messages.info(request, _("This care has ended already."))
        return _to_own_care(request)
    data = request.POST if request.method == "POST" else None
    form = EpisodeEndingForm(data, role=role, therapist=episode.therapist)
    if form.is_valid():
        episode_end(episode=episode, ended_by=Role(role), by=request.user, **form.given())
        messages.success(request, _("Ended. You can take that back within a day."))
        return _to_own_care(request)
    context = {"episode": episode, "form": form, "own": role == Role.CLIENT}
    return render(request, "clients/end.html", context, status=422 if form.is_bound else 200)


@require_POST
@role_required(Role.CLIENT, Role.THERAPIST, Role.ADMIN)
def resume_care(request: RoleRequest, episode_id: int) -> HttpResponse:
    """Resume care that ended."""
    episode = get_object_or_404(Episode.objects.accessible_to(request.membership), pk=episode_id)
    if episode_resume(episode=episode, ended_by=Role(request.membership.role), by=request.user):
        messages.success(request, _("Taken back: the care goes on."))
    elif episode.ended_on:
        messages.info(request, _("This ending cannot be taken back any more."))
    return _to_own_care(request)


def _to_own_care(request: RoleRequest) -> HttpResponse:
    """To the page with one's own care."""
    return redirect("care" if request.membership.role == Role.CLIENT else "caseload")
