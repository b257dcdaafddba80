"""A value out of a file with the place where it stands, so that whatever is wrong with it can be found."""

import math
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NoReturn

from django.utils.text import Truncator
from django.utils.translation import gettext as _

LONGEST_NAME = 40
LONGEST_LIST = 200


class DefinitionError(ValueError):
    """What is wrong with an instrument, and where: `items[3].key: …`."""

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place}: {reason}" if place else reason)


@dataclass(frozen=True)
class Node:
    """A value of JSON at its place; whoever asks it for what it is not gets a DefinitionError."""

    value: Any
    place: str = ""

    def fail(self, reason: str) -> NoReturn:
        """Refuse this value."""
        raise DefinitionError(self.place, reason)

    def at(self, name: str) -> "Node":
        """A member of an object, which must be there."""
        found = self.find(name)
        return self.inside(name).fail(_("this is missing")) if found is None else found

    def find(self, name: str) -> "Node | None":
        """A member of an object, if it is there."""
        if not isinstance(self.value, dict):
            self.fail(_("an object in braces belongs here"))
        return Node(self.value[name], self.inside(name).place) if name in self.value else None

    def members(self, *names: str, optional: Collection[str] = ()) -> None:
        """Refuse an object that lacks one of these members, or has one that nobody knows."""
        for name in names:
            self.at(name)
        for name in self.value:
            if name not in names and name not in optional:
                self.inside(name).fail(_("this is not known here"))

    def each(self, most: int) -> list["Node"]:
        """The values of a list that holds one at least."""
        if not isinstance(self.value, list):
            self.fail(_("a list in brackets belongs here"))
        if not 1 <= len(self.value) <= most:
            self.fail(_("from 1 to %(most)s belong here") % {"most": most})
        return [Node(value, f"{self.place}[{k}]") for k, value in enumerate(self.value)]

    def text(self, most: int) -> str:
        """Words that can be read, no more than so many characters."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.fail(_("a text belongs here"))
        if len(self.value) > most:
            self.fail(_("at most %(most)s characters belong here") % {"most": most})
        if not is_readable(self.value):
            self.fail(_("there are characters in it that cannot be read"))
        return self.value

    def whole(self, lowest: int, highest: int) -> int:
        """A whole number within these limits."""
        if type(self.value) is not int or not lowest <= self.value <= highest:
            limits = {"lowest": lowest, "highest": highest}
            self.fail(_("a whole number from %(lowest)s to %(highest)s belongs here") % limits)
        return self.value

    def number(self, lowest: float, highest: float) -> float:
        """A number within these limits."""
        if type(self.value) not in {int, float} or not lowest <= self.value <= highest:
            limits = {"lowest": lowest, "highest": highest}
            self.fail(_("a number from %(lowest)g to %(highest)g belongs here") % limits)
        return float(self.value)

    def truth(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            self.fail(_("true or false belongs here"))
        return self.value

    def one_of(self, known: Collection[str]) -> str:
        """One of these words."""
        if not isinstance(self.value, str) or self.value not in known:
            listed = Truncator(", ".join(known)).chars(LONGEST_LIST)
            self.fail(_("one of these belongs here: %(known)s") % {"known": listed})
        return self.value

    def inside(self, name: str) -> "Node":
        """The place of a member, whether it is there or not."""
        shown = name if is_readable(name) else ascii(name)[1:-1]
        return Node(None, f"{self.place}.{shown[:LONGEST_NAME]}".removeprefix("."))


def is_readable(text: str) -> bool:
    """Whether a text has neither control characters, but for line breaks, nor halves of characters."""
    return all(one == "\n" or unicodedata.category(one) not in {"Cc", "Cs"} for one in text)


def is_finite(value: object) -> bool:
    """Whether this is anything but a number without a size."""
    return not isinstance(value, float) or math.isfinite(value)
