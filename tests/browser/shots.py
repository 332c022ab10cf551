"""Pictures of every page, from the demo: `make shots` puts them into shots/, by width and theme.

Not tests: pytest runs them for its fixtures. SHOTS=items,report takes only those pages. `make pictures` takes
those of README.md and of the help (tests/browser/pictures.py).
"""

import io
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.arrivals import Site
from tests.browser.pages import BY_NAME, PAGES
from tests.browser.pictures import OF_HELP, OF_README

SHOTS = Path(__file__).parents[2] / "shots"
README = Path(__file__).parents[2] / "docs/pictures"
HELP = Path(__file__).parents[2] / "measures/static/measures/help"
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
    """Those of README.md and of the help, as small as a palette makes them; others are removed."""
    for folder, pictures, size, most in (
        (README, OF_README, (1280, 800), 120_000),
        (HELP, OF_HELP, (1040, 650), 70_000),
    ):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, picture in pictures.items():
            # Each in a context apart: a page may leave its user signed in.
            context = browser.new_context(
                base_url=demo_site.url,
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                viewport={"width": size[0], "height": size[1]},
            )
            page = context.new_page()
            BY_NAME[picture.page].open(page, demo_site)
            if picture.top:
                page.locator(picture.top).evaluate(
                    "e => { scrollTo(0, 0); scrollBy(0, e.getBoundingClientRect().top - 24); }"
                )
            save_small(page.screenshot(), folder / f"{name}.png")
            context.close()
            assert (folder / f"{name}.png").stat().st_size < most, name


def save_small(screenshot: bytes, path: Path) -> None:
    picture = Image.open(io.BytesIO(screenshot)).convert("RGB")
    # The colours that are there most often stay as they are; other palettes tint the background.
    counted = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _n, colour in counted if isinstance(colour, tuple) for part in colour])
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)
