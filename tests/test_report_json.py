"""The report as data: an exact way there and back, held to its schema."""

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import measures.reports
from measures.choices import ApplicationKind, Light, Status
from measures.models.state import FIELDS, Kind
from measures.progress import Counts
from measures.reports.as_json import UnknownVersion, from_data, to_data, write_json
from measures.reports.loop_rows import ApplicationRow, ApplicationState, EntryRow, EvidenceRow
from measures.reports.model import (
    Completeness,
    JournalRow,
    Move,
    MoveKind,
    Report,
    Reporting,
    ReportRow,
    TimePoint,
)
from tests.proofs import share
from tests.reports_make import make_report, make_small_report

SCHEMA = json.loads(Path(measures.reports.__file__).with_name("report.schema.json").read_text())

texts = st.text(st.characters(codec="utf-8"), max_size=12)
days = st.dates(date(1990, 1, 1), date(2200, 1, 1))
zones = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))])
moments = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=zones)
numbers = st.integers(0, 10_000)
by_status = st.fixed_dictionaries(dict.fromkeys(Status, numbers))
statuses, lights, kinds = (st.sampled_from(list(words)) for words in (Status, Light, MoveKind))


def counts(parts: st.SearchStrategy[tuple[Counts, ...]]) -> st.SearchStrategy[Counts]:
    return st.builds(Counts, texts, texts, by_status, numbers, parts, st.none() | by_status)


def some[T](of: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(of, max_size=2).map(tuple)


sections = counts(st.just(()))
values = {Kind.STATUS: statuses, Kind.OWNER: texts, Kind.DAY: st.none() | days}
state = {one.name: values.get(one.kind, texts) for one in FIELDS} | {"code": texts, "title": texts}
rows = st.builds(
    ReportRow,
    pillar=texts,
    section=texts,
    light=lights,
    light_reason=texts,
    updated=st.none() | moments,
    updated_by=texts,
    reason=texts,
    days_late=numbers,
    **state,
)
entries = st.builds(EntryRow, at=moments)
applications = st.builds(ApplicationRow, at=moments, new_due=st.none() | days, decided_at=st.none() | moments)
hashes = st.just("") | st.text("0123456789abcdef", min_size=64, max_size=64)
evidence = st.builds(EvidenceRow, at=moments, size=numbers, sha256=hashes)
reports = st.builds(
    Report,
    *(texts, texts, texts, texts, texts),
    st.sampled_from(["zh-hans", "zh-hant", "en"]),
    *(days, st.none() | days, moments, texts),
    filters=some(st.tuples(texts, texts)),
    view=texts,
    summary=some(texts),
    whole=counts(some(sections)),
    pillars=some(counts(some(sections))),
    owners=some(sections),
    timeline=some(st.builds(TimePoint, days, by_status)),
    completeness=st.builds(Completeness, numbers, numbers, numbers, st.none() | numbers),
    rows=some(rows),
    moves=some(st.builds(Move, kinds, texts, texts, texts, texts, texts, st.none() | moments, texts, texts)),
    journal=some(st.builds(JournalRow, at=moments, by=texts, via=texts, reason=texts, **state)),
    entries=some(entries),
    applications=some(applications),
    evidence=some(evidence),
    reporting=st.none() | st.builds(Reporting, numbers, numbers, numbers, numbers, some(texts)),
    revision=st.none() | st.integers(1, 9),
)


@pytest.mark.slow
@pytest.mark.proof
@settings(max_examples=share(2_500), deadline=None)
@given(reports)
def test_any_report_comes_back_from_its_data_as_it_was(report: Report) -> None:
    data = json.loads(write_json(report))

    assert from_data(data) == report
    jsonschema.validate(data, SCHEMA)


@pytest.mark.parametrize("report", [make_report(), make_small_report()], ids=["rich", "small"])
def test_a_report_comes_back_and_fits_the_schema(report: Report) -> None:
    data = json.loads(write_json(report))

    assert from_data(data) == report
    jsonschema.validate(data, SCHEMA)


def test_no_field_of_a_report_is_left_out() -> None:
    """A field that is added to the report is added here, too, or a kept report would lose it."""
    known = {"rows": "items", "journal": "updates"}
    data = to_data(replace(make_report(), levels=("章", "措施")))

    assert {known.get(one.name, one.name) for one in fields(Report) if one.compare} | {
        "schema",
        "version",
    } == set(data)
    assert set(data["items"][0]) == {field.name for field in fields(ReportRow)}
    assert set(data["updates"][0]) == {field.name for field in fields(JournalRow)}
    assert set(data["moves"][0]) == {field.name for field in fields(Move)}
    assert set(data["entries"][0]) == {field.name for field in fields(EntryRow)}
    assert set(data["applications"][0]) == {field.name for field in fields(ApplicationRow)}


def test_the_schema_names_every_closed_word() -> None:
    words = SCHEMA["$defs"]["status"]["enum"]
    items = SCHEMA["properties"]["items"]["items"]["properties"]

    assert words == Status.values
    assert items["light"]["enum"] == Light.values
    assert SCHEMA["properties"]["moves"]["items"]["properties"]["kind"]["enum"] == [*MoveKind]
    asked = SCHEMA["properties"]["applications"]["items"]["properties"]
    assert asked["kind"]["enum"] == ApplicationKind.values
    assert asked["state"]["enum"] == [*ApplicationState]


def test_the_schema_refuses_what_is_no_report() -> None:
    data = to_data(make_small_report())

    for broken in (data | {"as_of": "30.9.2026"}, data | {"version": 3}, data | {"items": [{"code": "1"}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, SCHEMA)


def test_data_of_another_version_is_refused_and_not_guessed_at() -> None:
    data = to_data(make_small_report())

    for wrong in (data | {"version": 3}, data | {"schema": "other"}, {}):
        with pytest.raises(UnknownVersion):
            from_data(wrong)


@pytest.mark.parametrize(
    "where", ["report", "completeness", "items", "updates", "moves", "entries", "applications"]
)
@pytest.mark.parametrize("missing", [True, False], ids=["an older release", "a newer release"])
def test_data_that_lacks_a_field_or_has_one_more_is_refused(where: str, missing: bool) -> None:
    data = json.loads(write_json(make_report()))
    part = data if where == "report" else data[where]
    part = part[0] if isinstance(part, list) else part
    if missing:
        del part["with_owner" if where == "completeness" else "title"]
    else:
        part["unheard_of"] = 1

    with pytest.raises(UnknownVersion):
        from_data(data)


def test_data_with_a_word_of_a_newer_release_is_refused() -> None:
    for where, word in (("items", "status"), ("applications", "kind"), ("applications", "state")):
        data = json.loads(write_json(make_report()))
        data[where][0][word] = "unheard_of"

        with pytest.raises(UnknownVersion):
            from_data(data)


def test_what_can_be_worked_out_is_not_read_back() -> None:
    report = make_report()
    data = to_data(report)
    data["whole"] |= {"total": 0, "well": 0, "shares": {}}

    assert from_data(data) == report
    assert replace(report, view="") != report
