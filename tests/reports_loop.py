"""The loop's rows of a report made by hand: entries and applications about some of its items."""

from datetime import datetime, timedelta
from itertools import cycle

from measures.choices import ApplicationKind
from measures.reports.loop_rows import ApplicationRow, ApplicationState, EntryRow
from measures.reports.model import ReportRow


def make_entries(rows: tuple[ReportRow, ...], at: datetime) -> tuple[EntryRow, ...]:
    """An entry about every third item, by its owner; the texts are the item's notes."""
    return tuple(
        EntryRow(
            code=row.code,
            title=row.title,
            unit=row.owner,
            at=at - timedelta(days=place),
            counts_on=(at - timedelta(days=place)).date(),
            by="王芳",
            side="牵头单位",
            by_office=False,
            nothing_new=not row.notes,
            progress=row.notes,
            problems=row.reason,
            next_steps=row.notes[:20],
            withdrawn=place % 2 == 1,
        )
        for place, row in enumerate(rows[::3])
    )


def make_applications(rows: tuple[ReportRow, ...], at: datetime) -> tuple[ApplicationRow, ...]:
    """An application about every fourth item: each kind, and each state."""
    made = []
    kinds, states = cycle(ApplicationKind), cycle(ApplicationState)
    for place, row in enumerate(rows[::4]):
        kind, state = next(kinds), next(states)
        if kind == ApplicationKind.CLOSE and place:
            next(states)  # or each kind would have one state only
        due = at.date() + timedelta(days=place)
        decided = state != ApplicationState.WAITING
        made.append(
            ApplicationRow(
                code=row.code,
                title=row.title,
                owner=row.owner,
                kind=kind,
                side="牵头单位",
                by="王芳",
                at=at - timedelta(days=9),
                reason=row.notes or "已办结",
                due=due,
                new_due=due + timedelta(days=14) if kind == ApplicationKind.EXTEND else None,
                state=state,
                decided_by="张建国" if decided else "",
                decided_at=at - timedelta(days=3) if decided else None,
                answer=row.notes or "材料不全" if state == ApplicationState.RETURNED else "",
                by_one_hand=place == 1,
            )
        )
    return tuple(made)
