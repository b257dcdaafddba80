"""An instrument goes out as FHIR and comes back the same; a foreign one is read or refused."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.definition import scale_of
from surveys.fhir.questionnaire import fhir_questionnaire
from surveys.instrument_file import InstrumentFile
from surveys.instrument_reading import instrument_read
from surveys.node import DefinitionError
from tests.instruments import ANYTHING, FILES, c_nip, definitions, places, srs, wai_sr

OWN = "urn:alliance-match:"
STANDARD = "http://hl7.org/fhir/StructureDefinition/"
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def out(code):
    """A shipped instrument as FHIR."""
    return fhir_questionnaire(instrument_read(FILES[code]))


def back(resource):
    """What a Questionnaire is read as, after a way through JSON."""
    return instrument_read(json.dumps(resource).encode())


def questions(resource):
    return resource["item"][0]["item"]


def extensions(element, url):
    return [one for one in element.get("extension", ()) if one["url"] == url]


@pytest.mark.parametrize("code", FILES)
def test_what_ships_comes_back_equal(code):
    assert back(out(code)) == instrument_read(FILES[code])


@pytest.mark.parametrize("make", [wai_sr, c_nip, srs])
def test_what_a_clinic_brings_comes_back_equal(make):
    columns = instrument_read(FILES["phq-9"]).columns
    file = InstrumentFile("own", 2, columns, make())

    assert back(fhir_questionnaire(file)) == file


@MANY
@given(definitions())
def test_any_instrument_comes_back_meaning_the_same(definition):
    columns = instrument_read(FILES["phq-9"]).columns
    found = back(fhir_questionnaire(InstrumentFile("own", 1, columns, definition)))

    assert spelled_out(found.definition) == spelled_out(definition)


def spelled_out(definition):
    """With every item's scale beside it, for the usual one may be another where two are as frequent."""
    items = [item | {"scale": scale_of(definition, item)} for item in definition["items"]]
    return {**definition, "items": items, "scale": None}


def test_it_says_what_other_systems_know():
    found = out("phq-9")
    first = questions(found)[0]

    assert found["resourceType"] == "Questionnaire"
    assert (found["url"], found["version"]) == (f"{OWN}instrument:phq-9", "1")
    assert found["code"] == [{"system": "http://loinc.org", "code": "44249-1", "display": "PHQ-9"}]
    assert "No permission required" in found["copyright"]
    assert (first["linkId"], first["type"], first["code"][0]["code"]) == ("item_1", "choice", "44250-9")
    assert first["answerOption"][3] == {
        "extension": [{"url": f"{STANDARD}ordinalValue", "valueDecimal": 3.0}],
        "valueCoding": {"system": "http://loinc.org", "code": "LA6571-9", "display": "Nearly every day"},
    }


def test_a_row_of_numbers_has_limits_and_words_at_its_ends():
    first = questions(out("alliance-check"))[0]
    limits = [extensions(first, f"{STANDARD}{name}")[0]["valueInteger"] for name in ("minValue", "maxValue")]

    assert first["type"] == "integer"
    assert limits == [0, 10]
    assert [(one["text"], one["type"]) for one in first["item"]] == [
        ("not at all", "display"),
        ("completely", "display"),
    ]


def test_rules_of_scoring_are_extensions_of_ours():
    found = out("phq-9")
    (total,) = extensions(found, f"{OWN}total")
    told = [(one["url"], one.get("valueString", one.get("valueInteger"))) for one in total["extension"]]

    assert told[:4] == [("rule", "sum"), ("needs", 7), ("must", "item_9"), ("loinc", "44261-6")]
    assert [name for name, _ in told].count("bands") == 5
    assert extensions(questions(out("mini-ipip"))[5], f"{OWN}reversed")[0]["valueBoolean"] is True


def test_every_name_in_it_is_there_once():
    for code in FILES:
        names = [name for item in out(code)["item"] for name in links(item)]
        assert len(names) == len(set(names))


def links(item):
    yield item["linkId"]
    for inner in item.get("item", ()):
        yield from links(inner)


def test_a_foreign_one_keeps_its_own_names():
    found = out("phq-9")
    for item in questions(found):
        item["linkId"] = f"/{item['code'][0]['code']}"
        item["extension"] = [one for one in item.get("extension", ()) if one["url"] == f"{OWN}scored"]
        if not item["extension"]:
            del item["extension"]
        for option in item["answerOption"]:
            weight = option.pop("extension")[0]["valueDecimal"]
            option["valueCoding"]["extension"] = [{"url": f"{STANDARD}itemWeight", "valueDecimal": weight}]
    found["item"] = [{"linkId": "help", "type": "display", "text": "Over two weeks?"}, *questions(found)]

    read = back(found)

    assert read.definition["stem"] == "Over two weeks?"
    assert [item["key"] for item in read.definition["items"]] == [f"item_{k}" for k in range(1, 11)]
    assert read.definition["items"][8]["link_id"] == "/44260-8"
    assert back(fhir_questionnaire(read)) == read


def without(resource, url):
    resource["extension"] = [one for one in resource["extension"] if one["url"] != url]


@pytest.mark.parametrize(
    ("harm", "place", "reason"),
    [
        (lambda q: q.update(resourceType="Patient"), "resourceType", "Questionnaire"),
        (lambda q: q.update(version="1.0.0"), "version", "whole number in quotes"),
        (lambda q: q.update(version=1), "version", "text"),
        (lambda q: q.pop("copyright"), "copyright", "missing"),
        (lambda q: q.update(copyright=5), "attribution", "text"),
        (lambda q: q.update(item={}), "item", "list"),
        (lambda q: q.update(modifierExtension=[{}]), "modifierExtension", "cannot be kept"),
        (lambda q: without(q, f"{OWN}licence"), "extension", f"{OWN}licence"),
        (lambda q: without(q, f"{OWN}total"), "", "nothing is scored"),
        (lambda q: q["item"][0].pop("text"), "item[0]", "words above"),
        (lambda q: questions(q)[2].update(type="boolean"), "item[0].item[2].type", "choice"),
        (lambda q: questions(q)[2].update(repeats=True), "item[0].item[2].repeats", "one answer"),
        (lambda q: questions(q)[2].update(enableWhen=[{}]), "item[0].item[2].enableWhen", "cannot be kept"),
        (
            lambda q: questions(q)[2].update(item=[{"type": "choice"}]),
            "item[0].item[2].item[0].type",
            "display",
        ),
        (
            lambda q: questions(q)[2]["answerOption"][1].pop("extension"),
            "item[0].item[2].answerOption[1].extension",
            "ordinalValue",
        ),
        (
            lambda q: questions(q)[2]["answerOption"][1]["extension"][0].update(valueDecimal=1.5),
            "item[0].item[2].answerOption[1].extension[0].valueDecimal",
            "whole number",
        ),
        (lambda q: questions(q)[2]["code"][0].update(code="44250-1"), "items[2].loinc", "LOINC"),
        (lambda q: questions(q)[2].update(linkId="item_1"), "items[2].key", "twice"),
        (lambda q: q["item"][0].update(type=["group"]), "item[0].type", "one of these"),
        (lambda q: q["item"][0].update(type={}), "item[0].type", "one of these"),
    ],
)  # fmt: skip
def test_it_refuses_with_place_and_reason(harm, place, reason):
    resource = out("phq-9")
    harm(resource)

    with pytest.raises(DefinitionError) as refused:
        back(resource)

    assert refused.value.place == place
    assert reason in refused.value.reason


@pytest.mark.parametrize("end", [0, 1])
def test_it_refuses_a_row_without_words_at_its_ends(end):
    resource = out("alliance-check")
    del questions(resource)[0]["item"][end]

    with pytest.raises(DefinitionError, match=r"^item\[0\]\.item\[0\]\.item: the words at an end"):
        back(resource)


@MANY
@given(st.sampled_from(["phq-9", "alliance-check", "style-preferences"]), st.data())
def test_any_change_is_read_or_refused(code, data):
    resource = copy.deepcopy(out(code))
    place, key = data.draw(st.sampled_from(list(places(resource))))
    place[key] = data.draw(ANYTHING)

    try:
        read = back(resource)
    except DefinitionError as error:
        str(error).encode()
    else:
        assert spelled_out(back(fhir_questionnaire(read)).definition) == spelled_out(read.definition)
