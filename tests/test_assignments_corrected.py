"""What was handed down is corrected, which leaves a trace, and the units are asked again."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from measures.choices import Audited
from measures.models import (
    Assignment,
    AssignmentCorrection,
    AuditRecord,
    Checklist,
    CorrectedMeanwhile,
    Update,
)
from measures.models.audit import verify_chain
from tests.handed_down import CORRECTION, DUE, LATER, act, answer, first, given, one, second, states, two
from tests.make import NOW, SignIn, change, find_item
from tests.sheets import ENGLISH

__all__ = ["first", "given", "one", "second", "two"]  # fixtures are found by their names


class TestCorrecting:
    def test_every_unit_is_asked_again_and_one_that_had_accepted_keeps_its_due_date_until_it_accepts(
        self, given: Assignment, one: Checklist, administrator: User, first: User, sign_in: SignIn
    ) -> None:
        unit = sign_in(first)
        answer(unit, "one", given, "accept")

        corrected = act(sign_in(administrator), given, "correct", **CORRECTION)

        assert corrected.status_code == 302
        assert states(given) == {"one": "given", "two": "given"}
        assert find_item(one).due == DUE
        page = unit.get("/checklists/one/items/1.1.1/", headers=ENGLISH).content.decode()
        for said in (
            "请报送书面总结",
            "请报送总结",
            "2026-12-20",
            f"{LATER}",
            "省里推迟了时间",
            "administrator",
        ):
            assert said in page, said
        assert "keeps its due date until the correction is accepted" in page
        answer(unit, "one", given, "accept", version=2)
        assert find_item(one).due == LATER
        assert Update.objects.latest("pk").reason == "Assigned by 河南: 请报送书面总结"

    def test_it_is_recorded_with_what_was_asked_before(
        self, given: Assignment, administrator: User, sign_in: SignIn
    ) -> None:
        act(sign_in(administrator), given, "correct", **CORRECTION)

        record = AuditRecord.objects.first()
        assert record
        assert record.action == Audited.ASSIGNMENT_CORRECTED
        assert "2026-12-20" in record.before
        assert "省里推迟了时间" in record.after
        assert verify_chain().broken is None

    def test_the_office_sees_the_old_values_and_what_each_unit_answered_before(
        self, given: Assignment, administrator: User, first: User, sign_in: SignIn
    ) -> None:
        answer(sign_in(first), "one", given, "return", reason="时间太紧")
        client = sign_in(administrator)
        act(client, given, "correct", **CORRECTION)

        page = client.get(given.get_absolute_url(), headers=ENGLISH).content.decode()
        listed = client.get("/checklists/henan/assignments/", headers=ENGLISH).content.decode()

        for said in ("请报送书面总结", "请报送总结", "2026-12-20", "省里推迟了时间", "时间太紧"):
            assert said in page, said
        assert f"{LATER}" in listed
        assert "2026-12-20" not in listed

    def test_a_unit_that_answers_what_was_corrected_sees_what_is_asked_now_and_loses_nothing(
        self, given: Assignment, administrator: User, first: User, sign_in: SignIn
    ) -> None:
        unit = sign_in(first)
        act(sign_in(administrator), given, "correct", **CORRECTION)

        accepted = answer(unit, "one", given, "accept")
        without = answer(unit, "one", given, "accept", version="二")
        returned = answer(unit, "one", given, "return", reason="本县无此类单位")

        for page in (accepted, without, returned):
            assert page.status_code == 409
            assert "The assignment was corrected while you were reading" in page.content.decode()
            assert "请报送书面总结" in page.content.decode()
        assert 'value="本县无此类单位"' in returned.content.decode()
        assert states(given)["one"] == "given"
        assert not Update.objects.exists()
        assert answer(unit, "one", given, "return", version=2, reason="本县无此类单位").status_code == 302
        assert states(given)["one"] == "returned"

    def test_an_answer_with_a_mistake_in_it_still_names_what_its_user_has_read(
        self, given: Assignment, administrator: User, first: User, sign_in: SignIn
    ) -> None:
        unit = sign_in(first)
        act(sign_in(administrator), given, "correct", **CORRECTION)

        refused = answer(unit, "one", given, "return", reason="")

        assert refused.status_code == 422
        assert 'name="version" value="1"' in refused.content.decode()

    def test_a_correction_of_the_text_alone_leaves_a_due_date_that_was_moved_since(
        self, given: Assignment, one: Checklist, administrator: User, first: User, sign_in: SignIn
    ) -> None:
        unit = sign_in(first)
        answer(unit, "one", given, "accept")
        change(find_item(one), by=first, due=LATER)

        act(sign_in(administrator), given, "correct", **CORRECTION | {"due": f"{DUE}"})
        answer(unit, "one", given, "accept", version=2)

        assert states(given)["one"] == "accepted"
        assert find_item(one).due == LATER

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"reason": ""}, "This field is required."),
            ({"text": ""}, "This field is required."),
            ({"due": "2026-12-20", "text": "请报送总结"}, "Nothing has been changed."),
            ({"due": "2020-01-01"}, "This date is in the past."),
            ({"due": "2090-01-01"}, "This date is more than ten years ahead."),
            ({"due": "0026-11-24"}, "This date is not plausible."),
        ],
    )
    def test_a_mistake_is_explained_and_what_was_typed_stays(
        self, given: Assignment, administrator: User, sign_in: SignIn, wrong: dict[str, str], said: str
    ) -> None:
        page = act(sign_in(administrator), given, "correct", **CORRECTION | wrong)

        assert page.status_code == 422
        assert said in page.content.decode()
        assert "reason" in wrong or "省里推迟了时间" in page.content.decode()
        assert not AssignmentCorrection.objects.exists()

    def test_a_past_due_date_can_be_confirmed_and_one_that_stays_is_not_asked_about(
        self, given: Assignment, administrator: User, sign_in: SignIn
    ) -> None:
        client = sign_in(administrator)
        past = CORRECTION | {"due": "2020-01-01"}

        act(client, given, "correct", **past, sure="on")
        act(client, given, "correct", **past | {"version": 2, "text": "请报送全年总结"})

        assert [(one.due.year, one.text) for one in given.versions[1:]] == [
            (2020, "请报送书面总结"),
            (2020, "请报送全年总结"),
        ]

    def test_the_second_of_two_who_correct_it_sees_both_texts(
        self, given: Assignment, administrator: User, sign_in: SignIn
    ) -> None:
        client = sign_in(administrator)
        act(client, given, "correct", **CORRECTION)
        mine_due = LATER + timedelta(days=5)
        mine = CORRECTION | {"text": "请报送电子版总结", "due": f"{mine_due}"}

        page = act(client, given, "correct", **mine)

        assert page.status_code == 409
        assert [(now, typed) for _label, now, typed in page.context["differences"]] == [
            (LATER, mine_due),
            ("请报送书面总结", "请报送电子版总结"),
        ]
        act(client, given, "correct", **mine | {"version": page.context["version"]})
        assert given.terms.text == "请报送电子版总结"

    def test_any_day_shows_what_was_asked_and_answered_by_then(
        self, given: Assignment, one: Checklist, administrator: User, first: User, sign_in: SignIn
    ) -> None:
        days = [NOW + timedelta(days=number) for number in range(4)]
        Checklist.objects.filter(pk=one.pk).update(opened_at=NOW)
        given.accept(one, version=1, by=first, at=days[1])
        said: dict[str, Any] = {"due": LATER, "text": "请报送书面总结", "reason": "推迟"}
        given.correct(**said, version=1, by=administrator, at=days[2])
        given.withdraw([one], reason="不再需要", by=administrator, at=days[3])

        shown = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=30))
            client = sign_in(first)
            for day in days:
                page = client.get("/checklists/one/items/1.1.1/", {"as_of": f"{day:%Y-%m-%d}"})
                (trail,) = page.context["received"]
                shown.append((trail.newest.state, trail.terms.due, len(trail.corrections)))

        assert shown == [
            ("given", DUE, 0),
            ("accepted", DUE, 0),
            ("given", LATER, 1),
            ("withdrawn", LATER, 1),
        ]


@pytest.mark.django_db(transaction=True)
def test_a_unit_that_accepts_while_it_is_corrected_is_asked_again_or_told(
    given: Assignment, one: Checklist, administrator: User, first: User
) -> None:
    told: list[BaseException] = []
    start = threading.Barrier(3)

    def run(act: Any) -> None:
        try:
            start.wait()
            act()
        except BaseException as error:
            told.append(error)
        finally:
            connection.close()

    said: dict[str, Any] = {"due": LATER, "text": "x", "reason": "x", "version": 1, "at": NOW}
    acts = [
        lambda: given.accept(one, version=1, by=first, at=NOW),
        lambda: Assignment.objects.get(pk=given.pk).correct(**said, by=administrator),
        lambda: Assignment.objects.get(pk=given.pk).correct(**said, by=administrator),
    ]
    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    accepted = given.steps.filter(state="accepted").exists()
    assert states(given) == {"one": "given", "two": "given"}
    assert {type(error) for error in told} == {CorrectedMeanwhile}
    assert len(told) == (1 if accepted else 2)
    assert (find_item(one).due == DUE) == accepted
