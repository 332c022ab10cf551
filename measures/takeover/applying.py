"""Writes a ledger: a catalogue, a checklist, its units, states and entries, in one transaction."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from measures.catalogues.outline import (
    CODE_LIMIT,
    SOURCE_LIMIT,
    TITLE_LIMIT,
    MeasureLine,
    Outline,
    OutlinePart,
)
from measures.catalogues.store import RESERVED_SLUGS, store
from measures.choices import Audited, Role, Side, Status, Via
from measures.database.locks import audited_transaction
from measures.loop.rules import ActKind
from measures.models import (
    Batch,
    Catalogue,
    Change,
    Checklist,
    Item,
    KnownHeadings,
    Membership,
    NewEntry,
    Owner,
    Takeover,
    audit,
    change_items,
    save_recorded,
    write_entries,
)
from measures.models.catalogue import CODE_FORM
from measures.models.people import person_name
from measures.models.state import StateValue
from measures.takeover.mapping import PlacedTable, ReadFile
from measures.takeover.taken import TakenItem, Taking, UnitDetails, cut
from measures.texts import first_free

# Numbers from 900 to 999 in a section are for local measures.
RESERVED_FROM, RESERVED = 900, 100
OWN_CODE = re.compile(r"[A-Za-z]{0,4}[-.]?\d+(?:[.-]\d+)*")


@dataclass(frozen=True)
class NewNames:
    """What the new catalogue and checklist are called, and above which checklist it belongs."""

    title: str
    name: str
    slug: str
    period: str
    parent: Checklist | None = None


class TakenAlready(Exception):
    """Somebody, or the same person in another tab, took it over first."""


def new_slug(year: int) -> str:
    """An address that neither a checklist nor a catalogue has."""
    stem = f"ledger-{year}"
    taken = set(Checklist.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    taken |= set(Catalogue.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return first_free(stem, taken)


@audited_transaction()
def apply_takeover(
    takeover: Takeover, found: ReadFile, taking: Taking, names: NewNames, *, by: User, at: datetime
) -> Checklist:
    """Write all of it: everything, or nothing.

    Raises TakenAlready, CatalogueRefused, PlaceRefused and IntegrityError.
    """
    if not Takeover.objects.select_for_update().filter(pk=takeover.pk, checklist=None).exists():
        raise TakenAlready(takeover.name)
    with override(taking.language):
        outline, codes = _outline(taking, names, timezone.localdate(at))
    catalogue = store(outline, at=at, by=by)
    checklist = Checklist(
        slug=names.slug, name=names.name, catalogue=catalogue, period=names.period, parent=names.parent
    ).open(at=at, by=by)
    owners = _units(checklist, taking, by=by, at=at)
    save_recorded(Membership(user=by, checklist=checklist, role=Role.ADMINISTRATOR), by=by, at=at)
    reason = _("Taken over from %(file)s") % {"file": takeover.name}
    batch = Batch.objects.create(
        checklist=checklist, via=Via.IMPORT, at=at, by=by, by_name=person_name(by), reason=reason
    )
    by_code = {item.measure.code: item for item in checklist.items.select_related("measure")}
    items = [by_code[code] for code in codes]
    _write_states(items, taking.items, owners, batch, by=by, at=at)
    _write_entries(items, taking.items, batch, by=by, at=at)
    places = [[one.place, one.row, item.pk] for item, one in zip(items, taking.items, strict=True)]
    _keep(takeover, found, batch, places, at=at)
    after = {
        "file": takeover.name,
        "items": len(items),
        "units": len(owners),
        "entries": taking.entry_count,
        "batch": str(batch.pk),
    }
    audit(Audited.TAKEN_OVER, by=by, at=at, checklist=checklist, about=checklist, after=after)
    return checklist


def _outline(taking: Taking, names: NewNames, day: date) -> tuple[Outline, list[str]]:
    """The catalogue, and for each item of the ledger the code of its measure."""
    language = taking.language
    outline = Outline(
        slug=names.slug if names.slug not in RESERVED_SLUGS else f"{names.slug}-catalogue",
        title={language: names.title},
        day=day,
        levels=[{language: name} for name in taking.levels],
        languages=[language],
    )
    paths: dict[tuple[str, ...], tuple[str, ...]] = {(): ()}
    children: dict[tuple[str, ...], int] = {}
    lines: dict[tuple[str, ...], list[int]] = {}
    for place, item in enumerate(taking.items):
        for depth in range(1, len(item.path) + 1):
            titles = item.path[:depth]
            if titles in paths:
                continue
            above = paths[titles[:-1]]
            number = children[above] = children.get(above, 0) + 1
            paths[titles] = (*above, f"{above[-1]}.{number}" if above else str(number))
        lines.setdefault(paths[item.path], []).append(place)
    ordered = sorted(paths.items(), key=lambda pair: _in_order(pair[1]))
    for titles, path in ordered[1:]:
        whole = titles[-1]
        title = cut(whole, TITLE_LIMIT)
        summary = {} if title == whole else {language: whole}
        outline.parts.append(OutlinePart(path, {language: title}, summary))
    codes = _codes(taking.items, lines)
    for _titles, path in ordered:
        for place in lines.get(path, []):
            outline.measures.append(_line(taking.items[place], path, codes[place], language))
    return outline, codes


def _in_order(path: tuple[str, ...]) -> list[int]:
    return [int(number) for number in path[-1].split(".")] if path else []


def _codes(items: Sequence[TakenItem], lines: dict[tuple[str, ...], list[int]]) -> list[str]:
    """The ledger's own numbers if they are codes and each is there once; else numbers within the parts."""
    own = [item.number for item in items]
    if len(set(own)) == len(own) and all(_is_code(number) for number in own):
        return own
    codes = [""] * len(items)
    for path, places in lines.items():
        for count, place in enumerate(places, 1):
            number = count if count < RESERVED_FROM else count + RESERVED
            codes[place] = f"{path[-1]}.{number}"
    return codes


def _is_code(number: str) -> bool:
    """Whether it can be the code of a measure, and is not like one of a unit's own."""
    last = re.split(r"[.-]", number)[-1]
    return (
        bool(OWN_CODE.fullmatch(number) and re.match(CODE_FORM, number))
        and len(number) <= CODE_LIMIT
        and not ("." in number and len(last) == 3 and last.startswith("9"))
    )


def _line(item: TakenItem, path: tuple[str, ...], code: str, language: str) -> MeasureLine:
    title = cut(item.text, TITLE_LIMIT)
    detail = "\n".join(filter(None, ["" if title == item.text else item.text, item.detail]))
    source = item.number if item.number != code and len(item.number) <= SOURCE_LIMIT else ""
    if item.number not in (code, source):
        detail = "\n".join(filter(None, [detail, item.number]))
    return MeasureLine(
        path, code, {language: title}, {language: detail} if detail else {}, item.cadence, source=source
    )


def _units(checklist: Checklist, taking: Taking, *, by: User, at: datetime) -> dict[str, Owner]:
    """Make the units, with one audit record for all of them."""
    names = dict.fromkeys(name for item in taking.items for name in (item.lead, *item.supporting) if name)
    known = {name: vars(taking.details.get(name) or UnitDetails()) for name in names}
    made = [Owner(checklist=checklist, name=name, **details) for name, details in known.items()]
    return {owner.name: owner for owner in Owner.objects.bulk_create(made)}


def _write_states(
    items: Sequence[Item],
    taken: Sequence[TakenItem],
    owners: dict[str, Owner],
    batch: Batch,
    *,
    by: User,
    at: datetime,
) -> None:
    changes = []
    for item, one in zip(items, taken, strict=True):
        values: dict[str, StateValue] = {
            "owner": owners.get(one.lead),
            "cooperating": tuple(owners[name] for name in one.supporting),
            "leader": one.leader,
            "due": one.due,
            "target": one.target,
            "notes": one.notes,
        }
        if one.status != Status.NOT_STARTED:
            values["status"] = one.status
        changes.append(Change(item.pk, item.version, values))
    # What comes from a ledger has been decided before.
    change_items(changes, by=by, at=at, via=Via.IMPORT, reason=batch.reason, batch=batch, act=ActKind.ABOVE)


def _write_entries(
    items: Sequence[Item], taken: Sequence[TakenItem], batch: Batch, *, by: User, at: datetime
) -> None:
    """The first entry of every item, then the second of every item that has one, and so on."""
    for some in _rounds(items, taken):
        write_entries(some, side=Side.OFFICE, by=by, at=at, via=Via.IMPORT, batch=batch)


def _rounds(items: Sequence[Item], taken: Sequence[TakenItem]) -> Iterator[list[NewEntry]]:
    for place in range(max((len(one.entries) for one in taken), default=0)):
        yield [
            NewEntry(
                item.pk,
                progress=entry.progress,
                problems=entry.problems,
                next_steps=entry.next_steps,
                counts_on=entry.counts_on,
            )
            for item, one in zip(items, taken, strict=True)
            for entry in one.entries[place : place + 1]
        ]


def _keep(
    takeover: Takeover, found: ReadFile, batch: Batch, places: list[list[int]], *, at: datetime
) -> None:
    """Remember where each item came from and what the columns are, for the way back and for the next time."""
    takeover.checklist, takeover.batch, takeover.taken_at = batch.checklist, batch, at
    takeover.places = places
    takeover.tables = [_kept_table(one) for _group, one in found.taken()]
    takeover.save(update_fields=["checklist", "batch", "taken_at", "places", "tables"])
    for signature in {group.signature for group, _one in found.taken()} & set(found.said.columns):
        said = {"columns": found.said.columns[signature], "statuses": found.said.statuses}
        KnownHeadings.objects.update_or_create(
            user=takeover.by, signature=signature, defaults={**said, "at": at}
        )


def _kept_table(one: PlacedTable) -> dict[str, object]:
    table = one.table
    return {
        "sheet": one.place,
        "year": one.sheet.year,
        "first": table.first,
        "last": table.last,
        "headings": list(table.heading_rows),
        "columns": [[column.index, column.name] for column in table.columns],
    }
