"""Asking clients by mail: an invitation is a row, decided once, and reminded of twice at most."""

from datetime import timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.mail import mail, page_link
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.models import Client, Episode, Purpose, Session
from surveys.invitation_rules import QuestionsAsked, due_at, fits_budget, is_quiet, is_wanted
from surveys.links import link_token
from surveys.models import AllianceRating, Cadence, Instrument, Invitation, Recheck
from surveys.models.invitation import REMIND_AFTER
from surveys.models.rating import THIRD

# Whoever is asked later than this remembers too little; so a log of old sessions asks nobody.
ASK_WITHIN = timedelta(days=7)
# Seconds; a worker is stopped after sixty, and the next sweep goes on.
SWEEP_LASTS = 30
Withheld = Invitation.Withheld


@transaction.atomic
def invitation_get_or_create(*, session: Session, by: Actor) -> Invitation:
    """The invitation to a session, made where there is none yet."""
    due = due_at(logged_at=session.logged_at, ends_at=session.ends_at)
    made, new = Invitation.objects.get_or_create(
        session=session, defaults={"clinic_id": session.clinic_id, "due_at": due}
    )
    if new:
        event_record(by=by, verb="invitation_get_or_create", of=made, clinic_id=made.clinic_id)
    return made


def invitations_create(*, by: Actor) -> None:
    """Make an invitation for each session of the last week that has none and has taken place."""
    since = timezone.now() - ASK_WITHIN
    recent = Session.objects.filter(held_on__gte=since.date(), invitation__isnull=True)
    for session in recent.select_related("episode__client__clinic", "episode__client__user"):
        today = timezone.localdate(timezone=session.episode.client.clinic.zone)
        if session.held_on and session.held_on <= today:
            invitation_get_or_create(session=session, by=by)


def invitations_send(*, by: Actor) -> None:
    """Mail what is due, and decide for good of what is not mailed; then remind.

    What the mail server does not take is tried again by the next sweep. A crash between the mail and the
    commit repeats a mail and loses none.
    """
    ends = monotonic() + SWEEP_LASTS
    for step, rows in (
        (_invitation_send, Invitation.objects.due()),
        (_invitation_remind, Invitation.objects.to_remind_of()),
    ):
        for pk in rows.values_list("pk", flat=True):
            if monotonic() > ends:
                return
            step(pk, by)


@transaction.atomic
def _invitation_send(pk: int, by: Actor) -> None:
    waiting = Invitation.objects.due().select_for_update(skip_locked=True, of=("self",))
    invitation = waiting.with_people().filter(pk=pk).first()
    if invitation is None or _is_quiet_now(
        invitation
    ):  # another worker is at it, or has been; or the client sleeps
        return
    own = Invitation.objects.filter(pk=pk)
    cadence = _locked_cadence(invitation.session.episode.client)
    if why := _withheld_reason(invitation, cadence):
        own.update(withheld=why)
    elif _invitation_mail(invitation, reminder=False):
        own.update(sent_at=Now(), questions=questions_of(invitation.session))
    else:
        return
    event_record(by=by, verb="invitations_send", of=invitation, clinic_id=invitation.clinic_id)


@transaction.atomic
def _invitation_remind(pk: int, by: Actor) -> None:
    waiting = Invitation.objects.to_remind_of().select_for_update(skip_locked=True, of=("self",))
    invitation = waiting.with_people().filter(pk=pk).first()
    if invitation is None or invitation.sent_at is None or _is_quiet_now(invitation):
        return
    if _unwanted_reason(invitation, _locked_cadence(invitation.session.episode.client)):
        return
    if _invitation_mail(invitation, reminder=True):
        given = sum(timezone.now() >= invitation.sent_at + after for after in REMIND_AFTER)
        Invitation.objects.filter(pk=pk).update(reminders=given)
        event_record(by=by, verb="invitations_send", of=invitation, clinic_id=invitation.clinic_id)


def _is_quiet_now(invitation: Invitation) -> bool:
    client = invitation.session.episode.client
    return is_quiet(timezone.now(), client.zone, client.clinic.quiet_from, client.clinic.quiet_until)


def _locked_cadence(client: Client) -> Cadence:
    """A client's choice, held while they are asked: it changes before or after, and two workers that ask the
    same client see each other's spending."""
    Cadence.objects.get_or_create(client=client)
    return Cadence.objects.select_for_update().get(client=client)


def _withheld_reason(invitation: Invitation, cadence: Cadence) -> str:
    """Why a client is not asked about a session; empty where they are."""
    session = invitation.session
    return (
        (timezone.now() - invitation.due_at > ASK_WITHIN and Withheld.LATE)
        or (session.alliance_ratings.exists() and Withheld.ANSWERED)
        or _unwanted_reason(invitation, cadence)
        or (not _is_within_budget(session, session.episode.client) and Withheld.BUDGET)
        or ""
    )


def _unwanted_reason(invitation: Invitation, cadence: Cadence) -> str:
    """What stands against any mail to a client about a session; empty where nothing does."""
    session, client = invitation.session, invitation.session.episode.client
    rated = AllianceRating.objects.in_window().filter(session__episode=session.episode_id).exists()
    again = Recheck.objects.wanted(session.episode).filter(after__lt=session.number).exists()
    wanted = again or is_wanted(cadence.frequency, session.number, rated=rated)
    return (
        (not (client.user and client.user.is_active) and Withheld.ADDRESS)
        or (not client.agrees_to(Purpose.CARE) and Withheld.CONSENT)
        or (not wanted and Withheld.FREQUENCY)
        or ""
    )


def _is_within_budget(session: Session, client: Client) -> bool:
    """Whether the month's budget has room; a session three to come has its questions kept back."""
    sent = Invitation.objects.filter(session__episode__client=client, sent_at__isnull=False)
    history = [QuestionsAsked(at, n) for at, n in sent.values_list("sent_at", "questions") if at]
    kept_back = 0
    if session.number != THIRD:
        begun = Episode.objects.open().filter(client=client).annotate(last=Max("sessions__number"))
        kept_back = questions_of(session, THIRD) * begun.filter(last__lt=THIRD).count()
    return fits_budget(
        history,
        now=timezone.now(),
        questions=questions_of(session),
        budget=client.clinic.question_budget,
        kept_back=kept_back,
    )


def questions_of(session: Session, number: int | None = None) -> int:
    """How many questions the check-in about a session asks; session three has one more."""
    asked = Instrument.objects.alliance_of(session.clinic).definition["items"]
    return len(asked) + ((number or session.number) == THIRD)


def _invitation_mail(invitation: Invitation, *, reminder: bool) -> bool:
    """Mail the link; whether the mail server took it."""
    client, token = invitation.session.episode.client, link_token(invitation)
    if client.user is None:
        return True
    return mail(
        client.user.email,
        client.user.language,
        _("A few questions"),
        "surveys/link_mail.txt",
        link=page_link("link", token=token),
        how_often=page_link("link_how_often", token=token),
        until=timezone.localtime(invitation.ends_at, client.zone),
        reminder=reminder,
        clinic=client.clinic,
    )
