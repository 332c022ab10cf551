"""What was handed down is withdrawn, which leaves a trace, and who withdraws and corrects."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, transaction

from measures.choices import Audited, Role
from measures.models import (
    Assignment,
    AssignmentStep,
    AuditRecord,
    Checklist,
    Update,
    WithdrawnAlready,
)
from tests.handed_down import CORRECTION, DUE, LATER, act, answer, first, given, one, second, states, two
from tests.make import NOW, SignIn, find_item, make_checklist, make_user
from tests.sheets import ENGLISH

__all__ = ["first", "given", "one", "second", "two"]  # fixtures are found by their names


class TestWithdrawing:
    def test_a_unit_that_has_not_answered_no_longer_can_and_sees_who_withdrew_it_and_why(
        self, given: Assignment, one: Checklist, administrator: User, first: User, sign_in: SignIn
    ) -> None:
        act(sign_in(administrator), given, "withdraw", of=[one.pk], reason="任务取消")
        unit = sign_in(first)

        accepted = answer(unit, "one", given, "accept")
        returned = answer(unit, "one", given, "return", reason="本县无此类单位")

        assert (accepted.status_code, returned.status_code) == (409, 409)
        assert "本县无此类单位" in returned.content.decode()
        page = unit.get("/checklists/one/items/1.1.1/", headers=ENGLISH).content.decode()
        for text in (page, accepted.content.decode()):
            assert "administrator" in text
            assert "任务取消" in text
        assert "Nothing is left to accept or return." in page
        assert "/accept/" not in page
        assert states(given) == {"one": "withdrawn", "two": "given"}
        assert not Update.objects.exists()

    def test_a_unit_that_had_accepted_keeps_its_due_date_and_both_sides_see_that(
        self, given: Assignment, one: Checklist, administrator: User, first: User, sign_in: SignIn
    ) -> None:
        unit, office = sign_in(first), sign_in(administrator)
        answer(unit, "one", given, "accept")

        act(office, given, "withdraw", of=[one.pk], reason="任务取消")

        assert find_item(one).due == DUE
        page = unit.get("/checklists/one/items/1.1.1/", headers=ENGLISH).content.decode()
        assert "The item keeps its due date; change it yourself where needed." in page
        above = office.get(given.get_absolute_url(), headers=ENGLISH).content.decode()
        assert "任务取消" in above
        assert "Accepted" in above

    def test_all_units_are_ticked_and_from_a_units_row_it_alone(
        self, given: Assignment, one: Checklist, two: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        client = sign_in(administrator)
        address = f"/checklists/henan/assignments/{given.pk}/withdraw/"

        everything = client.get(address).context["form"].initial["of"]
        alone = client.get(address, {"unit": "two"}).context["form"].initial["of"]
        unknown = client.get(address, {"unit": "nowhere"}).context["form"].initial["of"]

        assert (everything, alone, unknown) == ([one, two], [two], [])

    def test_it_is_recorded_and_needs_a_reason_and_a_unit(
        self, given: Assignment, one: Checklist, two: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        client = sign_in(administrator)
        for of, reason in (([one.pk, two.pk], ""), ([], "任务取消")):
            assert act(client, given, "withdraw", of=of, reason=reason).status_code == 422
        assert set(states(given).values()) == {"given"}

        act(client, given, "withdraw", of=[one.pk, two.pk], reason="任务取消")

        record = AuditRecord.objects.first()
        assert record
        assert record.action == Audited.ASSIGNMENT_WITHDRAWN
        assert '"one", "two"' in record.after
        assert "任务取消" in record.after

    def test_it_is_withdrawn_once_and_then_neither_asked_again_nor_corrected(
        self, given: Assignment, one: Checklist, two: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        client = sign_in(administrator)
        act(client, given, "withdraw", of=[one.pk], reason="任务取消")

        again = act(client, given, "withdraw", of=[one.pk, two.pk], reason="任务取消")
        act(client, given, "correct", **CORRECTION)
        act(client, given, "withdraw", of=[two.pk], reason="任务取消")
        late = act(client, given, "correct", **CORRECTION | {"version": 2, "text": "再改"})

        assert again.status_code == 422
        assert "It has been withdrawn from one of these units." in again.content.decode()
        assert "It has been withdrawn from every unit." in late.content.decode()
        assert "再改" in late.content.decode()
        assert states(given) == {"one": "withdrawn", "two": "withdrawn"}
        assert list(given.steps.filter(checklist=one).values_list("version", flat=True)) == [1, 1]


class TestWho:
    @pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.AUDITOR])
    def test_only_an_administrator_of_the_checklist_that_handed_it_down(
        self, given: Assignment, checklist: Checklist, one: Checklist, sign_in: SignIn, role: Role
    ) -> None:
        owner = checklist.owners.create(name="科") if role == Role.EDITOR else None
        client = sign_in(make_user("other", checklist, role, owner))

        for verb, sent in (("correct", CORRECTION), ("withdraw", {"of": [one.pk], "reason": "x"})):
            address = f"/checklists/henan/assignments/{given.pk}/{verb}/"
            assert client.get(address).status_code == 403
            assert act(client, given, verb, **sent).status_code == 403
            assert f"/{verb}/" not in client.get(given.get_absolute_url()).content.decode()
        assert set(states(given).values()) == {"given"}

    def test_those_below_beside_and_above_correct_and_withdraw_nothing(
        self,
        given: Assignment,
        checklist: Checklist,
        one: Checklist,
        elsewhere: Checklist,
        first: User,
        stranger: User,
        sign_in: SignIn,
    ) -> None:
        china = make_checklist("china", "全国", checklist.catalogue)
        checklist.move(china, at=NOW)
        above = make_user("above", china, Role.ADMINISTRATOR)

        for user, slug, status in (
            (first, "henan", 404),
            (first, "one", 404),
            (stranger, "elsewhere", 404),
            (above, "henan", 403),
            (above, "china", 404),
        ):
            client = sign_in(user)
            for verb, sent in (("correct", CORRECTION), ("withdraw", {"of": [one.pk], "reason": "x"})):
                address = f"/checklists/{slug}/assignments/{given.pk}/{verb}/"
                assert client.get(address).status_code == status, (address, user)
                assert client.post(address, sent).status_code == status, (address, user)
        assert set(states(given).values()) == {"given"}

    def test_only_units_that_were_asked_can_be_named(
        self, given: Assignment, elsewhere: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        page = act(sign_in(administrator), given, "withdraw", of=[elsewhere.pk], reason="x")

        assert page.status_code == 422
        assert elsewhere.name not in page.content.decode()


class TestTheDatabase:
    def test_it_refuses_to_change_or_delete_a_correction(
        self, given: Assignment, administrator: User
    ) -> None:
        given.correct(due=LATER, text="x", reason="x", version=1, by=administrator, at=NOW)

        for statement in (
            "UPDATE measures_assignmentcorrection SET by_name = ''",
            "DELETE FROM measures_assignmentcorrection",
        ):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                connection.cursor().execute(statement)

    def test_it_holds_one_step_of_a_kind_for_each_version_and_a_reason(
        self, given: Assignment, one: Checklist, administrator: User
    ) -> None:
        given.withdraw([one], reason="x", by=administrator, at=NOW)
        by: dict[str, Any] = {"checklist": one, "by": administrator, "by_name": "x", "at": NOW}

        for state, reason, version in (("given", "", 1), ("withdrawn", "x", 2), ("withdrawn", "", 2)):
            with pytest.raises(IntegrityError), transaction.atomic():
                given.steps.create(**by, state=state, reason=reason, version=version)


def test_what_is_withdrawn_is_not_withdrawn_again(
    given: Assignment, one: Checklist, two: Checklist, administrator: User
) -> None:
    given.withdraw([one], reason="x", by=administrator, at=NOW)

    with pytest.raises(WithdrawnAlready):
        given.withdraw([one, two], reason="x", by=administrator, at=NOW)

    assert AssignmentStep.objects.filter(state="withdrawn").count() == 1
