"""A province to measure on: checklists of 100 items below one another, every item with five updates.

Rows go in by executemany and COPY, past the models, for there are millions of them; what they say is what the
models would have written. The same numbers come out every time.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

MEASURES, UPDATES = 100, 5
SIZES = (100, 10_000, 260_000)
CITIES, COUNTIES = 17, 157  # below the province, and below those; all further checklists are townships
STATUSES = ("not_started", "in_progress", "blocked", "done", "standing", "dropped")
WEIGHTS = (5, 75, 4, 10, 4, 2)
UNITS = ("组织部", "纪委监委", "宣传部", "财政局", "人社局", "教育局", "卫健委", "督查室")
WORDS = (
    *("印发通知", "召开部署会", "完成摸底", "报送台账", "开展培训", "组织谈话", "建立名单", "整改问题"),
    *("督促落实", "公开公示", "征求意见", "修订办法", "选派干部", "走访调研", "约谈提醒", "通报表扬"),
    *("健全机制", "澄清正名", "容错纠错", "关爱慰问", "轮岗交流", "挂职锻炼", "考核评价", "减轻负担"),
)
RARE = ("黄河滩区", "窑洞")  # each is in one note out of a thousand, for searches
KEPT = "status, owner_id, due, notes"
ITEM = f"checklist_id, measure_id, pillar_id, {KEPT}, version, updated_at, updated_by_id, id"
UPDATE = f"item_id, {KEPT}, reason, by_id, by_name, at, via"


def build(size: int, *, now: datetime, measures: int = MEASURES) -> None:
    """Fill the empty database with this many items."""
    from django.contrib.auth.models import User
    from django.db import connection

    from measures.choices import Role
    from measures.models import Checklist, Item, Membership, Owner, Pillar, Section
    from tests.make import make_catalogue

    catalogue = make_catalogue(pillars=4, sections=5, measures=measures // 20, slug="bench")
    # One pillar holds most: so that one pillar and one status keep a whole page of a single checklist.
    large = Pillar.objects.get(code="2")
    Section.objects.exclude(pillar=large).filter(code__regex=r"\.[345]$").update(pillar=large)
    checklists = list(
        tree(size // measures, catalogue=catalogue, opened_at=now - timedelta(days=200), entries_from=now)
    )
    for level in range(5):
        Checklist.objects.bulk_create(one for one in checklists if one.path.count("/") == level + 2)
    Owner.objects.bulk_create(Owner(checklist=one, name=name) for one in checklists for name in UNITS)
    user = User.objects.create_superuser("administrator")
    Membership.objects.create(user=user, checklist=checklists[0], role=Role.ADMINISTRATOR)
    items, updates = rows(checklists, user.pk, now=now)
    insert("measures_item", ITEM, items, empty=texts_left_empty())
    insert("measures_update", UPDATE, updates, empty=texts_left_empty())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # without statistics, PostgreSQL reads whole tables for each item
    Item.objects.derive()
    finish()


def texts_left_empty() -> list[str]:
    """The text columns of an item's state that the province does not fill."""
    from measures.models.state import BY_NAME, COLUMN_FIELDS

    return [name for name in COLUMN_FIELDS if BY_NAME[name].is_text and name not in KEPT.split(", ")]


def tree(count: int, **common: Any) -> Iterator[Any]:
    """So many checklists, parents first: a province, cities, counties, townships."""
    from measures.models import Checklist

    made: list[Any] = []
    for number in range(count):
        parent = None
        if number > CITIES + COUNTIES:
            parent = made[1 + CITIES + number % COUNTIES]
        elif number > CITIES:
            parent = made[1 + number % CITIES]
        elif number:
            parent = made[0]
        slug = f"u{number}" if number else "henan"
        path = f"{parent.path if parent else '/'}{slug}/"
        made.append(Checklist(slug=slug, name=f"单位 {number}", parent=parent, path=path, **common))
        yield made[-1]


def rows(checklists: list[Any], by: int, *, now: datetime) -> tuple[Iterable[Any], Iterable[Any]]:
    """The rows of the items and of their updates; the last update is the item's current state."""
    from measures.models import Measure, Owner

    measures = list(Measure.objects.order_by("position").values_list("pk", "section__pillar"))
    owners: dict[int, list[int]] = {}
    for pk, checklist in Owner.objects.order_by("pk").values_list("pk", "checklist"):
        owners.setdefault(checklist, []).append(pk)

    def histories() -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
        chance, item = random.Random(7), 0
        for checklist in checklists:
            for measure, pillar in measures:
                item += 1
                owner = chance.choice(owners[checklist.pk])
                due = None if chance.random() < 0.1 else now.date() + timedelta(days=chance.randint(-90, 270))
                history = [
                    (item, *state, "", by, "administrator", at, "page")
                    for state, at in states(chance, owner, due, now)
                ]
                _item, status, _owner, _due, notes, *_rest, at, _via = history[-1]
                kept = (checklist.pk, measure, pillar, status, owner, due, notes)
                yield (*kept, UPDATES + 1, at, by, item), history

    # Twice from the same seed: a list of all of it would take a gigabyte.
    return (item for item, _history in histories()), (
        one for _item, history in histories() for one in history
    )


def states(
    chance: random.Random, owner: int, due: date | None, now: datetime
) -> Iterator[tuple[tuple[Any, ...], datetime]]:
    """Five states of an item in the course of half a year."""
    at = now - timedelta(days=180, minutes=chance.randint(0, 1000))
    notes: list[str] = []
    for _number in range(UPDATES):
        status = chance.choices(STATUSES, WEIGHTS)[0]
        notes.append("".join(chance.choices(WORDS, k=3)) + f"{chance.randint(1, 999)}件。")
        if chance.random() < 0.0002:
            notes.append(chance.choice(RARE))
        yield (status, owner, due, "\n".join(notes)), at
        at += timedelta(days=chance.randint(1, 35))


def insert(table: str, columns: str, rows: Iterable[tuple[Any, ...]], *, empty: list[str]) -> None:
    """Insert the rows. `empty` names further columns of the table that hold an empty text in each row."""
    from django.db import connection, transaction

    columns = ", ".join((columns, *empty))
    rows = ((*row, *[""] * len(empty)) for row in rows)
    if connection.vendor == "sqlite":
        # All in memory and nothing safe until it is done: a build that breaks off is built again.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -1000000")
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA journal_mode = MEMORY")
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join("?" * (columns.count(",") + 1))
        plain = (tuple(map(as_sqlite, row)) for row in rows)
        # The connection beneath Django's, which would note every statement.
        cursor.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", plain)


def as_sqlite(value: Any) -> Any:
    """As Django writes days and moments there."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else value


def finish() -> None:
    """What a database that has been in use for a while has had: statistics, and sequences past the keys."""
    from django.core.management.color import no_style
    from django.db import connection

    from measures.models import Item

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Item]):
            cursor.execute(statement)
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM (ANALYZE)")
