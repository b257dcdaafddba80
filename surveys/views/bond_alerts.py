"""What clients shared that asks a therapist for something."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from clients.models import EpisodeEnding
from surveys.bond_alerts import bond_alerts
from surveys.models import BondAlertOutcome
from surveys.services import bond_alert_close
from therapists.models import Therapist

NEWS_STAYS = timedelta(days=30)


@require_GET
@role_required(Role.THERAPIST)
def bond_alert_list(request: RoleRequest) -> HttpResponse:
    """Alerts that wait, the strongest first, and those closed lately; who has gone on, where they say so."""
    therapist = own_therapist(request)
    found = bond_alerts(therapist)
    gone = EpisodeEnding.objects.in_clinic(therapist.clinic).filter(
        notifies_therapist=True, episode__therapist=therapist, ended_at__gt=timezone.now() - NEWS_STAYS
    )
    context = {
        "waiting": [one for one in found if one.outcome is None],
        "closed": [one for one in found if one.outcome],
        "gone_on": gone.select_related("episode__client"),
        "kinds": BondAlertOutcome.Kind.choices,
    }
    return render(request, "surveys/bond_alerts.html", context)


@require_POST
@role_required(Role.THERAPIST)
def bond_alert_dismiss(request: RoleRequest, matter: str, source_id: int) -> HttpResponse:
    """Close an alert with an outcome."""
    found = bond_alerts(own_therapist(request))
    alert = next((one for one in found if (one.matter, one.source.pk) == (matter, source_id)), None)
    if alert is None:
        raise Http404
    kind = request.POST.get("kind", "")
    if kind not in BondAlertOutcome.Kind.values:
        raise BadRequest
    bond_alert_close(alert=alert, kind=kind, by=request.user)
    messages.success(request, _("Closed."))
    return redirect("alerts")


def own_therapist(request: RoleRequest) -> Therapist:
    """Whoever asks, as a therapist of the clinic of the role in use. Raises Http404."""
    here = Therapist.objects.in_clinic(request.membership.clinic).select_related("clinic")
    return get_object_or_404(here, user=request.user)
