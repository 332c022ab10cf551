"""`make demo`: half a year of invented progress, made by the app's own methods, the same each time."""

import io
import pickle
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pypdf
import pytest
from django.core.management import call_command
from django.test import Client, TestCase
from django.utils import timezone, translation

from measures.choices import Light, PeriodState, Role, Side, Status, Via
from measures.demo import USERS
from measures.demo.answers import LEADERS
from measures.demo.units import UNITS
from measures.models import (
    Assignment,
    AssignmentStep,
    Batch,
    ChasedItem,
    Chaser,
    Checklist,
    Entry,
    Item,
    Membership,
    Period,
    SavedView,
    Update,
    Withdrawal,
)
from measures.reports import FORMATS, Report, build_report
from tests.databases import undone
from tests.make import PASSWORD
from tests.once import once
from tests.proofs import SOAK, share

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

UNTIL = date(2026, 11, 24)
DAYS = [
    UNTIL,
    date(2027, 1, 4),
    date(2028, 2, 29),
    date(2026, 3, 1),
    date(2027, 10, 9),
    date(2028, 3, 1),
]
# What the demo until UNTIL tells: a run writes it once, into its folder.
STORY = "story.pickle"
# The months whose reports are tried: the first and the last ones are the longest.
ENDS = [date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31), UNTIL]
MONTHS = ENDS if SOAK else [ENDS[0], *ENDS[-2:]]
on_one_day = pytest.mark.parametrize("made", [UNTIL], indirect=True)
# The calendar is the same on every engine.
OTHERS = DAYS[1 : 1 + share(len(DAYS) - 1, least=2)]
ON_ANY_DAY = [
    UNTIL,
    *(pytest.param(day, marks=[pytest.mark.any_engine, pytest.mark.proof]) for day in OTHERS),
]
on_any_day = pytest.mark.parametrize("made", ON_ANY_DAY, indirect=True)


class Demo(NamedTuple):
    """The demo and its last day."""

    until: date
    said: str


@pytest.fixture(scope="module")
def made(request: pytest.FixtureRequest, shared_database: None, run_folder: Path) -> Iterator[Demo]:
    """The demo until the day that the test names, made once for all tests of that day."""
    with pytest.MonkeyPatch.context() as monkeypatch, undone():
        monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
        said = run(request.param)
        if request.param == UNTIL:
            once(run_folder / STORY, write_story)
        yield Demo(request.param, said)


def run(until: date = UNTIL) -> str:
    said = io.StringIO()
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("demo", f"--until={until}", stdout=said)
    return said.getvalue()


def told() -> list[Any]:
    """The whole story, without keys, which differ from one database to the next."""
    updates = Update.objects.order_by("pk").values_list(
        "item__measure__code", "at", "by_name", "via", "status", "owner__name", "due", "notes", "reason"
    )
    batches = Batch.objects.order_by("at").values_list("at", "via", "by_name", "reason")
    views = SavedView.objects.order_by("name").values_list("name", "is_shared")
    chased = ChasedItem.objects.order_by("pk").values_list(
        "item__measure__code", "chaser__at", "chaser__level"
    )
    periods = Period.objects.order_by("starts").values_list("starts", "ends", "state")
    entries = Entry.objects.order_by("pk").values_list(
        "item__measure__code", "unit__name", "at", "by_name", "progress", "problems", "next_steps"
    )
    return [*updates, *batches, *views, *periods, *entries, *chased]


def write_story(path: Path) -> None:
    path.write_bytes(pickle.dumps(told()))


@on_one_day
def test_where_the_demo_stands_it_stays(made: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    before = told()
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)

    said = run(UNTIL + timedelta(days=40))

    assert told() == before
    assert "as it was left" in said
    assert Client().post("/sign-in/", {"username": "editor", "password": PASSWORD}).status_code == 302


@on_one_day
def test_the_journal_replays_to_what_the_items_say(made: Demo) -> None:
    for item in Item.objects.prefetch_related("updates"):
        updates = sorted(item.updates.all(), key=lambda update: update.pk)
        assert [update.at for update in updates] == sorted(update.at for update in updates)
        assert item.version == 1 + len(updates)
        if updates:
            assert item.state() == updates[-1].state()
            assert item.updated_at == updates[-1].at


@on_one_day
def test_nothing_happens_outside_its_half_year_or_office_hours(made: Demo) -> None:
    moments = [timezone.localtime(at) for at in Update.objects.values_list("at", flat=True)]
    assert min(moments).date() >= UNTIL - timedelta(days=190)
    assert max(moments).date() < UNTIL
    assert all(at.weekday() < 5 and 8 <= at.hour < 19 for at in moments)


@on_one_day
def test_everyone_changes_only_what_their_role_allows(made: Demo) -> None:
    roles = dict(Membership.objects.values_list("user", "role"))
    acts_for = dict(Membership.objects.values_list("user", "owner"))
    for update in Update.objects.all():
        if roles[update.by_id] == Role.EDITOR:
            assert update.owner_id == acts_for[update.by_id]
        else:
            assert roles[update.by_id] == Role.ADMINISTRATOR


@on_one_day
@pytest.mark.parametrize("username", [*USERS, "kaohe"])
def test_each_user_signs_in_and_sees_the_checklist(made: Demo, username: str, client: Client) -> None:
    assert client.post("/sign-in/", {"username": username, "password": PASSWORD}).status_code == 302
    page = client.get("/checklists/henan/").content.decode()
    assert "河南（演示）" in page
    assert PASSWORD not in made.said


@on_any_day
def test_one_chaser_is_answered_and_one_is_not(made: Demo) -> None:
    reminders, late = Chaser.objects.filter(level="blue"), Chaser.objects.filter(level="yellow")

    assert reminders.exists()
    assert not reminders.waiting().exists()
    assert set(late.waiting()) == set(late)
    assert late.count() > 1
    assert all(one.reads.exists() for one in reminders)
    assert late.filter(reads__isnull=False).count() == 1


@on_any_day
def test_there_is_something_of_everything_on_any_day(made: Demo) -> None:
    until = made.until
    checklist = Checklist.objects.get(slug="henan")
    items = checklist.items.with_light(on=until, thresholds=checklist.thresholds)
    assert min(items.counted_by_light().values()) >= 8
    statuses = set(items.values_list("status", flat=True))
    assert statuses == set(Status.values)
    assert items.overdue(on=until).count() >= 5
    reasons = {
        "overdue": items.in_light(Light.RED).exclude(status=Status.BLOCKED),
        "soon": items.in_light(Light.AMBER).filter(due__gte=until),
        "silent": items.in_light(Light.AMBER).filter(due=None),
        "nobody's": items.filter(owner=None),
        "changed lately": items.updated_since(until - timedelta(days=7)),
    }
    assert not [name for name, found in reasons.items() if not found.exists()]
    assert set(Batch.objects.values_list("via", flat=True)) == {Via.IMPORT, Via.BULK, Via.UNDO}
    assert Batch.objects.get(via=Via.UNDO).undoes is not None
    assert Update.objects.exclude(reason="").values("reason").distinct().count() > 8
    assert checklist.owners.count() == len(UNITS)
    entries = Entry.objects.filter(item__checklist=checklist)
    assert entries.filter(nothing_new=True).exists()
    assert entries.exclude(problems="").exists()
    assert entries.exclude(next_steps="").count() > 50
    assert Withdrawal.objects.count() == 1
    assert entries.filter(side=Side.COOPERATING).count() >= 5
    assert checklist.items.exclude(cooperations=None).distinct().count() >= 15
    assert checklist.items.exclude(target="").count() >= 40
    assert checklist.items.exclude(leader="").count() == len(LEADERS)
    assert not checklist.owners.filter(leader="")


@on_any_day
def test_one_measure_handed_down_was_corrected_and_another_one_withdrawn(made: Demo) -> None:
    corrected, withdrawn = Assignment.objects.order_by("pk")

    assert [terms.version for terms in corrected.versions] == [1, 2]
    assert corrected.terms.due > corrected.due
    states = corrected.steps.newest().values_list("checklist__slug", "state")
    assert dict(states) == {
        "zhengzhou": "accepted",
        "luoyang": "given",
        "nanyang": "given",
        "kaifeng": "given",
    }
    assert set(withdrawn.steps.newest().values_list("state", flat=True)) == {"withdrawn"}
    moments = list(AssignmentStep.objects.order_by("pk").values_list("at", flat=True))
    assert max(moments).date() < made.until
    for one in (corrected, withdrawn):
        times = list(one.steps.order_by("pk").values_list("at", flat=True))
        assert times == sorted(times)


@on_any_day
def test_two_months_are_reported_and_closed_and_one_is_open(made: Demo) -> None:
    until = made.until
    closed = Period.objects.filter(state=PeriodState.ACCEPTED).order_by("starts")
    assert len(closed) == 2
    assert closed[0].ends + timedelta(days=1) == closed[1].starts
    for period in closed:
        report = period.reports.get()
        assert period.ends < timezone.localdate(report.made_at) < until
        assert report.well > 0
    assert Period.objects.get(state=PeriodState.OPEN).starts == closed[1].ends + timedelta(days=1)
    assert Period.objects.count() == 3


@on_one_day
def test_texts_are_chinese_and_name_nobody(made: Demo) -> None:
    notes = [note for note in Item.objects.values_list("notes", flat=True) if note]
    said = [text for entry in Entry.objects.all() for _label, text in entry.texts]
    assert not [text for text in notes + said if re.search("[A-Za-z{}]", text)]
    assert not [text for text in notes + said if re.search("同志|某某|先生|女士", text)]
    assert len(set(said)) > 250


def month(checklist: Checklist, ends: date) -> Report:
    with translation.override("zh-hans"):
        return build_report(
            checklist.items.as_of(ends).there_by(ends),
            checklist=checklist,
            as_of=ends,
            since=ends.replace(day=1) - timedelta(days=1),
            made_at=timezone.now(),
            made_by="张建国",
        )


@on_one_day
@pytest.mark.any_engine
@pytest.mark.parametrize("ends", MONTHS)
def test_the_report_of_a_month_takes_eight_pages_and_names_every_late_item(made: Demo, ends: date) -> None:
    report = month(Checklist.objects.get(slug="henan"), ends)
    reader = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].write(report)))
    pages = [page.extract_text() for page in reader.pages]
    text = re.sub(r"[\s\u200b]", "", "".join(pages))
    problems = text[text.index("三、存在的主要问题") : text.index("四、下一步打算")]

    # The last month has the second edition.
    assert len(report.rows) == (122 if ends == UNTIL else 120)
    assert len(pages) <= 8
    assert next(place for place, page in enumerate(pages) if page.startswith("附件")) <= 3
    for row in report.attention:
        assert row.code in problems
    ledger = text[text.rindex("任务落实情况台账") :]
    for row in report.rows:
        assert row.code in ledger
