"""The therapist's own page; it reads frozen releases and never the estimator."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from alliance_match.insights.selectors import own_alliance
from therapists.models import Therapist


@require_GET
@role_required(Role.THERAPIST)
def my_alliance(request: RoleRequest) -> HttpResponse:
    """The alliance of whoever is logged in, at the clinic of the role in use; no other has an address."""
    own = Therapist.objects.in_clinic(request.membership.clinic)
    shown = own_alliance(get_object_or_404(own, user=request.user))
    context = {name: getattr(shown, name) for name in shown.__dataclass_fields__}
    return render(request, "insights/my_alliance.html", context)
