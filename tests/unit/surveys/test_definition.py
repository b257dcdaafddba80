"""A definition is whole and sound, or refused with the place and the reason."""

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.definition import RESERVED, check_definition, is_loinc
from surveys.forms import CheckInForm
from surveys.models import Response
from surveys.node import DefinitionError
from surveys.scoring import score
from tests.instruments import ANYTHING, FILES, answered, c_nip, definitions, places, shipped, srs, wai_sr

PHQ = shipped("phq-9")
CHECK = shipped("alliance-check")
STYLE = shipped("style-preferences")
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def changed(definition, *path, to=None, drop=False):
    """A copy in which the value at this path is another one, or is not there."""
    copied = copy.deepcopy(dict(definition))
    inner = copied
    for step in path[:-1]:
        inner = inner[step]
    if drop:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return copied


@pytest.mark.parametrize("code", FILES)
def test_all_that_ships_is_sound(code):
    check_definition(shipped(code))


@pytest.mark.parametrize("make", [wai_sr, c_nip, srs])
def test_it_can_say_how_instruments_that_do_not_ship_are_scored(make):
    check_definition(make())


@pytest.mark.parametrize(
    ("definition", "place", "reason"),
    [
        (None, "", "object"),
        ([], "", "object"),
        (changed(PHQ, "stem", drop=True), "stem", "missing"),
        (changed(PHQ, "stem", to=" \n"), "stem", "a text"),
        (changed(PHQ, "stem", to="a\x00b"), "stem", "cannot be read"),
        (changed(PHQ, "stem", to="a\ud800b"), "stem", "cannot be read"),
        (changed(PHQ, "stem", to="x" * 1001), "stem", "at most 1000"),
        (changed(PHQ, "colour", to="red"), "colour", "not known"),
        (changed(PHQ, "\ud800" * 90, to=1), "\\ud800" * 6 + "\\ud8", "not known"),
        (changed(PHQ, "language", to="English"), "language", "language"),
        (changed(PHQ, "purpose", to="tarot"), "purpose", "alliance, symptoms"),
        (changed(PHQ, "loinc", to="44249-2"), "loinc", "last digit"),
        (changed(PHQ, "items", to=[]), "items", "from 1 to 200"),
        (changed(PHQ, "items", to=PHQ["items"] * 1000), "items", "from 1 to 200"),
        (changed(PHQ, "items", to={"key": "a"}), "items", "a list"),
        (changed(PHQ, "items", 3, "key", to="item_1"), "items[3].key", "twice"),
        (changed(PHQ, "items", 3, "key", to="Item 4"), "items[3].key", "small letters"),
        (changed(PHQ, "items", 3, "key", to="item_4\n"), "items[3].key", "small letters"),
        (changed(PHQ, "items", 3, "key", to="comment"), "items[3].key", "check-in"),
        (changed(PHQ, "items", 3, "text", drop=True), "items[3].text", "missing"),
        (changed(PHQ, "items", 3, "reversed", to="yes"), "items[3].reversed", "true or false"),
        (changed(PHQ, "items", 3, "link_id", to="a b"), "items[3].link_id", "without blanks"),
        (changed(PHQ, "items", 3, "link_id", to="item_1"), "items[3].link_id", "twice"),
        (changed(PHQ, "items", 8, "opens", "from", to=4), "items[8].opens.from", "from 0 to 3"),
        (changed(PHQ, "items", 8, "opens", "what", to="window"), "items[8].opens.what", "crisis"),
        (changed(CHECK, "scale", "lowest", to=10), "scale.highest", "upward"),
        (changed(CHECK, "scale", "lowest", to=11), "scale.highest", "upward"),
        (changed(CHECK, "scale", "lowest", to=-1), "scale.highest", "11 steps"),
        (changed(CHECK, "scale", "lowest", to=True), "scale.lowest", "whole number"),
        (changed(CHECK, "scale", "highest", to=10.0), "scale.highest", "whole number"),
        (changed(CHECK, "scale", "highest_label", drop=True), "scale.highest_label", "missing"),
        (changed(PHQ, "scale", "lowest_label", to="x"), "scale.lowest_label", "not known"),
        (changed(PHQ, "scale", "answers", 2, "value", to=3), "scale.answers[2].value", "from 2 to 2"),
        (changed(PHQ, "scale", "answers", 3, drop=True), "scale.answers", "every step"),
        (changed(CHECK, "subscales", 1, "items", 0, to="item_9"), "subscales[1].items[0]", "item_1"),
        (changed(CHECK, "subscales", 1, "items", 0, to=["x"]), "subscales[1].items[0]", "item_1"),
        (changed(CHECK, "subscales", 1, "items", 0, to="item_4"), "subscales[1].items[1]", "twice"),
        (changed(CHECK, "subscales", 1, "key", to="bond"), "subscales[1].key", "twice"),
        (changed(CHECK, "subscales", 1, "needs", to=3), "subscales[1].needs", "from 1 to 2"),
        (changed(CHECK, "subscales", 1, "rule", to="median"), "subscales[1].rule", "mean, sum"),
        (
            changed(STYLE, "subscales", 1, "items", to=["feelings_importance"]),
            "subscales[1].items[0]",
            "not scored",
        ),
        (changed(STYLE, "subscales", drop=True), "", "nothing is scored"),
        (changed(CHECK, "total", drop=True), "total", "missing"),
        (changed(PHQ, "total", "needs", to=0), "total.needs", "from 1 to 9"),
        (changed(PHQ, "total", "must", to=["item_10"]), "total.must[0]", "item_1"),
        (changed(PHQ, "total", "reliable_change", to=0), "total.reliable_change", "above 0"),
        (changed(PHQ, "total", "reliable_change", to=float("nan")), "total.reliable_change", "a number"),
        (changed(PHQ, "total", "bands", 0, "from", to=1), "total.bands[0].from", "least"),
        (changed(PHQ, "total", "bands", 2, "from", to=5), "total.bands[2].from", "go up"),
        (changed(PHQ, "total", "bands", 4, "from", to=28), "total.bands[4].from", "from 0 to 27"),
    ],
)  # fmt: skip
def test_it_names_place_and_reason(definition, place, reason):
    with pytest.raises(DefinitionError) as refused:
        check_definition(definition)

    assert refused.value.place == place
    assert reason in refused.value.reason


def test_a_total_is_of_one_scale():
    mixed = changed(wai_sr(), "items", 0, "scale", to={"lowest": 0, "highest": 1} | {
        "lowest_label": "no", "highest_label": "yes"})  # fmt: skip
    with pytest.raises(DefinitionError, match=r"subscales\[0\]\.items\[1\]: .*another scale"):
        check_definition(mixed)
    del mixed["subscales"]
    with pytest.raises(DefinitionError, match=r"total: .*one scale"):
        check_definition(mixed)


def test_no_item_can_take_the_name_of_another_field_of_the_check_in(instrument, third_session):
    form = CheckInForm(instrument=instrument, session=third_session, readers=list(Response.Reader))

    assert set(form.fields) - set(form.items) <= RESERVED


CODES = """
    44250-9 44255-8 44259-0 44254-1 44251-7 44258-2 44252-5 44253-3 44260-8 69722-7 44249-1 44261-6
    69737-5 70274-6 69725-0 68509-9 69733-4 69734-2 69735-9 69689-8 69736-7 LA6568-5 LA6569-3
    LA6570-1 LA6571-9 LA6572-7 LA18334-5 LA10066-1
"""


@pytest.mark.parametrize("code", CODES.split())
def test_it_knows_a_code_of_loinc(code):
    digit = int(code[-1])

    assert is_loinc(code)
    assert not any(is_loinc(f"{code[:-1]}{other}") for other in range(10) if other != digit)


@pytest.mark.parametrize("code", ["", "-", "44250", "44250-", "4425O-9", "٤٤٢٥٠-9", "44250-9\n", "LB6568-5"])
def test_it_knows_what_is_no_code_of_loinc(code):
    assert not is_loinc(code)


@MANY
@given(ANYTHING)
def test_any_value_passes_or_is_refused(value):
    passes(value)


@MANY
@given(st.sampled_from(sorted(FILES)), st.data())
def test_any_change_passes_or_is_refused(code, data):
    definition = copy.deepcopy(dict(shipped(code)))
    place, key = data.draw(st.sampled_from(list(places(definition))))
    place[key] = data.draw(ANYTHING)

    if passes(definition):
        answers = data.draw(answered(definition))
        score(definition, answers)


@MANY
@given(definitions())
def test_every_sound_definition_passes(definition):
    check_definition(definition)


def passes(value):
    try:
        check_definition(value)
    except DefinitionError as error:
        str(error).encode()
        return False
    return True
