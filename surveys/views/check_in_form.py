"""What all ways to a check-in share: its form, and what becomes of what was sent."""

from contextlib import suppress
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from alliance_match.audit.actors import Actor
from clients.models import Session
from surveys.form_seal import FormSeal, unseal
from surveys.forms import CheckInForm, as_initial
from surveys.models import Instrument, Response
from surveys.models.instrument import instrument_version
from surveys.selectors import readers_for, shared_last_check_in
from surveys.services import CheckInClosedError, check_in_submit


def check_in_form(request: HttpRequest, session: Session, stored: Response | None) -> CheckInForm:
    """The check-in about a session: as it was answered, or empty; as posted, with the version it showed.

    Whatever was posted, even nothing, is shown in place of what is stored.
    """
    data = request.POST if request.method == "POST" else None
    shown = unseal(data.get("shown", ""), session) if data else None
    return CheckInForm(
        data,
        instrument=_instrument(session, stored, shown),
        session=session,
        readers=readers_for(session),
        shown=shown,
        initial=_initial(session, stored) if data is None else None,
    )


def _instrument(session: Session, stored: Response | None, shown: FormSeal | None) -> Instrument:
    """The version that was answered, or was on the screen, else the one that is asked today."""
    if stored:
        return stored.instrument
    clinic = session.episode.client.clinic
    if shown:
        with suppress(Instrument.DoesNotExist):
            instrument = instrument_version(shown.instrument)
            if instrument.is_for_alliance(clinic):
                return instrument
    return Instrument.objects.for_clinic(clinic).alliance_of(clinic, get_language() or "")


def _initial(session: Session, stored: Response | None) -> dict[str, Any]:
    return as_initial(stored) if stored else {"shared_with_therapist": shared_last_check_in(session)}


def check_in_save(form: CheckInForm, session: Session, *, by: Actor) -> bool:
    """Store a valid form; where the session is closed the form says why, and keeps what was typed."""
    try:
        check_in_submit(
            session=session,
            instrument=form.instrument,
            answers=form.answers(),
            extras=form.extras(),
            seconds=form.seconds(),
            by=by,
        )
    except CheckInClosedError as error:
        form.add_error(None, error.why.label)
        return False
    return True
