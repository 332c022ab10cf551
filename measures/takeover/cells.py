"""Cells that go into remarks with their headings, and the columns that the reader passes over."""

import re
from collections.abc import Iterator, Mapping

from measures.models.people import MOBILE, PHONE
from measures.takeover.columns import LedgerColumn
from measures.takeover.headings import Means
from measures.takeover.ledger import LedgerTable
from measures.takeover.statuses import is_tick
from measures.takeover.texts import says_nothing

READ_ONCE = {Means.NUMBER, Means.MEASURE, Means.LEAD, Means.DUE}
MOBILE_IN_TEXT = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
PHONE_IN_TEXT = re.compile(
    r"(?<![\d-])(?:0\d{2,3}[- ]?)?\d{7,8}(?:(?:转|轉|-|x)\d{2,6})?(?!\d)|(?<!\d)\d{5,6}(?!\d)"
)


def heading_of(column: LedgerColumn) -> str:
    return column.heading.replace("/", " ") or column.letter


def row_in(address: str) -> int:
    """The row of a cell that is named as in B12."""
    return int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0)


def first_of(table: LedgerTable, role: Means) -> LedgerColumn | None:
    return next((column for column in table.columns if column.role is role), None)


def passed_over(table: LedgerTable, meanings: Mapping[str, str]) -> Iterator[LedgerColumn]:
    """The columns whose cells the reader does not read, since others play their part."""
    roles: dict[Means, list[LedgerColumn]] = {}
    for column in table.columns:
        roles.setdefault(column.role, []).append(column)
    for role in READ_ONCE:
        yield from roles.get(role, [])[1:]
    plain = [place for place, one in enumerate(roles.get(Means.STATUS, [])) if not one.detail]
    if plain:
        yield from roles[Means.STATUS][plain[0] + 1 :]
    for columns in (roles.get(Means.LEVEL, []), [one for one in roles.get(Means.PROGRESS, []) if one.detail]):
        last = {column.detail or "1": column for column in columns}
        yield from (column for column in columns if last[column.detail or "1"] is not column)
    yield from (column for column in roles.get(Means.EXTRA, []) if meanings.get(column.letter) != "out")


def odd_ticks(table: LedgerTable, texts: Mapping[int, str]) -> Iterator[LedgerColumn]:
    """Columns of ticks with more than a tick, and all ticks but the first."""
    ticked = False
    for column in table.columns:
        text = texts.get(column.index, "")
        if column.role is not Means.STATUS or not column.detail or says_nothing(text):
            continue
        if ticked or not is_tick(text):
            yield column
        ticked = True


def split_contact(text: str) -> tuple[str, str, int]:
    """What a cell says of whom to ask: the words, an office's telephone, and how many mobile phones it names.

    Mobile phones belong to persons, and are left out.
    """
    rest, mobiles = MOBILE_IN_TEXT.subn("", text)
    phones = PHONE_IN_TEXT.findall(rest)
    phone = ""
    if (
        len(phones) == 1
        and len(phones[0]) <= 50
        and PHONE.fullmatch(phones[0])
        and not MOBILE.fullmatch(phones[0])
    ):
        phone = phones[0]
        rest = rest.replace(phone, "", 1)
    return " ".join(rest.split()).strip(" ,，、;；:：/()（）"), phone, mobiles
