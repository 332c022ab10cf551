"""What a spreadsheet shows for a number that a cell holds, and cells that hold no value at all."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import from_excel

# Formats that Excel has by number in Chinese Windows, and that openpyxl does not know.
EAST_ASIAN = {
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: 'h"时"mm"分"',
    35: 'h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    55: 'h"时"mm"分"',
    56: 'h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}
ERRORS = {
    "#NULL!",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
    "#NAME?",
    "#NUM!",
    "#N/A",
    "#GETTING_DATA",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#UNKNOWN!",
    "#BUSY!",
    "#PYTHON!",
}
# WPS stores a picture in a cell as the result of this function.
PICTURE = re.compile(r"=?\s*(_xlfn\.)?DISPIMG\(", re.IGNORECASE)
PLAIN_NUMBER = re.compile(r"(?P<thousands>#,##)?(?P<whole>0+|#)(\.(?P<decimals>0+))?(?P<percent>%)?")
# Everything in a format that is text, a colour or a locale, not a part of a date.
NOT_A_PART = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
SPACING = re.compile(r"\[[^\]]*\]|_.|\*.")


@dataclass(frozen=True)
class Seen:
    """A number or a day in a cell, and the text that a spreadsheet shows for it.

    `is_month`: the cell shows a month only, though it holds the first day of it.
    """

    value: float | date
    text: str
    is_month: bool = False


@dataclass(frozen=True)
class Unusable:
    """A cell that shows something, but whose value cannot be read. `why` says so to the user."""

    shown: str
    why: str


def error_cell(shown: str) -> Unusable:
    return Unusable(
        shown, _("The cell contains an error (%(error)s). Correct it or clear the cell.") % {"error": shown}
    )


def picture_cell() -> Unusable:
    return Unusable(
        _("(picture)"),
        _("The cell contains a picture or another object, which cannot be read. Write text instead."),
    )


def formula_cell(formula: str) -> Unusable:
    message = _(
        "The formula in this cell has no stored result. "
        "Open the file in Excel or WPS, save it, and upload it again."
    )
    return Unusable(f"={formula}", message)


def seen_number(number: float, code: str, epoch: datetime) -> object:
    """The number as a cell of this format shows it: the number itself where the format is no special one."""
    code = code.split(";", maxsplit=1)[0]
    if is_timedelta_format(code):
        return number
    if is_date_format(code):
        return _seen_day(number, code, epoch)
    found = PLAIN_NUMBER.fullmatch(SPACING.sub("", code).strip())
    return Seen(number, _as_shown(number, found)) if found else number


def _as_shown(number: float, found: re.Match[str]) -> str:
    decimals = len(found["decimals"] or "")
    if found["percent"]:
        return f"{number * 100:.{decimals}f}%"
    if found["thousands"]:
        return f"{number:,.{decimals}f}"
    digits = len(found["whole"]) + (decimals + 1 if decimals else 0)
    return f"{number:0{digits}.{decimals}f}"


def _seen_day(number: float, code: str, epoch: datetime) -> object:
    try:
        moment = from_excel(number, epoch)
    except (OverflowError, ValueError):
        return error_cell("#####")
    if isinstance(moment, time | timedelta):
        return str(moment)
    parts = set(NOT_A_PART.sub("", code).lower())
    is_month = "d" not in parts and "h" not in parts and {"m", "y"} <= parts
    if "月" in code and "m" in parts and "h" not in parts:
        year = f"{moment.year}年" if "y" in parts else ""
        day = f"{moment.day}日" if "d" in parts else ""
        return Seen(moment, f"{year}{moment.month}月{day}", is_month)
    if is_month:
        return Seen(moment, f"{moment:%Y-%m}", is_month)
    return moment
