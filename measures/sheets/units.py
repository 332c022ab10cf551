"""Reads a sheet of units into checklists to open: names, slugs and parents."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from measures.models import Checklist
from measures.models.placements import PATH_LIMIT
from measures.sheets.looks import Unusable
from measures.sheets.problems import Problem
from measures.sheets.read import SheetFile
from measures.sheets.words import EMPTY, as_words, close_up, in_every_language, plain

HEADINGS = {
    "name": gettext_lazy("Organisation"),
    "slug": pgettext_lazy("checklist", "Address"),
    "parent": gettext_lazy("Under"),
}
NAME_LIMIT, SLUG_LIMIT = 100, 50
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class SheetUnit:
    """One row: what is to be opened. `parent` is as the sheet has it: an address, a name, or nothing."""

    number: int
    name: str
    slug: str
    parent: str


@dataclass
class Units:
    """The content of a sheet: `checklists` in the order of the tree, parents first."""

    checklists: list[Checklist] = field(default_factory=list)
    units: list[SheetUnit] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def rows(self) -> list[tuple[Checklist, int]]:
        """Each with its depth among them."""
        depths: dict[str, int] = {}
        for one in self.checklists:
            parent = one.parent
            depths[one.slug] = depths[parent.slug] + 1 if parent and parent.slug in depths else 0
        return [(one, depths[one.slug]) for one in self.checklists]


# Words that people write in place of our own headings.
UNITS_SYNONYMS = {
    "单位名称": "name",
    "單位名稱": "name",
    "名称": "name",
    "名稱": "name",
    "上级": "parent",
    "上級": "parent",
    "上级单位": "parent",
    "上級單位": "parent",
    "网址": "slug",
    "網址": "slug",
    "标识": "slug",
    "標識": "slug",
}


@cache
def known_units_headings() -> dict[str, str]:
    words = {close_up(word): name for name, label in HEADINGS.items() for word in in_every_language(label)}
    return {name: name for name in HEADINGS} | UNITS_SYNONYMS | words


def _units_heading(cell: object) -> str:
    return known_units_headings().get(close_up(plain(cell)), "")


def units_heading_rank(cells: Sequence[object]) -> int:
    """How many of the columns these name; 0 without a name and an address, which make a checklist."""
    names = {_units_heading(cell) for cell in cells} - {""}
    return len(names) if {"name", "slug"} <= names else 0


def no_heading() -> str:
    return _("The file needs the columns “%(name)s” and “%(slug)s”.") % HEADINGS


def units_of(file: SheetFile) -> Units:
    """The rows of the first sheet, not yet looked at; the headings and the sheets that are left out."""
    sheet = file.first
    found = Units(left_out=[*(other.name for other in file.sheets[1:]), *file.left_out])
    places: dict[str, int] = {}
    for place, cell in enumerate(sheet.headings):
        name = _units_heading(cell)
        if name and name not in places:
            places[name] = place
        elif text := " ".join(as_words(cell).split()):
            found.ignored.append(text)
    for number, cells in sheet.rows:
        row = {name: cells[place] if place < len(cells) else None for name, place in places.items()}
        texts = {name: " ".join(as_words(cell).replace("\0", "").split()) for name, cell in row.items()}
        if not any(texts.values()) or _units_heading(texts["slug"]) == "slug":
            continue
        for name, cell in row.items():
            if isinstance(cell, Unusable):
                found.problems.append(Problem(number, str(HEADINGS[name]), cell.shown[:80], cell.why))
        parent = texts.get("parent", "")
        found.units.append(
            SheetUnit(number, texts["name"], plain(texts["slug"]), "" if plain(parent) in EMPTY else parent)
        )
    return found


def arrange(found: Units, *, top: Checklist, below: Iterable[Checklist], taken: Collection[str]) -> None:
    """Turn the units into checklists below `top`, and say all that is wrong with them, at once.

    `below` are those that are there already; `taken` are addresses that are anybody's.
    """
    made: dict[str, Checklist] = {}
    numbers: dict[str, int] = {}
    for unit in found.units:
        wrong = list(_wrong(unit, taken, numbers))
        for name, value, message in wrong:
            found.problems.append(Problem(unit.number, str(HEADINGS[name]), value[:80], message))
        # Without a valid address of its own, a unit has no place in the tree.
        if all(name != "slug" for name, _value, _message in wrong):
            numbers[unit.slug] = unit.number
            made[unit.slug] = Checklist(slug=unit.slug, name=unit.name, period=top.period)
    by_slug = {one.slug: one for one in (top, *below)} | made
    by_name: dict[str, list[Checklist]] = {}
    for one in by_slug.values():
        by_name.setdefault(plain(one.name), []).append(one)
    for unit in found.units:
        if numbers.get(unit.slug) != unit.number:
            continue
        parent = _parent(unit, top, by_slug, by_name)
        if isinstance(parent, str):
            found.problems.append(Problem(unit.number, str(HEADINGS["parent"]), unit.parent[:80], parent))
            del made[unit.slug]
        else:
            made[unit.slug].parent = parent
    _in_order(found, made, numbers)


def _wrong(
    unit: SheetUnit, taken: Collection[str], numbers: Mapping[str, int]
) -> Iterable[tuple[str, str, str]]:
    if not unit.name:
        yield "name", "", _("Name the organisation.")
    if len(unit.name) > NAME_LIMIT:
        yield "name", unit.name, _("The name is too long. Keep it to 100 characters.")
    if not unit.slug:
        yield "slug", "", _("Write the address: small Latin letters, digits and hyphens, 50 at most.")
        return
    if len(unit.slug) > SLUG_LIMIT or not SLUG.fullmatch(unit.slug):
        yield (
            "slug",
            unit.slug,
            _("Use only lowercase letters a–z, digits and hyphens in the address, at most 50."),
        )
    elif unit.slug in numbers:
        yield (
            "slug",
            unit.slug,
            _("This address is already in row %(row)s.") % {"row": numbers[unit.slug]},
        )
    elif unit.slug in taken:
        yield "slug", unit.slug, _("This address is taken. Choose another.")


def _parent(
    unit: SheetUnit, top: Checklist, by_slug: Mapping[str, Checklist], by_name: Mapping[str, list[Checklist]]
) -> Checklist | str:
    """The checklist above the unit, or what is wrong with the cell."""
    if not unit.parent:
        return top
    wanted = plain(unit.parent)
    if wanted in by_slug:
        return by_slug[wanted]
    alike = by_name.get(wanted, [])
    if len(alike) == 1:
        return alike[0]
    if alike:
        return _("Several checklists have this name. Write the address instead.")
    return _("Neither this file nor %(name)s contains this checklist.") % {"name": top.name}


def _in_order(found: Units, made: Mapping[str, Checklist], numbers: Mapping[str, int]) -> None:
    """Each unit followed by those below it; what cannot be reached from the top stands below itself."""
    children: dict[str, list[Checklist]] = {}
    roots = []
    for one in made.values():
        assert one.parent
        if one.parent.pk:
            roots.append(one)
        else:
            children.setdefault(one.parent.slug, []).append(one)
    lengths: dict[str, int] = {}
    waiting = roots[::-1]
    while waiting:
        one = waiting.pop()
        parent = one.parent
        assert parent
        lengths[one.slug] = (len(parent.path) if parent.pk else lengths[parent.slug]) + len(one.slug) + 1
        if lengths[one.slug] > PATH_LIMIT:
            message = _("The tree would become too deep here. Choose a parent higher up.")
            _complain(found, numbers[one.slug], parent, message)
        found.checklists.append(one)
        waiting += children.get(one.slug, [])[::-1]
    for one in made.values():
        if one.slug not in lengths and one.parent and one.parent.slug in made:
            message = _("This row is below itself: the units above it lead back to it.")
            _complain(found, numbers[one.slug], one.parent, message)
    found.problems.sort(key=lambda problem: problem.row)


def _complain(found: Units, row: int, parent: Checklist, message: str) -> None:
    found.problems.append(Problem(row, str(HEADINGS["parent"]), parent.name[:80], message))
