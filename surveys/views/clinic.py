"""An admin's pages: what clients wrote to the clinic, and how clients are asked."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from surveys.forms import AskingForm
from surveys.models import Response
from surveys.selectors import careless_of_ten
from surveys.services import asking_limits_set

PAGE = 20


@require_GET
@role_required(Role.ADMIN)
def comments(request: RoleRequest) -> HttpResponse:
    """Comments that clients addressed to the clinic, newest first."""
    addressed = Response.objects.in_clinic(request.membership.clinic).addressed_to_clinic()
    page = Paginator(addressed, PAGE).get_page(request.GET.get("page"))
    return render(request, "surveys/comments.html", {"page_obj": page})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def asking_limits(request: RoleRequest) -> HttpResponse:
    """Quiet hours and the month's questions; how many answers look unread."""
    clinic = request.membership.clinic
    now = {name: getattr(clinic, name) for name in AskingForm.base_fields}
    form = AskingForm(request.POST if request.method == "POST" else None, initial=now)
    if form.is_valid():
        asking_limits_set(clinic=clinic, **form.cleaned_data, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("asking")
    context = {"form": form, "careless": careless_of_ten(clinic)}
    return render(request, "surveys/asking.html", context, status=422 if form.is_bound else 200)
