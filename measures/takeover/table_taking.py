"""The rows of one table → items: `TableTaking.item`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import WINDOWS_EPOCH

from measures.choices import Cadence, Status
from measures.models.entries import ENTRY_LIMIT
from measures.models.state import LEADER_LIMIT, NOTES_LIMIT, TARGET_LIMIT
from measures.sheets.words import on_one_line
from measures.takeover.cells import first_of, heading_of, odd_ticks, passed_over, row_in
from measures.takeover.corrections import MOST_LEVELS
from measures.takeover.dues import read_due
from measures.takeover.headings import Means
from measures.takeover.ledger import LedgerRow
from measures.takeover.mapping import OUT, PlacedTable, ReadFile, TableGroup
from measures.takeover.taken import (
    UNIT_LIMIT,
    DueSaid,
    StatusSaid,
    TakenEntry,
    TakenItem,
    Taking,
    UnitSaid,
    cut,
)
from measures.takeover.texts import HAN, says_nothing, squeezed

# Longer words say more than the day or the status: in Chinese, and in other scripts.
PLAIN_DUE = (12, 24)
PLAIN_STATUS = (6, 14)
# Used as the words of a status where a row has none.
REPORTED, SILENT = "\u2219reported", "\u2219silent"
type Remark = tuple[str, str]


def _is_plain(text: str, limits: tuple[int, int]) -> bool:
    return len(text) <= limits[0 if HAN.search(text) else 1]


def with_label(heading: str, text: str, language: str) -> str:
    return f"{heading}{': ' if language == 'en' else '：'}{text}"


def with_notes(item: TakenItem, notes: list[str]) -> TakenItem:
    """The item with these notes; what is too long for notes goes into the details of its measure."""
    text = "\n".join(notes)
    if len(text) <= NOTES_LIMIT:
        return replace(item, notes=text)
    return replace(item, notes=text[:NOTES_LIMIT], detail=f"{item.detail}\n{text[NOTES_LIMIT:]}".strip())


class TableTaking:
    """Turns the rows of one table into items."""

    def __init__(
        self,
        found: ReadFile,
        group: TableGroup,
        one: PlacedTable,
        taking: Taking,
        today: date,
        *,
        by_sheet: bool,
    ) -> None:
        self.said, self.one, self.taking, self.today = found.said, one, taking, today
        self.by_sheet = by_sheet
        meanings = self.said.columns.get(group.signature, {})
        self.spare = sorted(passed_over(one.table, meanings), key=lambda column: column.index)
        self.out = [column for column in one.table.columns if meanings.get(column.letter) == OUT]
        self.headings = {
            role: heading_of(column) for role in Means if (column := first_of(one.table, role)) is not None
        }
        self.has_plain_progress = any(
            column.role is Means.PROGRESS and not column.detail for column in one.table.columns
        )

    def item(self, row: LedgerRow) -> tuple[TakenItem, Remark]:
        """The item, and what the row says of whom to ask."""
        grid, taking = self.one.grid, self.taking
        texts = {column.index: grid.text(row.row, column.index) for column in self.one.table.columns}
        remarks: list[Remark] = [("", row.texts.get("remark", ""))]
        for column in self.out:
            taking.left_columns[heading_of(column)] += bool(texts[column.index])
        spare = [*self.spare, *odd_ticks(self.one.table, texts)]
        remarks += [(heading_of(column), texts[column.index]) for column in spare]
        lead, supporting = self._units(row, texts, remarks)
        entries = self._entries(row)
        status = self._status(row, remarks, reported=bool(entries))
        due = self._due(row, remarks)
        leader = on_one_line(row.texts.get("leader", ""))
        target = row.texts.get("target", "")
        if len(leader) > LEADER_LIMIT:
            remarks, leader = (
                [*remarks, (self.headings.get(Means.LEADER) or self.headings.get(Means.LEAD, ""), leader)],
                "",
            )
        if len(target) > TARGET_LIMIT:
            remarks, target = [*remarks, (self.headings[Means.TARGET], target)], ""
        if not lead:
            remarks += self._as_remarks(row)
            entries = ()
            taking.without_unit += 1
        noted = _("Note at")
        remarks += [(f"{noted} {address}", comment) for address, comment in self._comments(row.row)]
        notes = []
        for heading, text in remarks:
            if not says_nothing(text):
                taking.kept[heading or self.headings.get(Means.REMARK, "")] += bool(heading)
                notes.append(with_label(heading, text, taking.language) if heading else text)
        levels = [row.texts.get(f"level{number}", "") for number in range(1, MOST_LEVELS + 1)]
        path = tuple(text for text in [self.one.sheet.name if self.by_sheet else "", *levels] if text)
        text = row.measure if not says_nothing(row.measure) else ""
        item = TakenItem(
            place=self.one.place,
            row=row.row,
            path=path,
            number=squeezed(row.texts.get("number", "")),
            text=text or (path[-1] if path else "") or _("Row %(number)d") % {"number": row.row},
            cadence=Cadence.STANDING if row.due.is_standing else Cadence.ONCE,
            status=status,
            due=due,
            lead=lead,
            supporting=supporting,
            leader="" if says_nothing(leader) else leader,
            target="" if says_nothing(target) else target,
            notes="",
            entries=entries,
        )
        contact = row.texts.get("contact", "")
        return with_notes(item, notes), (self.headings.get(Means.CONTACT, ""), contact)

    def _units(
        self, row: LedgerRow, texts: Mapping[int, str], remarks: list[Remark]
    ) -> tuple[str, tuple[str, ...]]:
        lead = self._unit(row.units.lead) if row.units.lead else self.said.unit
        others = [self._unit(name) for name in row.units.supporting]
        for role, is_read in ((Means.LEAD, bool(row.units.lead)), (Means.SUPPORTING, bool(others))):
            column = first_of(self.one.table, role)
            if column and not is_read:
                remarks.append((heading_of(column), texts[column.index]))
        for name in (row.units.lead, *row.units.supporting):
            if name and (len(name) > UNIT_LIMIT or not self._unit_of(name).name):
                heading = self.headings.get(Means.LEAD) or self.headings.get(Means.SUPPORTING, "")
                remarks.append((heading, name))
        return lead, tuple(dict.fromkeys(name for name in others if name and name != lead))

    def _unit(self, name: str) -> str:
        unit = self._unit_of(name)
        unit.count += 1
        return unit.name

    def _unit_of(self, name: str) -> UnitSaid:
        called = cut(self.said.units.get(name, name), UNIT_LIMIT)
        return self.taking.units.setdefault(name, UnitSaid(name, called))

    def _status(self, row: LedgerRow, remarks: list[Remark], *, reported: bool) -> Status:
        read = row.status
        key = read.source or (REPORTED if reported else SILENT)
        guess = read.status or (Status.IN_PROGRESS if reported else Status.NOT_STARTED)
        known = self.taking.statuses.setdefault(key, StatusSaid(key))
        known.count += 1
        known.is_sure &= read.is_sure and read.status is not None
        if guess not in known.guesses:
            known.guesses.append(guess)
        if chosen := self.said.statuses.get(key):
            known.chosen = Status(chosen)
        is_plain = read.status and read.is_sure and _is_plain(read.source, PLAIN_STATUS)
        in_words = first_of(self.one.table, Means.STATUS)
        if (
            in_words
            and not in_words.detail
            and read.source
            and (not is_plain or any(map(str.isdigit, read.source)))
        ):
            remarks.append((self.headings[Means.STATUS], read.source))
        return known.chosen or guess

    def _due(self, row: LedgerRow, remarks: list[Remark]) -> date | None:
        read = row.due
        if not read.text:
            return None
        known = self.taking.dues.setdefault(
            read.text, DueSaid(read.text, read.day, read.is_standing, read.is_sure)
        )
        known.count += 1
        if read.text in self.said.dues:
            day = self.said.dues[read.text]
            known.day = date.fromisoformat(day) if day else None
        if known.day is None or not _is_plain(read.text, PLAIN_DUE):
            remarks.append((self.headings[Means.DUE], read.text))
        return known.day

    def _entries(self, row: LedgerRow) -> tuple[TakenEntry, ...]:
        """Those of months in their order, then what is said without a month."""
        found: list[TakenEntry] = []
        for period, text in row.progress.items():
            if says_nothing(text):
                continue
            end = read_due(period, period, self.one.sheet.year, WINDOWS_EPOCH).day
            day = min(end, self.today) if end else self.today
            is_its_month = end and (end.year, end.month) == (day.year, day.month)
            said = text if is_its_month else with_label(period, text, self.taking.language)
            found.append(TakenEntry(day, said))
        found.sort(key=lambda entry: entry.counts_on)
        progress = row.texts.get("progress", "") if self.has_plain_progress else ""
        rest = {
            "progress": progress,
            "problems": row.texts.get("problems", ""),
            "next_steps": row.texts.get("next_steps", ""),
        }
        rest = {name: "" if says_nothing(text) else text for name, text in rest.items()}
        if any(rest.values()):
            if found and not rest["progress"]:
                found[-1] = replace(found[-1], problems=rest["problems"], next_steps=rest["next_steps"])
            else:
                found.append(TakenEntry(self.today, **rest))
        return tuple(part for entry in found for part in _in_parts(entry))

    def _as_remarks(self, row: LedgerRow) -> list[Remark]:
        """What a row without a unit says of its progress: nobody reported it."""
        found = [(period, text) for period, text in row.progress.items()]
        if self.has_plain_progress:
            found.append((self.headings[Means.PROGRESS], row.texts.get("progress", "")))
        roles = [role for role in (Means.PROBLEMS, Means.NEXT_STEPS) if role in self.headings]
        found += [(self.headings[role], row.texts.get(str(role), "")) for role in roles]
        return found

    def _comments(self, row: int) -> list[tuple[str, str]]:
        return [
            (address, text) for address, text in self.one.sheet.comments.items() if row_in(address) == row
        ]


def _in_parts(entry: TakenEntry) -> list[TakenEntry]:
    """The entry, or several where one of its texts is too long for one."""
    longest = max(len(entry.progress), len(entry.problems), len(entry.next_steps))
    return [
        TakenEntry(
            entry.counts_on,
            entry.progress[start : start + ENTRY_LIMIT],
            entry.problems[start : start + ENTRY_LIMIT],
            entry.next_steps[start : start + ENTRY_LIMIT],
        )
        for start in range(0, longest, ENTRY_LIMIT)
    ]
