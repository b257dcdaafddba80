"""A FHIR R4 Questionnaire as our own file; what would change the meaning of an answer is refused."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from surveys.definition import KEY, MOST_ITEMS, MOST_STEPS
from surveys.fhir.extensions import (
    CONTROL,
    LEAST,
    MOST,
    ORDINAL,
    OWN,
    WEIGHT,
    extension_value,
    extension_values,
    first_loinc_code,
    own_value,
    required_extension,
)
from surveys.fhir.questionnaire import ABOUT
from surveys.node import Node

# Elements that change what a question means; who does not understand them must not show it.
UNKEPT = ("modifierExtension", "enableWhen", "answerValueSet")
KINDS = ("group", "display", "choice", "integer")
MOST_CODES = 20


def questionnaire_read(node: Node) -> dict[str, Any]:
    """The content of a file in our format. Raises DefinitionError, which names the place."""
    node.at("resourceType").one_of(["Questionnaire"])
    _refuse_unkept(node)
    definition: dict[str, Any] = {
        "language": node.at("language").value,
        "purpose": _own_extension(node, "purpose"),
    }
    definition |= _read_code(node)
    definition["stem"] = _read_stem(node.at("item").each(MOST_ITEMS))
    definition |= _with_usual_scale([_read_item(k, one) for k, one in enumerate(_read_questions(node), 1)])
    subscales = [one.value for one in extension_values(node, f"{OWN}subscale")]
    definition |= {"subscales": subscales} if subscales else {}
    total = own_value(node, "total")
    return {
        "code": node.at("url").text(255).removeprefix(f"{OWN}instrument:"),
        "version": _read_version(node.at("version")),
        "title": node.at("title").value,
        "rights_holder": node.at("publisher").value,
        "attribution": node.at("copyright").value,
        **{name: _own_extension(node, name) for name in ABOUT},
        **definition,
        **({"total": total.value} if total is not None else {}),
    }


def _own_extension(node: Node, name: str) -> Any:
    return required_extension(node, OWN + name).value


def _read_version(node: Node) -> int:
    text = node.text(10)
    if not (text.isascii() and text.isdecimal()):
        node.fail(_('a whole number in quotes belongs here, such as "1"'))
    return int(text)


def _read_stem(items: list[Node]) -> Any:
    for item in items:
        if item.at("type").one_of(KINDS) in {"group", "display"} and (text := item.find("text")) is not None:
            return text.value
    return items[0].fail(_("the words above all questions are missing: a group, or a display item"))


def _read_questions(node: Node) -> Iterator[Node]:
    for item in node.at("item").each(MOST_ITEMS):
        _refuse_unkept(item)
        kind = item.at("type").one_of(KINDS)
        if kind == "group":
            yield from _read_questions(item)
        elif kind != "display":
            _refuse_follow_ups(item)
            yield item


def _refuse_follow_ups(node: Node) -> None:
    below = node.find("item")
    for item in [] if below is None else below.each(MOST_ITEMS):
        item.at("type").one_of(["display"])


def _refuse_unkept(node: Node) -> None:
    for name in UNKEPT:
        if (found := node.find(name)) is not None:
            found.fail(_("this changes what is asked, and cannot be kept here"))
    if (repeats := node.find("repeats")) is not None and repeats.value is not False:
        repeats.fail(_("a question has one answer here"))


def _read_item(number: int, node: Node) -> dict[str, Any]:
    link = node.at("linkId").text(255)
    named = own_value(node, "key")
    key = named.value if named is not None else link if KEY.fullmatch(link) else f"item_{number}"
    truths = {name: one.value for name in ("reversed", "scored", "opens") if (one := own_value(node, name))}
    kind = node.at("type").value
    return {
        "key": key,
        "text": node.at("text").value,
        **_read_code(node),
        **({} if key == link else {"link_id": link}),
        **truths,
        "scale": _read_choices(node) if kind == "choice" else _read_numbers(node),
    }


def _read_choices(node: Node) -> dict[str, Any]:
    answers = [_read_answer(one) for one in node.at("answerOption").each(MOST_STEPS)]
    answers.sort(key=lambda answer: answer["value"])
    return {"lowest": answers[0]["value"], "highest": answers[-1]["value"], "answers": answers}


def _read_answer(option: Node) -> dict[str, Any]:
    if (number := option.find("valueInteger")) is not None:
        return {"value": number.whole(-100, 100), "label": str(number.value)}
    coding = option.at("valueCoding")
    found = (extension_value(place, url) for place in (option, coding) for url in (ORDINAL, WEIGHT))
    ordinal = next(filter(None, found), None) or required_extension(option, ORDINAL)
    return {
        "value": _read_integer(ordinal),
        "label": coding.at("display").value,
        **first_loinc_code([coding]),
    }


def _read_integer(node: Node) -> int:
    """A decimal of FHIR that is a whole number."""
    number = node.number(-100, 100)
    return Node(int(number) if number.is_integer() else number, node.place).whole(-100, 100)


def _read_numbers(node: Node) -> dict[str, Any]:
    return {
        "lowest": required_extension(node, LEAST).value,
        "highest": required_extension(node, MOST).value,
        "lowest_label": _words_at(node, "lower"),
        "highest_label": _words_at(node, "upper"),
    }


def _words_at(node: Node, end: str) -> Any:
    below = node.find("item")
    for item in [] if below is None else below.each(MOST_ITEMS):
        control = extension_value(item, CONTROL)
        codes = control.at("coding").each(MOST_CODES) if control is not None else []
        if any(one.at("code").value == end for one in codes):
            return item.at("text").value
    return node.inside("item").fail(
        _("the words at an end are missing: a display item “%(end)s”") % {"end": end}
    )


def _read_code(node: Node) -> dict[str, Any]:
    codes = node.find("code")
    return {} if codes is None else first_loinc_code(codes.each(MOST_CODES))


def _with_usual_scale(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Items with the scale that most of them have written once, above them."""
    counts = Counter(repr(item["scale"]) for item in items)
    most = max(counts.values(), default=0)
    usual = next((item["scale"] for item in items if counts[repr(item["scale"])] == most), None)
    for item in items:
        if item["scale"] == usual:
            del item["scale"]
    return {"scale": usual, "items": items}
