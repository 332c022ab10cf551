"""Days as people write them: 2026-11-24, 2026年11月24日, 6月底, 三季度末, 年底前, 长期."""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from measures.forms.days import LATEST_YEAR, is_plausible
from measures.sheets.looks import Seen
from measures.sheets.words import EMPTY, NotUnderstood, plain

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
DATES = [
    re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号號]?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<d>\d{1,2})\s+(?P<m>[a-z]{3,9})\.?,?\s+(?P<y>\d{4})"),
    re.compile(r"(?P<m>[a-z]{3,9})\.?\s+(?P<d>\d{1,2}),?\s+(?P<y>\d{4})"),
]
MIDNIGHT = re.compile(r"[ t]0?0:00(:00(\.0+)?)?$")
# Around a day, these change nothing: the day itself is the last.
BEFORE = re.compile(r"^(于|至|到|截至|截止|by|before|until)\s*")
AFTER = re.compile(r"\s*(以前|之前|前|为止|止|內|内|完成|办结|辦結)+$")
YEAR = r"(?P<year>\d{4}年?|今年|本年度?|当年|當年|明年|后年|後年)?\s*"
END = r"(底|末|月底|月末)"
ONGOING = {
    "长期",
    "長期",
    "长期坚持",
    "長期堅持",
    "长期推进",
    "長期推進",
    "持续",
    "持續",
    "持续推进",
    "持續推進",
    "常态化",
    "常態化",
    "长期任务",
    "長期任務",
    "long-term",
    "long term",
    "ongoing",
    "standing",
    "continuous",
}
QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
MONTH_WORDS = dict(
    zip(
        ("十二", "十一", "十", "九", "八", "七", "六", "五", "四", "三", "二", "一"),
        range(12, 0, -1),
        strict=True,
    )
)


@dataclass(frozen=True)
class ReadDay:
    """A day that a cell names. `wrote` holds the words where the day was worked out from them.

    `is_ongoing`: the cell says that the work has no end, and `day` is None.
    """

    day: date | None
    wrote: str = ""
    is_ongoing: bool = False


def day_of(cell: object, epoch: datetime, today: date) -> ReadDay | None:
    """The day that a cell names: a date, a serial number of Excel's, or text. None for an empty cell."""
    wrote, value = "", cell
    if isinstance(cell, Seen):
        value = cell.value
        if cell.is_month and isinstance(value, date):
            return ReadDay(_plausible(_month_end(value.year, value.month)), cell.text)
    if isinstance(value, date):  # datetime is one too
        return ReadDay(_plausible(value.date() if isinstance(value, datetime) else value))
    text = MIDNIGHT.sub("", plain(value))
    if text in EMPTY:
        return None
    if text in ONGOING:
        return ReadDay(None, text, is_ongoing=True)
    bare = AFTER.sub("", BEFORE.sub("", text))
    day = _exact(value, bare, epoch)
    if day is None:
        wrote = " ".join(str(value).split())
        day = _worked_out(bare, today)
    if day is None:
        raise NotUnderstood(
            _(
                "Not a date. Write it as 2026-11-24, 2026/11/24 or 2026年11月24日, "
                "or as a month's end such as 6月底."
            )
        )
    return ReadDay(_plausible(day), wrote)


def _plausible(day: date) -> date:
    if not is_plausible(day):
        raise NotUnderstood(
            _("The date %(day)s is not plausible. Write a date from 2000 to %(year)s.")
            % {"day": day.isoformat(), "year": LATEST_YEAR}
        )
    return day


def _exact(cell: object, text: str, epoch: datetime) -> date | None:
    try:
        if isinstance(cell, int | float) or re.fullmatch(r"[3-9]\d{4}(\.0+)?", text):
            # 30000 is in 1982, 99999 in 2173: no serial number has as many digits as 20261124.
            serial = float(text)
            if 30_000 <= serial < 100_000:
                return (epoch + timedelta(days=int(serial))).date()
        for form in DATES:
            if found := form.fullmatch(text):
                month = found["m"]
                number = int(month) if month.isdecimal() else MONTHS.index(month[:3]) + 1
                return date(int(found["y"]), number, int(found["d"]))
    except (ValueError, OverflowError):
        pass
    return None


def _worked_out(text: str, today: date) -> date | None:
    text = text.replace(" ", "") if re.search(r"[年月季底末]", text) else text
    for word, number in MONTH_WORDS.items():
        text = re.sub(rf"(?<!第){word}(?=月)", str(number), text)
    try:
        for form, meant in _FORMS:
            if found := re.fullmatch(form, text):
                return meant(found.groupdict(), today)
    except ValueError:
        pass
    return None


def _year(said: str | None, today: date) -> int | None:
    if not said:
        return None
    if said[:4].isdecimal():
        return int(said[:4])
    return today.year + {"明": 1, "后": 2, "後": 2}.get(said[0], 0)


def _next(days: Iterator[date], today: date) -> date:
    """The first of these days that is not past."""
    return next(day for day in days if day >= today)


def _end_of_month(said: dict[str, str | None], today: date) -> date:
    month, year = int(said["month"] or 0), _year(said["year"], today)
    if year:
        return _month_end(year, month)
    return _next((_month_end(one, month) for one in (today.year, today.year + 1)), today)


def _end_of_quarter(said: dict[str, str | None], today: date) -> date:
    year, quarter = _year(said["year"], today), QUARTERS.get(said["quarter"] or "", 0)
    if quarter and year:
        return _month_end(year, 3 * quarter)
    quarters = [quarter] if quarter else [1, 2, 3, 4]
    years = (year,) if year else (today.year, today.year + 1)
    return _next((_month_end(one, 3 * q) for one in years for q in quarters), today)


def _end_of_half(said: dict[str, str | None], today: date) -> date:
    month, year = 6 if said["half"] == "上" else 12, _year(said["year"], today)
    return _end_of_month({"month": str(month), "year": str(year) if year else None}, today)


def _day_of_month(said: dict[str, str | None], today: date) -> date:
    month, day, year = int(said["month"] or 0), int(said["day"] or 0), _year(said["year"], today)
    if year:
        return date(year, month, day)
    return _next((date(one, month, day) for one in (today.year, today.year + 1)), today)


def _end_of_year(said: dict[str, str | None], today: date) -> date:
    return date(_year(said["year"] or said.get("said"), today) or today.year, 12, 31)


def _end_of_this_month(said: dict[str, str | None], today: date) -> date:
    return _month_end(today.year, today.month)


def _end_of_english_month(said: dict[str, str | None], today: date) -> date:
    return _end_of_month(
        {"month": str(MONTHS.index((said["name"] or "")[:3]) + 1), "year": said["year"]}, today
    )


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


type Meant = Callable[[dict[str, str | None], date], date]
_FORMS: list[tuple[str, Meant]] = [
    (rf"{YEAR}(?P<month>\d{{1,2}})月份?{END}?", _end_of_month),
    (r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})", _end_of_month),
    (rf"{YEAR}第?(?P<quarter>[一二三四1-4])?(本)?季度?{END}?", _end_of_quarter),
    (rf"{YEAR}(?P<half>[上下])半年{END}?", _end_of_half),
    (r"(?P<year>\d{4}年?|今年|本年度?|当年|當年|明年|后年|後年)年?(底|末)", _end_of_year),
    (r"(?P<year>)(年|年度)(底|末)|(?P<said>\d{4})年", _end_of_year),
    (r"((本|当|當)月)(底|末)?|月(底|末)", _end_of_this_month),
    (rf"{YEAR}(?P<month>\d{{1,2}})月(?P<day>\d{{1,2}})[日号號]?", _day_of_month),
    (r"(the )?(end of )?(?P<name>[a-z]{3,9})\.?,?\s*(?P<year>\d{4})?", _end_of_english_month),
    (r"(the )?end of (the )?(year )?(?P<year>\d{4})?(year)?", _end_of_year),
    (r"(the )?end of (the )?(quarter)(?P<year>)(?P<quarter>)", _end_of_quarter),
    (r"(the )?end of (the )?(month)", _end_of_this_month),
]
