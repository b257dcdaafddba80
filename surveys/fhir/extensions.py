"""Extensions of FHIR: the standard ones by name, and ours, which carry what FHIR has no place for."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from surveys.node import Node

OWN = "urn:alliance-match:"
STANDARD = "http://hl7.org/fhir/StructureDefinition/"
ORDINAL = f"{STANDARD}ordinalValue"
WEIGHT = f"{STANDARD}itemWeight"  # what later releases call the same
LEAST = f"{STANDARD}minValue"
MOST = f"{STANDARD}maxValue"
CONTROL = f"{STANDARD}questionnaire-itemControl"
CONTROLS = "http://hl7.org/fhir/questionnaire-item-control"

LOINC = "http://loinc.org"
VALUES = {bool: "valueBoolean", int: "valueInteger", float: "valueDecimal", str: "valueString"}
REPEATED = {"items", "must", "bands"}
MOST_EXTENSIONS = 1000


def extension(url: str, value: Any) -> dict[str, Any]:
    """An extension with this value; each member of an object becomes an extension within it."""
    if not isinstance(value, Mapping):
        return {"url": url, VALUES[type(value)]: value}
    inner = [
        extension(name, one)
        for name, given in value.items()
        for one in (given if name in REPEATED else [given])
    ]
    return {"url": url, "extension": inner}


def own_extension(name: str, value: Any) -> dict[str, Any]:
    """One of our own extensions."""
    return extension(OWN + name, value)


def extension_values(element: Node, url: str) -> Iterator[Node]:
    """The values of every extension of this kind, each at its place."""
    extensions = element.find("extension")
    for one in [] if extensions is None else extensions.each(MOST_EXTENSIONS):
        if one.at("url").value == url:
            yield _value(one)


def extension_value(element: Node, url: str) -> Node | None:
    """The value of the first extension of this kind, if there is one."""
    return next(extension_values(element, url), None)


def own_value(element: Node, name: str) -> Node | None:
    """The value of one of our own extensions, if it is there."""
    return extension_value(element, OWN + name)


def required_extension(element: Node, url: str) -> Node:
    """The value of an extension that must be there."""
    found = extension_value(element, url)
    if found is None:
        words = _("an extension with the url %(url)s belongs here")
        element.inside("extension").fail(words % {"url": url})
    return found


def _value(one: Node) -> Node:
    inner = one.find("extension")
    if inner is None:
        kinds = [kind for kind in one.value if kind.startswith("value")]
        return one.at(kinds[0] if kinds else "value[x]")
    found: dict[str, Any] = {}
    for part in inner.each(MOST_EXTENSIONS):
        name = part.at("url").text(60)
        if name in REPEATED:
            found.setdefault(name, []).append(_value(part).value)
        elif name in found:
            part.at("url").fail(_("this name is there twice"))
        else:
            found[name] = _value(part).value
    return Node(found, one.place)


def loinc_coding(code: str, display: str | None = None) -> dict[str, str]:
    """A code of LOINC."""
    return {"system": LOINC, "code": code} | ({"display": display} if display else {})


def first_loinc_code(codings: Iterator[Node] | list[Node]) -> dict[str, Any]:
    """The first code of LOINC among these, as a definition keeps it; nothing where there is none."""
    for one in codings:
        system = one.find("system")
        if system is not None and system.value == LOINC:
            return {"loinc": one.at("code").value}
    return {}
