"""A measure handed down with a due date and a text: accepted or returned, each unit for itself alone."""

import threading
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from measures.choices import Audited, ChecklistStatus, Role
from measures.models import (
    AnsweredAlready,
    Assignment,
    AuditRecord,
    Checklist,
    Item,
    Update,
    add_measure,
)
from measures.models.audit import verify_chain
from tests.handed_down import DUE, answer, first, given, one, second, states, two
from tests.make import NOW, SignIn, change, find_item, make_checklist, make_user
from tests.sheets import ENGLISH

__all__ = ["first", "given", "one", "second", "two"]  # fixtures are found by their names


class TestHandingDown:
    def test_it_stands_in_the_items_of_the_units_that_were_chosen(
        self,
        checklist: Checklist,
        one: Checklist,
        two: Checklist,
        administrator: User,
        first: User,
        second: User,
        sign_in: SignIn,
    ) -> None:
        asked = {"due": "2026-12-20", "text": "请报送总结", "to": [one.pk]}

        sent = sign_in(administrator).post("/checklists/henan/items/1.1.1/hand-down/", asked)

        assert sent.status_code == 302
        page = sign_in(first).get("/checklists/one/items/1.1.1/", headers=ENGLISH).content.decode()
        assert "Assigned by 河南, due" in page
        assert "请报送总结" in page
        assert "请报送总结" not in sign_in(second).get("/checklists/two/items/1.1.1/").content.decode()
        assert "请报送总结" not in sign_in(first).get("/checklists/one/items/1.1.2/").content.decode()

    @pytest.mark.parametrize("wrong", ["due", "text", "to"])
    def test_what_is_missing_is_said_beside_its_field_and_the_rest_kept(
        self, one: Checklist, administrator: User, sign_in: SignIn, wrong: str
    ) -> None:
        asked: dict[str, Any] = {"due": "2026-12-20", "text": "请报送总结", "to": [one.pk]}

        page = sign_in(administrator).post("/checklists/henan/items/1.1.1/hand-down/", asked | {wrong: ""})

        assert page.status_code == 422
        assert set(page.context["form"].errors) == {wrong}
        assert wrong == "text" or "请报送总结" in page.content.decode()
        assert not Assignment.objects.exists()

    def test_only_open_checklists_directly_below_are_asked(
        self,
        checklist: Checklist,
        one: Checklist,
        two: Checklist,
        administrator: User,
        stranger: User,
        sign_in: SignIn,
    ) -> None:
        lower = make_checklist("lower", "乡", parent=one)
        Checklist.objects.filter(pk=two.pk).update(status=ChecklistStatus.CLOSED)
        elsewhere = Checklist.objects.get(slug="elsewhere")
        client = sign_in(administrator)

        for wrong in (lower, two, elsewhere, checklist):
            asked = {"due": "2026-12-20", "text": "x", "to": [wrong.pk]}
            assert client.post("/checklists/henan/items/1.1.1/hand-down/", asked).status_code == 422

    def test_a_local_measure_is_nobody_elses(
        self, checklist: Checklist, one: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        section = find_item(checklist).measure.section
        add_measure(checklist, section, title="自", detail="自", cadence="once", at=NOW, by=administrator)  # type: ignore[arg-type]

        assert sign_in(administrator).get("/checklists/henan/items/1.1.901/hand-down/").status_code == 404

    def test_it_is_recorded(self, given: Assignment) -> None:
        record = AuditRecord.objects.first()

        assert record
        assert (record.action, record.checklist_slug) == (Audited.HANDED_DOWN, "henan")
        assert '"one", "two"' in record.after
        assert verify_chain().broken is None


class TestAnswering:
    def test_accepting_makes_the_day_the_items_due_date_by_a_normal_change(
        self, given: Assignment, one: Checklist, first: User, sign_in: SignIn
    ) -> None:
        change(find_item(one), by=first, due=date(2026, 11, 30))

        answer(sign_in(first), "one", given, "accept")

        item = find_item(one)
        update = item.updates.order_by("-pk")[0]
        assert (item.due, update.due, update.by) == (DUE, DUE, first)
        assert update.reason == "Assigned by 河南: 请报送总结"
        assert states(given) == {"one": "accepted", "two": "given"}
        actions = list(AuditRecord.objects.values_list("action", flat=True)[:2])
        assert actions == [Audited.ITEM_CHANGED, Audited.ANSWERED]

    def test_returning_takes_a_reason_and_changes_nothing(
        self, given: Assignment, first: User, sign_in: SignIn
    ) -> None:
        refused = answer(sign_in(first), "one", given, "return", reason="")
        taken = answer(sign_in(first), "one", given, "return", reason="本县无此类单位")

        assert (refused.status_code, taken.status_code) == (422, 302)
        assert states(given) == {"one": "returned", "two": "given"}
        assert not Update.objects.exists()

    def test_the_parent_sees_who_accepted_who_returned_and_who_has_not_answered(
        self, given: Assignment, administrator: User, first: User, sign_in: SignIn
    ) -> None:
        answer(sign_in(first), "one", given, "return", reason="本县无此类单位")

        page = sign_in(administrator).get(given.get_absolute_url(), headers=ENGLISH)
        listed = sign_in(administrator).get("/checklists/henan/assignments/")

        steps = [trail.newest for trail in page.context["units"]]
        shown = {step.checklist.name: (step.state, step.reason) for step in steps}
        assert shown == {"甲县": ("returned", "本县无此类单位"), "乙县": ("given", "")}
        assert [(one, [count for _, count in counts]) for one, counts in listed.context["given"]] == [
            (given, [1, 0, 1, 0])
        ]

    def test_what_was_answered_stays_so(self, given: Assignment, first: User, sign_in: SignIn) -> None:
        client = sign_in(first)
        answer(client, "one", given, "return", reason="无")

        answer(client, "one", given, "accept")

        assert states(given)["one"] == "returned"
        assert not Update.objects.exists()

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.AUDITOR])
    def test_only_the_units_administrator_answers(
        self, given: Assignment, one: Checklist, administrator: User, sign_in: SignIn, role: Role
    ) -> None:
        owner = one.owners.create(name="科") if role == Role.EDITOR else None
        other = make_user("other", one, role, owner)

        for user in (other, administrator):
            assert answer(sign_in(user), "one", given, "accept").status_code == 403
        page = sign_in(other).get("/checklists/one/items/1.1.1/").content.decode()
        assert "请报送总结" in page
        assert f"/assignments/{given.pk}/accept/" not in page
        assert set(states(given).values()) == {"given"}

    def test_a_closed_checklist_answers_nothing(
        self, given: Assignment, one: Checklist, first: User, sign_in: SignIn
    ) -> None:
        Checklist.objects.filter(pk=one.pk).update(status=ChecklistStatus.CLOSED)

        assert answer(sign_in(first), "one", given, "accept").status_code == 403


class TestSideways:
    def test_siblings_see_nothing_of_each_other(
        self, given: Assignment, first: User, second: User, sign_in: SignIn
    ) -> None:
        answer(sign_in(first), "one", given, "return", reason="只给上级看")
        client = sign_in(second)

        for address in ("two/assignments/", "two/items/1.1.1/", "two/"):
            page = client.get(f"/checklists/{address}").content.decode()
            assert "只给上级看" not in page
            assert "甲县" not in page
        for address in (
            f"henan/assignments/{given.pk}/",
            f"two/assignments/{given.pk}/",
            f"one/assignments/{given.pk}/",
            "one/assignments/",
            "henan/assignments/",
            "one/items/1.1.1/",
        ):
            assert client.get(f"/checklists/{address}").status_code == 404, address

    def test_nobody_answers_for_another_or_what_they_were_not_asked(
        self,
        given: Assignment,
        checklist: Checklist,
        one: Checklist,
        two: Checklist,
        administrator: User,
        first: User,
        second: User,
        sign_in: SignIn,
    ) -> None:
        measure = find_item(checklist, "1.1.2").measure
        alone = Assignment.hand_down(
            checklist, measure, [one], due=DUE, text="只给甲", by=administrator, at=NOW
        )
        client = sign_in(second)

        assert answer(client, "one", given, "accept").status_code == 404
        assert answer(client, "two", alone, "accept").status_code == 404
        assert answer(client, "two", alone, "return", reason="x").status_code == 404
        assert answer(client, "henan", alone, "accept").status_code == 404
        assert states(alone) == {"one": "given"}
        assert set(states(given).values()) == {"given"}

    @pytest.mark.parametrize("table", ["measures_assignment", "measures_assignmentstep"])
    def test_the_database_refuses_to_change_or_delete_a_step(self, given: Assignment, table: str) -> None:
        for statement in (f"UPDATE {table} SET by_name = ''", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                connection.cursor().execute(statement)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_is_told(given: Assignment, one: Checklist, first: User) -> None:
    told: list[BaseException] = []
    start = threading.Barrier(2)

    def run(act: Any) -> None:
        try:
            start.wait()
            act()
        except BaseException as error:
            told.append(error)
        finally:
            connection.close()

    acts = [
        lambda: given.accept(one, version=1, by=first, at=NOW),
        lambda: given.send_back(one, version=1, by=first, at=NOW, reason="无"),
    ]
    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert [type(error) for error in told] == [AnsweredAlready]
    assert given.steps.filter(checklist=one).count() == 2
    assert (Item.objects.get(checklist=one, measure=given.measure).due == DUE) == (
        states(given)["one"] == "accepted"
    )
