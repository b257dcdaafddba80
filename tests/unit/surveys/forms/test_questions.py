"""An item is a row of numbers or a list of words; nothing is preset, and it may be left out."""

import pytest

from surveys.forms.questions import SKIP, ItemsForm
from surveys.models import Instrument
from tests.instruments import FILES, c_nip, shipped, wai_sr


def form_of(definition, data=None):
    return ItemsForm(data, instrument=Instrument(definition=definition))


def radios(html):
    return html.count('type="radio"')


@pytest.mark.parametrize("code", FILES)
def test_every_item_is_a_field_with_its_words(code):
    form = form_of(shipped(code))

    assert [field.label for field in form] == [item["text"] for item in shipped(code)["items"]]
    assert not any("checked" in field.as_field_group() for field in form)


def test_numbers_stand_in_a_row_between_two_ends():
    page = form_of(shipped("alliance-check"))["item_1"].as_field_group()
    row, rest = page.split("scale-ends")

    assert (radios(row), radios(rest)) == (11, 1)
    assert "0 · not at all" in rest
    assert "10 · completely" in rest
    assert "scale few" not in page


def test_a_short_row_is_short():
    page = form_of(c_nip())["item_1"].as_field_group()
    row, rest = page.split("scale-ends")

    assert (radios(row), radios(rest)) == (7, 1)
    assert "scale few" in page
    assert "-3 · one" in rest


def test_worded_answers_stand_under_each_other():
    page = form_of(shipped("phq-9"))["item_1"].as_field_group()

    assert "scale-row" not in page
    assert radios(page) == 5
    assert page.index("Not at all") < page.index("Nearly every day") < page.index("rather not say")


def test_an_item_may_have_a_scale_of_its_own():
    page = form_of(shipped("phq-9"))["difficulty"].as_field_group()

    assert "Somewhat difficult" in page
    assert "Several days" not in page


@pytest.mark.parametrize(
    ("definition", "given", "answer"),
    [
        (wai_sr(), "5", 5),
        (wai_sr(), SKIP, None),
        (wai_sr(), "", None),
        (c_nip(), "-3", -3),
        (c_nip(), "0", 0),
        (shipped("phq-8"), "3", 3),
    ],
)
def test_an_answer_becomes_a_number(definition, given, answer):
    form = form_of(definition, {"item_1": given})

    assert "item_1" not in form.errors
    assert form.cleaned_data["item_1"] == answer


@pytest.mark.parametrize("given", ["6", "0", "five", "\x00", "1.0", " "])
def test_an_answer_off_the_scale_is_refused(given):
    assert "item_1" in form_of(wai_sr(), {"item_1": given}).errors


def test_its_error_stands_inside_the_group():
    page = form_of(shipped("alliance-check"), {"item_1": "11"})["item_1"].as_field_group()

    assert "has-error" in page
    assert 'id="id_item_1_error"' in page


@pytest.mark.parametrize("given", [{}, {"item_1": SKIP}])
def test_a_sheet_without_any_answer_is_refused(given):
    assert form_of(wai_sr(), given).non_field_errors()
    assert form_of(wai_sr(), given | {"item_2": "1"}).is_valid()
