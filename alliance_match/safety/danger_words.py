"""Whether a text may tell of thoughts of death or self-harm, in English or German; pure, no database.

What it says is that somebody should be asked, and shown whom to call: no more. It would rather hear too much:
a negation (“I would never kill myself”) counts. Which phrases count stands in `danger_phrases/`.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alliance_match.safety.plain_spelling import plain_word, sentences

PHRASES = Path(__file__).parent / "danger_phrases"
LANGUAGES = ("en", "de")
# Words shorter than this are too like others to be slips of each other.
SWAPPED_FROM, ANY_SLIP_FROM = 4, 6
GAP, END = "...", "$"
GROUP = re.compile(r"@\w+")


def mentions_danger(text: str) -> bool:
    """Whether a phrase of danger stands in a text, in any of the languages. Takes time in proportion."""
    found = sentences(text)
    return any(_hears(_lexicon(language), found) for language in LANGUAGES)


@dataclass(frozen=True)
class Lexicon:
    """One language: what tells of danger, what sounds like it and is none, and words that matter to neither.

    `vocabulary`: the words of all phrases by their first letter, to find slips in; `known`: words that are
    none though they look like one.
    """

    danger: re.Pattern[str]
    harmless: re.Pattern[str]
    stems: tuple[str, ...]
    fillers: frozenset[str]
    vocabulary: dict[str, list[str]]
    known: frozenset[str]


@cache
def _lexicon(language: str) -> Lexicon:
    data = tomllib.loads((PHRASES / f"{language}.toml").read_text("utf-8"))
    groups = {f"@{name}": "|".join(words) for name, words in data["groups"].items()}
    phrases = [_spelled_out(phrase, groups) for about in data["danger"].values() for phrase in about]
    words = {word for phrase in phrases for word in _words_of(phrase)}
    stems = tuple(plain_word(stem) for stem in data["stems"])
    return Lexicon(
        danger=_pattern(phrases),
        harmless=_pattern(_spelled_out(phrase, groups) for phrase in data["harmless"]),
        stems=stems,
        fillers=frozenset(map(plain_word, data["fillers"])) - words,
        vocabulary=_by_first_letter(words),
        known=frozenset(map(plain_word, data["no_slips"])) | words,
    )


def _spelled_out(phrase: str, groups: Mapping[str, str]) -> str:
    """A phrase with the words of its groups."""
    return GROUP.sub(lambda found: groups[found.group()], phrase)


def _words_of(phrase: str) -> Iterator[str]:
    for slot in phrase.split():
        if slot != GAP:
            yield from (plain_word(word) for word in slot.rstrip("?").split("|") if word[-1] not in "*$")


def _by_first_letter(words: Iterable[str]) -> dict[str, list[str]]:
    """Those in which a slip is seen, the longest first: a letter is left out sooner than typed twice."""
    found: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        if len(word) >= SWAPPED_FROM:
            found.setdefault(word[0], []).append(word)
    return found


def _pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """One expression for all phrases, to be searched in ` word word word `."""
    written = sorted({"".join(map(_slot, phrase.split())) for phrase in phrases})
    return re.compile(f"(?<= )(?:{'|'.join(written)})")


def _slot(slot: str) -> str:
    if slot == GAP:
        return "(?:[a-z]+ ){0,3}?"
    written = "|".join("(?=$)" if word == END else _word(word) for word in slot.rstrip("?").split("|"))
    return f"(?:{written}){'?' if slot.endswith('?') else ''}"


def _word(word: str) -> str:
    return plain_word(word.removesuffix("*")) + ("[a-z]* " if word.endswith("*") else " ")


def _hears(lexicon: Lexicon, found: Iterable[str]) -> bool:
    for sentence in found:
        if any(stem in sentence for stem in lexicon.stems):
            return True
        words = [_corrected(lexicon, word) for word in sentence.split() if word not in lexicon.fillers]
        if any(_is_slip_of_a_stem(lexicon, word) for word in words):
            return True
        line = lexicon.harmless.sub("# ", f" {' '.join(words)} ")
        if lexicon.danger.search(line):
            return True
    return False


def _corrected(lexicon: Lexicon, word: str) -> str:
    """The word of a phrase that was meant, where this is a slip of one."""
    if len(word) < SWAPPED_FROM or word in lexicon.known:
        return word
    near = lexicon.vocabulary.get(word[0], ())
    return next((meant for meant in near if _is_slip(word, meant)), word)


def _is_slip_of_a_stem(lexicon: Lexicon, word: str) -> bool:
    if len(word) < ANY_SLIP_FROM or word in lexicon.known:
        return False
    return any(
        word[0] == stem[0] and any(_is_slip(word[: len(stem) + more], stem) for more in (-1, 0, 1))
        for stem in lexicon.stems
    )


def _is_slip(word: str, meant: str) -> bool:
    """Whether one letter is missing, too much, another, or two stand in the wrong order; in short words the
    last alone.
    """
    longer = len(word) - len(meant)
    if abs(longer) > 1:
        return False
    at = next((k for k, (one, other) in enumerate(zip(word, meant, strict=False)) if one != other), None)
    if at is None:
        return bool(longer) and len(meant) >= ANY_SLIP_FROM
    swapped = word[at : at + 2] == meant[at : at + 2][::-1] and word[at + 2 :] == meant[at + 2 :]
    if swapped or len(meant) < ANY_SLIP_FROM:
        return swapped
    return word[at + (longer >= 0) :] == meant[at + (longer <= 0) :]
