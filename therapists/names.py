"""A therapist's name as records write it, taken apart."""

from dataclasses import dataclass
from functools import cache

from nameparser import Lexicon, Parser, Policy

# Titles of the German-speaking countries that the library does not know.
TITLES = {
    *("mag", "mag.a", "ddr", "dr.in", "dres", "dipl.-psych", "dipl.-päd", "dipl.-sozpäd", "dipl.-soz.päd"),
    *("univ.-prof", "univ.-doz", "priv.-doz", "privatdozent", "privatdozentin", "pd", "psych", "habil"),
    *(
        "h.c",
        "hc",
        "mult",
        "rer",
        "nat",
        "phil",
        "sc",
        "hum",
        "biol",
        "theol",
        "univ",
        "oberarzt",
        "oberärztin",
    ),
}
# They say nothing that pronouns do not, so they stay only where a record has a family name alone.
SALUTATIONS = {"herr", "hr", "frau", "fr", "mr", "mrs", "ms", "miss", "mx"}


@dataclass(frozen=True)
class TherapistName:
    """Three fields of a therapist; `short_name` is empty where a sentence calls them by the whole name."""

    title: str
    name: str
    short_name: str


def name_read(text: str, title: str = "") -> TherapistName:
    """Take a name apart: “Müller, Dr. Anna” is Dr. | Anna Müller | Anna. The title that is known stays.

    Where nobody can tell a first name the title stays with the name: “Dr. Müller” is called so.
    """
    text = " ".join(text.split())
    parts = _parser().parse(text)
    if text.isupper() or text.islower():
        parts = parts.capitalized(force=True)
    given_first = " ".join(part for part in (parts.given, parts.middle, parts.family) if part)
    before = _without_salutation(parts.title)
    if _is_first_name(parts.given) and parts.family:
        name = ", ".join(part for part in (given_first, parts.suffix) if part)
        title = title if before in title else ", ".join(part for part in (before, title) if part)
        return TherapistName(title, name, parts.nickname if parts.nickname.isalpha() else parts.given)
    before = before or parts.title
    name = f"{before} {given_first}".strip() if given_first else text
    return TherapistName(
        title, name, f"{before} {parts.family}" if before and parts.given and parts.family else ""
    )


@cache
def _parser() -> Parser:
    # Names of Han and Hangul stay in one piece, as they were written.
    policy = Policy(script_orders=(), segment_scripts=frozenset())
    return Parser(Lexicon.default().add(titles=TITLES | SALUTATIONS), policy)


def _without_salutation(title: str) -> str:
    return " ".join(word for word in title.split() if word.rstrip(".").casefold() not in SALUTATIONS)


def _is_first_name(given: str) -> bool:
    """Neither initials nor a degree."""
    return bool(given) and "." not in given and len(given) > 1
