"""The colours keep their contrast, in light and in dark."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[3] / "static" / "css"
TEXT, SHAPE = 4.5, 3.0
INK_ON_GROUND = [
    (ink, ground)
    for ink in ("ink", "ink-soft", "accent", "care")
    for ground in ("paper", "surface", "sunken")
] + [
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("accent-strong", "accent-soft"),
    ("ink", "accent-soft"),
    ("ink-soft", "accent-soft"),
    ("ink", "care-soft"),
    ("care", "care-soft"),
    ("paper", "ink"),
]
SHAPE_ON_GROUND = [
    ("line-strong", "surface"),
    ("line-strong", "paper"),
    ("accent", "surface"),
    ("accent", "bar-soft"),
]


def blocks():
    """Light, dark by device, dark by choice: each its own names and values."""
    text = (CSS / "tokens.css").read_text("utf-8")
    bodies = re.findall(r":root[^{]*\{([^}]*)\}", text)
    return [dict(re.findall(r"--([\w-]+):\s*([^;]+);", body)) for body in bodies]


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_has_the_same_dark_by_device_and_by_choice():
    _, by_device, by_choice = blocks()
    assert by_device == by_choice


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), INK_ON_GROUND)
def test_lets_text_be_read(scheme, ink, ground):
    colours = blocks()[scheme]
    assert contrast(colours[ink], colours[ground]) >= TEXT


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPE_ON_GROUND)
def test_lets_shapes_be_told_from_their_ground(scheme, shape, ground):
    colours = blocks()[scheme]
    assert contrast(colours[shape], colours[ground]) >= SHAPE


@pytest.mark.parametrize("sheet", sorted(path.name for path in CSS.glob("*.css")))
def test_uses_only_names_that_exist_and_no_colour_of_its_own(sheet):
    text = (CSS / sheet).read_text("utf-8")
    assert set(re.findall(r"var\(--([\w-]+)", text)) <= set(blocks()[0])
    if sheet != "tokens.css":
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(", text)
