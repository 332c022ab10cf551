"""The rows of a table: which are items, and what their cells say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from measures.choices import Status
from measures.takeover.columns import LedgerColumn
from measures.takeover.dues import ReadDue, read_due
from measures.takeover.grid import Grid
from measures.takeover.headings import Means
from measures.takeover.ledger import LedgerRow
from measures.takeover.persons import names_persons, without_persons
from measures.takeover.statuses import NO, ReadStatus, is_tick, read_status
from measures.takeover.texts import SAME, in_one_script, kept, says_nothing, squeezed
from measures.takeover.units import ReadUnits, read_units, unit_names

BEGINS_WITH_NUMBER = re.compile(
    r"^\s*(?:(\d{1,3}(?:\.\d{1,3})*)\s*[.、．]\s*(?!\d)|[(（](\d{1,3})[)）]\s*|(\d{1,3}(?:\.\d{1,3})+)\s+)"
)
NAME_AND_PHONE = re.compile(
    r"^([\u4e00-\u9fff·]{2,5}|[A-Za-z .'-]+?)[\s,，、/:：;；(（\-—]*(?:联系)?(?:电话|手机|tel)?[.:：]*"
    r"\s*([\d*+][\d* +()-]{2,}\d)\s*[)）]?$",
    re.IGNORECASE,
)
WORDS = (Means.LEADER, Means.PROBLEMS, Means.NEXT_STEPS, Means.TARGET, Means.REMARK)


@dataclass
class ItemReader:
    """Reads the items of one table, from top to bottom: some cells say what those above them say."""

    grid: Grid
    columns: list[LedgerColumn]
    year: int
    legend: Mapping[str, Status]
    unit: str = ""
    sections: dict[str, str] = field(default_factory=dict)
    above: dict[int, str] = field(default_factory=dict)
    levels: dict[int, str] = field(default_factory=dict)
    numbers_in_measures: bool = False
    lead_goes_on: bool = False
    persons_in_units: str = ""
    whole: float = 1
    last_due: ReadDue = field(default_factory=ReadDue)

    def __post_init__(self) -> None:
        self.by_role: dict[Means, list[LedgerColumn]] = {}
        for column in self.columns:
            self.by_role.setdefault(column.role, []).append(column)

    def look_ahead(self, rows: list[int]) -> None:
        """See what the column of measures and that of shares hold in all of these rows."""
        measures = [self._first_text(row, Means.MEASURE) for row in rows]
        numbered = sum(bool(BEGINS_WITH_NUMBER.match(text)) for text in measures if text)
        self.numbers_in_measures = Means.NUMBER not in self.by_role and numbered >= 0.6 * max(
            1, len(measures)
        )
        measure = self.by_role[Means.MEASURE][0].index
        for column in self.by_role.get(Means.LEAD, []):
            filled = [bool(self.grid.text(row, column.index)) for row in rows]
            # A unit before its measures, written once for all of them.
            if names_persons([self.grid.own_text(row, column.index) for row in rows]):
                is_leader = re.search(r"领导|leader", in_one_script(column.heading))
                self.persons_in_units = Means.LEADER if is_leader else Means.CONTACT
            self.lead_goes_on = column.index < measure and filled[0] and sum(filled) < 0.6 * len(filled)
        for column in self.by_role.get(Means.STATUS, []):
            shares = [_number(self.grid.text(row, column.index)) for row in rows]
            if max((share for share in shares if share is not None), default=0) > 1:
                self.whole = 100

    def start_section(self, level: int, text: str) -> None:
        """From this row on, items belong to this part."""
        self.sections = {name: said for name, said in self.sections.items() if int(name[-1]) < level}
        self.sections[f"level{level}"] = text
        self.levels = {}

    def read(self, row: int) -> LedgerRow:
        """The item in this row."""
        texts: dict[str, str] = dict(self.sections)
        self._read_levels(row, texts)
        if columns := self.by_role.get(Means.NUMBER):
            texts["number"] = self._number_text(row, columns[0].index)
        measure = self._said(row, self.by_role[Means.MEASURE][0].index)
        if self.numbers_in_measures and (found := BEGINS_WITH_NUMBER.match(measure)):
            texts["number"] = next(filter(None, found.groups()))
            measure = measure[found.end() :]
        elif self.numbers_in_measures:
            texts["number"] = ""
        texts["measure"] = measure
        for role in WORDS:
            if columns := self.by_role.get(role):
                texts[str(role)] = "\n".join(
                    filter(None, (self._said(row, column.index) for column in columns))
                )
        if columns := self.by_role.get(Means.CONTACT):
            texts["contact"] = _contact([self._said(row, column.index) for column in columns])
        progress = self._progress(row, texts)
        due = self._due(row)
        status = self._status(row, texts.get("progress", ""), due)
        extras = {
            column.heading or column.letter: text
            for column in self.by_role.get(Means.EXTRA, [])
            if (text := self.grid.text(row, column.index))
        }
        units = self._units(row, texts)
        return LedgerRow(row, texts, units, due, status, progress, extras)

    def _first_text(self, row: int, role: Means) -> str:
        columns = self.by_role.get(role, [])
        return self.grid.text(row, columns[0].index) if columns else ""

    def _said(self, row: int, column: int) -> str:
        """The cell's text; where it says «as above», what the cell above says."""
        text = self.grid.text(row, column)
        if in_one_script(text).replace(" ", "") in SAME:
            text = self.above.get(column, "")
        self.above[column] = text
        return text

    def _number_text(self, row: int, column: int) -> str:
        text = self.grid.text(row, column)
        groups = [level for level in self.by_role.get(Means.LEVEL, []) if level.index > column]
        # Where numbers count what a level names, a number goes as far as its level.
        if not text and groups and not self.grid.own_text(row, groups[-1].index):
            text = self.above.get(column, "")
        self.above[column] = text
        return squeezed(text)

    def _read_levels(self, row: int, texts: dict[str, str]) -> None:
        columns = self.by_role.get(Means.LEVEL, [])
        for place, column in enumerate(columns):
            text = self.grid.text(row, column.index)
            if in_one_script(text).replace(" ", "") in SAME:
                text = self.levels.get(column.index, "")
            if text and text != self.levels.get(column.index):
                for lower in columns[place + 1 :]:
                    self.levels.pop(lower.index, None)
            if text:
                self.levels[column.index] = text
            name = f"level{column.detail or 1}"
            texts[name] = self.levels.get(column.index, "") or texts.get(name, "")

    def _units(self, row: int, texts: dict[str, str]) -> ReadUnits:
        columns = self.by_role.get(Means.LEAD, [])
        said = ""
        if columns:
            before = self.above.get(columns[0].index, "")
            said = self._said(row, columns[0].index) or (before if self.lead_goes_on else "")
            self.above[columns[0].index] = said
        if self.persons_in_units:
            said, persons = without_persons(said)
            texts[self.persons_in_units] = texts.get(self.persons_in_units, "") or persons
        found = read_units(said) if columns else ReadUnits(self.unit)
        others = [
            name
            for column in self.by_role.get(Means.SUPPORTING, [])
            for name in unit_names(self._said(row, column.index))
        ]
        return ReadUnits(found.lead, (*found.supporting, *others))

    def _due(self, row: int) -> ReadDue:
        columns = self.by_role.get(Means.DUE, [])
        if not columns:
            return ReadDue()
        column = columns[0].index
        text = self.grid.text(row, column)
        if in_one_script(text).replace(" ", "") in SAME:
            return self.last_due
        self.last_due = read_due(self.grid.spread.get(row, {}).get(column), text, self.year, self.grid.epoch)
        return self.last_due

    def _progress(self, row: int, texts: dict[str, str]) -> dict[str, str]:
        columns = self.by_role.get(Means.PROGRESS, [])
        periods = {
            column.detail: text
            for column in columns
            if column.detail and (text := self._said(row, column.index))
        }
        plain = [text for column in columns if not column.detail and (text := self._said(row, column.index))]
        if columns:
            last = list(periods.values())[-1] if periods else ""
            texts["progress"] = "\n".join(plain) or last
        return periods

    def _status(self, row: int, progress: str, due: ReadDue) -> ReadStatus:
        columns = self.by_role.get(Means.STATUS, [])
        for column in columns:
            text = self._said(row, column.index)
            if not column.detail:
                return read_status(text, progress=progress, legend=self.legend, whole=self.whole)
            if text and not says_nothing(text) and in_one_script(text) not in NO:
                if column.detail == "no":
                    return read_status("否", progress=progress)
                return ReadStatus(Status(column.detail), f"{column.heading} {text}", is_sure=is_tick(text))
        if not columns and due.is_standing:
            return ReadStatus(Status.STANDING, due.text)
        return ReadStatus()


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _contact(texts: list[str]) -> str:
    said = [text for text in texts if not says_nothing(text)]
    if len(said) == 1 and len(said[0]) <= 60 and (found := NAME_AND_PHONE.match(said[0])):
        return f"{kept(found[1])} {kept(found[2])}"
    return " ".join(said)
