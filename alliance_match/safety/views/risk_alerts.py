"""Pages on which staff acts on alerts about danger."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models.functions import Now
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from alliance_match.safety.forms import RiskAlertCloseForm
from alliance_match.safety.models import CrisisCare, RiskAlert
from alliance_match.safety.services import (
    RiskAlertChangedError,
    risk_alert_acknowledge,
    risk_alert_close,
    risk_alert_contact,
)

PAGE = 20


@require_GET
@role_required(Role.THERAPIST, Role.ADMIN)
def risk_alerts(request: RoleRequest) -> HttpResponse:
    """What to act on, the longest overdue first; what was closed; and alerts about one's own clients."""
    readable = RiskAlert.objects.readable_by(request.membership).with_people()
    closed = readable.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")
    about = RiskAlert.objects.about_clients_of(request.membership).with_people()
    waiting = readable.unacknowledged().with_now()
    context = {
        "overdue": waiting.overdue(),
        "waiting": waiting.exclude(due_at__lte=Now()),
        "in_hand": readable.unclosed().filter(acknowledged_at__isnull=False),
        "page_obj": Paginator(closed, PAGE).get_page(request.GET.get("page")),
        "about": about.order_by("client__name", "pk"),
        "care": CrisisCare.objects.for_clinic(request.membership.clinic),
    }
    return render(request, "safety/risk_alerts.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.THERAPIST, Role.ADMIN)
def risk_alert(request: RoleRequest, alert_id: int) -> HttpResponse:
    """One alert: what was answered, what was done, and the next step."""
    readable = RiskAlert.objects.readable_by(request.membership).with_people()
    alert = get_object_or_404(readable.with_now(), pk=alert_id)
    close = RiskAlertCloseForm(request.POST if request.POST.get("step") == "closed" else None)
    if request.method == "POST" and (not close.is_bound or close.is_valid()):
        return _take_step(request, alert, close)
    treated = alert.client.episodes.open().select_related("therapist").order_by("pk")
    context = {
        "alert": alert,
        "close": close,
        "questions": alert.questions,
        "therapists": [one.therapist for one in treated],
        "steps": alert.steps.select_related("by"),
        "notices": alert.notices.with_addressee(),
    }
    return render(request, "safety/risk_alert.html", context, status=422 if close.is_bound else 200)


def _take_step(request: RoleRequest, alert: RiskAlert, close: RiskAlertCloseForm) -> HttpResponse:
    """Take the step that the form names, where it is the next one to the alert as its page showed it."""
    try:
        if request.POST.get("asked") != alert.asked_at.isoformat():
            raise RiskAlertChangedError
        match request.POST.get("step"):
            case "acknowledged":
                risk_alert_acknowledge(alert=alert, by=request.user)
            case "contacted":
                risk_alert_contact(alert=alert, by=request.user)
            case "closed":
                risk_alert_close(alert=alert, by=request.user, note=close.cleaned_data["note"])
            case _:
                raise RiskAlertChangedError
    except RiskAlertChangedError:
        messages.error(request, _("This has moved on meanwhile. Look at it again before you go on."))
    else:
        messages.success(request, _("Noted, with your name and the time."))
    return redirect("care_alert", alert_id=alert.pk)
