"""Makes the demo by the app's own methods, with past times."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.utils import translation

from measures.choices import Role, Side, Status, Via
from measures.database.locks import audited_transaction
from measures.demo import chasers, editions, evidence, milestones, receipts, words
from measures.demo.answers import ANSWERS, LEADERS, helpers_of, target_of
from measures.demo.applications import turn_rules_on
from measures.demo.below import open_below
from measures.demo.handed_down import hand_down_and_change
from measures.demo.periods import close_until, open_months
from measures.demo.plots import HANDED_OUT, PLOT_DAYS, PLOTS, Days, Step, due_of, rng_of, steps_of
from measures.demo.saved_views import save_views
from measures.demo.units import UNITS, unit_of
from measures.demo.works import open_works
from measures.editions.shipped import load_shipped
from measures.ledger.plans import carry_out, plan_bulk, plan_undo
from measures.models import (
    Batch,
    Catalogue,
    Change,
    Checklist,
    Entry,
    Item,
    Membership,
    NewEntry,
    Owner,
    write_entries,
)
from measures.models.state import StateValue
from measures.querysets.ledger import ItemQuerySet
from measures.rights.roles import Rights

SLUG = "henan"
# Nobody should take an invented figure for a real one.
NAME = "河南（演示）"
OFFICE = "administrator"
NOTHING_NEW = 0.06  # the share of the entries between
# Who signs in, under what name they act, and in what role. The other units sign in as `UNITS` says.
USERS = {
    OFFICE: ("督查室", Role.ADMINISTRATOR),
    "editor": ("干部教育处", Role.EDITOR),
    "viewer": ("部务会", Role.VIEWER),
    "auditor": ("机关纪委", Role.AUDITOR),
}


@translation.override("zh-hans")  # in Chinese, whatever language is active
@audited_transaction()
def make_demo(*, until: date) -> Checklist:
    """Fill an empty database with the demo: a checklist, some below it, and half a year up to `until`.

    It opens with the first edition of its catalogue and moves to the second one near the end.
    """
    days = Days(until)
    load_shipped(at=days.moment(-PLOT_DAYS), earlier=(editions.FIRST,))
    first = Catalogue.objects.get(slug=editions.FIRST)
    checklist = Checklist(slug=SLUG, name=NAME, catalogue=first, period=str(until.year))
    checklist.signs_off = checklist.extends_by_request = False
    checklist.open(at=days.moment(-PLOT_DAYS))
    stage = Stage(checklist, days)
    stage.hand_out()
    stage.half_a_year()
    close_until(0, stage.periods, days, by=stage.office)
    turn_rules_on(checklist, days, by=stage.office, editors=stage.editors)
    milestones.ask_and_propose(checklist, days, by=stage.office)
    evidence.add_evidence_to_what_was_said(checklist)
    save_views(checklist, stage.users)
    hand_down_and_change(checklist, days, by=stage.office)
    editions.confirm_new_wordings(checklist, days)
    receipts.confirm_what_was_received(checklist, days)
    open_works(days, office=stage.office)
    return checklist


def set_passwords(password: str) -> None:
    """The same password for every user of the demo, hashed once."""
    User.objects.update(password=make_password(password))


class Stage:
    """A checklist, its people, and what they do one after the other."""

    def __init__(self, checklist: Checklist, days: Days) -> None:
        self.checklist, self.days = checklist, days
        self.owners = {name: self._owner(name) for name in UNITS}
        self.users = {
            username: self._user(username, *who, owner=self.owners.get(who[0]))
            for username, who in (USERS | {UNITS[unit]: (unit, Role.EDITOR) for unit in UNITS}).items()
        }
        self.office = self.users[OFFICE]
        self.periods = open_months(checklist, days)
        # By the key of the owner; what is nobody's is the office's to move on.
        self.editors: dict[int | None, User] = {
            owner.pk: self.users[UNITS[name]] for name, owner in self.owners.items()
        }

    def _owner(self, name: str) -> Owner:
        leader, contact, phone = ANSWERS[name]
        return Owner.objects.create(
            checklist=self.checklist, name=name, leader=leader, contact=contact, phone=phone
        )

    def _user(self, username: str, name: str, role: Role, *, owner: Owner | None) -> User:
        # A unit's name, not a person's: no account here belongs to anybody.
        user = User.objects.create(username=username, first_name=name, is_staff=role == Role.ADMINISTRATOR)
        Membership.objects.create(user=user, checklist=self.checklist, role=role, owner=owner)
        return user

    def items(self) -> ItemQuerySet:
        return self.checklist.items.for_list().in_order()

    # What is done together

    def hand_out(self) -> None:
        """Who answers for what, by when and to what end, as one import of a table."""
        changes = []
        for item in self.items():
            if unit := unit_of(item.measure):
                values: dict[str, StateValue] = {
                    "owner": self.owners[unit],
                    "due": due_of(item.measure, self.days),
                    "cooperating": tuple(self.owners[name] for name in helpers_of(item.measure)),
                    "leader": LEADERS.get(item.measure.code, ""),
                    "target": target_of(item.measure),
                }
                changes.append(Change(item.pk, item.version, values))
        self._together(
            changes, HANDED_OUT, via=Via.IMPORT, reason="按任务分工表导入责任单位、配合单位和完成时限"
        )

    def _together(
        self,
        changes: Iterable[Change],
        number: int,
        *,
        reason: str,
        via: Via = Via.BULK,
        minutes: int = 30,
        undoes: Batch | None = None,
    ) -> Batch | None:
        at = self.days.moment(number, minutes)
        batch, _ = carry_out(
            changes, checklist=self.checklist, by=self.office, at=at, via=via, reason=reason, undoes=undoes
        )
        return batch

    def _bulk(
        self, items: ItemQuerySet, number: int, *, append: str = "", reason: str, **values: StateValue
    ) -> Batch | None:
        noted = self._dated(append, number) if append else ""
        plan = plan_bulk(items.for_list().in_order(), values, noted, Rights(self.office))
        return self._together([planned.change for planned in plan.planned], number, reason=reason)

    def _dated(self, text: str, number: int) -> str:
        day = self.days.at_work(number)
        return f"{day.month}月{day.day}日：{text}"

    # One after the other

    def half_a_year(self) -> None:
        """Every step of every item, with the supervision office's bulk edits between them."""
        first = list(self.items())
        self.keys = {item.measure.code: item.pk for item in first}
        steps = [step for item in first for step in steps_of(item.measure, self.days)]
        steps.sort(key=lambda step: (step.at, step.code))
        for number, act in (
            (-92, self._put_on_the_watch_list),
            (-55, self._call_it_standing),
            (-47, self._choose_too_many_and_undo),
            (-31, self._help),
            (chasers.ANSWERED, self._chase),
            (-20, self._withdraw_a_wrong_entry),
            (-12, self._help),
            (editions.UPGRADED, self._move_to_the_second_edition),
            (chasers.UNANSWERED, self._chase),
            (0, None),
        ):
            noon = self.days.moment(number, editions.AT if number == editions.UPGRADED else 30)
            self._carry_on([step for step in steps if step.at < noon])
            steps = [step for step in steps if step.at >= noon]
            if act:
                act(number)

    def _carry_on(self, steps: list[Step]) -> None:
        """What a unit says on one day, it says at once: each writing takes longer than what it writes."""
        items = {item.pk: item for item in self.items()}
        said: dict[int, list[tuple[Item, Step]]] = {}
        for step in steps:
            item = items.get(self.keys[step.code])
            if item is None:  # merged into another one
                continue
            if item.owner_id is None or step.by_office:
                self._report(said.pop(item.owner_id or 0, []))
                values = step.values
                if step.note:
                    values["notes"] = f"{item.notes}\n{self._line(step)}" if item.notes else self._line(step)
                by = self.office
                item.change(values, version=item.version, by=by, at=step.at, via=Via.PAGE, reason=step.reason)
                continue
            mine = said.setdefault(item.owner_id, [])
            if mine and (mine[0][1].at.date() != step.at.date() or item in [one for one, _step in mine]):
                self._report(mine)
                mine.clear()
            mine.append((item, step))
        for mine in said.values():
            self._report(mine)

    def _report(self, said: list[tuple[Item, Step]]) -> None:
        """A unit's entries of one day."""
        if not said:
            return
        by, at = self.editors[said[0][0].owner_id], said[-1][1].at
        new = [_entry(item, step, step.values) for item, step in said]
        write_entries(new, side=Side.LEAD, by=by, at=at, via=Via.PAGE)
        for item, step in said:
            if step.values:
                item.refresh_from_db()

    def _line(self, step: Step) -> str:
        return f"{step.at.month}月{step.at.day}日：{step.note}"

    def _help(self, number: int) -> None:
        """Each unit that helps with something in progress writes what it has done for one of these items."""
        running = self.items().filter(status=Status.IN_PROGRESS)
        for place, unit in enumerate(self.owners.values()):
            found = list(running.with_cooperator(unit.pk))
            if found:
                at = self.days.moment(number, 60 + place)
                new = NewEntry.on(
                    found[number % len(found)], progress="按分工提供有关材料和数据，配合做好会商研究。"
                )
                by = self.editors[unit.pk]
                write_entries([new], side=Side.COOPERATING, by=by, at=at, via=Via.PAGE, unit=unit)

    def _move_to_the_second_edition(self, number: int) -> None:
        """The milestones, closed months and checklists below belong to the time before."""
        milestones.set_and_meet(self.checklist, self.days, by=self.office)
        close_until(number, self.periods, self.days, by=self.office)
        open_below(self.checklist, self.days)
        editions.move_to_newest(self.checklist, self.days, by=self.office)
        new: list[Change] = []
        for item in self.items().filter(owner=None, measure__code__in=editions.NEW_MEASURES):
            unit, due = editions.NEW_MEASURES[item.measure.code]
            values: dict[str, StateValue] = {"owner": self.owners[unit], "due": self.days.at_work(due)}
            new.append(Change(item.pk, item.version, values))
        self._together(new, number + 1, minutes=415, reason="第二版新增措施分办")

    def _chase(self, number: int) -> None:
        chasers.chase_on(number, self.checklist, self.days, by=self.office)

    def _withdraw_a_wrong_entry(self, number: int) -> None:
        unit = self.owners["干部教育处"]
        wrong = Entry.objects.filter(unit=unit, side=Side.LEAD).not_withdrawn().order_by("-at", "-id")[1]
        reason = "人数统计口径有误，核实后重新填报"
        wrong.withdraw(by=self.editors[unit.pk], at=self.days.moment(number), reason=reason)

    def _put_on_the_watch_list(self, number: int) -> None:
        section = self.checklist.items.filter(measure__section__code="4.1")
        self._bulk(section, number, append="列入季度督查调度范围，按月报送进展。", reason="季度调度会部署")

    def _call_it_standing(self, number: int) -> None:
        codes = [code for code, plot in PLOTS.items() if plot == "together"]
        chosen = self.checklist.items.filter(measure__code__in=codes)
        append, reason = "机制运行平稳，转为长期坚持事项。", "选人用人有关要求已嵌入工作流程"
        self._bulk(chosen, number, status=Status.STANDING, append=append, reason=reason)

    def _choose_too_many_and_undo(self, number: int) -> None:
        section = self.checklist.items.filter(measure__section__code="2.1")
        due = self.days.at_work(40)
        batch = self._bulk(section, number, due=due, reason="统一调整集中培训完成时限")
        assert batch is not None, "The section has items that were not due on that day."
        plan = plan_undo(batch, Rights(self.office))
        changes = [planned.change for planned in plan.planned]
        reason = "误选整项重点任务，撤销后另行调整"
        self._together(changes, number, minutes=52, via=Via.UNDO, reason=reason, undoes=batch)


def _entry(item: Item, step: Step, values: dict[str, StateValue]) -> NewEntry:
    """What the item's unit reports at this step. Now and then a month brings nothing new."""
    if not values and rng_of(f"{step.code} {step.at:%m%d}").random() < NOTHING_NEW:
        return NewEntry.on(item, nothing_new=True)
    texts = {"progress": step.note, "problems": step.reason}
    if step.note and item.status != Status.DONE and Status.DONE not in values.values():
        texts["next_steps"] = words.next_step(step.code, step.at)
    return NewEntry.on(item, **texts, values=values, reason=step.reason)
