"""Pictures of every page, from the demo: `make shots` puts them into shots/, by width and theme.

Not tests: pytest runs them for its fixtures. SHOTS=items,report takes only those pages. `make pictures` takes
the three of README.md.
"""

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.arrivals import Site
from tests.browser.pages import BY_NAME, PAGES

SHOTS = Path(__file__).parents[2] / "shots"
PICTURES = Path(__file__).parents[2] / "docs/pictures"
WAYS = {"wide-light": (1280, 800, "light"), "wide-dark": (1280, 800, "dark"), "phone": (360, 740, "light")}

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_take_shots(browser: Browser, demo_site: Site) -> None:
    SHOTS.mkdir(exist_ok=True)
    wanted = os.environ.get("SHOTS", "").split(",") if os.environ.get("SHOTS") else None
    for way, (width, height, theme) in WAYS.items():
        context = browser.new_context(
            base_url=demo_site.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
        )
        for shown in PAGES:
            if wanted is None or shown.name in wanted:
                page = context.new_page()
                shown.open(page, demo_site)
                page.screenshot(path=SHOTS / f"{shown.name}-{way}.png", full_page=True)
                page.close()
        context.close()


def test_take_pictures(browser: Browser, demo_site: Site) -> None:
    """The three of the README, as small as a palette makes them."""
    PICTURES.mkdir(exist_ok=True)
    context = browser.new_context(
        base_url=demo_site.url, locale="zh-CN", viewport={"width": 1280, "height": 800}
    )
    for name, shown in {"overview": "overview", "items": "items-editing", "report": "report-since"}.items():
        page = context.new_page()
        BY_NAME[shown].open(page, demo_site)
        picture = Image.open(io.BytesIO(page.screenshot()))
        picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            PICTURES / f"{name}.png", optimize=True
        )
        assert (PICTURES / f"{name}.png").stat().st_size < 120_000
        page.close()
    context.close()
