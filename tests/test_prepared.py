"""Queries whose SQL is kept ask what fresh ones ask, whatever the values, and depend on nothing else."""

import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from inspect import signature
from itertools import product
from typing import NamedTuple, get_args, get_origin

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.sql import Query
from django.test import override_settings
from django.urls import get_resolver
from django.utils import translation

from measures.choices import Status, Via
from measures.database.prepared import EVERY, Prepared, spread
from measures.ledger.facts import facts_in_order, facts_today
from measures.models import Checklist, Item, Membership, Update
from measures.models.people import memberships_of, names_of_units
from measures.todo.count import _waiting as count_of_waiting
from tests.make import NOW, SignIn, make_checklist, make_owner

assert get_resolver().url_patterns  # all pages, and with them all queries that are kept


class Values(NamedTuple):
    given: list[object]
    named: dict[str, object]


def names() -> list[str]:
    return [f"{one.make.__module__}.{one.make.__name__}" for one in EVERY]


def values_for(one: Prepared[..., Model, object], key: int = 7) -> Iterator[Values]:
    """Values as its parameters ask, with each way to decide on the query."""
    samples: dict[type, object] = {int: key, float: 2.5, str: "henan", date: NOW.date(), datetime: NOW}
    lists: dict[type, object] = {
        **{int: [key, 8], bool: [True, False], str: ["/henan/", "/henan/zhengzhou/"]},
        datetime: [NOW, NOW + timedelta(1)],
    }
    parameters = signature(one.make).parameters.values()
    kinds = [parameter.annotation for parameter in parameters]
    ways = [
        [True, False]
        if kind is bool
        else [lists[get_args(kind)[0]]]
        if get_origin(kind) is list
        else [samples[kind]]
        for kind in kinds
    ]
    names = [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
    for values in product(*ways):
        first = len(values) - len(names)
        yield Values(list(values[:first]), dict(zip(names, values[first:], strict=True)))


def fresh(one: Prepared[..., Model, object], values: Values) -> tuple[str, Sequence[object]]:
    """The SQL and its parameters as Django makes them of these values."""
    query: Query = one.make(*values.given, **values.named).query
    sql, parameters = query.get_compiler(connection.alias).as_sql()
    return str(sql), parameters


def as_sent(sql: str, parameters: Sequence[object]) -> tuple[str, list[str]]:
    """A query with its values; on PostgreSQL as one text, for some are in it already."""
    # Django puts brackets around what is not a plain value, and makes conditions of plain truths.
    if connection.vendor != "postgresql":
        return sql.replace("(%s)", "%s"), list(map(str, parameters))
    spelt = {"true": "", "false": "NOT "}
    connection.ensure_connection()
    said = str(connection.connection.cursor().mogrify(sql, parameters))
    said = re.sub(r"\((-?[\d.]+|'[^']*'(?:::\w+)?|true|false)\)", r"\1", said)
    return re.sub(r'("\w+"\."\w+") = (true|false)', lambda found: spelt[found[2]] + found[1], said), []


@pytest.mark.parametrize("one", EVERY, ids=names())
def test_the_database_takes_it(one: Prepared[..., Model, object], db: None) -> None:
    for values in values_for(one):
        for _time in range(3):  # kept by PostgreSQL from the third time on
            assert len(one(*values.given, **values.named)) == one.count(*values.given, **values.named)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no plans")
def test_postgresql_keeps_its_plan_and_sees_what_is_the_same_each_time(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    for number in range(1, 5):
        memberships_of(number)
        count_of_waiting.count([], [number], [number], False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        kept = [statement for (statement,) in cursor.fetchall()]
    (memberships,) = (one for one in kept if 'FROM "measures_membership"' in one)
    assert "= ($1)" in memberships
    (waiting,) = (one for one in kept if "'given'" in one)
    assert "$1" in waiting


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no plans")
def test_other_queries_are_sent_as_django_sends_them_even_after_a_failure(db: None) -> None:
    connection.ensure_connection()
    usual = connection.connection.cursor_factory
    with pytest.raises(OverflowError), transaction.atomic():
        memberships_of(1 << 70)
    assert connection.connection.cursor_factory is usual


@pytest.mark.parametrize("one", EVERY, ids=names())
def test_its_sql_is_that_of_a_fresh_query(one: Prepared[..., Model, object], db: None) -> None:
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for values in values_for(one):
                _queryset, made, filled = one.ready(values.given, values.named)
                sql, parameters = fresh(one, values)
                assert as_sent(made.sql, filled) == as_sent(sql, parameters)


def told(row: object) -> object:
    """All that a row holds, with the rows that are joined to it."""
    if not isinstance(row, Model):
        return type(row), row
    state = row._state
    joined = {name: told(one) for name, one in state.fields_cache.items() if one is not row}
    held = {name: value for name, value in vars(row).items() if not name.startswith("_")}
    return type(row), held, joined, state.adding, state.db, vars(row).get("_prefetched_objects_cache")


def test_its_rows_are_read_as_django_reads_them(given: Item, administrator: User, editor: User) -> None:
    done = {"status": Status.IN_PROGRESS}
    given.change(done, version=given.version, by=administrator, at=NOW, via=Via.PAGE)
    checklist = given.checklist
    keys = {checklist.pk, checklist.catalogue_id, given.pk, given.owner_id, administrator.pk, editor.pk}
    found = set()
    for one in EVERY:
        for key in filter(None, keys):
            for values in values_for(one, key):
                rows = one(*values.given, **values.named)
                read = one.make(*values.given, **values.named)
                assert [told(row) for row in rows] == [told(row) for row in read], one.make
                found |= {(one.make.__name__, type(row)) for row in rows}
    assert {kind for _name, kind in found} >= {Checklist, Item, Membership, Update, User, str, tuple}


@pytest.mark.any_engine
@pytest.mark.parametrize("one", EVERY, ids=names())
def test_neither_the_day_nor_a_setting_is_kept_in_it(one: Prepared[..., Model, object], db: None) -> None:
    """It may be made at any time, and is used for as long as the process runs."""

    def made_while(circumstance: AbstractContextManager[object]) -> list[tuple[str, list[object]]]:
        with circumstance:
            shapes = [
                (spread([*values.given, *values.named.values()])[1], list(values.named))
                for values in values_for(one)
            ]
            made = [one.with_places(*shape) for shape in shapes]
            compiled = [found.query.get_compiler(connection.alias).as_sql() for found in made]
        return [(sql, [getattr(value, "number", value) for value in values]) for sql, values in compiled]

    today = made_while(time_machine.travel(NOW, tick=False))
    assert made_while(time_machine.travel(NOW + timedelta(days=40), tick=False)) == today
    assert made_while(override_settings(SECURITY_PROFILE="mlps", TIME_ZONE="UTC")) == today


@pytest.mark.any_engine
def test_threads_that_make_it_at_once_all_get_the_sql_of_a_fresh_query(db: None) -> None:
    """As the first requests of a new process do. SQL that was made wrong once would be kept."""
    often = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for one in EVERY * 5:
            values = next(values_for(one))
            sql, _parameters = fresh(one, values)
            again = Prepared(one.make)
            EVERY.remove(again)

            def made(again: Prepared[..., Model, object] = again, values: Values = values) -> str:
                return again.ready(values.given, values.named)[1].sql

            with ThreadPoolExecutor(6) as threads:
                found = {done.result() for done in [threads.submit(made) for _ in range(18)]}
            assert {one.replace("(%s)", "%s") for one in found} == {sql.replace("(%s)", "%s")}
    finally:
        sys.setswitchinterval(often)


def test_it_finds_what_was_written_since(checklist: Checklist, administrator: User) -> None:
    assert [one.checklist for one in memberships_of(administrator.pk)] == [checklist]
    other = make_checklist("shandong", "山东", checklist.catalogue)
    Membership.objects.create(user=administrator, checklist=other, role="viewer")
    make_owner(other, "一处")
    assert {one.checklist for one in memberships_of(administrator.pk)} == {checklist, other}
    assert [name for _key, name in names_of_units(other.pk)] == ["一处"]


def test_any_number_of_rows_is_found(checklist: Checklist) -> None:
    keys = list(checklist.items.order_by("-pk").values_list("pk", flat=True))
    for length in range(len(keys) + 1):
        assert facts_today(keys[:length]) == facts_in_order(Item.objects.all(), keys[:length])


def test_a_catalogue_is_read_in_each_language(
    sign_in: SignIn, administrator: User, checklist: Checklist
) -> None:
    client = sign_in(administrator)
    for language, word in (("zh-hans", "简"), ("en", "Title"), ("zh-hant", "繁"), ("zh-hans", "简")):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        page = client.get(f"/checklists/{checklist.slug}/items/").content.decode()
        assert f">1.1 {word} " in page
