"""Codes in a draft: the next one of a part, and all of them anew by their places."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from measures.catalogues.draft import Draft, DraftPart
from measures.catalogues.outline import CODE_LIMIT
from measures.catalogues.rows import code_fault
from measures.models import Measure, Pillar, Section
from measures.models.local_codes import LOCAL_FROM
from measures.texts import number_of

LAST_NUMBER = re.compile(r"(\d+|[零〇一二两兩三四五六七八九十百]+)(\D*)$")
DIGITS = "零一二三四五六七八九"


class NumbersUsedUp(Exception):
    """A part has more measures than numbers below those of local measures."""


def chinese(number: int) -> str:
    """12 → 十二, 203 → 二百零三, up to 999."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones or not number else "")


def following(code: str) -> str:
    """The code after this one: 1.2.3 → 1.2.4, 第九条 → 第十条; empty if it counts nothing."""
    found = LAST_NUMBER.search(code)
    if not found:
        return ""
    numeral = found[1]
    number = number_of(numeral) + 1
    counted = str(number).zfill(len(numeral)) if numeral[0].isascii() else chinese(number)
    return code[: found.start()] + counted + found[2] if number < 1000 else ""


def next_code(siblings: Iterable[str], above: str, used: set[str]) -> str:
    """A code that nothing has yet, for what comes last below `above`."""
    code = ""
    for one in siblings:
        code = one
    code = following(code)
    while code and code in used and len(code) <= CODE_LIMIT:
        code = following(code)
    if code and len(code) <= CODE_LIMIT and not code_fault(code):
        return code
    stem = f"{above}." if above else ""
    return next(
        (
            f"{stem}{number}"
            for number in range(1, LOCAL_FROM)
            if f"{stem}{number}" not in used and len(f"{stem}{number}") <= CODE_LIMIT
        ),
        "",
    )


def part_codes(draft: Draft) -> set[str]:
    return {part.row.code for part in draft.parts()}


def measure_codes(draft: Draft) -> set[str]:
    return {one.code for one in draft.measures()}


def number_anew(draft: Draft) -> None:
    """Give each part and measure its place as code: 1, 1.1, 1.1.1. Raises NumbersUsedUp."""
    pillars: list[Pillar] = []
    sections: list[Section] = []
    measures: list[Measure] = []

    def give(parts: list[DraftPart], above: str) -> None:
        for number, part in enumerate(parts, 1):
            part.row.code = f"{above}{number}"
            if isinstance(part.row, Pillar):
                pillars.append(part.row)
                if part.leaf:
                    part.leaf.code = part.row.code
                    sections.append(part.leaf)
            else:
                sections.append(part.row)
            if max(len(part.parts), len(part.measures)) >= LOCAL_FROM:
                raise NumbersUsedUp(_("A part has at most 900 parts or measures."))
            for place, measure in enumerate(part.measures, 1):
                measure.code = f"{part.row.code}.{place}"
                measures.append(measure)
            give(part.parts, f"{part.row.code}.")

    give(draft.top, "")
    _store_codes(pillars, sections, measures)


def _store_codes(pillars: list[Pillar], sections: list[Section], measures: list[Measure]) -> None:
    """Store codes that others have until then: first ones that nobody has."""
    rows: list[Pillar | Section | Measure] = [*pillars, *sections, *measures]
    codes = [row.code for row in rows]
    for passing in (True, False):
        for row, code in zip(rows, codes, strict=True):
            row.code = f"renumbered{row.pk}" if passing else code
        Pillar.objects.bulk_update(pillars, ["code"], batch_size=200)
        Section.objects.bulk_update(sections, ["code"], batch_size=200)
        Measure.objects.bulk_update(measures, ["code"], batch_size=200)


def counts_by_place(draft: Draft) -> bool:
    """Whether each part has its place as code: 1, 1.1."""

    def fits(parts: list[DraftPart], above: str) -> bool:
        return all(
            part.row.code == f"{above}{number}" and fits(part.parts, f"{part.row.code}.")
            for number, part in enumerate(parts, 1)
        )

    return fits(draft.top, "")


def number_within(draft: Draft) -> None:
    """Give the measures of each part that count in it, as 1.2.3 does in 1.2, their places as codes."""
    moved = []
    for part in draft.parts():
        stem = f"{part.row.code}."
        if all(
            one.code.startswith(stem) and one.code.removeprefix(stem).isdecimal() for one in part.measures
        ):
            if len(part.measures) >= LOCAL_FROM:
                raise NumbersUsedUp(_("A part has at most 900 parts or measures."))
            for place, one in enumerate(part.measures, 1):
                if one.code != f"{stem}{place}":
                    one.code = f"{stem}{place}"
                    moved.append(one)
    _store_codes([], [], moved)
