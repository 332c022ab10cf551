"""What the report's pages need besides the shared pieces: differences and the chart."""

from collections.abc import Sequence
from datetime import date

from django import template

from measures.choices import Status
from measures.lights import end_of_day
from measures.models import Checklist, Measure
from measures.models.state import FIELDS, StateField
from measures.reports.language import joined
from measures.reports.loop_words import on_time_words
from measures.reports.model import Report, TimePoint

register = template.Library()

# The same signs as on the chips (static/measures/pieces.css).
SIGNS = {
    Status.NOT_STARTED: "○",
    Status.IN_PROGRESS: "◐",
    Status.BLOCKED: "✕",
    Status.DONE: "✓",
    Status.STANDING: "↻",
    Status.DROPPED: "—",
}
# Finished statuses are at the bottom of a column, so that their growth is visible.
UPWARDS = (
    Status.DONE,
    Status.STANDING,
    Status.IN_PROGRESS,
    Status.BLOCKED,
    Status.NOT_STARTED,
    Status.DROPPED,
)
CHART_STEP, CHART_HEIGHT, CHART_FOOT, CHART_LINE = 72, 200, 206, 13


@register.simple_tag
def item_on(checklist: Checklist, code: str, day: date) -> str:
    """The address of the item that has this code in a report of this day."""
    return checklist.item_address(code, end_of_day(day))


@register.simple_tag
def item_that_answers(checklist: Checklist, measure: Measure) -> str:
    """The address of the item that answers a measure, which may be one of a former edition."""
    return checklist.address_of(measure)


@register.simple_tag
def state_fields() -> tuple[StateField, ...]:
    """The fields that people write, in their order."""
    return FIELDS


@register.simple_tag
def on_time(report: Report) -> str:
    """How many items were done in time, in sentences; empty if nothing was to be done."""
    return joined(*on_time_words(report))


@register.inclusion_tag("report/chart.html")
def chart(points: Sequence[TimePoint]) -> dict[str, object]:
    """Stacked columns of the statuses, one per day, with signs and numbers in addition to colours."""
    columns = []
    for place, point in enumerate(points):
        total = sum(point.by_status.values())
        top, parts = float(CHART_FOOT), []
        for status in UPWARDS:
            if count := point.by_status[status]:
                height = CHART_HEIGHT * count / total
                top -= height
                words = f"{SIGNS[status]} {count}" if height >= CHART_LINE else ""
                middle = top + height / 2 + CHART_LINE / 3
                parts.append(
                    {"status": status, "top": f"{top:.2f}", "height": f"{height:.2f}", "words": words}
                    | {"middle": f"{middle:.2f}"}
                )
        left = CHART_STEP * place
        columns.append({"day": point.day, "left": left, "middle": left + CHART_STEP // 2, "parts": parts})
    return {"columns": columns, "width": CHART_STEP * len(columns), "foot": CHART_FOOT}


@register.filter
def count_of(point: TimePoint, status: Status) -> int:
    """How many items had this status on the day of the point."""
    return point.by_status[status]
