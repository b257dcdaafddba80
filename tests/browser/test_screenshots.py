"""Pictures for the README, drawn anew only when ALLIANCE_SCREENSHOTS=1 asks for it."""

import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "img"
MOST = 300_000  # bytes


@pytest.mark.skipif(
    not os.environ.get("ALLIANCE_SCREENSHOTS"), reason="pictures are drawn only when asked for"
)
def test_it_draws_the_suggestions(new_page):
    page = new_page("cleo@demo.invalid")
    page.goto("/suggestions/")
    second = page.locator("article.suggestion").nth(1).bounding_box()
    picture = PICTURES / "suggestions.png"
    picture.parent.mkdir(parents=True, exist_ok=True)

    height = second["y"] + second["height"] + 24
    page.screenshot(path=picture, full_page=True, clip={"x": 0, "y": 0, "width": 1180, "height": height})

    assert 20_000 < picture.stat().st_size <= MOST


def test_the_pictures_are_there_and_small():
    picture = PICTURES / "suggestions.png"

    assert 20_000 < picture.stat().st_size <= MOST
