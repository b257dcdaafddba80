"""From the bytes of a file, our JSON or a FHIR Questionnaire, to an instrument.

A file is read whole or refused with the line, or with the path inside it, and the reason.
"""

import json
import re
from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from surveys.definition import check_definition
from surveys.fhir.reading import questionnaire_read
from surveys.instrument_file import COLUMNS, DEFINITION, LONGEST, TRUTHS, InstrumentFile
from surveys.node import DefinitionError, Node, is_finite

LARGEST = 1_000_000  # bytes
DEEPEST = 16
CODE = re.compile(r"[a-z0-9](-?[a-z0-9])*")


def instrument_read(data: bytes) -> InstrumentFile:
    """Read a file. Raises DefinitionError, which names the line or the path."""
    value = _parsed_json(data)
    _refuse_unsound(Node(value), DEEPEST)
    if isinstance(value, dict) and "resourceType" in value:
        value = questionnaire_read(Node(value))
    return _read_instrument(Node(value))


def _read_instrument(file: Node) -> InstrumentFile:
    parts = set(DEFINITION)
    file.members("code", "version", *COLUMNS, optional=parts)
    code = file.at("code")
    if not CODE.fullmatch(code.text(60)):
        code.fail(_("small letters and digits belong here, with single hyphens between"))
    version = file.at("version").whole(1, 32767)
    columns: dict[str, Any] = {name: file.at(name).text(most) for name, most in LONGEST.items()}
    columns |= {name: file.at(name).truth() for name in TRUTHS}
    definition = {name: file.value[name] for name in DEFINITION if name in file.value}
    check_definition(definition)
    return InstrumentFile(code.value, version, columns, definition)


class _JsonObject(dict[str, Any]):
    """An object of JSON that remembers a name given twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(name for name, _value in pairs)
        self.twice = next((name for name, count in counts.items() if count > 1), None)


def _parsed_json(data: bytes) -> Any:
    if len(data) > LARGEST:
        raise DefinitionError("", _("a file has 1 MB at most"))
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_JsonObject)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        place = _("line %(line)s") % {"line": line}
        raise DefinitionError(place, _("this is not text in UTF-8")) from None
    except json.JSONDecodeError as error:
        place = _("line %(line)s, column %(column)s") % {"line": error.lineno, "column": error.colno}
        raise DefinitionError(place, _("this is not JSON: %(why)s") % {"why": error.msg}) from None
    except RecursionError:
        raise DefinitionError("", _("this is nested too deeply")) from None
    except ValueError:
        raise DefinitionError("", _("there is a number with too many digits in it")) from None


def _refuse_unsound(node: Node, depth: int) -> None:
    """Refuse what JSON lets through and nobody means: names given twice, no numbers, endless nesting."""
    value = node.value
    if not is_finite(value):
        node.fail(_("this is not a number with a size"))
    if isinstance(value, dict | list) and depth == 0:
        node.fail(_("this is nested too deeply"))
    if isinstance(value, _JsonObject):
        if value.twice is not None:
            node.at(value.twice).fail(_("this name is there twice"))
        for name in value:
            _refuse_unsound(node.at(name), depth - 1)
    elif isinstance(value, list):
        for k, one in enumerate(value):
            _refuse_unsound(Node(one, f"{node.place}[{k}]"), depth - 1)
