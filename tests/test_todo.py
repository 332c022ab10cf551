"""The to-do page `/`: what waits for each role, over all their checklists, worst first."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.choices import ChecklistStatus, Role
from measures.models import AuditRecord, Checklist, Item
from measures.todo.model import Waits
from tests.make import (
    NOW,
    SignIn,
    change,
    find_item,
    make_catalogue,
    make_checklist,
    make_owner,
    make_user,
)
from tests.make import write_entry as report_on
from tests.sheets import ENGLISH
from tests.todo_make import blocks_of, codes_in, in_header, let_everything_wait, waiting

__all__ = ["waiting"]  # a fixture is found by its name

LED = ["1.1.1", "1.1.2", "1.1.3", "1.2.1", "1.2.2", "1.2.3", "2.1.1", "2.1.2", "2.1.3"]

pytestmark = pytest.mark.usefixtures("clock")


def test_a_unit_finds_each_item_once_under_the_worst_that_waits(
    waiting: Checklist, editor: User, sign_in: SignIn
) -> None:
    blocks = blocks_of(sign_in(editor))

    assert codes_in(blocks.pop("receipt")) == [line for line in LED if line != "2.1.3"]
    assert {name: codes_in(block) for name, block in blocks.items() if name != Waits.ENTRIES} == {
        "chased": ["1.1.1"],
        "returned": ["1.1.2"],
        "milestone-returned": ["2.1.2"],
        "late": ["1.1.3"],
        "milestone": ["1.2.2"],
        "soon": ["1.2.1"],
        "silent": ["1.2.3"],
    }
    assert list(blocks) == [
        *("chased", "returned", "milestone-returned", "late", "milestone", "soon", "entries", "silent")
    ]
    assert blocks["milestone-returned"].lines[0].about == ("退回", "完成试点", "2027年1月23日")
    assert blocks["entries"].total == 7
    assert [line.said for line in blocks["entries"].lines] == ["已填1项，应填8项"]
    assert "11月23日" in str(blocks["chased"].lines[0].lit)


def test_an_office_finds_what_only_it_can_do(
    waiting: Checklist, administrator: User, sign_in: SignIn
) -> None:
    blocks = blocks_of(sign_in(administrator))

    assert list(blocks) == ["sign", "decide", "decide-milestone", "periods", "unled", "unanswered", "units"]
    assert codes_in(blocks["sign"]) == ["2.2.1"]
    assert codes_in(blocks["decide"]) == ["2.1.1"]
    assert codes_in(blocks["decide-milestone"]) == ["2.1.1"]
    assert blocks["decide-milestone"].lines[0].said == "已等待7个工作日"
    assert [line.title for line in blocks["periods"].lines] == ["2026年9月", "2026年10月"]
    assert codes_in(blocks["unled"]) == ["2.2.1", "2.2.2", "2.2.3"]
    assert [line.title for line in blocks["unanswered"].lines] == ["干部一处"]
    assert [(line.title, line.said) for line in blocks["units"].lines] == [("干部一处", "已填1项，应填8项")]


def test_a_leader_sees_how_far_it_is_what_is_late_and_what_changed(
    waiting: Checklist, viewer: User, sign_in: SignIn
) -> None:
    page = sign_in(viewer).get("/")

    (place,) = page.context["places"]
    said = place.figures
    assert (said.well, said.in_force, said.late, said.late_lately, said.changed) == (1, 12, 3, 3, 5)
    (late,) = page.context["todo"].blocks
    assert (late.kind, codes_in(late)) == (Waits.LATE_SEEN, ["1.1.1", "1.1.2", "1.1.3"])
    assert in_header(page.content.decode()) == 0


def test_an_auditor_sees_how_much_of_the_trail_is_new_but_no_record(
    waiting: Checklist, auditor: User, sign_in: SignIn
) -> None:
    client = sign_in(auditor)
    unread = {action.value: count for action, count in client.get("/").context["unread"]}
    assert unread["item_changed"] == 9

    kept = AuditRecord.objects.count()
    page = client.get("/").content.decode()
    assert "材料不全" not in page
    assert AuditRecord.objects.count() == kept

    client.get("/audit/")
    assert client.get("/").context["unread"] == []


def test_every_list_that_a_block_leads_to_has_as_many_items_as_it_says(
    waiting: Checklist, administrator: User, editor: User, viewer: User, sign_in: SignIn
) -> None:
    walked = set()
    for user in (administrator, editor, viewer):
        client = sign_in(user)
        todo = client.get("/").context["todo"]
        for block in todo.blocks:
            for link in block.links:
                answer = client.get(link.address, follow=True)
                assert answer.status_code == 200, link.address
                if link.count is not None:
                    assert answer.context["page"].paginator.found == link.count, link.address
                    walked.add(block.kind)
            for line in block.lines:
                assert client.get(line.address).status_code == 200, line.address
                if block.kind in (Waits.ENTRIES, Waits.UNITS):
                    assert client.get(line.address).context["page"].paginator.found == 7
        for place in todo.places:
            found = client.get(place.late_items).context["page"].paginator.found
            assert found == place.figures.late
            found = client.get(place.changed_items).context["page"].paginator.found
            assert found == place.figures.changed
    assert walked == {
        *(
            Waits.CHASED,
            Waits.RETURNED,
            Waits.NEW,
            Waits.MILESTONE,
            Waits.LATE,
            Waits.SOON,
            Waits.SILENT,
            Waits.UNLED,
            Waits.LATE_SEEN,
        )
    }


def test_the_header_of_every_page_counts_what_somebody_waits_for_by_one_query(
    waiting: Checklist, administrator: User, editor: User, auditor: User, sign_in: SignIn
) -> None:
    for user, count, more in ((administrator, 3, 1), (editor, 3, 1), (auditor, 0, 0)):
        client = sign_in(user)
        for address in ("/", "/checklists/", "/checklists/henan/items/2.1.1/", "/account/sessions/"):
            assert in_header(client.get(address).content.decode()) == count, address
        with CaptureQueriesContext(connection) as asked:
            client.get("/account/sessions/")
        counting = [one for one in asked if "chas" in one["sql"] or "UNION" in one["sql"]]
        assert len(counting) == more
    assert "todo-link" not in Client().get("/sign-in/").content.decode()


def test_no_page_writes_a_number_of_its_checklist_over_the_one_in_the_header(
    waiting: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    pages = ("", "items/", "people/", "people/sheet/", "items/by-section/", "applications/", "chasers/")

    for page in (*pages, "burden/", "settings/", "report/", "periods/", "batches/", "below/"):
        answer = client.get(f"/checklists/henan/{page}")
        assert answer.status_code == 200, page
        assert in_header(answer.content.decode()) == 3, page


def test_what_was_done_is_gone_from_the_page(
    waiting: Checklist, editor: User, administrator: User, sign_in: SignIn
) -> None:
    report_on(find_item(waiting), editor)
    change(find_item(waiting, "1.2.1"), by=administrator, status="done")

    blocks = blocks_of(sign_in(editor))

    assert "chased" not in blocks
    assert codes_in(blocks["late"]) == ["1.1.1", "1.1.3"]
    assert "soon" not in blocks


def test_nothing_to_do_is_said_kindly_and_a_closed_checklist_asks_for_nothing(
    waiting: Checklist, administrator: User, editor: User, sign_in: SignIn
) -> None:
    waiting.turn(ChecklistStatus.CLOSED, at=NOW, by=administrator, reason="并入全省")

    for user in (administrator, editor):
        page = sign_in(user).get("/", headers=ENGLISH).content.decode()
        assert "Nothing waits for you." in page
        assert "河南" in page
        assert in_header(page) == 0


def test_somebody_with_several_checklists_sees_which_one_each_line_is_about(
    waiting: Checklist, administrator: User, sign_in: SignIn
) -> None:
    other = make_checklist("zhengzhou", "郑州", waiting.catalogue)
    administrator.memberships.create(checklist=other, role=Role.ADMINISTRATOR)

    blocks = blocks_of(sign_in(administrator))

    assert blocks["unled"].total == 15
    assert len(blocks["unled"].lines) == 8
    assert [(link.name, link.count) for link in blocks["unled"].links] == [("河南", 3), ("郑州", 12)]
    assert {line.about[0] for line in blocks["unled"].lines} <= {"河南", "郑州"}


def test_an_administrator_who_lacks_their_second_factor_is_led_to_it(
    waiting: Checklist, administrator: User, sign_in: SignIn
) -> None:
    Checklist.objects.update(requires_two_factor=True)

    page = sign_in(administrator).get("/", headers=ENGLISH).content.decode()

    assert "Set it up" in page
    assert in_header(page) == 0


def test_the_page_takes_at_most_twelve_queries_whatever_there_is(
    waiting: Checklist, administrator: User, editor: User, viewer: User, auditor: User, sign_in: SignIn
) -> None:
    both = make_user("both", waiting, Role.EDITOR, make_owner(waiting, "办公室"))
    own = make_checklist("own", "本级", waiting.catalogue)
    both.memberships.create(checklist=own, role=Role.ADMINISTRATOR)
    everybody = (administrator, editor, viewer, auditor, both)
    people = {user.username: sign_in(user) for user in everybody}

    def counted() -> dict[str, int]:
        found = {}
        for name, client in people.items():
            with CaptureQueriesContext(connection) as asked:
                client.get("/")
            # The calendar of working days is read once a minute.
            found[name] = sum("measures_specialday" not in one["sql"] for one in asked)
        return found

    few = counted()
    bigger = make_catalogue(pillars=3, sections=3, measures=5, slug="bigger")
    for number in range(3):
        more = make_checklist(f"more-{number}", f"市{number}", bigger)
        unit = make_owner(more)
        Item.objects.filter(checklist=more, measure__code__startswith="1").update(owner=unit)
        let_everything_wait(more, unit, office=administrator, editor=editor)
        administrator.memberships.create(checklist=more, role=Role.ADMINISTRATOR)
        editor.memberships.create(checklist=more, role=Role.EDITOR, owner=unit)
        viewer.memberships.create(checklist=more, role=Role.VIEWER)
        auditor.memberships.create(checklist=more, role=Role.AUDITOR)
        if number:
            both.memberships.create(checklist=more, role=Role.ADMINISTRATOR)
        else:
            both.memberships.create(checklist=more, role=Role.EDITOR, owner=unit)

    assert counted() == few
    assert max(few.values()) <= 11, few


def test_a_chaser_is_shown_to_the_unit_that_leads_the_item_now(
    waiting: Checklist, administrator: User, editor: User, sign_in: SignIn
) -> None:
    other = make_owner(waiting, "干部二处")
    heir = make_user("heir", waiting, Role.EDITOR, other)
    change(find_item(waiting), by=administrator, owner=other, at=NOW - timedelta(1))

    assert "chased" not in blocks_of(sign_in(editor))
    assert codes_in(blocks_of(sign_in(heir))["chased"]) == ["1.1.1"]
