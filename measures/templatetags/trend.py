"""The trend of a checklist as lines and columns: percent done and planned, and how many items were late."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.utils.formats import date_format
from django.utils.translation import pgettext

from measures.ledger.trend import TrendPoint

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


@register.inclusion_tag("overview/trend.html")
def trend(points: Sequence[TrendPoint]) -> dict[str, object]:
    """At least two points, oldest first."""
    step = (RIGHT - LEFT - COLUMN_WIDTH) / (len(points) - 1)
    most = max(point.overdue for point in points) or 1
    named = 1 if len(points) <= MONTHS_NAMED else 2
    month = pgettext("date format of a month in a chart", "M")
    drawn = [
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
    return {
        "points": drawn,
        "last": drawn[-1],
        "done_line": " ".join(f"{one.x:.1f},{one.done_y:.1f}" for one in drawn),
        "planned_line": " ".join(f"{one.x:.1f},{one.planned_y:.1f}" for one in drawn),
        "grid": [(f"{percent}%", _height(percent)) for percent in (0, 50, 100)],
        "labels": _apart(drawn[-1].done_y, drawn[-1].planned_y),
        "width": WIDTH,
        "left": LEFT,
        "right": RIGHT,
        "foot": FOOT,
    }


def _height(share: float | None) -> float:
    return FOOT - (FOOT - TOP) * (share or 0) / 100


def _apart(done: float, planned: float) -> tuple[float, float]:
    """Where the last figures of both lines are written, so that neither covers the other."""
    gap = 13
    if abs(done - planned) >= gap:
        return done + 4, planned + 4
    middle = (done + planned) / 2 + 4
    return (middle - gap / 2, middle + gap / 2) if done <= planned else (middle + gap / 2, middle - gap / 2)
