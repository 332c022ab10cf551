"""What was submitted stays as it was, in every format and language, whatever becomes of the ledger."""

import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from measures.choices import PeriodKind, Status
from measures.models import Catalogue, Checklist, FrozenReport, Measure, Owner, Period, Pillar, Section, Use
from measures.reports import FORMATS
from measures.reports.as_json import READABLE, from_data
from measures.reports.freeze import freeze, period_report, thaw
from measures.reports.model import Reporting
from tests.make import GIVING_AWAY, SignIn, change, find_item, make_periods

pytestmark = pytest.mark.slow

# These say the names of their day or the revision; a format need not.
TELL_APART = ("docx", "pdf", "xlsx", "csv", "json", "page")
LANGUAGES = ["zh-hans", "zh-hant", "en"]
# Both say when the file was written, which is not when the report was made.
WRITTEN_NOW = ("docProps/core.xml",)


@pytest.fixture
def period(checklist: Checklist, owner: Owner, administrator: User) -> Period:
    """Ten days with something in them, accepted: six items touched, one late, one dropped."""
    now = timezone.now()
    Checklist.objects.update(opened_at=now - timedelta(100))
    checklist.refresh_from_db()
    today = timezone.localdate()
    at = now - timedelta(5)
    states: dict[str, dict[str, Any]] = {
        "1.1.1": {"status": Status.DONE, "owner": owner, "notes": "已印发"},
        "1.1.2": {"status": Status.IN_PROGRESS, "due": today - timedelta(8), "owner": owner},
        "1.2.1": {"status": Status.BLOCKED, "notes": "=1+1"},
        "2.1.1": {"status": Status.STANDING, "owner": owner},
        "2.1.2": {"status": Status.DROPPED},
        "2.2.3": {"status": Status.IN_PROGRESS, "due": today + timedelta(30)},
    }
    for code, values in states.items():
        change(find_item(checklist, code), by=administrator, at=at, **values)
    yesterday = today - timedelta(1)
    (made,) = make_periods(checklist, PeriodKind.BY_HAND, [(yesterday - timedelta(9), yesterday)])
    hand_in(made, administrator)
    made.accept(step=1, by=administrator, at=timezone.now())
    return made


def hand_in(period: Period, by: User) -> FrozenReport:
    at = timezone.now()
    submission = freeze(period, made_at=at, made_by=str(by))
    return period.submit(submission, step=period.step, by=by, at=at, remark="如期报送")


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def everything(client: Client, period: Period, query: str = "") -> dict[tuple[str, str], Any]:
    """The content of every file, and the frozen part of the page, in every language."""
    found: dict[tuple[str, str], Any] = {}
    for language in LANGUAGES:
        headers = {"Accept-Language": language}
        for name in FORMATS:
            address = f"{period.get_absolute_url()}?format={name}{query}"
            Use.objects.all().delete()  # the limit on downloads is for people, who take their time
            response = client.get(address, headers=headers)
            assert response.status_code == 200
            found[language, name] = content(response.content)
        page = client.get(f"{period.get_absolute_url()}?{query}", headers=headers).content.decode()
        found[language, "page"] = page[page.index("<article") : page.index("</article>")]
    return found


def content(written: bytes) -> Any:
    """The bytes; of an office document its parts, for the zip around them carries the time."""
    if not written.startswith(b"PK"):
        return written
    with zipfile.ZipFile(io.BytesIO(written)) as parts:
        return {name: parts.read(name) for name in parts.namelist() if name not in WRITTEN_NOW}


def upset_everything(checklist: Checklist, by: User) -> None:
    """Later changes of every kind: annotations, names, due days of lights, and the catalogue's wording."""
    for item in checklist.items.select_related("checklist"):
        change(item, by=by, at=timezone.now(), status=Status.DONE, notes="后来", due=None, owner=None)
    Owner.objects.update(name="改名后的处")
    checklist.name, checklist.silence_days = "改名", 1
    checklist.save()
    for model in (Catalogue, Pillar, Section, Measure):
        model.objects.update(title_en="Corrected", title_zh_hans="更正", title_zh_hant="更正")
    User.objects.update(last_name="改", first_name="名")


def test_what_is_read_back_equals_what_was_submitted(period: Period) -> None:
    frozen = period.reports.get()
    for language in LANGUAGES:
        with override(language):
            built = period_report(period, made_at=frozen.made_at, made_by="administrator")
            assert thaw(frozen) == built
            assert (built.as_of, built.since) == (period.ends, period.starts - timedelta(1))
            assert (built.period, built.revision, built.language) == (str(period), 1, language)
    assert (frozen.well, frozen.in_force) == (2, 11)
    assert (frozen.edition, frozen.edition_date) == ("test", period.checklist.catalogue.date)


def test_later_changes_and_catalogue_corrections_touch_no_format(
    period: Period, administrator: User, client: Client
) -> None:
    before = everything(client, period)

    upset_everything(period.checklist, administrator)

    after = everything(client, period)
    for key, was in before.items():
        assert after[key] == was, key


def test_a_reopened_period_has_two_revisions_and_both_stay(
    period: Period, administrator: User, client: Client
) -> None:
    first = everything(client, period, "&revision=1")
    upset_everything(period.checklist, administrator)
    period.reopen(step=2, by=administrator, at=timezone.now(), reason="数据有误")
    hand_in(period, administrator)
    period.accept(step=4, by=administrator, at=timezone.now())

    assert everything(client, period, "&revision=1") == first
    second = everything(client, period, "&revision=2")
    assert second == everything(client, period)
    for key, was in first.items():
        if key[1] in TELL_APART:
            assert second[key] != was, key
    with override("en"):
        assert [thaw(report).revision for report in period.reports.order_by("id")] == [1, 2]


def test_files_are_named_by_organisation_report_day_and_revision(period: Period, client: Client) -> None:
    response = client.get(f"{period.get_absolute_url()}?format=docx", headers={"Accept-Language": "zh-CN"})

    disposition = unquote(response.headers["Content-Disposition"])
    assert f"河南-进展情况报告-{period.ends}-第1版.docx" in disposition


@pytest.mark.parametrize(
    "query", ["format=exe", "format=csv&revision=9", "revision=x", "report=0", "report=" + "9" * 40]
)
def test_what_is_not_there_is_not_found(period: Period, client: Client, query: str) -> None:
    assert client.get(f"{period.get_absolute_url()}?{query}").status_code == 404


def test_a_period_without_a_report_has_no_files(checklist: Checklist, client: Client) -> None:
    today = timezone.localdate()
    (period,) = make_periods(checklist, PeriodKind.BY_HAND, [(today, today)])

    assert client.get(f"{period.get_absolute_url()}?format=csv").status_code == 404


def test_a_file_costs_the_same_however_long_its_journal(
    period: Period,
    administrator: User,
    client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """It is read from the frozen report alone: session, roles, period, which report, its data."""
    for _time in range(2):
        with django_assert_num_queries(5 + GIVING_AWAY):
            client.get(f"{period.get_absolute_url()}?format=json")
        upset_everything(period.checklist, administrator)


def kept_report(version: int) -> dict[str, Any]:
    """A report as a release stored it. The files are never written anew: that they can be read is the promise
    to every period that was ever closed.
    """
    path = Path(__file__).parent / "data" / f"frozen_report_{version}.json"
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    assert kept["version"] == version
    return kept


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_frozen_by_the_first_version_can_still_be_written(name: str) -> None:
    with override("zh-hans"):
        report = from_data(kept_report(1))
        written = FORMATS[name].write(report)

    assert (report.whole.well, report.whole.in_force, report.whole.overdue) == (2, 11, 1)
    assert [row.code for row in report.attention] == ["1.1.2", "1.2.1"]
    assert len(report.journal) == 6
    assert (report.entries, report.reporting, report.applications) == ((), None, ())
    assert written


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_frozen_before_reports_had_applications_can_still_be_written(name: str) -> None:
    kept = kept_report(2)
    with override("zh-hans"):
        report = from_data(kept)
        written = FORMATS[name].write(report)

    assert "applications" not in kept
    assert report.applications == ()
    assert report.reporting == Reporting(
        due=5, given=3, nothing_new=1, by_office=1, missing=("1.2.1", "2.1.1")
    )
    assert [entry.withdrawn for entry in report.entries] == [False, False, True, False]
    closed = report.rows[0]
    assert (closed.status, closed.cooperating, closed.last_entry_on) == (
        Status.DONE,
        "干部二处",
        date(2026, 11, 25),
    )
    assert (closed.done_on, closed.first_due, closed.days_late_when_done) == (
        date(2026, 11, 25),
        date(2026, 11, 26),
        0,
    )
    assert written


def test_a_stored_report_of_each_version_is_read() -> None:
    """A new version needs a sample of its own, written by the release that had it."""
    assert [from_data(kept_report(version)).organisation for version in READABLE] == ["河南"] * len(READABLE)
