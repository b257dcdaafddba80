"""Pages on which a client asks to meet somebody, and follows what becomes of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from clients.calendar_export import calendar_file
from clients.consents_first import consents_missing, to_consents_first
from clients.forms import IntroductionRequestForm
from clients.models import Client, Episode, Introduction, Purpose, Wait
from clients.selectors import free_hours, own_client
from clients.services import (
    NotPossibleError,
    introduction_call_off,
    introduction_request,
    introduction_withdraw,
    request_refusal,
    unresponsive_therapists,
    wait_begin,
    wait_end,
)
from clients.shared_answers import shareable_answers
from therapists.models import Therapist

PAGE = 20


@require_http_methods(["GET", "POST"])
@role_required(Role.CLIENT)
def request_first_meeting(request: RoleRequest, therapist_id: int) -> HttpResponse:
    """Ask a therapist for a first meeting, or for another hour: hours that suit, and a note.

    A form that was sent before, and comes again after the therapist agreed, calls nothing off (`instead_of`).
    """
    client = own_client(request)
    known = Therapist.objects.in_clinic(client.clinic).exclude(status=Therapist.Status.LEFT)
    therapist = get_object_or_404(known.prefetch_related("slots"), pk=therapist_id)
    agrees = client.agrees_to(Purpose.CARE)
    if not agrees and request.method == "GET":
        return to_consents_first(request)
    own = list(Introduction.objects.filter(client=client))
    here = [one for one in own if one.therapist_id == therapist.pk]
    agreed = next((one for one in here if one.is_upcoming), None)
    stale = agreed and request.method == "POST" and request.POST.get("instead_of") != str(agreed.pk)
    if stale or any(one.is_open for one in here):
        return redirect("introductions")
    form = _request_form(request, client, therapist, note=next((one.note for one in own if one.note), ""))
    if not agrees:
        form.add_error(None, consents_missing())
    why = request_refusal(client, therapist, instead_of=agreed)
    if not why and form.is_valid():
        try:
            introduction_request(
                client=client, therapist=therapist, instead_of=agreed, **form.request(), by=request.user
            )
        except NotPossibleError as error:
            why = error.why
        else:
            messages.success(request, _("Sent. You will hear within three days, by mail too."))
            return redirect("introductions")
    context = {"client": client, "form": form, "therapist": therapist, "agreed": agreed}
    context["why"] = NotPossibleError.Why(why) if why else None
    context["wait"] = Wait.objects.filter(client=client, therapist=therapist).first()
    return render(request, "clients/ask.html", context, status=422 if form.is_bound else 200)


def _request_form(
    request: RoleRequest, client: Client, therapist: Therapist, *, note: str
) -> IntroductionRequestForm:
    return IntroductionRequestForm(
        request.POST if request.method == "POST" else None,
        offered=free_hours(therapist, client.clinic.zone),
        zone=client.zone,
        shareable=shareable_answers(client),
        note=note,
    )


@require_GET
@role_required(Role.CLIENT)
def introductions(request: RoleRequest) -> HttpResponse:
    """Whom the client asked, newest first, and what became of it."""
    client = own_client(request)
    own = list(Introduction.objects.filter(client=client).with_people())
    page = Paginator(own, PAGE).get_page(request.GET.get("page"))
    waits = Wait.objects.filter(client=client).select_related("therapist")
    ended = Episode.objects.filter(client=client).resumable(Role.CLIENT).select_related("therapist")
    context = {"page_obj": page, "waits": waits, "unresponsive": unresponsive_therapists(own)}
    context["resumable"] = [one for one in ended if one.episode_ending.meeting_was_called_off]
    return render(request, "clients/introductions.html", context)


@require_POST
@role_required(Role.CLIENT)
def wait_for_place(request: RoleRequest, therapist_id: int) -> HttpResponse:
    """Wait for a place with a therapist, or no more (`kind` empty)."""
    client = own_client(request)
    therapist = get_object_or_404(Therapist.objects.in_clinic(client.clinic), pk=therapist_id)
    if request.POST.get("kind"):
        if therapist.status == Therapist.Status.LEFT:
            raise Http404
        wait_begin(client=client, therapist=therapist, by=request.user)
        messages.success(request, _("You are on the waiting list. You hear by mail when there is a place."))
    else:
        wait_end(client=client, therapist=therapist, by=request.user)
        messages.success(request, _("You wait no more."))
    return redirect("introductions")


@require_POST
@role_required(Role.CLIENT)
def withdraw_request(request: RoleRequest, introduction_id: int) -> HttpResponse:
    """Withdraw a request."""
    try:
        introduction_withdraw(introduction=_own_introduction(request, introduction_id), by=request.user)
    except NotPossibleError as error:
        messages.error(request, error.why.label)
    else:
        messages.success(request, _("Taken back. You need not explain."))
    return redirect("introductions")


@require_POST
@role_required(Role.CLIENT)
def call_off(request: RoleRequest, introduction_id: int) -> HttpResponse:
    """Call off an agreed meeting."""
    try:
        introduction_call_off(
            introduction=_own_introduction(request, introduction_id), by_client=True, by=request.user
        )
    except NotPossibleError as error:
        messages.error(request, error.why.label)
    else:
        messages.success(request, _("Called off. You need not explain, and you can ask again at any time."))
    return redirect("introductions")


@require_GET
@role_required(Role.CLIENT)
def meeting_calendar_file(request: RoleRequest, introduction_id: int) -> HttpResponse:
    """An agreed meeting as a file for one's calendar."""
    agreed = _own_introduction(request, introduction_id)
    if agreed.state != Introduction.State.ACCEPTED:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return HttpResponse(calendar_file(agreed), content_type="text/calendar; charset=utf-8", headers=headers)


def _own_introduction(request: RoleRequest, introduction_id: int) -> Introduction:
    own = Introduction.objects.filter(client=own_client(request))
    return get_object_or_404(own, pk=introduction_id)
