"""What is asked of units in a month, as the office sees it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures.choices import ApplicationKind, ChaserLevel, PeriodKind, Side, Status
from measures.ledger.burden import FIELDS_OF_A_ROW, FILLED_IN, Burden, burden_of
from measures.models import Application, Chaser, Checklist, Item, Owner
from tests.make import NOW, TODAY, SignIn, change, find_item, make_owner, make_year, write_entry
from tests.sheets import ENGLISH

ADDRESS = "/checklists/henan/burden/"
OCTOBER, NOVEMBER = date(2026, 10, 1), TODAY.replace(day=1)
IN_OCTOBER = NOW - timedelta(30)


@pytest.fixture
def month(given: Item, owner: Owner, editor: User, administrator: User, clock: Any) -> Checklist:
    """In November, the unit of 1.1.1 and 1.1.2 is chased about both, writes three entries and asks once."""
    checklist = given.checklist
    change(given, by=administrator, due=TODAY + timedelta(9))
    change(find_item(checklist, "1.1.2"), by=administrator, owner=owner, status=Status.IN_PROGRESS)
    Checklist.objects.update(opened_at=IN_OCTOBER, signs_off=True, extends_by_request=True)
    make_year(checklist, PeriodKind.MONTH, 2026)
    items = [find_item(checklist, code) for code in ("1.1.1", "1.1.2")]
    Chaser.send(
        [item.pk for item in items],
        level=ChaserLevel.BLUE,
        text="请报进展",
        answer_by=TODAY,
        by=administrator,
        at=NOW,
    )
    write_entry(items[0], editor, progress="五个字的话", problems="三个字", at=IN_OCTOBER)
    write_entry(items[0], editor, progress="四字进展", next_steps="督导")
    write_entry(items[0], editor, progress="开会", values={"status": Status.BLOCKED}, reason="缺经费")
    write_entry(find_item(checklist), editor, progress="", nothing_new=True)
    write_entry(items[1], administrator, side=Side.OFFICE, progress="督查室代填的话")
    Application.ask(
        find_item(checklist),
        ApplicationKind.EXTEND,
        side=Side.LEAD,
        by=editor,
        at=NOW,
        reason="等文件",
        new_due=TODAY + timedelta(30),
    )
    return Checklist.objects.get()


def test_each_month_counts_what_was_asked_of_a_unit_and_what_it_wrote_itself(
    month: Checklist, owner: Owner
) -> None:
    (october,) = burden_of(month, OCTOBER, today=TODAY)
    (november,) = burden_of(month, NOVEMBER, today=TODAY)

    assert (october.entries, october.typed, october.characters) == (1, 2, 8)
    assert november == Burden(
        unit=owner.name,
        key=owner.pk,
        due=2,
        given=2,
        chasers=1,
        chased=2,
        entries=3,
        nothing_new=1,
        applications=1,
        typed=4,
        statuses=1,
        characters=4 + 2 + 2 + 3,
    )
    assert november.fields == 3 * FIELDS_OF_A_ROW
    assert november.filled_in == 3 * len(FILLED_IN) + 2


def test_the_office_chooses_a_month_and_nobody_else_sees_it(
    month: Checklist, administrator: User, editor: User, viewer: User, sign_in: SignIn
) -> None:
    office = sign_in(administrator)

    page = office.get(ADDRESS, {"month": "2026-11"}, headers=ENGLISH).content.decode()

    assert '<option value="2026-11" selected>' in page
    assert "A row of the ledger has 13 fields." in page
    assert office.get(ADDRESS, {"month": "2026-10"}).status_code == 200
    assert office.get(ADDRESS, {"month": "2019-13"}, headers=ENGLISH).status_code == 422
    for other in (editor, viewer):
        assert sign_in(other).get(ADDRESS).status_code == 403


def test_it_asks_no_more_queries_for_more_units(
    month: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(ADDRESS)
        return len(asked)

    few = queries()
    for number in range(20):
        make_owner(month, f"{number}处")
    assert queries() == few
