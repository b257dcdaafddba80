"""The link in a weekly mail by which a therapist says, without a log-in, that they still accept clients."""

from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner

from alliance_match.accounts.mail import page_link
from therapists.models import Therapist

LASTS = timedelta(days=14)
SALT = "still-accepting"


def accepting_link(therapist: Therapist) -> str:
    """The address, good for two weeks."""
    return page_link("still_accepting", token=accepting_token(therapist))


def accepting_token(therapist: Therapist) -> str:
    """What the address holds: who it is and by which log-in, when it was made, and that we made it."""
    return TimestampSigner(salt=SALT).sign(f"{therapist.pk}-{therapist.user_id}")


def therapist_of_token(token: str) -> Therapist | None:
    """Who was mailed this link; None where we never made it, where it is over, or where the log-in is."""
    try:
        pk, _, user = TimestampSigner(salt=SALT).unsign(token, max_age=LASTS).partition("-")
    except BadSignature:
        return None
    here = Therapist.objects.filter(pk=pk, user__pk=int(user), user__is_active=True)
    return here.select_related("clinic", "user").first()
