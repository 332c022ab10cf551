"""The texts of a report: a stored report keeps its language, regardless of the reader's."""

from collections.abc import Callable
from datetime import date
from functools import wraps

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext

from measures.reports.model import Report

DIGITS = "〇一二三四五六七八九"


def in_its_language[R](write: Callable[[Report], R]) -> Callable[[Report], R]:
    """Make a writer of a report write in the report's language."""

    @wraps(write)
    def written(report: Report) -> R:
        with translation.override(report.language):
            return write(report)

    return written


def full_title(report: Report) -> str:
    """What the reader chose, or who reports on what: 河南关于……任务进展情况的报告."""
    words = pgettext("title of a report", "Report of %(organisation)s on progress with %(catalogue)s")
    values = {"organisation": report.organisation, "catalogue": report.catalogue}
    return report.choice.title or words % values


def day(value: date | None) -> str:
    """Format a day in words; empty if there is none."""
    return "" if value is None else date_format(value)


def joined(*sentences: str) -> str:
    """Sentences as one paragraph. No space comes between two in Chinese, and gettext knows no empty word."""
    return ("" if (get_language() or "").startswith("zh") else " ").join(sentences)


def signed(difference: int) -> str:
    """A difference with its sign, +3 or −3, with a true minus; empty where nothing moved."""
    return f"{difference:+d}".replace("-", "−") if difference else ""


def in_chinese(number: int) -> str:
    """A number up to 99 as a heading counts: 一, 十, 十二, 二十."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return f"{DIGITS[tens] if tens > 1 else ''}十{DIGITS[ones] if ones else ''}"
