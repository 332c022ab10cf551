"""The demo's chasers: one about what is due soon, which the units answer, and one about what is late."""

from datetime import timedelta

from django.contrib.auth.models import User

from measures.choices import ChaserLevel
from measures.demo.plots import PLOTS, Days
from measures.models import Chaser, Checklist, Membership
from measures.querysets.ledger import ItemQuerySet

ANSWERED, UNANSWERED = -24, -3  # the days on which they are sent
DAYS_TO_ANSWER = 10


def chase_on(number: int, checklist: Checklist, days: Days, *, by: User) -> None:
    """What the office chases units about on the day of this number."""
    chase = _chase_about_what_is_due if number == ANSWERED else _chase_about_what_is_late
    chase(checklist, days, by=by)


def _chase_about_what_is_due(checklist: Checklist, days: Days, *, by: User) -> None:
    """A reminder about items of which each has an entry later on; their units read it the next day."""
    codes = [code for code, plot in PLOTS.items() if plot == "soon"]
    items = checklist.items.filter(measure__code__in=codes)
    text = "完成时限临近，请报送目前进展和按期完成的把握。"
    _chase(items, ANSWERED, days, level=ChaserLevel.BLUE, text=text, by=by)
    for chaser in Chaser.objects.of_checklist(checklist):
        _note_read(chaser, days, ANSWERED + 1)


def _chase_about_what_is_late(checklist: Checklist, days: Days, *, by: User) -> None:
    """A chaser about everything that is overdue: one unit has read it, none has answered."""
    late = checklist.items.overdue(on=days.at_work(UNANSWERED))
    text = "事项已逾期，请说明滞后原因，报送推进措施和新的完成时限。"
    _chase(late, UNANSWERED, days, level=ChaserLevel.YELLOW, text=text, by=by)
    newest = Chaser.objects.of_checklist(checklist).filter(level=ChaserLevel.YELLOW)
    _note_read(newest.order_by("unit__name")[0], days, UNANSWERED + 1)


def _chase(items: ItemQuerySet, number: int, days: Days, *, level: ChaserLevel, text: str, by: User) -> None:
    answer_by = days.at_work(number) + timedelta(DAYS_TO_ANSWER)
    keys = list(items.values_list("pk", flat=True))
    Chaser.send(keys, level=level, text=text, answer_by=answer_by, by=by, at=days.moment(number, 75))


def _note_read(chaser: Chaser, days: Days, number: int) -> None:
    member = Membership.objects.filter(owner=chaser.unit_id).select_related("user").first()
    if member:
        chaser.note_read(by=member.user, at=max(days.moment(number, 15), chaser.at))
