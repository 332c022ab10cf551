"""A country to measure on: one province, built row by row, and eighteen copies of it that the server makes.

41,801 checklists, 41,800 of them with 120 items, each with five updates and an entry: 5.0 million items,
25 million updates, 5.0 million entries. What is copied goes past models, triggers and most indexes, which are
made again at the end.
"""

import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING

from bench import _province

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

PROVINCES, CHECKLISTS, MEASURES = 19, 2_200, 120
NATION = "china"
NATION_KEY = CHECKLISTS * PROVINCES + 1
MOVE = (f"/{NATION}", NATION_KEY)
# What each table refers to, of those that are copied; parents come before their children.
REFERENCES = {
    "checklist": {"parent_id": "checklist"},
    "placement": {"checklist_id": "checklist", "parent_id": "checklist"},
    "owner": {"checklist_id": "checklist"},
    "item": {"checklist_id": "checklist", "owner_id": "owner"},
    "update": {"item_id": "item", "owner_id": "owner"},
    "entry": {"item_id": "item", "unit_id": "owner"},
}
# The key of a copy is the original's, plus so many times the number of the copy: more than any table has.
STEPS = {
    "checklist": CHECKLISTS,
    "placement": CHECKLISTS,
    "owner": CHECKLISTS * len(_province.UNITS),
    "item": CHECKLISTS * MEASURES,
    "update": CHECKLISTS * MEASURES * _province.UPDATES,
    "entry": CHECKLISTS * MEASURES,
}
ENTRIES = """
    INSERT INTO measures_entry (id, item_id, unit_id, side, progress, problems, next_steps, nothing_new,
        counts_on, at, via, by_id, by_name)
    SELECT id, id, owner_id, 'lead', notes, '', '', false, updated_at::date, updated_at, 'page',
        updated_by_id, 'administrator'
    FROM measures_item
"""
PLACEMENTS = """
    INSERT INTO measures_placement (id, checklist_id, parent_id, path, at)
    SELECT id, id, parent_id, path, opened_at FROM measures_checklist
"""
PLAIN_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename IN ('measures_item', 'measures_update', 'measures_entry')
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)
"""


def build_province(*, now: datetime) -> None:
    """Fill the empty database with one province, which belongs to nobody."""
    from django.db import connection

    from measures.models import Item

    _province.build(CHECKLISTS * MEASURES, now=now, measures=MEASURES)
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES)
        cursor.execute(PLACEMENTS)
        cursor.execute("SELECT max(id) FROM measures_update")
        assert cursor.fetchone() == (STEPS["update"],)
    Item.objects.derive()
    _province.finish()
    tell("built one province")


def build_country(*, now: datetime) -> None:
    """Make a country of a database that holds one province, and say when each step was done."""
    from django.db import connection

    with connection.cursor() as cursor:
        # The tables and their keys are as they would be; triggers and foreign keys would check each row.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        _put_below_the_nation(now)
        # Placements are append-only, for the models as well.
        cursor.execute(
            "UPDATE measures_placement SET path = %s || path, parent_id = coalesce(parent_id, %s)", MOVE
        )
        cursor.execute(PLAIN_INDEXES)
        indexes = cursor.fetchall()
        for name, _statement in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for table in REFERENCES:
            for copy in range(1, PROVINCES):
                _copy(cursor, table, copy)
            tell(f"copied {table}")
        for name, statement in indexes:
            cursor.execute(statement)
            tell(f"made {name}")
    _province.finish()
    tell("took statistics")


def tell(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {what}", file=sys.stderr, flush=True)


def _put_below_the_nation(now: datetime) -> None:
    """Give the province a parent, whose key comes after those of all copies."""
    from django.db.models import Value
    from django.db.models.functions import Concat

    from measures.models import Checklist, Membership

    province = Checklist.objects.get(slug="henan")
    nation = Checklist.objects.create(
        pk=NATION_KEY,
        slug=NATION,
        name="全国",
        path=f"/{NATION}/",
        catalogue=province.catalogue,
        opened_at=province.opened_at,
        entries_from=now,
    )
    Checklist.objects.exclude(pk=nation.pk).update(path=Concat(Value(f"/{NATION}"), "path"))
    Checklist.objects.filter(pk=province.pk).update(parent=nation)
    Membership.objects.update(checklist=nation)


def _copy(cursor: "CursorWrapper", table: str, copy: int) -> None:
    """Copy the first province's rows of a table: other keys, and in addresses and paths another name."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
        [f"measures_{table}"],
    )
    columns = [name for (name,) in cursor.fetchall()]
    values = {name: f'"{name}"' for name in columns}
    values["id"] = f"id + {copy * STEPS[table]}"
    for name, referred in REFERENCES[table].items():
        values[name] = f'"{name}" + {copy * STEPS[referred]}'
    if "parent_id" in columns:
        # A province's parent is the nation, which has no copies.
        values["parent_id"] = f"CASE id WHEN 1 THEN {NATION_KEY} ELSE {values['parent_id']} END"
    if "slug" in columns:
        values["slug"] = f"CASE id WHEN 1 THEN 'p{copy}' ELSE 'p{copy}' || slug END"
    if "path" in columns:
        values["path"] = f"replace(replace(path, '/u', '/p{copy}u'), '/henan/', '/p{copy}/')"
    cursor.execute(  # the names are those of our own tables
        f'INSERT INTO "measures_{table}" ({", ".join(columns)}) '
        f'SELECT {", ".join(values.values())} FROM "measures_{table}" WHERE id <= {STEPS[table]}'
    )
