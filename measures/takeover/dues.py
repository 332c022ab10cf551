"""What the words of a due date mean: 6月底前 is the last day of June; 长期坚持 has no end."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from measures.sheets.days import MONTHS
from measures.sheets.looks import Seen
from measures.takeover.texts import in_one_script

STANDING = re.compile(
    r"长期|^坚持|持续|常态|常年|贯穿|不间断|经常性|日常|始终|ongoing|standing|continu|permanent|rolling"
    r"|as and when|business as usual|\bbau\b"
)
RECURRING = re.compile(
    r"(?:每|逐)(?:个?工作日|半年|季度?|月|周|年|日|天|旬|双?周|[两三]?个?[周月年])度?"
    r"(?:底|末|初|中)?\d*[日号]?(?:前|之前|内)?"
    r"|按(?:月|季度?|周|年度?|半年)|\b(?:monthly|quarterly|weekly|annual(?:ly)?|every|each)\b"
)
# Counted from a day that the sheet does not give.
RELATIVE = re.compile(
    r"(?:后|起|之日)\D{0,6}\d*[一二两三四五六七八九十]*个?(?:工作日|日|天|周|月|季度|年)(?:以内|之内|内|前)"
    r"|(?:20\d\d年?)?(?:[春夏秋冬][季天]?学期|[上下]学期|[寒暑][假期])\D{0,4}"
    r"|^[半一两二三]年(?:以内|之内|内)|\b(?:spring|summer|autumn|fall|winter)\b(?: term)?(?: 20\d\d)?"
)
ALL_YEAR = re.compile(r"(?<=贯穿)(?:全年|一年|年度)|全年(?=坚持|持续|常态)")
NUMERALS = {"十二": 12, "十一": 11, "十": 10, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}
NUMERALS |= {"七": 7, "八": 8, "九": 9}
DIGITS = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))
YEAR = r"(?:(?:民国)?(?P<y>(?:20|19)\d\d|1[0-4]\d|\d\d)[年./-]|(?P<word>今年|本年|当年|明年|次年|后年))度?"
MONTH_NAME = "|".join(MONTHS)
FORMS = re.compile(
    r"(?P<y7>1[0-4]\d)(?P<m7>[01]\d)(?P<d7>[0-3]\d)(?!\d)|(?<!\d)(?P<y6>20\d\d)(?P<m6>0[1-9]|1[0-2])(?!\d)"
    r"|(?P<y8>20\d\d)(?P<m8>[01]\d)(?P<d8>[0-3]\d)(?!\d)"
    rf"|(?:{YEAR})?(?P<m>\d{{1,2}})月(?:份)?"
    r"(?:(?P<d>\d{1,2})[日号]?|(?P<part>[上中下]旬|初|中(?!旬)))?(?:[底末])?"
    rf"|(?:{YEAR.replace('<y>', '<yq>').replace('<word>', '<wordq>')})?"
    r"第?(?P<q>[1-4一二三四])(?:个)?季(?:度)?(?:[底末])?"
    rf"|(?:{YEAR.replace('<y>', '<yh>').replace('<word>', '<wordh>')})?(?P<h>[上下])半年(?:[底末])?"
    r"|(?<!\d)(?:民国)?(?P<yn>20\d\d|1[0-4]\d)[./-](?P<mn>\d{1,2})(?:[./-](?P<dn>\d{1,2}))?(?!\d)"
    r"|(?<!\d)(?P<dx>\d{1,2})[./-](?P<mx>\d{1,2})[./-](?P<yx>20\d\d)(?!\d)"
    r"|(?<!\d)(?P<yy>\d\d)[./-](?P<my>\d{1,2})[./-](?P<dy>\d{1,2})(?!\d)"
    rf"|(?<!\d)(?P<de>\d{{1,2}})(?:st|nd|rd|th)?[ -](?:of )?(?P<me>{MONTH_NAME})[a-z]*\.?,?"
    r"(?:[ -]?'?(?P<ye>20\d\d|\d\d)(?!\d))?"
    rf"|\b(?P<mf>{MONTH_NAME})[a-z]*\.? (?P<df>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<yf>20\d\d)"
    rf"|\b(?P<mg>{MONTH_NAME})[a-z]*\.?,?[ -]?'?(?P<yg>20\d\d|\d\d)?(?!\d)"
    r"|\bq(?P<qe>[1-4])(?:[ ,/-]*(?:fy)?(?P<yqe>20\d\d))?|(?P<yqf>20\d\d)[ /-]?q(?P<qf>[1-4])"
    r"|(?:(?P<yb>20\d\d|民国1[0-4]\d|(?<!\d)1[0-4]\d(?=年))年?|年)(?:度)?年?(?P<end>[底末内终])(?!月)"
    r"|(?P<wordy>今年|本年|当年|明年|次年|后年)(?:度)?(?:年?[底末内终])?|(?P<all>全年|年度内|岁末|年前)"
    r"|(?P<mid>年中)|(?:end of (?:the )?)?year[ -]?end|\bend of (?:the )?year\b(?: ?(?P<yye>20\d\d))?"
    r"|(?<!\d)(?:民国)?(?P<yo>20\d\d|1[0-4]\d(?=年))(?:年)?度?(?!\d)"
    r"|(?<![\d.])(?P<mo>\d{1,2})[./-](?P<do>\d{1,2})(?![\d.])"
)


@dataclass(frozen=True)
class ReadDue:
    """What a due date says, and what was understood of it.

    `is_standing`: the work has no end. `is_sure`: false where the words could mean another day as well, or
    where nothing was understood of them.
    """

    text: str = ""
    day: date | None = None
    is_standing: bool = False
    is_sure: bool = True


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def read_due(cell: object, text: str, year: int, epoch: datetime) -> ReadDue:
    """What a cell says about when something is due, in a sheet about this year."""
    value = cell.value if isinstance(cell, Seen) else cell
    if isinstance(value, date):
        given = value.date() if isinstance(value, datetime) else value
        is_month = isinstance(cell, Seen) and cell.is_month
        return ReadDue(given.isoformat(), month_end(given.year, given.month) if is_month else given)
    words = _plain(text)
    if re.fullmatch(r"[34]\d{4}|5[0-4]\d{3}", words):
        return ReadDue(text, (epoch + timedelta(days=int(words))).date())
    rest = RELATIVE.sub("", RECURRING.sub("", ALL_YEAR.sub("", words)))
    day, is_sure = _last_day(rest, year)
    if day:
        return ReadDue(text, day, is_sure=is_sure)
    if RECURRING.search(words) or STANDING.search(rest):
        return ReadDue(text, is_standing=True)
    return ReadDue(text, is_sure=bool(RELATIVE.search(words)) or not re.search(r"\d", words))


def is_due_like(cell: object, text: str, year: int, epoch: datetime) -> bool:
    """Whether a cell reads as a time, not as a sentence that names one."""
    if len(text) > 30:
        return False
    found = read_due(cell, text, year, epoch)
    if found.day is None and not found.is_standing:
        return bool(
            re.search(
                r"立即|立行立改|即知即改|即时|immediate|asap|工作日内|\d[日天]内|[学]期.*前",
                in_one_script(text),
            )
        )
    words = _plain(text)
    left = FORMS.sub("", STANDING.sub("", RECURRING.sub("", words)))
    return len(left) <= 10 or found.is_standing


def _plain(text: str) -> str:
    words = re.sub(r"\d{1,2}[-—–~至到](?=\d{1,2}月)", "", in_one_script(text))
    words = re.sub(r"\bmid[- ](?=[a-z])", "20 ", re.sub(r"\bearly (?=[a-z])", "10 ", words))
    words = re.sub(r"\bh([12])\b", lambda m: f"q{2 * int(m[1])}", words)
    words = re.sub(r"[〇零一二三四五六七八九]{4}(?=年)", lambda m: "".join(DIGITS[c] for c in m[0]), words)
    words = re.sub(
        r"(十二|十一|十|[一二三四五六七八九])(?=个?月(?!内))", lambda m: str(NUMERALS[m[1]]), words
    )
    words = re.sub(r"([上中])([中下]旬)", r"\2", words)
    return re.sub(
        r"(?<=月)(三十一|三十|二十[一-九]?|十[一二三四五六七八九]?|[一二三四五六七八九])(?=[日号])",
        _day_number,
        words,
    )


def _day_number(found: re.Match[str]) -> str:
    tens, _, ones = found[1].rpartition("十")
    ten = (NUMERALS.get(tens, 1) * 10) if "十" in found[1] else 0
    return str(ten + NUMERALS.get(ones, 0))


def _last_day(words: str, year: int) -> tuple[date | None, bool]:
    """The day of the last time that the words name. A time without a year takes that of the one before it."""
    last: date | None = None
    is_sure = True
    for found in FORMS.finditer(words):
        if words[found.end() :].startswith("起"):
            continue  # from when, not until when
        try:
            day, sure, named = _day(found.groupdict(), found[0], year)
        except ValueError:
            is_sure = False
            continue
        year = named or year
        if day:
            last, is_sure = day, sure
    return last, is_sure


def full_year(said: str | None) -> int | None:
    """A year as people write it: 2026, 26, or one of the Republic's, 115."""
    digits = re.sub(r"\D", "", said or "")
    if not digits:
        return None
    number = int(digits)
    return number if number >= 1900 else number + (1911 if number >= 100 else 2000)


def _word_year(word: str | None, year: int) -> int | None:
    if not word:
        return None
    return year + {"明": 1, "次": 1, "后": 2}.get(word[0], 0)


type Day = tuple[date | None, bool, int | None]


def _day(said: dict[str, str | None], whole: str, year: int) -> Day:
    """The day of one time, whether it is sure, and the year that it names."""
    if said["y8"]:
        return date(int(said["y8"]), int(said["m8"] or 0), int(said["d8"] or 0)), True, int(said["y8"])
    if said["y7"]:
        full = int(said["y7"]) + 1911
        return date(full, int(said["m7"] or 0), int(said["d7"] or 0)), True, full
    if said["y6"]:
        return month_end(int(said["y6"]), int(said["m6"] or 0)), True, int(said["y6"])
    if said["m"] or said["q"] or said["h"] or said["qe"] or said["qf"]:
        return _chinese(said, year)
    if said["yn"] or said["yx"] or said["yy"]:
        return _with_signs(said, year)
    return _english_or_year(said, whole, year)


def _chinese(said: dict[str, str | None], year: int) -> Day:
    """Months, quarters and halves."""
    words = said["word"] or said["wordq"] or said["wordh"]
    named = full_year(said["y"] or said["yq"] or said["yh"] or said["yqe"] or said["yqf"]) or _word_year(
        words, year
    )
    if said["m"]:
        return _of_month(named or year, int(said["m"]), said["d"], said["part"]), True, named
    if quarter := said["q"] or said["qe"] or said["qf"]:
        return month_end(named or year, 3 * (NUMERALS.get(quarter) or int(quarter))), True, named
    return month_end(named or year, 6 if said["h"] == "上" else 12), True, named


def _with_signs(said: dict[str, str | None], year: int) -> Day:
    """2026.6.30, 30/06/2026 and 26-6-30. Where day and month could change places, it is not sure."""
    if said["yx"]:
        first, second, named = int(said["dx"] or 0), int(said["mx"] or 0), int(said["yx"])
        return (
            date(named, *((first, second) if second > 12 else (second, first))),
            max(first, second) > 12,
            named,
        )
    full = full_year(said["yn"] or said["yy"]) or year
    month, day = int(said["mn"] or said["my"] or 0), said["dn"] or said["dy"]
    return (date(full, month, int(day)) if day else month_end(full, month)), True, full


def _of_month(year: int, month: int, day: str | None, part: str | None) -> date:
    if day:
        return date(year, month, int(day))
    ends = {"上旬": 10, "初": 10, "中旬": 20, "中": 20}
    return date(year, month, ends[part]) if part in ends else month_end(year, month)


def _english_or_year(said: dict[str, str | None], whole: str, year: int) -> Day:
    for name, day, named_year in (("me", "de", "ye"), ("mf", "df", "yf"), ("mg", "", "yg")):
        if said[name]:
            named = full_year(said[named_year])
            month = MONTHS.index(said[name] or "") + 1
            number = said[day] if day else None
            return _of_month(named or year, month, number, None), True, named
    if said["mo"]:
        return date(year, int(said["mo"]), int(said["do"] or 0)), True, None
    named = full_year(said["yb"] or said["yye"] or said["yo"]) or _word_year(said["wordy"], year)
    if said["mid"]:
        return date(year, 6, 30), True, None
    # 2026 alone is a year; a bare 115 before no 年 is not.
    return (
        date(named or year, 12, 31),
        bool(said["end"] or "年" in whole or "year" in whole or said["yo"]),
        named,
    )
