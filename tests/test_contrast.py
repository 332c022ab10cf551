"""The colours in tokens.css: both themes complete, written alike, and readable by WCAG 2.2 AA."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

SHEET = (Path(settings.BASE_DIR) / "measures/static/measures/tokens.css").read_text(encoding="utf-8")
STATUSES = ["not-started", "in-progress", "blocked", "done", "standing", "dropped"]
GROUNDS = ["page", "surface", "surface-raised", "surface-sunken"]
# Text is read on every background; links and similar elements on those where they appear.
TEXT = [(ink, ground) for ink in ("text", "text-quiet", "accent", "accent-hover") for ground in GROUNDS]
TEXT += [(ink, ground) for ink in ("danger", "warning", "success") for ground in GROUNDS]
TEXT += [(f"{status}-ink", f"{status}-soft") for status in STATUSES]
TEXT += [("text", f"{level}-soft") for level in ("danger", "warning", "success", "accent")]
TEXT += [("danger", "danger-soft"), ("on-accent", "accent"), ("on-accent", "accent-hover")]
# Rows being edited and ticked rows are accent-soft, with all their content.
TEXT += [(ink, "accent-soft") for ink in ("accent", "text-quiet", "danger", "warning", "blocked-ink")]
TEXT += [("blocked-ink", ground) for ground in GROUNDS]
# The roll-up's cells: figures and links on every tint.
TEXT += [("text", f"heat-{kind}-{step}") for kind in ("well", "bad") for step in range(1, 6)]
# What has a shape and no words: focus, edges of inputs, the lights, the bar's parts. What is not started is
# the rest of a bar, its track, and may have low contrast.
SHAPES = [(shape, ground) for shape in ("focus", "border-strong") for ground in ("page", "surface")]
SHAPES += [(fill, "surface") for fill in ("in-progress", "blocked", "done", "standing", "dropped")]
SHAPES += [("blocked", "accent-soft"), ("warning", "accent-soft"), ("done", "accent-soft")]


def block(selector: str) -> dict[str, str]:
    """The colours that a rule gives, by name."""
    body = SHEET.split(f"{selector} {{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body))


THEMES = {"light": block("\n:root"), "dark": block('\n:root[data-theme="dark"]')}
SYSTEM_DARK = block('  :root:not([data-theme="light"])')


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(theme: str, one: str, other: str) -> float:
    """The contrast of two tokens, from 1 to 21."""
    darker, lighter = sorted(luminance(THEMES[theme][name]) for name in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_right() -> None:
    assert luminance("#ffffff") == pytest.approx(1)
    assert round((luminance("#ffffff") + 0.05) / (luminance("#767676") + 0.05), 2) == 4.54


def test_the_dark_theme_is_the_same_whether_chosen_or_the_system_s() -> None:
    assert THEMES["dark"] == SYSTEM_DARK
    assert len(SYSTEM_DARK) > 30


def test_both_themes_name_the_same_colours() -> None:
    assert THEMES["light"].keys() == THEMES["dark"].keys()


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_its_ground(theme: str) -> None:
    low = {pair: round(ratio(theme, *pair), 2) for pair in TEXT if ratio(theme, *pair) < 4.5}

    assert not low


@pytest.mark.parametrize("theme", THEMES)
def test_shapes_can_be_told_from_their_ground(theme: str) -> None:
    low = {pair: round(ratio(theme, *pair), 2) for pair in SHAPES if ratio(theme, *pair) < 3}

    assert not low


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", ["well", "bad"])
def test_a_deeper_tint_is_deeper_in_grey_too(theme: str, kind: str) -> None:
    greys = [luminance(THEMES[theme][f"heat-{kind}-{step}"]) for step in range(1, 6)]

    assert greys == sorted(greys, reverse=theme == "light")
    steps = pairwise(greys)
    assert all((max(pair) + 0.05) / (min(pair) + 0.05) > 1.1 for pair in steps)


def test_no_sheet_but_tokens_and_print_names_a_colour() -> None:
    for sheet in ("base", "pieces", "admin", "units"):
        text = (Path(settings.BASE_DIR) / f"measures/static/measures/{sheet}.css").read_text(encoding="utf-8")
        assert not re.findall(r":[^;{]*#[0-9a-fA-F]{3,8}\b", text), sheet
