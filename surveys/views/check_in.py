"""Pages after a session: the check-ins that wait, one check-in, and the thanks."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from clients.models import Purpose, Session
from surveys.forms import CheckInForm
from surveys.models import AllianceRating, Instrument
from surveys.selectors import fork_opens
from surveys.services import AlreadyAnsweredError, check_in_submit


def own_sessions(request: RoleRequest) -> QuerySet[Session]:
    """Sessions of the client who asks, in the clinic they speak for."""
    own = Session.objects.in_clinic(request.membership.clinic).with_pair()
    return own.filter(episode__client__user=request.user)


@require_GET
@role_required(Role.CLIENT)
def check_ins(request: RoleRequest) -> HttpResponse:
    """Sessions without an answer yet, and one's own trend."""
    sessions = own_sessions(request)
    waiting = sessions.filter(alliance_ratings__isnull=True).order_by("-held_on", "-number")
    given = AllianceRating.objects.standing().filter(session__in=sessions, response__isnull=False)
    trend = given.select_related("session__episode__therapist").order_by(
        "session__held_on", "session__number"
    )
    return render(request, "surveys/check_ins.html", {"waiting": waiting, "trend": trend})


@require_http_methods(["GET", "POST"])
@role_required(Role.CLIENT)
def check_in(request: RoleRequest, session_id: int) -> HttpResponse:
    """The check-in about one of one's own sessions."""
    session = get_object_or_404(own_sessions(request), pk=session_id)
    instrument = Instrument.objects.alliance_of(request.membership.clinic)
    if request.method == "GET" and session.alliance_ratings.exists():
        return answered(session)
    form = CheckInForm(
        request.POST or None,
        instrument=instrument,
        session_number=session.number,
        may_share=session.episode.client.agrees_to(Purpose.SHARE),
    )
    if form.is_valid():
        return submitted(request, session, instrument, form)
    context = {"form": form, "session": session, "questionnaire": instrument}
    return render(request, "surveys/check_in.html", context, status=422 if form.is_bound else 200)


def submitted(
    request: RoleRequest, session: Session, instrument: Instrument, form: CheckInForm
) -> HttpResponse:
    """Store the answers and thank; a second, different answer changes nothing and says so."""
    try:
        check_in_submit(session=session, instrument=instrument, answers=form.answers(), extras=form.extras())
    except AlreadyAnsweredError:
        messages.info(request, _("You answered this check-in before; your first answer stands."))
    return answered(session)


def answered(session: Session) -> HttpResponse:
    """Lead on from a rated session: to the thanks, or to the list where the rating came from elsewhere."""
    if session.responses.exists():
        return redirect("check_in_done", session_id=session.pk)
    return redirect("check_ins")


@require_GET
@role_required(Role.CLIENT)
def check_in_done(request: RoleRequest, session_id: int) -> HttpResponse:
    """Thanks, and what happens next."""
    session = get_object_or_404(own_sessions(request).filter(responses__isnull=False), pk=session_id)
    context = {"session": session, "opens": fork_opens(session)}
    return render(request, "surveys/check_in_done.html", context)
