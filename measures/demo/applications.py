"""The demo's applications: from one day on, units ask before they end an item or move its due date."""

from collections.abc import Mapping
from datetime import timedelta

from django.contrib.auth.models import User

from measures.choices import ApplicationKind, Side
from measures.demo.plots import Days
from measures.models import Application, Checklist

# By codes of the second edition: the first is granted, the second returned, the others wait.
APPLICATIONS = (
    ("2.1.10", ApplicationKind.EXTEND, -8),
    ("1.2.4", ApplicationKind.EXTEND, -8),
    ("1.1.9", ApplicationKind.CLOSE, -2),
    ("2.1.2", ApplicationKind.EXTEND, -1),
)


def turn_rules_on(checklist: Checklist, days: Days, *, by: User, editors: Mapping[int | None, User]) -> None:
    """Four units have asked since, and the office has decided on two."""
    before = Checklist.objects.get(pk=checklist.pk)
    checklist.signs_off = checklist.extends_by_request = True
    checklist.set_rules(before, by=by, at=days.moment(-9))
    asked = []
    for code, kind, number in APPLICATIONS:
        item = checklist.items.get(measure__code=code)
        extends = kind == ApplicationKind.EXTEND
        asked.append(
            Application.ask(
                item,
                kind,
                side=Side.LEAD,
                by=editors[item.owner_id],
                at=days.moment(number),
                reason="上位文件尚未出台，需待明确后推进" if extends else "各项要求已落实到位，资料已归档",
                new_due=item.due + timedelta(days=30) if extends and item.due else None,
            )
        )
    asked[0].grant(by=by, at=days.moment(-6))
    asked[1].send_back(by=by, at=days.moment(-6, 45), reason="请补充完成情况说明后再报")
