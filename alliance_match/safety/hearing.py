"""What somebody typed into a form, as far as it may tell of danger; and the page that answers it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from alliance_match.accounts.models import STAFF
from alliance_match.accounts.redirects import address_of_ours
from alliance_match.safety.danger_words import mentions_danger

# Whatever is sent under any other name is heard, so that a new field is heard from its first day.
NOT_HEARD = {
    "csrfmiddlewaretoken": "made by us",
    "shown": "made by us: which version of a form was on the screen",
    "sheet": "made by us: the name of a form",
    "back": "an address of ours",
    "next": "an address of ours",
    "asked": "made by us: since when an alert is asked about",
    "email": "an e-mail address, refused where it is none",
    "login": "an e-mail address, refused where it is none",
    "number": "a telephone number, asked for on the page that danger leads to",
    "password": "a secret that nobody reads",
    "password1": "a secret that nobody reads",
    "password2": "a secret that nobody reads",
    "oldpassword": "a secret that nobody reads",
}
# Of all that one form brings: five times as long as the longest field. What is longer is refused, and must
# not take long.
LONGEST = 20_000
# Pages without a log-in whose link is mailed to a therapist.
MAILED_TO_STAFF = {"still_accepting"}
# Pages without a log-in that know whom they are for, and the page each of them leads to.
OWN_PANEL = {
    "link": ("link_somebody_now", "token"),
    "kiosk": ("kiosk_somebody_now", "token"),
    "join": ("clinic_somebody_now", "slug"),
}


def is_staff(request: HttpRequest) -> bool:
    """Whether somebody of a clinic's staff is at work: what they write is about others."""
    match = getattr(request, "resolver_match", None)
    if match and match.url_name in MAILED_TO_STAFF:
        return True
    if match and str(match.url_name).split("_", maxsplit=1)[0] in OWN_PANEL:
        return False  # a page that knows whom it is for, whatever else they are elsewhere
    membership: Any = getattr(request, "membership", None)
    return bool(membership) and membership.role in STAFF


def posted_danger(request: HttpRequest) -> bool:
    """Whether a form that was just sent mentions danger; of staff's forms nothing is heard."""
    if request.method != "POST" or is_staff(request):
        return False
    return any_danger(texts_within(dict(request.POST.lists())))


def any_danger(texts: Iterable[str]) -> bool:
    """Whether one of these mentions it, the first `LONGEST` characters of all together."""
    left = LONGEST
    for text in texts:
        if left <= 0 or mentions_danger(text[:left]):
            return left > 0
        left -= len(text)
    return False


def texts_within(given: Any) -> Iterator[str]:
    """Every text in what a program sent."""
    if isinstance(given, str):
        yield given
    elif isinstance(given, Mapping):
        for name, value in given.items():
            if name not in NOT_HEARD:
                yield from texts_within(value)
    elif isinstance(given, Iterable):
        for value in given:
            yield from texts_within(value)


def panel_path(request: HttpRequest) -> str:
    """The page with whom to call, for whoever is here: by their log-in, their link or tablet, or a clinic."""
    match = cast(Any, request).resolver_match
    begins = str(match.url_name).split("_", maxsplit=1)[0] if match else ""
    panel, known_by = OWN_PANEL.get(begins, ("somebody_now", ""))
    if match and known_by in match.kwargs:
        return reverse(panel, args=[match.kwargs[known_by]])
    return reverse("somebody_now")


def panel_path_before(request: HttpRequest, goes_on: str) -> str:
    """The same, with the way on to where somebody was going."""
    ours = address_of_ours(request, goes_on)
    return f"{panel_path(request)}?{urlencode({'next': ours})}" if ours else panel_path(request)
