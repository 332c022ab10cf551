"""The trend of a checklist as lines and columns: percent done and planned, and how many items were late."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from html import escape  # Django's own asks of each text whether it is lazy

from django import template
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.ledger.trend import TrendPoint
from measures.progress import percent

register = template.Library()

# In units of the drawing, which is as wide as a telephone and is enlarged a little elsewhere.
WIDTH, LEFT, RIGHT = 360, 34, 316
TOP, FOOT = 14, 150
COLUMN_WIDTH, TALLEST_COLUMN = 12, 36
MONTHS_NAMED = 6


@dataclass(frozen=True)
class DrawnPoint:
    """One point where it is drawn; `day` is empty where there is no room for its name."""

    point: TrendPoint
    x: float
    done_y: float
    planned_y: float
    column_top: float
    day: str

    @property
    def column_left(self) -> float:
        return self.x - COLUMN_WIDTH / 2

    @property
    def column_height(self) -> float:
        return FOOT - self.column_top


@register.simple_tag
def trend(points: Sequence[TrendPoint]) -> SafeString:
    """At least two points, oldest first: drawn, and the same in numbers in a table that unfolds."""
    return mark_safe(_drawing(_placed(points)) + _key() + _table(points))  # noqa: S308 - texts are escaped


def _placed(points: Sequence[TrendPoint]) -> list[DrawnPoint]:
    step = (RIGHT - LEFT - COLUMN_WIDTH) / (len(points) - 1)
    most = max(point.overdue for point in points) or 1
    named = 1 if len(points) <= MONTHS_NAMED else 2
    month = pgettext("date format of a month in a chart", "M")
    return [
        DrawnPoint(
            point,
            LEFT + COLUMN_WIDTH / 2 + step * place,
            _height(point.share),
            _height(point.planned_share),
            FOOT - TALLEST_COLUMN * point.overdue / most,
            # Counted from the newest, which always has its name.
            date_format(point.day, month) if (len(points) - 1 - place) % named == 0 else "",
        )
        for place, point in enumerate(points)
    ]


def _drawing(drawn: list[DrawnPoint]) -> str:
    last, lines = drawn[-1], list[str]()
    for part in (0, 50, 100):
        y = _tenth(_height(part))
        lines.append(
            f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{y}" y2="{y}"/>'
            f'<text class="scale" x="{LEFT - 4}" y="{y}" dy="4">{part}%</text>\n'
        )
    lines += [_column(one) for one in drawn]
    for name in ("planned", "done"):
        line = " ".join([f"{one.x:.1f},{getattr(one, f'{name}_y'):.1f}" for one in drawn])
        lines.append(f'<polyline class="{name}" points="{line}"/>\n')
    lines += [
        f'<circle class="done" cx="{_tenth(one.x)}" cy="{_tenth(one.done_y)}" r="2.5"/>\n' for one in drawn
    ]
    done, planned = _apart(last.done_y, last.planned_y)
    said = _(
        "Share done, share planned and overdue items over time; the table below shows the same in numbers."
    )
    share, planned_share, right = percent(last.point.share), percent(last.point.planned_share), RIGHT + 2
    return (
        f'<svg class="trend" viewBox="0 0 {WIDTH} 172" role="img" aria-label="{escape(said)}">\n'
        f'{"".join(lines)}<text class="end done" x="{right}" y="{_tenth(done)}">{share}</text>\n'
        f'<text class="end" x="{right}" y="{_tenth(planned)}">{planned_share}</text>\n</svg>\n'
    )


def _column(one: DrawnPoint) -> str:
    """How many are overdue, and the name of the month."""
    x, drawn = _tenth(one.x), ""
    if one.point.overdue:
        top = _tenth(one.column_top)
        drawn = (
            f'<rect class="overdue" x="{_tenth(one.column_left)}" y="{top}" width="12" '
            f'height="{_tenth(one.column_height)}"/>'
            f'<text class="count" x="{x}" y="{top}" dy="-3">{one.point.overdue}</text>\n'
        )
    if one.day:
        drawn += f'<text class="day" x="{x}" y="{FOOT + 15}">{escape(one.day)}</text>\n'
    return drawn


def _key() -> str:
    words = {
        "done": _("Done or standing, of all in force"),
        "planned": _("Due by then"),
        "overdue": _("Overdue items"),
    }
    return (
        '<ul class="trend-key small">\n'
        + "".join([f'<li class="{name}">{escape(text)}</li>\n' for name, text in words.items()])
        + "</ul>\n"
    )


def _table(points: Sequence[TrendPoint]) -> str:
    summary, region, day = _("In numbers"), _("Progress by month"), _("At the end of")
    headings = [_("Done or standing"), _("Due by then"), _("Overdue")]
    numbers = "".join([f'<th scope="col" class="number">{escape(words)}</th>' for words in headings])
    rows = [
        f'<tr><th scope="row" class="figures nowrap">{one.day:%Y-%m-%d}</th>'
        f'<td class="number">{one.well} / {one.in_force}<br>'
        f'<span class="quiet">{percent(one.share)}</span></td>'
        f'<td class="number">{one.planned}<br><span class="quiet">{percent(one.planned_share)}</span></td>'
        f'<td class="number">{one.overdue}</td></tr>\n'
        for one in points
    ]
    return (
        f'<details>\n<summary class="small">{escape(summary)}</summary>\n'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(region)}">\n'
        f'<table class="dense"><thead><tr><th scope="col">{escape(day)}</th>'
        f"{numbers}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody></table></div></details>\n"
    )


def _tenth(number: float) -> str:
    """With one digit after the point, whatever the language."""
    return str(Decimal(repr(number)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _height(share: float | None) -> float:
    return FOOT - (FOOT - TOP) * (share or 0) / 100


def _apart(done: float, planned: float) -> tuple[float, float]:
    """Where the last figures of both lines are written, so that neither covers the other."""
    gap = 13
    if abs(done - planned) >= gap:
        return done + 4, planned + 4
    middle = (done + planned) / 2 + 4
    return (middle - gap / 2, middle + gap / 2) if done <= planned else (middle + gap / 2, middle - gap / 2)
