"""The therapist's own page: frozen releases, never the estimator, and what clients chose to share."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from alliance_match.insights.selectors import own_alliance
from alliance_match.safety.models import SymptomCheck
from surveys.models import Response
from therapists.models import Therapist

NEWEST = 10


@require_GET
@role_required(Role.THERAPIST)
def my_alliance(request: RoleRequest) -> HttpResponse:
    """The alliance of whoever is logged in, at the clinic of the role in use; no other has an address."""
    own = Therapist.objects.in_clinic(request.membership.clinic).select_related("clinic")
    therapist = get_object_or_404(own, user=request.user)
    shown = own_alliance(therapist)
    context = {name: getattr(shown, name) for name in shown.__dataclass_fields__}
    clinic = therapist.clinic
    context["shared_check_ins"] = Response.objects.in_clinic(clinic).shared_with(therapist)[:NEWEST]
    context["symptoms_shared"] = SymptomCheck.objects.in_clinic(clinic).shared_with(therapist)[:NEWEST]
    return render(request, "insights/my_alliance.html", context | {"therapist": therapist})
