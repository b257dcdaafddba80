"""Pages on which a client tells how they have been, and where danger is heard at once."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from alliance_match.safety.client_message import ClientMessage, client_message
from alliance_match.safety.forms import SymptomForm
from alliance_match.safety.models import CrisisCare, RiskStep, SymptomCheck
from alliance_match.safety.selectors import can_share_symptoms
from alliance_match.safety.services import risk_alert_report, symptom_check_submit
from alliance_match.safety.symptom_course import symptom_courses
from alliance_match.safety.symptoms import PARTS, danger_heard, danger_steps, parts_asked
from clients.models import Client, Purpose
from clients.selectors import own_client
from surveys.models import Instrument


@require_GET
@role_required(Role.CLIENT)
def symptoms(request: RoleRequest) -> HttpResponse:
    """How one has been so far, and the way to answer anew."""
    client = own_client(request)
    parts = parts_asked(client.clinic)
    context = {"parts": list(parts), "courses": symptom_courses(client)}
    context["danger"] = any(map(danger_steps, parts.values()))
    return render(request, "safety/symptoms.html", context | {"crisis": client_message(client)})


@require_http_methods(["GET", "POST"])
@role_required(Role.CLIENT)
def symptom_part(request: RoleRequest, part: str) -> HttpResponse:
    """One page of questions. Danger is heard before anything else, even a consent, is looked at."""
    client, sheet = own_client(request), _sheet_id(request)
    crisis = _report_danger(request, client, part, sheet) or client_message(client)
    parts, agrees = parts_asked(client.clinic), client.agrees_to(Purpose.CARE)
    if not agrees or part not in parts:
        return _lead_on(client, sheet, reverse("symptoms" if agrees else "consents"))
    form = _symptom_form(request, client, part, parts[part])
    number = list(parts).index(part) + 1
    if form.is_valid():
        given = form.given() | {"by": request.user}
        symptom_check_submit(client=client, instrument=parts[part], sheet=sheet, **given)
        messages.success(request, _("Stored. Thank you."))
        following = list(parts)[number:]
        leads = reverse("symptom_part", args=following[:1]) if following else reverse("symptoms")
        return _lead_on(client, sheet, leads)
    context = {"form": form, "questionnaire": parts[part], "sheet": sheet, "crisis": crisis}
    context |= {"number": number, "count": len(parts), "care": CrisisCare.objects.for_clinic(client.clinic)}
    return render(request, "safety/symptom_part.html", context, status=422 if form.is_bound else 200)


@require_POST
@role_required(Role.CLIENT)
def danger_report(request: RoleRequest, part: str) -> HttpResponse:
    """An answer that may tell of danger, the moment it is chosen; the form goes on."""
    client = own_client(request)
    crisis = _report_danger(request, client, part, _sheet_id(request)) or client_message(client)
    return render(request, "safety/_crisis.html", {"crisis": crisis})


def _report_danger(request: RoleRequest, client: Client, part: str, sheet: UUID) -> ClientMessage | None:
    if part not in PARTS:
        raise Http404
    heard = danger_heard(part, request.POST) if request.POST else None
    if heard is None:
        return None
    instrument, level = heard
    alert = risk_alert_report(client=client, instrument=instrument, level=level, sheet=sheet, by=request.user)
    return client_message(client, alert)


def _lead_on(client: Client, sheet: UUID, leads: str) -> HttpResponse:
    """To the next page; where danger was told of on this form, whom to call comes first and alone."""
    if RiskStep.objects.filter(alert__client=client, sheet=sheet).exists():
        return redirect(f"{reverse('somebody_now')}?{urlencode({'next': leads})}")
    return redirect(leads)


def _sheet_id(request: RoleRequest) -> UUID:
    """The name of the form that is filled in; one that does not name it counts as another."""
    try:
        return UUID(request.POST.get("sheet", ""))
    except ValueError:
        return uuid4()


def _symptom_form(request: RoleRequest, client: Client, part: str, instrument: Instrument) -> SymptomForm:
    last = SymptomCheck.objects.filter(client=client).last()
    return SymptomForm(
        request.POST if request.method == "POST" else None,
        instrument=instrument,
        hear_at=reverse("symptom_hear", args=[part]),
        may_share=can_share_symptoms(client),
        initial={"shared": last is not None and last.shared_with_therapist},
    )
