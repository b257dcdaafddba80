import pytest

from alliance_match.vocabulary import NEVER_USED, is_never_used


@pytest.mark.parametrize("word", [word for words in NEVER_USED.values() for word in words])
@pytest.mark.parametrize("name", ["{}", "trait_{}", "{}_2", "Their {}"])
def test_a_name_betrays_an_identity_wherever_the_word_stands(name, word):
    assert is_never_used(name.format(word))
    assert is_never_used(name.format(word).upper())


@pytest.mark.parametrize("name", ["openness", "agreement", "style_warmth", "passage", "courage", "essex", ""])
def test_a_word_within_a_word_betrays_nothing(name):
    assert not is_never_used(name)
