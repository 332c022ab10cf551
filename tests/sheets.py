"""Spreadsheets for tests: taken from the list, edited, and sent back."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

UPLOAD = "/checklists/henan/import/"
LIST = "/checklists/henan/items/"
COLUMNS = "code,title,status,owner,due,notes"
ENGLISH = {"Accept-Language": "en"}


def by_heading(rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """The rows below the first, each cell by the heading that the first row gives its column."""
    headings, *others = rows
    return [dict(zip(headings, row, strict=True)) for row in others]


def export(client: Client, query: str = f"columns={COLUMNS}") -> bytes:
    """The list of 河南 as XLSX: A code, B title, C status, D owner, E due, F notes."""
    return client.get(f"{LIST}?{query}&format=xlsx", headers=ENGLISH).content


def edited(content: bytes, **cells: Any) -> bytes:
    """The workbook with cells written over: edited(content, C2="Done")."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for place, value in cells.items():
        book.worksheets[0][place] = value
        if isinstance(value, str):
            book.worksheets[0][place].data_type = "s"  # openpyxl would make a formula of it
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def sheet_of(*rows: list[Any]) -> bytes:
    """A workbook of one sheet with these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    return saved(book)


def upload(client: Client, content: bytes, name: str = "台账.xlsx") -> Any:
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)}, headers=ENGLISH)


def apply(client: Client, previewed: Any, **fields: str) -> Any:
    """What the button of a preview sends."""
    sent = {"apply": "1", "token": previewed.context["token"]} | fields
    return client.post(UPLOAD, sent, headers=ENGLISH)


def changes(response: Any) -> list[tuple[str, str, str, str]]:
    """Code, field, value now and value in the file, of each cell that a preview would change."""
    found = response.context["found"]
    return [(row.asked.code, c.field, c.now, c.then) for row in found.rows for c in row.changes]


def problems(response: Any) -> list[tuple[int, str, str]]:
    """Row, column and value of each thing that a preview finds wrong."""
    return [(one.row, one.column, one.value) for one in response.context["found"].problems]


def said(response: Any) -> str:
    return str(response.context["found"].problems[0].message)
