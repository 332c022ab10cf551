"""Bytes → grids: XLSX, old XLS, CSV in whichever encoding and with whichever separator, and pasted cells."""

import csv
import io
from itertools import count
from pathlib import PurePath

from django.utils.translation import gettext as _

from measures.sheets.guard import FILE_LIMIT, SheetError, check_workbook, unreadable
from measures.sheets.read import OLD_OFFICE, WALKED_LIMIT, ZIP
from measures.sheets.workbook import COLUMNS_READ, grid_of_sheet, open_workbook
from measures.takeover.comments import comments_of
from measures.takeover.grid import Grid, Merge, address
from measures.takeover.old import read_old

ROWS_LIMIT = 10_000
SHEETS_LIMIT = 60
SEPARATORS = ",\t;|"


def open_file(content: bytes, name: str) -> list[Grid]:
    """Every sheet of the file. Raises SheetError, which says what is wrong."""
    if len(content) > FILE_LIMIT:
        raise SheetError(_("The file is larger than 5 MB. Upload it in parts."))
    if content.startswith(ZIP):
        grids = _open_workbook(content)
    elif content.startswith(OLD_OFFICE):
        grids = read_old(content, rows_limit=ROWS_LIMIT, columns_limit=COLUMNS_READ)
    else:
        grids = [_read_text(_decoded(content), PurePath(name).stem)]
    if len(grids) > SHEETS_LIMIT or sum(len(grid.cells) for grid in grids) > ROWS_LIMIT:
        raise SheetError(
            _("This file has more than %(limit)s rows. Upload it in parts.") % {"limit": f"{ROWS_LIMIT:,}"}
        )
    return grids


def open_paste(text: str, name: str) -> list[Grid]:
    """Cells that were copied from a sheet: tabs between them, and quotation marks around line breaks."""
    return [_read_text(text, name)]


def _open_workbook(content: bytes) -> list[Grid]:
    check_workbook(content)
    grids = []
    try:
        reader = open_workbook(content)
        for sheet in reader.wb.worksheets:
            found = grid_of_sheet(reader, sheet, ROWS_LIMIT + 1)
            merges = [Merge(*bounds) for bounds in found.merges]
            beyond = [address(row, column) for row, column in found.beyond]
            grids.append(
                Grid(sheet.title, found.cells, merges, comments_of(content, sheet), beyond, reader.wb.epoch)
            )
    except SheetError:
        raise
    # A broken workbook makes openpyxl fail in as many ways as there are to break one.
    except Exception as error:
        raise SheetError(unreadable()) from error
    return grids


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content.count(b"\0") > len(content) // 4:
        encodings = ["utf-16-le"]
    else:
        encodings = ["utf-8-sig", "gb18030", "big5hkscs"]
    texts = []
    for encoding in encodings:
        try:
            texts.append(content.decode(encoding))
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8-sig":
            break
    if not texts:
        raise SheetError(_("This is neither an XLSX file nor a CSV file in UTF-8 or GB18030."))
    return max(texts, key=_common)


def _common(text: str) -> int:
    """How many of the characters are ones that offices use: what tells Big5 from GB18030."""
    return sum(1 for sign in text if sign in COMMON)


COMMON = set(
    "的一是在不了有和人大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面方后多定行学法所"
    "民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天"
    "政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很"
    "為個國時來們會後發動學過說產種對經進體機當點從業應開還無關條結問線間樣與數辦責單項務領導協標題處縣區備註號長續狀態"
    "、。，；：（）局委办市县镇责任单位序号完成时限备注"
)


def _read_text(text: str, name: str) -> Grid:
    walked = count()
    best: dict[int, dict[int, object]] = {}
    beyond: list[str] = []
    score = (-1, 0)
    for separator in SEPARATORS:
        try:
            cells, over = _records(text, separator, walked)
        except csv.Error as error:
            raise SheetError(unreadable()) from error
        widths = [len(row) for row in cells.values()]
        # The separator by which most rows have cells, and as many of them as the others.
        usual = max(set(widths), key=widths.count, default=0)
        rank = (sum(width > 1 for width in widths) * min(usual, 3), usual)
        if rank > score:
            best, beyond, score = cells, over, rank
    return Grid(name, best, beyond=beyond)


def _records(
    text: str, separator: str, walked: "count[int]"
) -> tuple[dict[int, dict[int, object]], list[str]]:
    cells: dict[int, dict[int, object]] = {}
    beyond = []
    lines = io.StringIO(text.rstrip("\0"), newline="")
    csv.field_size_limit(FILE_LIMIT)
    for number, record in enumerate(csv.reader(lines, delimiter=separator), 1):
        if next(walked) > WALKED_LIMIT or len(cells) > ROWS_LIMIT:
            raise SheetError(
                _("This file has more than %(limit)s rows. Upload it in parts.")
                % {"limit": f"{ROWS_LIMIT:,}"}
            )
        found: dict[int, object] = {place: cell for place, cell in enumerate(record, 1) if cell}
        beyond += [
            address(number, place)
            for place, cell in found.items()
            if place > COLUMNS_READ and str(cell).strip()
        ]
        if found := {place: cell for place, cell in found.items() if place <= COLUMNS_READ}:
            cells[number] = found
    return cells, beyond
