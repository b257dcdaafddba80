"""What every template keeps to: the content security policy, one way to draw things, words we never use."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

FOLDER = Path(__file__).resolve().parents[3] / "templates"
FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*"))
ALL = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
DRAW_THEMSELVES = {"_components/option.html"}
NEVER = re.compile(r"\b(perfect|best match|match rate|stars?)\b", re.IGNORECASE)


@pytest.mark.parametrize("name", ALL)
def test_compiles(name):
    get_template(name)


@pytest.mark.parametrize("name", ALL)
def test_has_nothing_inline_and_nothing_from_elsewhere(name):
    text = (FOLDER / name).read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|hx-on", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"(src|href|action)=[\"']?(https?:)?//", text)


@pytest.mark.parametrize("name", ALL)
def test_promises_nothing(name):
    assert not NEVER.search((FOLDER / name).read_text("utf-8"))


@pytest.mark.parametrize("name", sorted(set(ALL) - DRAW_THEMSELVES))
def test_leaves_buttons_and_tables_to_their_components(name):
    text = (FOLDER / name).read_text("utf-8")
    assert not re.search(r"<(button|table)\b|class=[\"']button\b", text)


@pytest.mark.parametrize("name", FILES)
def test_has_no_line_that_is_too_long_to_read(name):
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    assert [line for line in lines if len(line) > 160] == []


def test_vendors_every_icon_that_is_used():
    sprite = (FOLDER.parent / "static" / "img" / "icons.svg").read_text("utf-8")
    there = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    text = "".join((FOLDER / name).read_text("utf-8") for name in ALL)
    used = set(re.findall(r'{% icon "([\w-]+)" %}', text)) | set(re.findall(r'icon_name="([\w-]+)"', text))
    assert used <= there
