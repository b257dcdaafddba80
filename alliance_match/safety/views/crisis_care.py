"""The page on which an admin says who answers alerts about danger, and when the clinic works."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from alliance_match.safety.forms import CrisisCareForm
from alliance_match.safety.models import CrisisCare
from alliance_match.safety.services import crisis_care_update


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def crisis_care(request: RoleRequest) -> HttpResponse:
    """Who answers for alerts here, and when the clinic works."""
    care = CrisisCare.objects.for_clinic(request.membership.clinic)
    named, asked = care.owner_id, care.active_owner
    form = CrisisCareForm(request.POST if request.method == "POST" else None, instance=care)
    if form.is_valid():
        clinic = request.membership.clinic
        crisis_care_update(clinic=clinic, settings=form.cleaned_data, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("crisis_care")
    context = {"form": form, "gone": named is not None and asked is None, "asked": asked}
    return render(request, "safety/crisis_care.html", context, status=422 if form.is_bound else 200)
