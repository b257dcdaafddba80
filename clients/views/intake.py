"""Pages on which a client says what they agree to, and answers the intake."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alliance_match.accounts.models import Role
from alliance_match.accounts.redirects import address_of_ours
from alliance_match.accounts.roles import RoleRequest, role_required
from clients.consents_first import consents_missing, to_consents_first
from clients.forms import STEPS, ConsentForm
from clients.models import Consent, Introduction, Purpose, Wait
from clients.selectors import own_client
from clients.services import care_withdraw, consents_choose, intake_save


@require_GET
@role_required(Role.CLIENT)
def begin(request: RoleRequest) -> HttpResponse:
    """Lead whoever logged in to their suggestions, and before that to what they agree to."""
    return redirect("suggestions" if own_client(request).agrees_to(Purpose.CARE) else "consents")


@require_http_methods(["GET", "POST"])
@role_required(Role.CLIENT)
def consents(request: RoleRequest) -> HttpResponse:
    """What one agrees to; withdrawn as easily as given. From there to where one was going (`?next=`)."""
    client = own_client(request)
    agreed = set(Consent.objects.filter(client=client).not_withdrawn().values_list("purpose", flat=True))
    if request.method == "POST" and Purpose.CARE in agreed and "care" not in request.POST:
        return redirect("care_withdraw")
    form = ConsentForm(
        request.POST if request.method == "POST" else None,
        initial={purpose: purpose in agreed for purpose in Purpose.values},
    )
    if form.is_valid():
        consents_choose(client=client, purposes=form.purposes(), by=request.user)
        messages.success(request, _("Saved. You can change this whenever you like."))
        return redirect(address_of_ours(request, request.GET.get("next", "")) or "intake")
    context = {"form": form, "agreed": agreed}
    return render(request, "clients/consents.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@role_required(Role.CLIENT)
def care_consent_withdraw(request: RoleRequest) -> HttpResponse:
    """Take back the consent to care: first what that ends, then one press that ends it."""
    client = own_client(request)
    if not client.agrees_to(Purpose.CARE):
        return redirect("consents")
    if request.method == "POST":
        tells = request.POST.get("notifies_therapist") == "1"
        care_withdraw(client=client, notifies_therapist=tells, by=request.user)
        messages.success(request, _("Taken back. What you said to find somebody is deleted."))
        return redirect("consents")
    asked = Introduction.objects.filter(client=client).select_related("therapist")
    context = {
        "requests": asked.open(),
        "meetings": asked.upcoming(),
        "waits": Wait.objects.filter(client=client).select_related("therapist"),
        "episodes": client.episodes.filter(ended_on=None).select_related("therapist"),
    }
    return render(request, "clients/care_withdraw.html", context)


@require_GET
@role_required(Role.CLIENT)
def intake(request: RoleRequest) -> HttpResponse:
    """One's own answers; on the way there, the step at which one left off."""
    client = own_client(request)
    if not client.agrees_to(Purpose.CARE):
        return redirect("consents")
    found = getattr(client, "intake", None)
    if found is None or found.finished_at is None:
        return redirect("intake_step", step=list(STEPS)[found.step - 1 if found else 0])
    forms = {slug: form(client=client) for slug, form in STEPS.items()}
    agreed = Consent.objects.filter(client=client).not_withdrawn().order_by("pk")
    return render(request, "clients/intake.html", {"client": client, "forms": forms, "agreed": agreed})


@require_http_methods(["GET", "POST"])
@role_required(Role.CLIENT)
def intake_step(request: RoleRequest, step: str) -> HttpResponse:
    """One step. Answers are kept as they are given, with or without JavaScript."""
    if step not in STEPS:
        raise Http404
    client = own_client(request)
    agrees = client.agrees_to(Purpose.CARE)
    if not agrees and request.method == "GET":
        return to_consents_first(request)
    form = STEPS[step](request.POST if request.method == "POST" else None, client=client)
    if not agrees:
        form.add_error(None, consents_missing())
    number = list(STEPS).index(step) + 1
    in_passing = bool(getattr(request, "htmx", False))
    if form.is_valid():
        intake_save(
            client=client,
            step=number,
            answers=form.answers(),
            finished=not in_passing and "later" not in request.POST,
            by=request.user,
        )
    if in_passing and form.is_bound:
        return render(request, "clients/_saved.html", {"form": form})
    if form.is_valid():
        return _to_next_step(request, number, again=form.intake.finished_at is not None)
    context = {"form": form, "step": step, "number": number, "steps": [one.title for one in STEPS.values()]}
    return render(request, "clients/intake_step.html", context, status=422 if form.is_bound else 200)


def _to_next_step(request: RoleRequest, number: int, *, again: bool) -> HttpResponse:
    """To the next step and from the last to the suggestions; to one's answers where they are only changed."""
    if again:
        messages.success(request, _("Saved. Your suggestions follow in a few seconds."))
        return redirect("intake")
    if "later" in request.POST:
        messages.success(request, _("Saved. You can go on whenever you like, on another device too."))
        return redirect("suggestions")
    if number < len(STEPS):
        return redirect("intake_step", step=list(STEPS)[number])
    return redirect("suggestions")
