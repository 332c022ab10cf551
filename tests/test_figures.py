"""The figures of every page, today and on past days, against a plain model; and the lists they lead to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from measures.choices import OPEN_STATUSES, Cadence, Role, Status
from measures.database.locks import audited_transaction
from measures.models import Checklist, Section, add_measure
from measures.tree.rearranging import Act, Rearrangement
from tests.make import SignIn, change, find_item, make_catalogue, make_checklist
from tests.proofs import share
from tests.sheets import ENGLISH

pytestmark = pytest.mark.slow

COUNT = share(50)
TODAY = timezone.localdate()
DAYS = [TODAY - timedelta(2), TODAY - timedelta(1), TODAY]
CODES = ["1.1.1", "2.1.1"]
# The first is the top of the others; 郑州 is below 开封 at first.
UNITS = ["henan", "kaifeng", "luoyang", "zhengzhou"]
ABOVE = {"henan": "", "kaifeng": "henan", "luoyang": "henan", "zhengzhou": "kaifeng"}
LINK = re.compile(
    r'<a[^>]*href="(/checklists/[\w-]+/items/\?[^"]*)"[^>]*>\s*(?:<b[^>]*>)?([\d,]+)(?:</b>)?\s*<'
)


class Undo(Exception):
    """Takes an example's rows away."""


@dataclass
class Kept:
    """An item of the model: when it came, and its states by day."""

    since: date
    states: list[tuple[date, Status, date | None]]

    def at(self, day: date) -> tuple[Status, date | None] | None:
        if self.since > day:
            return None
        found = [(status, due) for on, status, due in self.states if on <= day]
        return found[-1] if found else (Status.NOT_STARTED, None)


@dataclass
class Tree:
    """The model of all units: their items, and by day the unit above each and whether its items count."""

    items: dict[str, dict[str, Kept]]
    above: list[dict[str, str]]
    # "open", "closed" or "merged"
    states: list[dict[str, str]]

    def kept(self, slug: str, place: int, *, with_closed: bool) -> list[Kept]:
        """The items of a unit that count on a day."""
        counted = {"open", "closed"} if with_closed else {"open"}
        return list(self.items[slug].values()) if self.states[place][slug] in counted else []

    def below(self, slug: str, place: int) -> list[str]:
        """A unit and those below it on a day."""
        found = [slug]
        for one in found:
            found += [unit for unit, above in self.above[place].items() if above == one]
        return found


others = st.sampled_from(UNITS[1:])
acts = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from([0, 1, 2]), st.sampled_from(UNITS)),
        st.tuples(
            st.just("change"),
            st.sampled_from([0, 1, 2]),
            st.sampled_from(UNITS),
            st.sampled_from(CODES),
            st.sampled_from(list(Status)),
            st.sampled_from([None, *DAYS]),
        ),
        st.tuples(st.sampled_from([Act.CLOSE, Act.REOPEN]), st.sampled_from([0, 1, 2]), others),
        st.tuples(
            st.sampled_from([Act.MOVE, Act.MERGE]),
            st.sampled_from([0, 1, 2]),
            others,
            st.sampled_from(UNITS),
        ),
    ),
    min_size=3,
    max_size=12,
)


def moment(day: date, number: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(0, 5)) + timedelta(seconds=number))


def play(history: Any, by: User) -> Tree:
    """Write the history into the ledger, day by day, and into the model that is returned."""
    model = Tree({slug: {code: Kept(DAYS[0], []) for code in CODES} for slug in UNITS}, [], [])
    section = Section.objects.get(code="1.1")
    above, states = dict(ABOVE), dict.fromkeys(UNITS, "open")
    for place, day in enumerate(DAYS):
        for number, (act, _place, slug, *rest) in enumerate(one for one in history if one[1] == place):
            at, unit = moment(day, number), Checklist.objects.get(slug=slug)
            if isinstance(act, Act):
                rearrange(model, above, states, act, unit, rest[0] if rest else "", at=at, by=by)
            elif states[slug] != "open":
                continue
            elif act == "add":
                add_measure(unit, section, title="自定", detail="自定", cadence=Cadence.ONCE, at=at, by=by)
                model.items[slug][f"own {place} {number}"] = Kept(day, [])
            else:
                code, status, due = rest
                change(find_item(unit, code), by=by, at=at, status=status, due=due)
                model.items[slug][code].states.append((day, status, due))
        model.above.append(dict(above))
        model.states.append(dict(states))
    return model


def rearrange(
    model: Tree,
    above: dict[str, str],
    states: dict[str, str],
    act: Act,
    unit: Checklist,
    other: str,
    *,
    at: datetime,
    by: User,
) -> None:
    """Move, close, reopen or merge a unit, in the ledger and in the model; nothing where it is refused."""
    plan = Rearrangement(act, unit, Checklist.objects.get(slug=other) if other else None)
    if plan.refusal():
        return
    plan.carry_out(at=at, by=by, reason="调整")
    slug, day = unit.slug, timezone.localdate(at)
    if act == Act.MOVE:
        above[slug] = other
    elif act == Act.MERGE:
        for name in model.items[slug]:
            if name.startswith("own"):
                model.items[other][f"own of {slug} {at} {name}"] = Kept(day, [])
        above.update({below: other for below, up in above.items() if up == slug})
        states[slug] = "merged"
    else:
        states[slug] = "closed" if act == Act.CLOSE else "open"


def counts(kept: list[Kept], day: date) -> dict[str, int]:
    found = [state for one in kept if (state := one.at(day))]
    return {
        "items": len(found),
        "dropped": sum(status == Status.DROPPED for status, _due in found),
        "well": sum(status in (Status.DONE, Status.STANDING) for status, _due in found),
        "late": sum(status in OPEN_STATUSES and due is not None and due < day for status, due in found),
    }


def links(page: str) -> Iterator[tuple[str, int]]:
    """The links to lists whose words are a figure."""
    for address, figure in LINK.findall(page):
        yield unescape(address), int(figure.replace(",", ""))


@pytest.mark.proof
@settings(max_examples=COUNT, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=acts)
@example(
    history=[
        ("add", 0, "kaifeng"),
        ("change", 0, "kaifeng", "1.1.1", Status.IN_PROGRESS, DAYS[0]),
        (Act.MOVE, 1, "zhengzhou", "luoyang"),
        ("change", 1, "zhengzhou", "1.1.1", Status.DONE, None),
        (Act.CLOSE, 1, "luoyang"),
        (Act.MERGE, 2, "kaifeng", "zhengzhou"),
    ]
)
@pytest.mark.django_db
def test_every_figure_of_every_day_is_what_was_there_and_leads_to_as_many(
    sign_in: SignIn, history: list[Any]
) -> None:
    try:
        with audited_transaction():
            by = User.objects.create_user("keeper")
            made: dict[str, Checklist] = {}
            catalogue = make_catalogue(2, 1, 1, slug="figures")
            for slug, above in ABOVE.items():
                made[slug] = make_checklist(slug, slug, catalogue, parent=made.get(above))
            Checklist.objects.update(opened_at=moment(DAYS[0], -60))
            made["henan"].memberships.create(user=by, role=Role.ADMINISTRATOR)
            model = play(history, by)
            check(sign_in(by), model)
            raise Undo
    except Undo:
        pass


def check(client: Client, model: Tree) -> None:
    for place, day in enumerate(DAYS):
        as_of = f"as_of={day}" if day != TODAY else ""
        for with_closed in (False, True):
            query = f"{as_of}&closed=1" if with_closed else as_of
            rolled = client.get(f"/checklists/henan/units/?{query}", headers=ENGLISH)
            tree = client.get(f"/checklists/?{query}", headers=ENGLISH)
            for top in (rolled.context["top"], *tree.context["tops"]):
                check_unit(top, model, place, with_closed=with_closed)
            report = client.get(f"/checklists/henan/units/report/?{query}", headers=ENGLISH)
            everything = [one for slug in UNITS for one in model.kept(slug, place, with_closed=with_closed)]
            in_force = counts(everything, day)["items"] - counts(everything, day)["dropped"]
            assert f"had {in_force} item" in report.content.decode()
            # The pages draw their tables alike.
            check_links(client, [rolled if place else tree])
        for slug in UNITS:
            kept = list(model.items[slug].values())
            listed = client.get(f"/checklists/{slug}/items/?{as_of}&view=none", headers=ENGLISH)
            assert listed.context["page"].paginator.count == counts(kept, day)["items"]
        kept = list(model.items["kaifeng"].values())
        whole = client.get(f"/checklists/kaifeng/report/?{as_of}", headers=ENGLISH).context["report"].whole
        assert (whole.total, whole.overdue) == (counts(kept, day)["items"], counts(kept, day)["late"])
    check_links(client, [client.get("/checklists/henan/", headers=ENGLISH)])


def check_unit(top: Any, model: Tree, place: int, *, with_closed: bool) -> None:
    """The figures of a unit and of all below it, and that these are the right ones."""
    assert {unit.slug for unit in top.walk()} == set(model.below(top.slug, place))
    for unit in top.walk():
        assert vars_of(unit.own) == counts(model.kept(unit.slug, place, with_closed=with_closed), DAYS[place])
        below = [
            one
            for slug in model.below(unit.slug, place)
            for one in model.kept(slug, place, with_closed=with_closed)
        ]
        assert vars_of(unit.whole) == counts(below, DAYS[place])


def check_links(client: Client, pages: list[Any]) -> None:
    """Every figure leads to a list of as many items."""
    leading = {link for page in pages for link in links(page.content.decode())}
    assert leading
    for address, figure in leading:
        found = client.get(address, headers=ENGLISH)
        assert found.context["page"].paginator.count == figure, address


def vars_of(tally: Any) -> dict[str, int]:
    return {name: getattr(tally, name) for name in ("items", "dropped", "well", "late")}


def test_what_is_added_today_changes_no_figure_of_an_earlier_day(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    Checklist.objects.update(opened_at=moment(DAYS[0], 0))
    client = sign_in(administrator)
    addresses = [
        f"/checklists/henan/units/?as_of={DAYS[1]}",
        f"/checklists/henan/units/report/?as_of={DAYS[1]}",
        f"/checklists/?as_of={DAYS[1]}",
    ]
    assert client.get(addresses[0]).context["top"].whole.items == 12

    section = Section.objects.get(code="1.1")
    for _ in range(8):
        add_measure(
            checklist,
            section,
            title="自定",
            detail="自定",
            cadence=Cadence.ONCE,
            at=timezone.now(),
            by=administrator,
        )
    after = [client.get(address, headers=ENGLISH) for address in addresses]

    assert after[0].context["top"].whole.items == 12
    assert after[2].context["tops"][0].whole.items == 12
    assert "had 12 items" in after[1].content.decode()
    lines = client.get(f"{addresses[0]}&rows=items&format=csv").getvalue().decode().splitlines()
    assert len(lines) == 1 + 12
