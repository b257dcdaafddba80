"""The secrets in links: an invitation's opaque key, signed, so that no link can be guessed or made up."""

from datetime import timedelta

from django.core.signing import Signer, TimestampSigner

from surveys.models import Invitation

TABLET_HANDED_OVER = timedelta(hours=2)


def link_token(invitation: Invitation) -> str:
    """What stands in the link of a mail."""
    return Signer(salt="surveys.link", sep=".").sign(invitation.key)


def kiosk_token(invitation: Invitation) -> str:
    """What stands in the address of a tablet that was handed over; it works for two hours."""
    return TimestampSigner(salt="surveys.kiosk", sep=".").sign(invitation.key)


def invitation_of_link(token: str) -> Invitation | None:
    """The invitation that a link belongs to; None where its session left the log. Raises BadSignature."""
    return _with_key(Signer(salt="surveys.link", sep=".").unsign(token))


def invitation_of_kiosk(token: str) -> Invitation | None:
    """The invitation that a tablet was handed over for. Raises SignatureExpired, BadSignature."""
    signer = TimestampSigner(salt="surveys.kiosk", sep=".")
    return _with_key(signer.unsign(token, max_age=TABLET_HANDED_OVER))


def _with_key(key: str) -> Invitation | None:
    return Invitation.objects.with_people().filter(key=key).first()
