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
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.choices import OPEN_STATUSES, Cadence, Role, Status
from measures.database.locks import audited_transaction
from measures.models import Checklist, Section, add_measure
from tests.make import SignIn, change, find_item, make_catalogue, make_checklist
from tests.proofs import share
from tests.sheets import ENGLISH

pytestmark = pytest.mark.slow

COUNT = share(100)
TODAY = timezone.localdate()
DAYS = [TODAY - timedelta(2), TODAY - timedelta(1), TODAY]
CODES = ["1.1.1", "2.1.1"]
UNITS = ["henan", "kaifeng"]
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


acts = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(UNITS), st.sampled_from([0, 1, 2])),
        st.tuples(
            st.just("change"),
            st.sampled_from(UNITS),
            st.sampled_from([0, 1, 2]),
            st.sampled_from(CODES),
            st.sampled_from(list(Status)),
            st.sampled_from([None, *DAYS]),
        ),
    ),
    min_size=3,
    max_size=12,
)


def moment(day: date, number: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(0, 5)) + timedelta(seconds=number))


def play(history: Any, units: dict[str, Checklist], by: User) -> dict[str, list[Kept]]:
    """Write the history into the ledger, day by day, and into the model that is returned."""
    model = {slug: {code: Kept(DAYS[0], []) for code in CODES} for slug in UNITS}
    section = Section.objects.get(code="1.1")
    for number, (act, slug, place, *rest) in enumerate(sorted(history, key=lambda one: one[2])):
        day, at = DAYS[place], moment(DAYS[place], number)
        if act == "add":
            add_measure(units[slug], section, title="自定", detail="自定", cadence=Cadence.ONCE, at=at, by=by)
            model[slug][f"own {number}"] = Kept(day, [])
        else:
            code, status, due = rest
            change(find_item(units[slug], code), by=by, at=at, status=status, due=due)
            model[slug][code].states.append((day, status, due))
    return {slug: list(kept.values()) for slug, kept in model.items()}


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
@pytest.mark.django_db
def test_every_figure_of_every_day_is_what_was_there_and_leads_to_as_many(
    sign_in: SignIn, history: list[Any]
) -> None:
    try:
        with audited_transaction():
            by = User.objects.create_user("keeper")
            catalogue = make_catalogue(2, 1, 1, slug="figures")
            top = make_checklist("henan", "河南", catalogue)
            below = make_checklist("kaifeng", "开封", catalogue, parent=top)
            Checklist.objects.update(opened_at=moment(DAYS[0], -60))
            top.memberships.create(user=by, role=Role.ADMINISTRATOR)
            model = play(history, {"henan": top, "kaifeng": below}, by)
            check(sign_in(by), model)
            raise Undo
    except Undo:
        pass


def check(client: Client, model: dict[str, list[Kept]]) -> None:
    everything = [one for kept in model.values() for one in kept]
    for day in DAYS:
        query = f"as_of={day}" if day != TODAY else ""
        rolled = client.get(f"/checklists/henan/units/?{query}", headers=ENGLISH)
        tree = client.get(f"/checklists/?{query}", headers=ENGLISH)
        for top in (rolled.context["top"], *tree.context["tops"]):
            assert vars_of(top.whole) == counts(everything, day)
            for unit in top.walk():
                assert vars_of(unit.own) == counts(model[unit.slug], day)
        for slug, kept in model.items():
            listed = client.get(f"/checklists/{slug}/items/?{query}&view=none", headers=ENGLISH)
            assert listed.context["page"].paginator.count == counts(kept, day)["items"]
            report = client.get(f"/checklists/{slug}/report/?{query}", headers=ENGLISH).context["report"]
            assert report.whole.total == counts(kept, day)["items"]
            assert report.whole.overdue == counts(kept, day)["late"]
        pages = [rolled, tree]
        if day == TODAY:
            pages.append(client.get("/checklists/henan/", headers=ENGLISH))
        for page in pages:
            leading = set(links(page.content.decode()))
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
