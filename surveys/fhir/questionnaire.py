"""An instrument as a FHIR R4 Questionnaire."""

from collections.abc import Mapping
from typing import Any

from surveys.definition import scale_of
from surveys.fhir.extensions import (
    CONTROL,
    CONTROLS,
    LEAST,
    MOST,
    ORDINAL,
    OWN,
    extension,
    loinc_coding,
    own_extension,
)
from surveys.instrument_file import InstrumentFile

GROUP = "_stem"
ANSWERS = f"{OWN}answer"
ABOUT = ("licence", "source", "may_ship", "verbatim", "validated")


def canonical_url(code: str) -> str:
    """The address of an instrument, whatever its version."""
    return f"{OWN}instrument:{code}"


def fhir_questionnaire(file: InstrumentFile) -> dict[str, Any]:
    """The instrument with its words, and in extensions its rights and its rules of scoring."""
    columns, definition = file.columns, file.definition
    about = [own_extension(name, columns[name]) for name in ABOUT]
    rules = [own_extension("subscale", one) for one in definition.get("subscales", ())]
    rules += [own_extension("total", definition["total"])] if "total" in definition else []
    return {
        "resourceType": "Questionnaire",
        "language": definition["language"],
        "extension": [*about, own_extension("purpose", definition["purpose"]), *rules],
        "url": canonical_url(file.code),
        "version": str(file.version),
        "title": columns["title"],
        "status": "active",
        "subjectType": ["Patient"],
        "publisher": columns["rights_holder"],
        "copyright": columns["attribution"],
        **_with_code(definition, columns["title"]),
        "item": [
            {
                "linkId": GROUP,
                "text": definition["stem"],
                "type": "group",
                "item": [_question_item(item, scale_of(definition, item)) for item in definition["items"]],
            }
        ],
    }


def link_id(item: Mapping[str, Any]) -> str:
    """The name of an item in FHIR."""
    return str(item.get("link_id", item["key"]))


def answer_value(step: Mapping[str, Any]) -> dict[str, Any]:
    """A worded answer as a Coding: LOINC's where there is one, else its number."""
    if "loinc" in step:
        return loinc_coding(step["loinc"], step["label"])
    return {"system": ANSWERS, "code": str(step["value"]), "display": step["label"]}


def _question_item(item: Mapping[str, Any], scale: Mapping[str, Any]) -> dict[str, Any]:
    extensions = [own_extension(name, item[name]) for name in ("reversed", "scored", "opens") if name in item]
    if "link_id" in item:
        extensions.append(own_extension("key", item["key"]))
    if "answers" not in scale:
        extensions += [extension(LEAST, scale["lowest"]), extension(MOST, scale["highest"])]
    return {
        **({"extension": extensions} if extensions else {}),
        "linkId": link_id(item),
        **_with_code(item, item["text"]),
        "text": item["text"],
        **(_choice_answers(scale) if "answers" in scale else _number_item(link_id(item), scale)),
    }


def _choice_answers(scale: Mapping[str, Any]) -> dict[str, Any]:
    options = [
        {"extension": [extension(ORDINAL, float(step["value"]))], "valueCoding": answer_value(step)}
        for step in scale["answers"]
    ]
    return {"type": "choice", "answerOption": options}


def _number_item(link: str, scale: Mapping[str, Any]) -> dict[str, Any]:
    ends = [
        _scale_end(link, "lower", scale["lowest_label"]),
        _scale_end(link, "upper", scale["highest_label"]),
    ]
    return {"type": "integer", "item": ends}


def _scale_end(link: str, end: str, words: str) -> dict[str, Any]:
    """The words at an end of a scale, as FHIR shows them beside a slider."""
    control = {"url": CONTROL, "valueCodeableConcept": {"coding": [{"system": CONTROLS, "code": end}]}}
    return {"extension": [control], "linkId": f"{link}/{end}", "text": words, "type": "display"}


def _with_code(element: Mapping[str, Any], display: str) -> dict[str, Any]:
    return {"code": [loinc_coding(element["loinc"], display)]} if "loinc" in element else {}
