"""Text as it sounds: the same however it is typed, so that phrases can be found in it."""

import re
import unicodedata

APOSTROPHES = re.compile(r"(?<=\w)['’‘`´ʼ′](?=\w)")
# An end of a sentence. Dots in a row are a pause, and what comes after them belongs to it.
SENTENCE_END = re.compile(r"(?<![.!?…])[.!?;](?![.!?…\w])")
# What stands for letters where somebody hides a word, between letters only.
DISGUISED = re.compile(r"(?<=[a-z])[013457!$@|]+(?=[a-z])")
DISGUISES = str.maketrans("013457!$@|", "oieastisal")
SPELLED_OUT = re.compile(r"(?<![a-z])(?:[a-z] ){3,}[a-z](?![a-z])")
NO_LETTER = re.compile(r"[^a-z]+")
REPEATED = re.compile(r"(.)\1+")
# Some keyboards have no ä, and some people no patience: both spellings lose the mark.
WITHOUT_MARK = (("ae", "a"), ("oe", "o"), ("ue", "u"))
INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])


def sentences(text: str) -> list[str]:
    """Each sentence as plain words with a blank between them."""
    plain = APOSTROPHES.sub("", _folded(text))
    return [words for part in SENTENCE_END.split(plain) if (words := _plain_words(part))]


def plain_word(word: str) -> str:
    """One word as it stands in a plain sentence."""
    return _without_marks(_folded(word))


def _folded(text: str) -> str:
    """No capitals and no accents."""
    folded = unicodedata.normalize("NFKD", text.translate(INVISIBLE)).casefold()
    # Folding may bring letters with marks anew.
    again = unicodedata.normalize("NFKD", folded)
    return "".join(one for one in again if not unicodedata.combining(one))


def _plain_words(part: str) -> str:
    part = DISGUISED.sub(lambda found: found.group().translate(DISGUISES), part)
    words = _without_marks(NO_LETTER.sub(" ", part)).strip()
    return _without_marks(SPELLED_OUT.sub(lambda found: found.group().replace(" ", ""), words))


def _without_marks(text: str) -> str:
    for written, sounded in WITHOUT_MARK:
        text = text.replace(written, sounded)
    return REPEATED.sub(r"\1", text)
