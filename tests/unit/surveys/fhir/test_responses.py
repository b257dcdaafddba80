"""Answers as FHIR: what was said, what was not, and what it comes to."""

import pytest

from surveys.fhir.responses import questionnaire_response, responses_bundle, total_observations
from surveys.models import Instrument, Response
from tests.cast import make_check_in


@pytest.fixture
def phq(third_session):
    """A function that gives Cleo's answers to the PHQ-9, one number for each item."""

    def phq(*values):
        instrument = Instrument.objects.get(code="phq-9")
        answers = dict(zip((item["key"] for item in instrument.definition["items"]), values, strict=False))
        kept = {"clinic": third_session.clinic, "session": third_session, "instrument": instrument}
        made = Response.objects.create(answers=answers, **kept)
        made.refresh_from_db()
        return made

    return phq


def items(resource):
    return {one["linkId"]: one.get("answer") for one in resource["item"][0]["item"]}


def test_numbers_stay_numbers(third_session):
    response = make_check_in(third_session, 8)
    response.refresh_from_db()
    response.answers["item_2"] = None

    found = questionnaire_response(response)

    assert found["questionnaire"] == "urn:alliance-match:instrument:alliance-check|1"
    assert found["authored"] == response.submitted_at.isoformat()
    assert items(found)["item_1"] == [{"valueInteger": 8}]
    assert items(found)["item_2"] is None


def test_worded_answers_carry_their_code(phq):
    found = items(questionnaire_response(phq(3, 0)))

    assert found["item_1"][0]["valueCoding"]["code"] == "LA6571-9"
    assert found["item_2"][0]["valueCoding"]["display"] == "Not at all"
    assert found["item_3"] is None


def test_a_total_with_a_code_is_an_observation(phq):
    (found,) = total_observations(phq(2, 2, 2, 2, 2, 2, 2, 0, 0))

    assert found["code"]["coding"] == [{"system": "http://loinc.org", "code": "44261-6"}]
    assert found["valueQuantity"]["value"] == 14
    assert found["interpretation"] == [{"text": "moderate"}]


def test_a_total_that_is_missing_or_has_no_code_is_none(phq, episode):
    assert total_observations(phq(3, 3)) == []
    assert total_observations(make_check_in(episode.sessions.get(number=1))) == []


def test_it_names_nobody(phq, cleo, pavel):
    text = str(responses_bundle([phq(1, 1, 1, 1, 1, 1, 1, 1, 1)]))

    assert cleo.code in text
    assert not any(word in text for word in (cleo.name, cleo.user.email, pavel.name))


def test_answers_and_observation_refer_to_each_other(phq):
    found = responses_bundle([phq(1, 1, 1, 1, 1, 1, 1, 1, 1)])
    answers, observation = found["entry"]

    assert observation["resource"]["derivedFrom"] == [{"reference": answers["fullUrl"]}]
    assert found["type"] == "collection"


def test_nothing_answered_is_an_empty_bundle():
    assert responses_bundle([]) == {"resourceType": "Bundle", "type": "collection"}
