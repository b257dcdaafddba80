"""The admin's pages about instruments: what is there, what is asked, and bringing one."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from surveys.fhir.questionnaire import fhir_questionnaire
from surveys.forms import BringForm, DeclarationForm
from surveys.instrument_file import InstrumentFile
from surveys.models import Instrument
from surveys.node import DefinitionError
from surveys.services import (
    NotSwitchedError,
    alliance_instrument_choose,
    instrument_bring,
    instrument_switch_off,
    instrument_switch_on,
    licence_declare,
)

PAGE = 50
FORMATS: dict[str, Callable[[InstrumentFile], dict[str, object]]] = {
    "json": InstrumentFile.as_json,
    "fhir": fhir_questionnaire,
}


@require_GET
@role_required(Role.ADMIN)
def instruments(request: RoleRequest) -> HttpResponse:
    """Every instrument that the clinic may see."""
    clinic = request.membership.clinic
    listed = Instrument.objects.with_use(clinic).prefetch_related("declarations")
    page = Paginator(listed.order_by("title", "code", "-version"), PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "asked": Instrument.objects.alliance_of(clinic)}
    return render(request, "surveys/instruments.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def instrument_new(request: RoleRequest) -> HttpResponse:
    """Bring an instrument: its file, and the declaration."""
    form = BringForm(request.POST, request.FILES) if request.method == "POST" else BringForm()
    if form.is_valid():
        try:
            made = instrument_bring(
                clinic=request.membership.clinic,
                data=form.cleaned_data["file"].read(),
                rights=form.rights(),
                by=request.user,
            )
        except DefinitionError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("%(title)s is here. Switch it on to use it.") % {"title": made})
            return redirect("instruments")
    context = {"form": form}
    return render(request, "surveys/instrument_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def instrument_declare(request: RoleRequest, instrument_id: int) -> HttpResponse:
    """Declare the right to an instrument of the clinic's own anew."""
    own = Instrument.objects.filter(clinic=request.membership.clinic)
    instrument = get_object_or_404(own, pk=instrument_id)
    form = DeclarationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        licence_declare(instrument=instrument, rights=form.rights(), by=request.user)
        messages.success(request, _("Noted."))
        return redirect("instruments")
    context = {"form": form, "instrument": instrument}
    return render(request, "surveys/instrument_declare.html", context, status=422 if form.is_bound else 200)


@require_POST
@role_required(Role.ADMIN)
def instrument_switch(request: RoleRequest, instrument_id: int) -> HttpResponse:
    """Ask an instrument (`on=1`), or no more."""
    switch = instrument_switch_on if request.POST.get("on") == "1" else instrument_switch_off
    return _change_and_return(request, instrument_id, switch)


@require_POST
@role_required(Role.ADMIN)
def instrument_ask(request: RoleRequest, instrument_id: int) -> HttpResponse:
    """Ask this one after sessions."""
    return _change_and_return(request, instrument_id, alliance_instrument_choose)


@require_GET
@role_required(Role.ADMIN)
def instrument_file(request: RoleRequest, instrument_id: int, kind: str) -> HttpResponse:
    """An instrument as a file: our JSON, or FHIR."""
    instrument = _visible_instrument(request, instrument_id)
    name = f"{instrument.code}.v{instrument.version}{'.fhir' if kind == 'fhir' else ''}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    format_ = {"ensure_ascii": False, "indent": 2}
    return JsonResponse(FORMATS[kind](instrument.file), headers=headers, json_dumps_params=format_)


def _visible_instrument(request: RoleRequest, instrument_id: int) -> Instrument:
    return get_object_or_404(Instrument.objects.for_clinic(request.membership.clinic), pk=instrument_id)


def _change_and_return(request: RoleRequest, instrument_id: int, change: Callable[..., None]) -> HttpResponse:
    instrument = _visible_instrument(request, instrument_id)
    try:
        change(instrument=instrument, clinic=request.membership.clinic, by=request.user)
    except NotSwitchedError as error:
        messages.error(request, error.why.label)
    return redirect("instruments")
