"""A period's way: submitted, returned or accepted, reopened; in order, with reasons, each step kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, models, transaction

from measures.choices import PeriodKind, PeriodState, Role
from measures.models import (
    Checklist,
    FrozenReport,
    NotEnded,
    Period,
    PeriodEvent,
    PeriodMoved,
    RemarkRequired,
    Submission,
)
from measures.querysets.append_only import AppendOnlyError
from tests.make import NOW, TODAY, make_checklist, make_periods, make_user, run_together
from tests.test_period_days import OCTOBER

LAST_DAYS = (TODAY - timedelta(9), TODAY - timedelta(1))


def submission(**values: Any) -> Submission:
    plain: dict[str, Any] = {"data": {"en": {}}, "edition": "test", "edition_date": TODAY}
    return Submission(**plain | {"well": 3, "in_force": 12, "missing": 0} | values)


@pytest.fixture
def period(checklist: Checklist) -> Period:
    return make_periods(checklist, PeriodKind.BY_HAND, [LAST_DAYS])[0]


@pytest.fixture
def submitted(period: Period, administrator: User) -> Period:
    period.submit(submission(), step=0, by=administrator, at=NOW)
    return period


def test_a_period_goes_its_way_and_every_step_is_kept(
    period: Period, administrator: User, judge: User
) -> None:
    period.submit(submission(), step=0, by=administrator, at=NOW)
    period.send_back(step=1, by=judge, at=NOW, reason="缺责任单位")
    period.submit(submission(well=4), step=2, by=administrator, at=NOW, remark="已补")
    period.accept(step=3, by=judge, at=NOW)
    period.reopen(step=4, by=judge, at=NOW, reason="数据有误")
    period.submit(submission(well=5), step=5, by=administrator, at=NOW)

    kept = PeriodEvent.objects.order_by("id").values_list("before", "after", "revision", "by_name", "remark")
    assert list(kept) == [
        ("open", "submitted", 1, "administrator", ""),
        ("submitted", "returned", 1, "judge", "缺责任单位"),
        ("returned", "submitted", 1, "administrator", "已补"),
        ("submitted", "accepted", 1, "judge", ""),
        ("accepted", "open", 2, "judge", "数据有误"),
        ("open", "submitted", 2, "administrator", ""),
    ]
    reports = FrozenReport.objects.order_by("id").values_list("revision", "submission", "well")
    assert list(reports) == [(1, 1, 3), (1, 2, 4), (2, 1, 5)]
    now = Period.objects.get()
    assert (now.state, now.revision, now.step) == (period.state, period.revision, period.step)
    assert (now.state, now.revision) == (PeriodState.SUBMITTED, 2)


@pytest.fixture
def judge(checklist: Checklist) -> User:
    """The administrator of a checklist that is now above."""
    above = make_checklist("above", "上级", checklist.catalogue)
    checklist.move(above, at=NOW)
    return make_user("judge", above, Role.ADMINISTRATOR)


def test_an_event_says_whether_a_superior_judged(
    submitted: Period, administrator: User, checklist: Checklist
) -> None:
    submitted.accept(step=1, by=administrator, at=NOW)

    judged = submitted.events.latest("id")
    assert (judged.without_superior, judged.by_submitter) == (True, True)
    assert not submitted.events.filter(after="submitted", without_superior=True).exists()


def test_an_event_says_whether_somebody_judged_what_they_submitted(
    submitted: Period, administrator: User, judge: User
) -> None:
    submitted.send_back(step=1, by=judge, at=NOW, reason="重报")
    submitted.submit(submission(), step=2, by=judge, at=NOW)
    submitted.accept(step=3, by=judge, at=NOW)

    told = submitted.events.order_by("id").values_list("without_superior", "by_submitter")
    assert list(told) == [(False, False), (False, False), (False, False), (False, True)]


def test_a_period_that_has_not_ended_cannot_be_submitted(checklist: Checklist, administrator: User) -> None:
    (period,) = make_periods(checklist, PeriodKind.BY_HAND, [(TODAY, TODAY)])

    with pytest.raises(NotEnded):
        period.submit(submission(), step=0, by=administrator, at=NOW)

    assert not FrozenReport.objects.exists()
    period.submit(submission(), step=0, by=administrator, at=NOW + timedelta(1))


def test_what_is_missing_asks_for_a_remark(period: Period, administrator: User) -> None:
    with pytest.raises(RemarkRequired):
        period.submit(submission(missing=1), step=0, by=administrator, at=NOW)

    period.submit(submission(missing=1), step=0, by=administrator, at=NOW, remark="单位调整中")
    assert FrozenReport.objects.get().missing == 1


def test_returning_and_reopening_ask_for_a_reason(submitted: Period, administrator: User) -> None:
    with pytest.raises(RemarkRequired):
        submitted.send_back(step=1, by=administrator, at=NOW, reason="")
    submitted.accept(step=1, by=administrator, at=NOW)
    with pytest.raises(RemarkRequired):
        submitted.reopen(step=2, by=administrator, at=NOW, reason="")

    assert submitted.state == PeriodState.ACCEPTED


@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("open", "accept"),
        ("open", "send_back"),
        ("open", "reopen"),
        ("submitted", "submit"),
        ("submitted", "reopen"),
        ("accepted", "submit"),
        ("accepted", "send_back"),
        ("accepted", "accept"),
    ],
)
def test_no_step_is_taken_out_of_turn(period: Period, administrator: User, state: str, step: str) -> None:
    plain: dict[str, Any] = {"by": administrator, "at": NOW}
    if state != "open":
        period.submit(submission(), step=0, **plain)
    if state == "accepted":
        period.accept(step=1, **plain)
    plain["step"] = period.step
    steps: dict[str, Callable[[], object]] = {
        "submit": lambda: period.submit(submission(), **plain),
        "send_back": lambda: period.send_back(reason="因故", **plain),
        "accept": lambda: period.accept(**plain),
        "reopen": lambda: period.reopen(reason="因故", **plain),
    }

    with pytest.raises(PeriodMoved):
        steps[step]()

    assert period.events.count() == period.step


def test_whoever_saw_an_older_submission_does_not_accept_a_newer_one(
    submitted: Period, administrator: User
) -> None:
    submitted.send_back(step=1, by=administrator, at=NOW, reason="重报")
    submitted.submit(submission(), step=2, by=administrator, at=NOW)

    with pytest.raises(PeriodMoved) as moved:
        submitted.accept(step=1, by=administrator, at=NOW)

    assert moved.value.period.state == PeriodState.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_of_two_who_judge_at_once_one_is_told_that_the_other_was_quicker(
    submitted: Period, administrator: User
) -> None:
    outcomes: list[str] = []

    def judge(step: Callable[[Period], None]) -> None:
        try:
            step(Period.objects.get())
            outcomes.append("done")
        except PeriodMoved:
            outcomes.append("moved")
        finally:
            connection.close()

    run_together(
        [
            lambda: judge(lambda period: period.accept(step=1, by=administrator, at=NOW)),
            lambda: judge(lambda period: period.send_back(step=1, by=administrator, at=NOW, reason="重报")),
        ]
    )

    assert sorted(outcomes) == ["done", "moved"]
    assert submitted.events.count() == 2


def test_only_a_period_that_took_no_step_can_be_deleted(
    period: Period, checklist: Checklist, administrator: User
) -> None:
    (other,) = make_periods(checklist, PeriodKind.MONTH, [OCTOBER])
    period.submit(submission(), step=0, by=administrator, at=NOW)

    assert (period.remove(at=NOW), other.remove(at=NOW)) == (False, True)
    assert list(Period.objects.all()) == [period]


@pytest.mark.parametrize("model", [FrozenReport, PeriodEvent])
def test_neither_code_nor_raw_sql_changes_what_is_kept(submitted: Period, model: Any) -> None:
    row = model.objects.get()
    table = model._meta.db_table
    for call in (
        row.save,
        row.delete,
        lambda: model.objects.update(by_name="别人"),
        model.objects.all().delete,
    ):
        with pytest.raises(AppendOnlyError):
            call()
    for statement in (f"UPDATE {table} SET by_name = 'forged'", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        models.QuerySet(model).update(by_name="forged")

    assert model.objects.get().by_name == "administrator"


def test_a_period_with_reports_cannot_be_deleted(submitted: Period, checklist: Checklist) -> None:
    with pytest.raises(models.ProtectedError):
        submitted.delete()
    with pytest.raises(models.ProtectedError):
        checklist.delete()


def test_steps_outlive_the_account_of_who_took_them(submitted: Period, administrator: User) -> None:
    key = administrator.pk

    administrator.delete()

    event = submitted.events.get()
    assert (event.by_id, event.by_name) == (key, "administrator")
