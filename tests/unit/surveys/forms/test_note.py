"""Another beginning never costs what somebody wrote."""

import pytest

from surveys.forms import OPENINGS, NoteForm, with_opening

FIRST, SECOND = (str(words) for words in list(OPENINGS.values())[:2])


@pytest.mark.parametrize(
    ("number", "written", "begun"),
    [
        ("1", "", SECOND),
        ("1", FIRST, SECOND),
        ("1", f"  {FIRST}\r\n", SECOND),
        ("1", "My own words", f"{SECOND}\n\nMy own words"),
        ("0", f"{FIRST} And more.", f"{FIRST}\n\n{FIRST} And more."),
        ("99", "My own words", "My own words"),
        ("9" * 5000, "My own words", "My own words"),
        ("²", "My own words", "My own words"),
        ("", "My own words", "My own words"),
    ],
)
def test_a_beginning_makes_room_and_own_words_stay(number, written, begun):
    assert with_opening(number, written) == begun


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "Write a word"), ("   ", "Write a word"), ("🙂🙂", "a word or two"), ("x" * 2001, "at most 2000")],
)
def test_what_says_nothing_or_too_much_is_told(text, words):
    form = NoteForm({"text": text})

    assert not form.is_valid()
    assert words in str(form.errors["text"])
