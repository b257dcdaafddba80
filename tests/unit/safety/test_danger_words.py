"""Danger is heard in what people write, however they write it; and little else is taken for it."""

import time

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.safety.danger_words import LANGUAGES, PHRASES, mentions_danger
from surveys.forms import OPENINGS
from tests.unit.safety.danger_texts import DANGER, HARMLESS

ONE_PHRASE = st.sampled_from(DANGER)
# What may stand around a phrase: anything at all, since a sentence ends in between.
AROUND = st.text(max_size=60)


@pytest.mark.parametrize("text", DANGER)
def test_danger_is_heard(text):
    assert mentions_danger(text)


@pytest.mark.parametrize("text", [*HARMLESS, *map(str, OPENINGS.values()), "", " ", "…", "12:30"])
def test_what_only_sounds_so_is_left_alone(text):
    assert not mentions_danger(text)


@given(ONE_PHRASE, AROUND, AROUND)
def test_it_does_not_matter_what_stands_around(text, before, after):
    assert mentions_danger(f"{before} . {text} . {after}")


@given(ONE_PHRASE)
def test_capitals_do_not_matter(text):
    assert mentions_danger(text.upper())
    assert mentions_danger(text.swapcase())


@given(ONE_PHRASE, st.sampled_from(["  ", "\n", "\t", "\u00a0", "\r\n", " \u200b", " - ", ", ", "   ... "]))
def test_what_stands_between_words_does_not_matter(text, blank):
    assert mentions_danger(blank.join(text.split()))


@given(ONE_PHRASE, st.integers(min_value=2, max_value=9))
def test_letters_typed_too_often_do_not_matter(text, times):
    assert mentions_danger("".join(one * times if one.isalpha() else one for one in text))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("'", "’"), ("'", ""), ("ü", "u")],
)
def test_every_spelling_of_a_sign_sounds_alike(typed, meant):
    for text in DANGER:
        assert mentions_danger(text.replace(typed, meant)), text


@given(st.text() | st.text(alphabet="a ki.lmysef'\u0301\u0130ß\ud800\x00", max_size=300))
def test_no_text_is_refused(text):
    assert mentions_danger(text) in {True, False}


@pytest.mark.parametrize(
    "piece",
    ["want to be ", "mich ", "will ich nicht mehr ", "k i l ", "'", ".", "s", "suicib ", "\u0301", "ﷺ"],
)
def test_twenty_thousand_characters_take_no_time_to_speak_of(piece):
    mentions_danger("")
    begun = time.process_time()

    mentions_danger((piece * 20_000)[:20_000])

    assert time.process_time() - begun < 1


def test_every_language_of_the_site_has_its_phrases():
    assert {code.split("-")[0] for code, _name in settings.LANGUAGES} <= set(LANGUAGES)
    assert {path.stem for path in PHRASES.glob("*.toml")} == set(LANGUAGES)
