"""What the definition of an instrument may say: one format for all, described in docs/instruments.md.

It holds the words (`language`, `stem`, `items`, `scale`), the rules of scoring (`subscales`, `total`) and
what it is for (`purpose`). Whatever passes `check` can be shown, answered, scored and written as FHIR.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.node import Node

Definition = Mapping[str, Any]

RULES = ("mean", "sum")
OPENED = ("crisis",)
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
LINK = re.compile(r"\S{1,255}")
LOINC = re.compile(r"(LA)?[0-9]{1,7}-[0-9]")
MOST_ITEMS = 200
MOST_STEPS = 11
# The check-in has fields of these names beside those of the items.
RESERVED = {"bond", "comment", "comment_reader", "wants_to_talk", "shared_with_therapist", "shown"}


class InstrumentPurpose(TextChoices):
    """What an instrument is asked for."""

    ALLIANCE = "alliance", gettext_lazy("the alliance")
    SYMPTOMS = "symptoms", gettext_lazy("symptoms")
    PERSONALITY = "personality", gettext_lazy("personality")
    STYLE = "style", gettext_lazy("how somebody likes to work")


class Scale(NamedTuple):
    """The least and the greatest answer."""

    lowest: int
    highest: int


def scale_of(definition: Definition, item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The scale on which an item is answered: its own, or the instrument's."""
    found: Mapping[str, Any] = item.get("scale", definition["scale"])
    return found


def scale_ends_of(definition: Definition, item: Mapping[str, Any]) -> Scale:
    """The ends of the scale on which an item is answered."""
    scale = scale_of(definition, item)
    return Scale(scale["lowest"], scale["highest"])


def scored_keys(definition: Definition) -> list[str]:
    """The keys of the items that the total counts."""
    return [item["key"] for item in definition["items"] if item.get("scored", True)]


def check_definition(definition: object) -> None:
    """Raise DefinitionError, which names the place, unless this is a whole and sound definition."""
    node = Node(definition)
    node.members("language", "purpose", "stem", "scale", "items", optional={"loinc", "subscales", "total"})
    _read_matching(node.at("language"), LANGUAGE, _("a language such as “en” or “de-AT” belongs here"))
    node.at("stem").text(1000)
    _check_loinc(node)
    usual = _read_scale(node.at("scale"))
    scales = _item_scales(node.at("items").each(MOST_ITEMS), usual)
    subscales = node.find("subscales")
    if subscales is not None:
        _check_subscales(subscales.each(MOST_ITEMS), scales)
    _check_total(node, scales)


def _item_scales(items: Iterable[Node], usual: Scale) -> dict[str, Scale | None]:
    """The scale of each item by its key; none where it is not scored."""
    scales: dict[str, Scale | None] = {}
    links: set[str] = set()
    optional = {"loinc", "link_id", "reversed", "scored", "scale", "opens"}
    for item in items:
        item.members("key", "text", optional=optional)
        key = _read_key(item.at("key"), scales)
        if key in RESERVED:
            item.at("key").fail(_("the check-in itself uses this name"))
        item.at("text").text(1000)
        _check_loinc(item)
        _check_link(item, key, links)
        own = item.find("scale")
        scale = usual if own is None else _read_scale(own)
        _check_opens(item, scale)
        truths = {name: found.truth() for name in ("reversed", "scored") if (found := item.find(name))}
        scales[key] = scale if truths.get("scored", True) else None
    return scales


def _check_link(item: Node, key: str, taken: set[str]) -> None:
    link = item.find("link_id")
    name = key if link is None else _read_matching(link, LINK, _("a name without blanks belongs here"))
    if name in taken:
        (item.at("key") if link is None else link).fail(_("this name is there twice"))
    taken.add(name)


def _check_opens(item: Node, scale: Scale) -> None:
    opens = item.find("opens")
    if opens is not None:
        opens.members("what", "from")
        opens.at("what").one_of(OPENED)
        opens.at("from").whole(scale.lowest, scale.highest)


def _read_scale(node: Node) -> Scale:
    node.members("lowest", "highest", optional={"lowest_label", "highest_label", "answers"})
    lowest = node.at("lowest").whole(-100, 100)
    highest = node.at("highest").whole(-100, 100)
    if not 1 <= highest - lowest < MOST_STEPS:
        words = _("a scale goes upward and has from 2 to %(most)s steps") % {"most": MOST_STEPS}
        node.at("highest").fail(words)
    answers = node.find("answers")
    if answers is None:
        for end in ("lowest_label", "highest_label"):
            node.at(end).text(120)
    else:
        node.members("lowest", "highest", "answers")
        _check_answers(answers, range(lowest, highest + 1))
    return Scale(lowest, highest)


def _check_answers(answers: Node, steps: Collection[int]) -> None:
    given = answers.each(MOST_STEPS)
    for answer, step in zip(given, steps, strict=False):
        answer.members("value", "label", optional={"loinc"})
        answer.at("value").whole(step, step)
        answer.at("label").text(120)
        _check_loinc(answer)
    if len(given) != len(steps):
        answers.fail(_("every step of the scale has one answer: %(count)s") % {"count": len(steps)})


def _check_subscales(subscales: Iterable[Node], scales: Mapping[str, Scale | None]) -> None:
    keys: set[str] = set()
    for subscale in subscales:
        subscale.members("key", "title", "items", "rule", "needs", optional={"loinc"})
        keys.add(_read_key(subscale.at("key"), keys))
        subscale.at("title").text(120)
        members: dict[str, Scale] = {}
        for item in subscale.at("items").each(MOST_ITEMS):
            _check_member(item, scales, members)
        _check_rule(subscale, members)


def _check_member(item: Node, scales: Mapping[str, Scale | None], members: dict[str, Scale]) -> None:
    key = item.one_of(scales)
    scale = scales[key]
    if scale is None:
        item.fail(_("this item is not scored"))
    if key in members:
        item.fail(_("this item is there twice"))
    if members and scale not in members.values():
        item.fail(_("this item is answered on another scale than the others"))
    members[key] = scale


def _check_total(node: Node, scales: Mapping[str, Scale | None]) -> None:
    total, purpose = node.find("total"), node.at("purpose").one_of(InstrumentPurpose.values)
    if total is None:
        if purpose == InstrumentPurpose.ALLIANCE:
            node.at("total")
        if node.find("subscales") is None:
            node.fail(_("nothing is scored: there is neither a total nor a subscale"))
        return
    total.members("rule", "needs", optional={"must", "loinc", "bands", "reliable_change"})
    members = {key: scale for key, scale in scales.items() if scale is not None}
    if len(set(members.values())) != 1:
        total.fail(_("the items it counts must be answered on one scale"))
    _check_rule(total, members)
    if (must := total.find("must")) is not None:
        for item in must.each(MOST_ITEMS):
            item.one_of(members)
    _check_bands(total, total_range(total.value["rule"], next(iter(members.values())), len(members)))


def _check_rule(node: Node, members: Collection[str]) -> None:
    node.at("rule").one_of(RULES)
    node.at("needs").whole(1, len(members))
    _check_loinc(node)


def _check_bands(total: Node, span: tuple[int, int]) -> None:
    """How a total is read: bands from its least value up, and what change is more than noise."""
    lowest, highest = span
    if (change := total.find("reliable_change")) is not None and not change.number(0, highest - lowest):
        change.fail(_("a number above 0 belongs here"))
    bands = total.find("bands")
    before: float | None = None
    for band in [] if bands is None else bands.each(MOST_STEPS):
        band.members("from", "words")
        band.at("words").text(120)
        start = band.at("from").number(lowest, highest)
        if start != lowest if before is None else start <= before:
            band.at("from").fail(_("bands begin at the least total and go up"))
        before = start


def total_range(rule: str, scale: Scale, count: int) -> tuple[int, int]:
    """The least and the greatest that so many items on this scale can come to."""
    times = count if rule == "sum" else 1
    return scale.lowest * times, scale.highest * times


def _read_key(node: Node, taken: Collection[str]) -> str:
    key = _read_matching(node, KEY, _("small letters, digits and _ belong here, a letter first, 40 at most"))
    if key in taken:
        node.fail(_("this key is there twice"))
    return key


def _read_matching(node: Node, pattern: re.Pattern[str], reason: str) -> str:
    if not isinstance(node.value, str) or not pattern.fullmatch(node.value) or not node.value.isprintable():
        node.fail(reason)
    return node.value


def _check_loinc(node: Node) -> None:
    code = node.find("loinc")
    if code is not None and not (isinstance(code.value, str) and is_loinc(code.value)):
        code.fail(_("this is no LOINC code: its last digit must fit the others"))


def is_loinc(code: str) -> bool:
    """Whether a code has LOINC's form and check digit: Luhn's, with letters counted from ASCII's 0 on."""
    if not LOINC.fullmatch(code):
        return False
    values = [ord(one) - ord("0") for one in reversed(code.replace("-", ""))]
    doubled = [sum(divmod(value * 2, 10)) for value in values[1::2]]
    return (sum(doubled) + sum(values[::2])) % 10 == 0
