"""Reads a sheet of units into checklists to open: names, slugs and parents."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from measures.models import Checklist
from measures.models.placements import PATH_LIMIT
from measures.sheets.read import Cells, Sheet
from measures.sheets.understand import EMPTY, Problem, as_words, in_every_language, plain

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

    @property
    def rows(self) -> list[tuple[Checklist, int]]:
        """Each with its depth among them."""
        depths: dict[str, int] = {}
        for one in self.checklists:
            parent = one.parent
            depths[one.slug] = depths[parent.slug] + 1 if parent and parent.slug in depths else 0
        return [(one, depths[one.slug]) for one in self.checklists]


@cache
def known_units_headings() -> dict[str, str]:
    words = {word: name for name, label in HEADINGS.items() for word in in_every_language(label)}
    return {name: name for name in HEADINGS} | words


def is_units_heading(cells: Cells) -> bool:
    """Whether this may be the row of headings: a name and an address make a checklist."""
    return {"name", "slug"} <= {known_units_headings().get(plain(cell)) for cell in cells}


def no_heading() -> str:
    return _("The file needs the columns “%(name)s” and “%(slug)s”.") % HEADINGS


def units_of(sheet: Sheet) -> Units:
    """The rows of a sheet, not yet looked at, and the headings that mean nothing here."""
    found = Units()
    places: dict[str, int] = {}
    for place, cell in enumerate(sheet.headings):
        name = known_units_headings().get(plain(cell))
        if name and name not in places:
            places[name] = place
        elif text := " ".join(as_words(cell).split()):
            found.ignored.append(text)
    for number, cells in sheet.rows:
        texts = {
            name: " ".join(as_words(cells[place]).replace("\0", "").split()) if place < len(cells) else ""
            for name, place in places.items()
        }
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
        for name, value, message in _wrong(unit, taken, numbers):
            found.problems.append(Problem(unit.number, str(HEADINGS[name]), value[:80], message))
        if unit.slug not in numbers:
            numbers[unit.slug] = unit.number
            made[unit.slug] = Checklist(slug=unit.slug, name=unit.name, period=top.period)
    there = [top, *below]
    by_slug = {one.slug: one for one in there} | made
    by_name: dict[str, list[Checklist]] = {}
    for one in by_slug.values():
        by_name.setdefault(plain(one.name), []).append(one)
    for unit in found.units:
        if numbers[unit.slug] != unit.number:
            continue
        parent = _parent(unit, top, by_slug, by_name)
        if isinstance(parent, str):
            found.problems.append(Problem(unit.number, str(HEADINGS["parent"]), unit.parent[:80], parent))
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
    """Topological order; whatever remains is part of a cycle."""
    placed: dict[str, int] = {}
    left = list(made.values())
    while left:
        ready = [one for one in left if one.parent is None or one.parent.pk or one.parent.slug in placed]
        if not ready:
            break
        for one in ready:
            parent = one.parent
            room = len(parent.path) if parent and parent.pk else placed[parent.slug] if parent else 0
            placed[one.slug] = room + len(one.slug) + 1
            if placed[one.slug] > PATH_LIMIT:
                message = _("The tree would become too deep here. Choose a parent higher up.")
                found.problems.append(
                    Problem(
                        numbers[one.slug], str(HEADINGS["parent"]), parent.name if parent else "", message
                    )
                )
        left = [one for one in left if one.slug not in placed]
    for one in left:
        message = _("This row is below itself: the units above it lead back to it.")
        above = one.parent.name if one.parent else ""
        found.problems.append(Problem(numbers[one.slug], str(HEADINGS["parent"]), above, message))
    found.problems.sort(key=lambda problem: problem.row)
    found.checklists = _as_tree([one for one in made.values() if one.slug in placed])


def _as_tree(checklists: list[Checklist]) -> list[Checklist]:
    """Each followed by those below it."""
    slugs = {one.slug for one in checklists}
    children: dict[str, list[Checklist]] = {}
    for one in checklists:
        parent = one.parent.slug if one.parent and one.parent.slug in slugs else ""
        children.setdefault(parent, []).append(one)
    ordered: list[Checklist] = []
    waiting = children.get("", [])[::-1]
    while waiting:
        one = waiting.pop()
        ordered.append(one)
        waiting += children.get(one.slug, [])[::-1]
    return ordered
