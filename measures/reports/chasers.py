"""What units were chased for in a report's period, and what answered it."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet

from measures.choices import ChaserLevel
from measures.database.prepared import prepared
from measures.lights import Lit, end_of_day, lit_while_chased
from measures.models import ChasedItem, Entry, Item
from measures.models.chasers import answers_in_time
from measures.querysets.chasers import ChasedQuerySet
from measures.reports.loop_rows import ChaserRow


def chaser_rows(items: Iterable[Item], since: date | None, as_of: date) -> tuple[ChaserRow, ...]:
    """Chasers sent by the end of `as_of` that waited after the end of `since`, oldest first. Two queries.

    With None for `since`, all of them.
    """
    about, until = {item.pk: item for item in items}, end_of_day(as_of)
    if not about:
        return ()
    rows = _open_between(list(about), end_of_day(since), until) if since else _chased(list(about), until)
    answers = Entry.objects.in_bulk([one.answer_id for one in rows if one.answer_id])
    return tuple(_row(one, about[one.item_id], answers, until) for one in rows)


@prepared
def _chased(items: list[int], until: datetime) -> QuerySet[ChasedItem]:
    return _with_answers(items, until)


@prepared
def _open_between(items: list[int], since: datetime, until: datetime) -> QuerySet[ChasedItem]:
    return _with_answers(items, until).not_over(since)


def _with_answers(items: list[int], until: datetime) -> ChasedQuerySet:
    sent = ChasedItem.objects.filter(item__pk__in=items, chaser__at__lt=until).with_answer(until)
    return sent.select_related("chaser__unit", "chaser__withdrawal").order_by("chaser__at", "pk")


def _row(one: ChasedItem, item: Item, answers: dict[int, Entry], until: datetime) -> ChaserRow:
    chaser, answer = one.chaser, answers[one.answer_id] if one.answer_id else None
    withdrawal = chaser.withdrawn_by(until)
    return ChaserRow(
        code=item.measure.code,
        title=item.measure.marked_title,
        unit=chaser.unit.name,
        level=chaser.level,
        text=chaser.text,
        answer_by=chaser.answer_by,
        at=chaser.at,
        by=chaser.by_name,
        answered_at=answer.at if answer and answers_in_time(answer, withdrawal) else None,
        withdrawn_at=withdrawal.at if withdrawal else None,
    )


def lits_as_chased(items: Iterable[Item], as_of: date) -> dict[int, Lit]:
    """By its key, each item's light; its reason names a chaser that waits. One query."""
    lits = {item.pk: item.lit(as_of) for item in items}
    for key, one in ChasedItem.objects.open_about(lits, as_of).items():
        level = ChaserLevel(one.chaser.level)
        lits[key] = lit_while_chased(lits[key], level, one.chaser.answer_by, as_of)
    return lits
