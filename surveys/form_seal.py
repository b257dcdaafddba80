"""What a form was shown as: about which session, with which version of an instrument, and when."""

import time
from typing import NamedTuple

from django.core import signing

from clients.models import Session
from surveys.models import Instrument

SALT = "surveys.shown"


class FormSeal(NamedTuple):
    """One rendering of a check-in, sealed into its form."""

    session: int
    instrument: int
    at: float

    @property
    def seconds(self) -> float:
        """How long ago that was, by our own clock."""
        return time.time() - self.at


def seal(session: Session, instrument: Instrument) -> str:
    """A text for a hidden field that only we can make."""
    return signing.dumps(tuple(FormSeal(session.pk, instrument.pk, time.time())), salt=SALT)


def unseal(text: str, session: Session) -> FormSeal | None:
    """What the form was shown as; None where it does not say so of this session."""
    try:
        found = FormSeal(*signing.loads(text, salt=SALT))
    except signing.BadSignature:
        return None
    return found if found.session == session.pk else None
