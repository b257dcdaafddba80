"""What a client answered as FHIR R4: a QuestionnaireResponse, and an Observation of its total."""

from collections.abc import Iterable, Mapping
from typing import Any

from surveys.definition import Definition, scale_of
from surveys.fhir.extensions import OWN, loinc_coding
from surveys.fhir.questionnaire import GROUP, answer_value, canonical_url, link_id
from surveys.models import Response
from surveys.scoring import score

POINTS = {"unit": "points", "system": "http://unitsofmeasure.org", "code": "{score}"}


def responses_bundle(responses: Iterable[Response]) -> dict[str, Any]:
    """Everything that was answered, each with the Observation it makes, as one resource."""
    entries = [
        {"fullUrl": resource_url(response, resource["resourceType"]), "resource": resource}
        for response in responses
        for resource in response_resources(response)
    ]
    return {"resourceType": "Bundle", "type": "collection", **({"entry": entries} if entries else {})}


def response_resources(response: Response) -> list[dict[str, Any]]:
    """The answers, then what they come to where LOINC has a code for it."""
    return [questionnaire_response(response), *total_observations(response)]


def resource_url(response: Response, kind: str) -> str:
    """What other resources call this one; it says nothing about anybody."""
    return f"{OWN}{kind.lower()}:{response.pk}"


def questionnaire_response(response: Response) -> dict[str, Any]:
    """The answers; whatever the client would rather not say is an item without an answer."""
    definition, answers = response.instrument.definition, response.answers
    items = [_answered_item(definition, item, answers.get(item["key"])) for item in definition["items"]]
    group = {"linkId": GROUP, "text": definition["stem"], "item": items}
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{canonical_url(response.instrument.code)}|{response.instrument.version}",
        "status": "completed",
        "subject": _subject_reference(response),
        "authored": response.submitted_at.isoformat(),
        "item": [group],
    }


def total_observations(response: Response) -> list[dict[str, Any]]:
    """The total in the instrument's own points, if there is one and LOINC has a code for it."""
    definition = response.instrument.definition
    total, scores = definition.get("total", {}), score(definition, response.answers)
    if scores.whole is None or "loinc" not in total:
        return []
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [loinc_coding(total["loinc"])], "text": response.instrument.title},
        "subject": _subject_reference(response),
        "effectiveDateTime": response.submitted_at.isoformat(),
        "valueQuantity": {"value": scores.whole.points, **POINTS},
        "derivedFrom": [{"reference": resource_url(response, "QuestionnaireResponse")}],
    }
    return [observation | ({"interpretation": [{"text": scores.band}]} if scores.band else {})]


def _subject_reference(response: Response) -> dict[str, Any]:
    code = response.session.episode.client.code
    return {"identifier": {"system": f"{OWN}client", "value": code}}


def _answered_item(definition: Definition, item: Mapping[str, Any], value: int | None) -> dict[str, Any]:
    named = {"linkId": link_id(item), "text": item["text"]}
    if value is None:
        return named
    scale = scale_of(definition, item)
    if "answers" not in scale:
        return named | {"answer": [{"valueInteger": value}]}
    step = scale["answers"][value - scale["lowest"]]
    return named | {"answer": [{"valueCoding": answer_value(step)}]}
