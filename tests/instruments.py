"""Definitions for tests: the shipped files, and keys of instruments whose words may not ship."""

import json

from hypothesis import strategies as st

from surveys.instrument_reading import instrument_read
from surveys.services.shipped_instruments import SHIPPED

FILES = {path.name.partition(".")[0]: path.read_bytes() for path in sorted(SHIPPED.glob("*.json"))}


def shipped(code):
    """The definition of a shipped instrument, its newest version."""
    return instrument_read(FILES[code]).definition


def file_of(name="alliance-check", /, **changes):
    """The content of a shipped file, changed."""
    return json.loads(FILES[name]) | changes


def own_file(**changes):
    """A file as a clinic would bring it: twelve items from 1 to 5, scored as the WAI-SR is."""
    about = {"code": "wai-sr", "version": 1, "title": "WAI-SR", "rights_holder": "Society", "may_ship": False}
    return file_of() | about | {"licence": "By permission", **wai_sr()} | changes


def placeholders(count):
    """Items with made-up words: those of the authors may not be shown here."""
    return [{"key": f"item_{k}", "text": f"Placeholder {k}"} for k in range(1, count + 1)]


def part(key, rule, *numbers):
    """A subscale that needs every one of its items."""
    items = [f"item_{k}" for k in numbers]
    return {"key": key, "title": key.capitalize(), "items": items, "rule": rule, "needs": len(items)}


def wai_sr():
    """The key of the WAI-SR: task 1, 2, 10, 12; goal 4, 6, 8, 11; bond 3, 5, 7, 9; means of 1–5."""
    labels = ["Seldom", "Sometimes", "Fairly often", "Very often", "Always"]
    answers = [{"value": k, "label": label} for k, label in enumerate(labels, 1)]
    return {
        "language": "en",
        "purpose": "alliance",
        "stem": "Placeholder",
        "scale": {"lowest": 1, "highest": 5, "answers": answers},
        "items": placeholders(12),
        "subscales": [
            part("task", "mean", 1, 2, 10, 12),
            part("goal", "mean", 4, 6, 8, 11),
            part("bond", "mean", 3, 5, 7, 9),
        ],
        "total": {"rule": "mean", "needs": 12},
    }


def c_nip():
    """The key of the C-NIP: sums of −3…+3 over items 1–5, 6–10, 11–13 and 14–18."""
    ends = {"lowest": -3, "highest": 3, "lowest_label": "one", "highest_label": "other"}
    return {
        "language": "en",
        "purpose": "style",
        "stem": "Placeholder",
        "scale": ends,
        "items": placeholders(18),
        "subscales": [
            part("direction", "sum", *range(1, 6)),
            part("intensity", "sum", *range(6, 11)),
            part("time", "sum", *range(11, 14)),
            part("warmth", "sum", *range(14, 19)),
        ],
    }


def srs():
    """The key of the SRS: a sum of four from 0 to 10."""
    ends = {"lowest": 0, "highest": 10, "lowest_label": "low", "highest_label": "high"}
    bands = [{"from": 0, "words": "talk"}, {"from": 37, "words": "fine"}]
    return {
        "language": "en",
        "purpose": "alliance",
        "stem": "Placeholder",
        "scale": ends,
        "items": placeholders(4),
        "total": {"rule": "sum", "needs": 4, "bands": bands},
    }


@st.composite
def answered(draw, definition):
    """Answers to an instrument, each on its scale or missing."""
    answers = {}
    for item in definition["items"]:
        scale = item.get("scale", definition["scale"])
        answers[item["key"]] = draw(st.none() | st.integers(scale["lowest"], scale["highest"]))
    return answers


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12
).filter(str.strip)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
LOINC = ["44250-9", "LA6568-5", "69725-0", "44249-1"]


@st.composite
def scales(draw):
    """A scale with words at its ends, or at each of its answers."""
    lowest = draw(st.integers(-5, 5))
    highest = lowest + draw(st.integers(1, 10))
    ends = {"lowest": lowest, "highest": highest}
    if draw(st.booleans()):
        return ends | {"lowest_label": draw(WORDS), "highest_label": draw(WORDS)}
    steps = range(lowest, highest + 1)
    answers = [{"value": step, "label": draw(WORDS)} | coded(draw) for step in steps]
    return ends | {"answers": answers}


def coded(draw):
    """A LOINC code, or none."""
    return draw(st.just({}) | st.fixed_dictionaries({"loinc": st.sampled_from(LOINC)}))


@st.composite
def definitions(draw):
    """Any sound definition."""
    scale, count = draw(scales()), draw(st.integers(1, 6))
    items = []
    for k in range(count):
        item = {"key": f"q{k}", "text": draw(WORDS)} | coded(draw)
        item |= draw(st.just({}) | st.just({"reversed": True}))
        item |= draw(st.just({}) | st.just({"link_id": f"/{k}"}))
        item |= draw(st.just({}) | st.just({"opens": {"what": "crisis", "from": scale["highest"]}}))
        items.append(item)
    if draw(st.booleans()):
        items.append({"key": "more", "text": draw(WORDS), "scored": False, "scale": draw(scales())})
    keys = [item["key"] for item in items[:count]]
    rule = st.sampled_from(["mean", "sum"])
    total = {"rule": draw(rule), "needs": draw(st.integers(1, count))} | coded(draw)
    total |= draw(st.just({}) | st.fixed_dictionaries({"must": st.just([keys[0]])}))
    least = scale["lowest"] * (count if total["rule"] == "sum" else 1)
    total |= draw(st.just({}) | st.just({"bands": [{"from": least, "words": "low"}], "reliable_change": 0.5}))
    subscales = [{"key": "part", "title": draw(WORDS), "items": keys[:1], "rule": draw(rule), "needs": 1}]
    return (
        {
            "language": draw(st.sampled_from(["en", "de", "de-AT", "pt-BR"])),
            "purpose": draw(st.sampled_from(["alliance", "symptoms", "personality", "style"])),
            "stem": draw(WORDS),
            "scale": scale,
            "items": items,
            "total": total,
        }
        | draw(st.just({}) | st.just({"subscales": subscales}))
        | coded(draw)
    )


def places(value):
    """Every member of every object and list within, as container and key, so that it can be changed."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])
