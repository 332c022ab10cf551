"""Makes the demo by the app's own methods, with past times."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.utils import translation

from measures.choices import ApplicationKind, Role, Side, Status, Via
from measures.database.locks import audited_transaction
from measures.demo import chasers, milestones, words
from measures.demo.answers import ANSWERS, LEADERS, helpers_of, target_of
from measures.demo.below import open_below
from measures.demo.handed_down import hand_down_and_change
from measures.demo.periods import close_periods
from measures.demo.plots import HANDED_OUT, PLOT_DAYS, PLOTS, Days, Step, due_of, rng_of, steps_of
from measures.demo.units import UNITS, unit_of
from measures.ledger.plans import carry_out, plan_bulk, plan_undo
from measures.models import (
    Application,
    Batch,
    Catalogue,
    Change,
    Checklist,
    Entry,
    Item,
    Membership,
    NewEntry,
    Owner,
    SavedView,
    write_entries,
)
from measures.models.state import StateValue
from measures.querysets.ledger import ItemQuerySet
from measures.rights.roles import Rights

SLUG = "henan"
# Nobody should take an invented figure for a real one.
NAME = "河南（演示）"
OFFICE = "administrator"
# What units ask for at the end: the first is granted, the second returned, the others wait.
APPLICATIONS = (
    ("2.1.10", ApplicationKind.EXTEND, -8),
    ("1.2.4", ApplicationKind.EXTEND, -8),
    ("1.1.7", ApplicationKind.CLOSE, -2),
    ("2.1.2", ApplicationKind.EXTEND, -1),
)
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
def make_demo(catalogue: Catalogue, *, until: date) -> Checklist:
    """The checklist of the demo, with some below it; its half year ends the day before `until`.

    Wants an empty database.
    """
    days = Days(until)
    checklist = Checklist(slug=SLUG, name=NAME, catalogue=catalogue, period=str(until.year))
    checklist.signs_off = checklist.extends_by_request = False
    checklist.open(at=days.moment(-PLOT_DAYS))
    stage = Stage(checklist, days)
    stage.hand_out()
    stage.half_a_year()
    milestones.set_and_meet(checklist, days, by=stage.office)
    close_periods(checklist, days, by=stage.office)
    stage.turn_rules_on()
    milestones.ask_and_propose(checklist, days, by=stage.office)
    stage.save_views()
    open_below(checklist, days)
    hand_down_and_change(checklist, days, by=stage.office)
    return checklist


def set_passwords(password: str) -> None:
    """The same password for every user of the demo, hashed once."""
    User.objects.update(password=make_password(password))


class Stage:
    """A checklist, its people, and what they do one after the other."""

    def __init__(self, checklist: Checklist, days: Days) -> None:
        self.checklist = checklist
        self.days = days
        self.owners = {name: self._owner(name) for name in UNITS}
        self.users = {
            username: self._user(username, *who, owner=self.owners.get(who[0]))
            for username, who in (USERS | {UNITS[unit]: (unit, Role.EDITOR) for unit in UNITS}).items()
        }
        self.office = self.users[OFFICE]
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
        steps = [step for item in self.items() for step in steps_of(item.measure, self.days)]
        steps.sort(key=lambda step: (step.at, step.code))
        for number, act in (
            (-92, self._put_on_the_watch_list),
            (-55, self._call_it_standing),
            (-47, self._choose_too_many_and_undo),
            (-31, self._help),
            (chasers.ANSWERED, self._chase),
            (-20, self._withdraw_a_wrong_entry),
            (-12, self._help),
            (chasers.UNANSWERED, self._chase),
            (0, None),
        ):
            noon = self.days.moment(number)
            self._carry_on([step for step in steps if step.at < noon])
            steps = [step for step in steps if step.at >= noon]
            if act:
                act(number)

    def _carry_on(self, steps: list[Step]) -> None:
        items: dict[str, Item] = {item.measure.code: item for item in self.items()}
        for step in steps:
            item = items[step.code]
            values: dict[str, StateValue] = {}
            if step.status:
                values["status"] = step.status
            if step.due:
                values["due"] = step.due
            by = self.office if step.by_office else self.editors.get(item.owner_id, self.office)
            if item.owner_id is None or step.by_office:
                if step.note:
                    values["notes"] = f"{item.notes}\n{self._line(step)}" if item.notes else self._line(step)
                item.change(values, version=item.version, by=by, at=step.at, via=Via.PAGE, reason=step.reason)
            else:
                write_entries([_entry(item, step, values)], side=Side.LEAD, by=by, at=step.at, via=Via.PAGE)
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

    def turn_rules_on(self) -> None:
        """From now on units ask; four have done so, and the office has decided on two."""
        before = Checklist.objects.get(pk=self.checklist.pk)
        self.checklist.signs_off = self.checklist.extends_by_request = True
        self.checklist.set_rules(before, by=self.office, at=self.days.moment(-9))
        asked = [self._ask(code, kind, number) for code, kind, number in APPLICATIONS]
        asked[0].grant(by=self.office, at=self.days.moment(-6))
        asked[1].send_back(by=self.office, at=self.days.moment(-6, 45), reason="请补充完成情况说明后再报")

    def _ask(self, code: str, kind: ApplicationKind, number: int) -> Application:
        item = self.checklist.items.get(measure__code=code)
        extends = kind == ApplicationKind.EXTEND
        return Application.ask(
            item,
            kind,
            side=Side.LEAD,
            by=self.editors[item.owner_id],
            at=self.days.moment(number),
            reason="上位文件尚未出台，需待明确后推进" if extends else "各项要求已落实到位，资料已归档",
            new_due=item.due + timedelta(days=30) if extends and item.due else None,
        )

    def save_views(self) -> None:
        """Some views, shared and private."""
        education = self.owners["干部教育处"].pk
        for username, name, query, shared in (
            (OFFICE, "逾期和受阻事项", "light=red&sort=light", True),
            (OFFICE, "近7天有更新", "updated=week&sort=-updated", True),
            (OFFICE, "待分办", "owner=none&columns=code,title,section,cadence,due", False),
            (
                "editor",
                "我处事项",
                f"unit={education}&columns=code,title,light,status,owner,due,last_entry",
                False,
            ),
        ):
            SavedView.objects.create(
                checklist=self.checklist, user=self.users[username], name=name, query=query, is_shared=shared
            )


def _entry(item: Item, step: Step, values: dict[str, StateValue]) -> NewEntry:
    """What the item's unit reports at this step. Now and then a month brings nothing new."""
    if not values and rng_of(f"{step.code} {step.at:%m%d}").random() < NOTHING_NEW:
        return NewEntry.on(item, nothing_new=True)
    texts = {"progress": step.note, "problems": step.reason}
    if step.note and item.status != Status.DONE and Status.DONE not in values.values():
        texts["next_steps"] = words.next_step(step.code, step.at)
    return NewEntry.on(item, **texts, values=values, reason=step.reason)
