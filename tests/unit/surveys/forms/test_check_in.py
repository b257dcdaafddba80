"""The check-in as a form: nothing preset, everything may be left out, but not all of it."""

import pytest
from django.http import QueryDict

from clients.models import Session
from surveys.forms.check_in import CheckInForm, as_initial
from surveys.forms.questions import SKIP
from surveys.models import Response
from tests.cast import ITEMS, make_check_in

ALL_EIGHT = dict.fromkeys(ITEMS, "8")
NOBODY = {"comment_reader": "nobody"}


ALL = set(Response.Reader)


def numbered(number):
    """A session, as far as a form must know it."""
    return Session(pk=1, number=number)


@pytest.fixture
def posted(instrument):
    """A function that gives the form as posted, about a session with this number."""

    def posted(data, session_number=1):
        query = QueryDict(mutable=True)
        query.update(NOBODY | data)
        return CheckInForm(query, instrument=instrument, session=numbered(session_number), readers=ALL)

    return posted


def test_it_asks_what_the_instrument_asks_with_nothing_preset(instrument):
    form = CheckInForm(instrument=instrument, session=numbered(1), readers=ALL)

    asked = [field for field in form if field.name in form.items]
    assert [field.label for field in asked] == [item["text"] for item in instrument.definition["items"]]
    assert [answer.choice_label for answer in asked[0]] == [*map(str, range(11)), "rather not say"]
    assert not any("checked" in str(field) for field in asked)


def test_answers_become_numbers(posted):
    form = posted(ALL_EIGHT | {"item_1": "0", "item_6": "10"})

    assert form.is_valid()
    assert form.answers() == dict.fromkeys(ITEMS, 8) | {"item_1": 0, "item_6": 10}


def test_rather_not_say_and_not_answered_are_both_missing(posted):
    form = posted({"item_1": "7", "item_2": SKIP})

    assert form.is_valid()
    assert form.answers() == dict.fromkeys(ITEMS) | {"item_1": 7}


@pytest.mark.parametrize("data", [{}, dict.fromkeys(ITEMS, SKIP), {"comment": "It rained."}])
def test_nothing_answered_is_not_sent(posted, data):
    form = posted(data)

    assert not form.is_valid()
    assert "at least one" in form.non_field_errors()[0]


@pytest.mark.parametrize("value", ["11", "-1", "5.0", "five", "\x00", "٥", " ", "8" * 5000])
def test_an_answer_off_the_scale_is_refused(posted, value):
    assert "item_3" in posted(ALL_EIGHT | {"item_3": value}).errors


@pytest.mark.parametrize(("number", "asked"), [(1, False), (2, False), (3, True), (4, False)])
def test_the_bond_is_asked_for_at_session_three_only(instrument, number, asked):
    form = CheckInForm(instrument=instrument, session=numbered(number), readers=ALL)
    assert ("bond" in form.fields) == asked


def test_nothing_reaches_the_therapist_without_consent(instrument):
    data = ALL_EIGHT | NOBODY | {"shared_with_therapist": "on", "wants_to_talk": "on", "comment": "Late."}
    nobody = {Response.Reader.NOBODY}
    form = CheckInForm(data, instrument=instrument, session=numbered(1), readers=nobody)
    assert form.is_valid()
    told = {"shared_with_therapist": False, "wants_to_talk": False}
    assert form.extras() == told | {"comment": "Late.", "comment_reader": "nobody"}


@pytest.mark.parametrize("reader", Response.Reader)
def test_a_comment_is_offered_only_to_whoever_can_read_it(instrument, reader):
    others = ALL - {reader}
    data = ALL_EIGHT | {"comment_reader": reader.value}

    form = CheckInForm(data, instrument=instrument, session=numbered(1), readers=others)

    assert "comment_reader" in form.errors


def test_what_was_answered_comes_back_as_it_was(instrument, third_session):
    stored = make_check_in(third_session, 8, comment="Good.", comment_reader="clinic", bond="forming")
    stored.answers["item_2"] = None

    form = CheckInForm(instrument=instrument, session=third_session, readers=ALL, initial=as_initial(stored))

    assert [form[name].value() for name in ("item_1", "item_2", "bond", "comment", "comment_reader")] == [
        "8", SKIP, "forming", "Good.", "clinic",
    ]  # fmt: skip


@pytest.mark.parametrize(("given", "kept"), [("yes", "yes"), ("not_yet", "not_yet"), (SKIP, ""), ("", "")])
def test_the_bond_may_be_left_out(posted, given, kept):
    form = posted(ALL_EIGHT | {"bond": given}, session_number=3)

    assert form.is_valid()
    assert form.extras()["bond"] == kept


def test_a_bond_that_was_not_asked_for_is_not_kept(posted):
    form = posted(ALL_EIGHT | {"bond": "yes"}, session_number=2)

    assert form.is_valid()
    assert "bond" not in form.extras()


@pytest.mark.parametrize(
    ("field", "value"), [("bond", "maybe"), ("comment_reader", "everybody"), ("comment", "x" * 2001)]
)
def test_other_words_are_refused(posted, field, value):
    assert field in posted(ALL_EIGHT | {field: value}, session_number=3).errors


def test_sharing_is_off_unless_chosen(posted):
    form = posted(ALL_EIGHT)

    assert form.is_valid()
    assert form.extras() == {
        "wants_to_talk": False,
        "comment": "",
        "comment_reader": "nobody",
        "shared_with_therapist": False,
    }
