"""Pages on which sessions are logged: by their therapist, or by an admin for one who cannot log in."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from clients.calendar_import import Appointment
from clients.forms import CalendarForm, CalendarSessionsForm, SessionDateForm
from clients.forms.session_log import form_value
from clients.models import Episode, Session
from clients.selectors import logged_episodes
from clients.services import CalendarSession, NotLoggedError, session_log, session_remove, sessions_log

PAGE = 20


@require_GET
@role_required(Role.THERAPIST, Role.ADMIN)
def sessions(request: RoleRequest) -> HttpResponse:
    """Everybody in open care, and how many sessions there were; those seen last come first."""
    own = logged_episodes(request).order_by(F("last_on").desc(nulls_last=True), "client__name", "pk")
    page = Paginator(own, PAGE).get_page(request.GET.get("page"))
    return render(request, "clients/sessions.html", {"page_obj": page, "today": timezone.localdate()})


@require_http_methods(["GET", "POST"])
@role_required(Role.THERAPIST, Role.ADMIN)
def episode_sessions(request: RoleRequest, episode_id: int) -> HttpResponse:
    """The sessions of one episode, newest first; another day to log."""
    episode = get_object_or_404(logged_episodes(request), pk=episode_id)
    form = SessionDateForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _log_session(request, episode, form.cleaned_data["held_on"])
        except NotLoggedError as error:
            form.add_error("held_on", error.why.label)
    newest_first = episode.sessions.with_invited().order_by("-number")
    page = Paginator(newest_first, PAGE).get_page(request.GET.get("page"))
    context = {"episode": episode, "form": form, "page_obj": page}
    return render(request, "clients/episode_sessions.html", context, status=422 if form.is_bound else 200)


@require_POST
@role_required(Role.THERAPIST, Role.ADMIN)
def log_today(request: RoleRequest, episode_id: int) -> HttpResponse:
    """Log today's session in one tap."""
    episode = get_object_or_404(logged_episodes(request), pk=episode_id)
    try:
        return _log_session(request, episode, timezone.localdate())
    except NotLoggedError as error:
        messages.info(request, error.why.label)
        return redirect("logged", episode_id=episode.pk)


def _log_session(request: RoleRequest, episode: Episode, held_on: date) -> HttpResponse:
    session = session_log(episode=episode, held_on=held_on, by=request.user)
    if episode.client.user is None:
        text = _("Logged: session %(number)d. No address is known for mail: hand them a tablet.")
    else:
        text = _("Logged: session %(number)d. The client is asked about it in an hour, if they like.")
    messages.success(request, text % {"number": session.number})
    return redirect("logged", episode_id=episode.pk)


@require_POST
@role_required(Role.THERAPIST, Role.ADMIN)
def remove_session(request: RoleRequest, session_id: int) -> HttpResponse:
    """Remove a session from the log again."""
    known = Session.objects.filter(episode__in=logged_episodes(request)).select_related("episode")
    session = get_object_or_404(known, pk=session_id)
    try:
        session_remove(session=session, by=request.user)
    except NotLoggedError as error:
        messages.error(request, error.why.label)
    else:
        messages.success(request, _("Taken out of the log."))
    return redirect("logged", episode_id=session.episode_id)


@require_http_methods(["GET", "POST"])
@role_required(Role.THERAPIST, Role.ADMIN)
def upload_calendar(request: RoleRequest) -> HttpResponse:
    """Upload a calendar, and see which sessions are in it before anything is stored."""
    own = list(logged_episodes(request).prefetch_related("sessions"))
    zone = request.membership.clinic.zone
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CalendarForm(*sent, codes=sorted({one.client.code for one in own}), zone=zone)
    if form.is_valid():
        found = [(form_value(one), one) for one in _not_logged_yet(own, form.found)]
        return render(request, "clients/calendar_sessions.html", {"found": found, "read": len(form.found)})
    context = {"form": form, "episodes": own}
    return render(request, "clients/calendar_upload.html", context, status=422 if form.is_bound else 200)


def _not_logged_yet(episodes: list[Episode], found: list[Appointment]) -> list[CalendarSession]:
    """The appointments that are sessions of these episodes and not in the log yet."""
    return [
        CalendarSession(episode, one.held_on, one.ends_at)
        for one in found
        for episode in episodes
        if episode.client.code == one.code
        and (episode.started_on is None or one.held_on >= episode.started_on)
        and one.held_on not in {session.held_on for session in episode.sessions.all()}
    ]


@require_POST
@role_required(Role.THERAPIST, Role.ADMIN)
def calendar_log(request: RoleRequest) -> HttpResponse:
    """Log the sessions of a calendar that were ticked."""
    own = {one.pk: one for one in logged_episodes(request)}
    form = CalendarSessionsForm(request.POST, episodes=own)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["sessions"])))
        return redirect("calendar_upload")
    count = sessions_log(sessions=form.cleaned_data["sessions"], by=request.user)
    text = ngettext("%(n)d session logged.", "%(n)d sessions logged.", count)
    messages.success(request, text % {"n": count})
    return redirect("sessions")
