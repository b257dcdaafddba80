"""The secrets in links: an invitation's opaque key, signed, so that no link can be guessed or made up."""

from django.core.signing import Signer

from surveys.models import Invitation


def link_token(invitation: Invitation) -> str:
    """What stands in the link of a mail."""
    return Signer(salt="surveys.link", sep=".").sign(invitation.key)


def invitation_of(token: str) -> Invitation | None:
    """The invitation that a link belongs to; None where its session left the log. Raises BadSignature."""
    return _with_key(Signer(salt="surveys.link", sep=".").unsign(token))


def _with_key(key: str) -> Invitation | None:
    return Invitation.objects.with_people().filter(key=key).first()
