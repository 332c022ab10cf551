"""A works' checklist beside the others: safety rules in chapters, sections and articles."""

from collections.abc import Iterable
from io import StringIO

from django.contrib.auth.models import User
from django.core.management import call_command

from measures.choices import Cadence, Role, Side, Status, Via
from measures.demo.plots import Days, rng_of
from measures.editions.shipped import FIXTURES
from measures.ledger.plans import carry_out
from measures.models import Catalogue, Change, Checklist, Item, Membership, NewEntry, Owner, write_entries
from measures.models.state import StateValue

CATALOGUE = "workplace-safety"
SLUG, NAME = "works", "厂区（演示）"
# Each unit with the name under which it signs in, and the chapters that it answers for.
UNITS = {
    "安全科": ("anquan", "第一章 第四章"),
    "生产车间": ("chejian", "第二章"),
    "人事科": ("renshi", "第三章"),
}
OPENED, HANDED_OUT = -130, -126
BEGUN, ENDED = -115, -16  # the days on which its units report
BEGINS = "已纳入年度安全工作计划，明确责任班组和完成时间。"
ENDS = "各项要求已落实，现场复查合格，资料已归档。"
BLOCKED = "备件采购周期较长，须待到货后安装"


def open_works(days: Days, *, office: User) -> None:
    """Load the catalogue, open the checklist, and let its three units report."""
    call_command("load_catalogue", str(FIXTURES / f"{CATALOGUE}.json"), stdout=StringIO())
    catalogue = Catalogue.objects.get(slug=CATALOGUE)
    works = Checklist(slug=SLUG, name=NAME, catalogue=catalogue, period=str(days.until.year))
    works.signs_off = works.extends_by_request = False
    works.open(at=days.moment(OPENED))
    Membership.objects.create(user=office, checklist=works, role=Role.ADMINISTRATOR)
    units = {
        chapter: _unit(works, name) for name, (_user, named) in UNITS.items() for chapter in named.split()
    }
    items = list(_items(works))
    handed_out = [
        Change(item.pk, item.version, _given(item, units[item.pillar.code], days)) for item in items
    ]
    at = days.moment(HANDED_OUT)
    carry_out(handed_out, checklist=works, by=office, at=at, via=Via.IMPORT, reason="按岗位分工分派")
    for number in (BEGUN, ENDED):
        for unit in dict.fromkeys(units.values()):
            by = Membership.objects.select_related("user").get(owner=unit).user
            led = [item for item in _items(works) if item.owner_id == unit.pk]
            said = [new for place, item in enumerate(led) if (new := _entry(item, place, number))]
            write_entries(said, side=Side.LEAD, by=by, at=days.moment(number, 120), via=Via.PAGE)


def _items(works: Checklist) -> Iterable[Item]:
    return works.items.select_related("measure", "pillar").in_order()


def _unit(works: Checklist, name: str) -> Owner:
    unit, _made = Owner.objects.get_or_create(checklist=works, name=name)
    user, made = User.objects.get_or_create(username=UNITS[name][0], defaults={"first_name": name})
    if made:
        Membership.objects.create(user=user, checklist=works, role=Role.EDITOR, owner=unit)
    return unit


def _given(item: Item, unit: Owner, days: Days) -> dict[str, StateValue]:
    """What is done for good has no due date; one of the others is late."""
    values: dict[str, StateValue] = {"owner": unit}
    if item.measure.cadence != Cadence.STANDING:
        values["due"] = days.at_work(rng_of(f"works {item.measure.code}").randint(-12, 70))
    return values


def _entry(item: Item, place: int, number: int) -> NewEntry | None:
    """What a unit says on that day about the article at this place among its own; every fifth waits."""
    if place % 5 == 4:
        return None
    if number == BEGUN:
        return NewEntry.on(item, progress=BEGINS, values={"status": Status.IN_PROGRESS})
    if item.measure.cadence == Cadence.STANDING:
        return NewEntry.on(item, progress=ENDS, values={"status": Status.STANDING}) if place % 2 else None
    if place == 1:
        return NewEntry.on(item, problems=BLOCKED, values={"status": Status.BLOCKED}, reason=BLOCKED)
    return NewEntry.on(item, progress=ENDS, values={"status": Status.DONE}) if place % 3 == 0 else None
