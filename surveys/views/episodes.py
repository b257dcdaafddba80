"""A client's own episodes: whom they see, what they decided about it, their words."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from clients.models import Episode
from surveys.models import Note, Recheck


@require_GET
@role_required(Role.CLIENT)
def episodes(request: RoleRequest) -> HttpResponse:
    """Whom one sees, and the ways from there."""
    own = Episode.objects.accessible_to(request.membership).with_people()
    wanted = Recheck.objects.filter(episode__in=own, done_at__isnull=True)
    context = {
        "episodes": own.open().select_related("switch").order_by("pk"),
        "asked_again": set(wanted.values_list("episode", flat=True)),
        "today": timezone.localdate(),
        "ended": own.resumable(Role.CLIENT),
        "notes": Note.objects.filter(episode__in=own).select_related("episode__therapist"),
    }
    return render(request, "surveys/episodes.html", context)
