"""A ledger that was read, in the form in which it can be compared with what is true of it."""

from measures.takeover.headings import Means
from measures.takeover.ledger import Ledger, LedgerRow, LedgerSheet, LedgerTable, Why

type Jsonable = str | int | float | bool | list["Jsonable"] | dict[str, "Jsonable"] | None


def plain_ledger(ledger: Ledger) -> dict[str, Jsonable]:
    """All of it, as JSON holds it."""
    return {
        "file": ledger.file,
        "language": ledger.language,
        "year": ledger.year,
        "sheets": {sheet.name: _sheet(sheet) for sheet in ledger.sheets},
    }


def _sheet(sheet: LedgerSheet) -> dict[str, Jsonable]:
    standing = any(row.status.status for row in sheet.rows)
    rows: list[Jsonable] = [_row(row, table, sheet, standing) for table in sheet.tables for row in table.rows]
    left = sheet.left_rows
    found: dict[str, Jsonable] = {
        "rows": rows,
        "ignored_rows": [one.row for one in left if one.why is not Why.SECTION],
        "columns": _columns(sheet.tables[0]) if sheet.tables else {},
        "extra": _extra(sheet.tables[0]) if sheet.tables else {},
    }
    if sections := [one.row for one in left if one.why is Why.SECTION]:
        found["section_rows"] = list[Jsonable](sections)
    if not sheet.tables:
        found["ignored"] = True
    if sheet.unit:
        found["unit"] = sheet.unit
    if len(sheet.tables) > 1:
        found["tables"] = [
            {
                "first_row": table.rows[0].row,
                "last_row": table.rows[-1].row,
                "columns": _columns(table),
                "extra": _extra(table),
            }
            for table in sheet.tables
        ]
    if sheet.comments:
        found["comments"] = dict[str, Jsonable](sheet.comments)
    if sheet.beyond:
        found["beyond"] = list[Jsonable](sheet.beyond)
    uncertain = [column.letter for table in sheet.tables for column in table.columns if column.is_uncertain]
    if uncertain:
        found["uncertain"] = list[Jsonable](uncertain)
    return found


def _columns(table: LedgerTable) -> dict[str, Jsonable]:
    return {column.letter: column.name for column in table.columns if column.role is not Means.EXTRA}


def _extra(table: LedgerTable) -> dict[str, Jsonable]:
    return {column.letter: column.heading for column in table.columns if column.role is Means.EXTRA}


def _row(row: LedgerRow, table: LedgerTable, sheet: LedgerSheet, standing: bool) -> dict[str, Jsonable]:
    found: dict[str, Jsonable] = {"row": row.row, **row.texts}
    if table.has(Means.LEAD) or table.has(Means.SUPPORTING) or sheet.unit:
        found["lead"] = row.units.lead
        found["supporting"] = list[Jsonable](row.units.supporting)
    if table.has(Means.DUE):
        found["due"] = row.due.day.isoformat() if row.due.day else None
        found["due_text"] = row.due.text
    if table.has(Means.STATUS) or standing:
        found["status"] = str(row.status.status.value) if row.status.status else None
    if any(column.role is Means.PROGRESS and column.detail for column in table.columns):
        found["progress_by_period"] = dict[str, Jsonable](row.progress)
    return found
