"""The search index for words in notes and targets: every pair of adjacent characters.

Most Chinese words have two characters, and an index of trigrams (pg_trgm, FTS5's own) finds none shorter than
three. Pairs find both. Queries by pairs must also compare the text itself, because pairs do not tell in which
order they occur. A single character is in no pair: every text is searched for it.

SQLite keeps the pairs in an FTS5 table beside the items, filled by triggers; they are written in hexadecimal,
which no tokenizer takes apart. PostgreSQL has a GIN index over a function, without any extension. Both fold
A to Z alone, as SQLite's LIKE does. A migration that changes the items' table wraps its operations in
`keeping_triggers` (measures/migrations/_engines.py). Where SQLite comes without FTS5 there is no index: words
are found more slowly, and a system check says so (measures/database/checks.py).
"""

from functools import cache

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Lookup
from django.db.models.sql.compiler import SQLCompiler

ITEM = "measures_item"
PAIRS = f"{ITEM}_pairs"
FOLDED = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})
# So many characters SQLite takes apart at a time: each substr() walks there from the beginning of the text.
PART = 100
COMMON = 50_000  # items


def indexed_text(row: str = "") -> str:
    """SQL for the text whose pairs are in the index, of the row with this name."""
    return f"({row}notes || ' ' || {row}target)"


# All SQL here is built only from these names.
ON_POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION measures_pairs(notes text) RETURNS text[] "
    "LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ "
    "SELECT coalesce(array_agg(DISTINCT one || next), '{}') FROM ("
    "SELECT one, lead(one) OVER (ORDER BY place) AS next "
    'FROM unnest(string_to_array(lower(notes COLLATE "C"), NULL)) WITH ORDINALITY AS characters(one, place)'
    ") AS neighbours WHERE next IS NOT NULL $$",
    f"CREATE INDEX item_pairs ON {ITEM} USING gin (measures_pairs({indexed_text()}))",
]


def pairs(word: str) -> list[str]:
    """The pairs of a word, in their order; none of a single character."""
    folded = word.translate(FOLDED)
    return [folded[place : place + 2] for place in range(len(folded) - 1)]


def pairs_on_sqlite(text: str) -> str:
    """SQL for the pairs of this text, as text."""
    return (
        f"(WITH RECURSIVE part(start, text) AS (SELECT 1, lower(substr({text}, 1, {PART + 1})) "  # noqa: S608
        f"UNION ALL SELECT start + {PART}, lower(substr({text}, start + {PART}, {PART + 1})) "
        f"FROM part WHERE start + {PART} < length({text})), "
        f"place(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM place WHERE at < {PART}) "
        "SELECT group_concat(hex(substr(text, at, 2)), ' ') FROM part CROSS JOIN place "
        "WHERE at < length(text))"
    )


def on_sqlite() -> list[str]:
    def put(row: str) -> str:
        return (
            f"INSERT INTO {PAIRS}(rowid, pairs) SELECT {row}.id, {pairs_on_sqlite(indexed_text(f'{row}.'))} "
            f"WHERE length({indexed_text(f'{row}.')}) > 1"
        )

    # So FTS5 wants it: what is kept nowhere else is said again, to be taken out.
    take_out = (
        f"INSERT INTO {PAIRS}({PAIRS}, rowid, pairs) "
        f"SELECT 'delete', OLD.id, {pairs_on_sqlite(indexed_text('OLD.'))} "
        f"WHERE length({indexed_text('OLD.')}) > 1"
    )
    return [
        f"CREATE VIRTUAL TABLE {PAIRS} USING fts5(pairs, content='', detail=none, columnsize=0)",
        f"INSERT INTO {PAIRS}(rowid, pairs) SELECT id, {pairs_on_sqlite(indexed_text())} "  # noqa: S608
        f"FROM {ITEM} WHERE length({indexed_text()}) > 1",
        f"CREATE TRIGGER {PAIRS}_on_insert AFTER INSERT ON {ITEM} BEGIN {put('NEW')}; END",
        f"CREATE TRIGGER {PAIRS}_on_update AFTER UPDATE OF notes, target ON {ITEM} "
        f"WHEN NEW.notes <> OLD.notes OR NEW.target <> OLD.target BEGIN {take_out}; {put('NEW')}; END",
        f"CREATE TRIGGER {PAIRS}_on_delete AFTER DELETE ON {ITEM} BEGIN {take_out}; END",
    ]


def remove_statements(vendor: str) -> list[str]:
    """Return the SQL that removes the index; it does nothing if there is none."""
    if vendor == "sqlite":
        triggers = [f"DROP TRIGGER IF EXISTS {PAIRS}_on_{event}" for event in ("insert", "update", "delete")]
        return [*triggers, f"DROP TABLE IF EXISTS {PAIRS}"]
    return ["DROP INDEX IF EXISTS item_pairs", "DROP FUNCTION IF EXISTS measures_pairs(text)"]


def install(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Rebuild the index over all items. schema/guards.py calls this to repair it."""
    remove(apps, schema_editor)
    connection = schema_editor.connection
    if connection.vendor == "sqlite" and not has_fts5(connection):
        return
    for statement in on_sqlite() if connection.vendor == "sqlite" else ON_POSTGRESQL:
        schema_editor.execute(statement, params=None)


def has_fts5(connection: BaseDatabaseWrapper) -> bool:
    """Return whether SQLite was built with FTS5, as nearly all are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'")
        return bool(cursor.fetchone()[0])


@cache
def is_there(alias: str) -> bool:
    """Return whether this SQLite database has the index. Cached for the process."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = %s", [PAIRS])
        return bool(cursor.fetchone()[0])


def remove(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Remove the index, if there is one."""
    for statement in remove_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def is_common(alias: str, word: str) -> bool:
    """Whether more than COMMON items may hold this word, of two characters or more.

    Then a page of them, and as many as are counted, are found sooner by reading texts in their order than by
    the index.
    """
    if connections[alias].vendor != "sqlite":
        found = f"SELECT FROM {ITEM} WHERE measures_pairs({indexed_text()}) @> %s::text[]"
        return _exceed_common(alias, found, pairs(word))
    found = f"SELECT rowid FROM {PAIRS} WHERE {PAIRS} MATCH %s"  # noqa: S608
    return is_there(alias) and _exceed_common(alias, found, in_fts5(word))


def _exceed_common(alias: str, found: str, looked_for: str | list[str]) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM ({found} LIMIT {COMMON + 1}) AS found",  # noqa: S608
            [looked_for],
        )
        return bool(cursor.fetchone()[0] > COMMON)


def in_fts5(word: str) -> str:
    """Return the pairs of a word as stored in the FTS5 table."""
    return " ".join(pair.encode().hex() for pair in pairs(word))


class HoldsPairs(Lookup):
    """Whether an item's notes or target hold each pair of a word of two characters or more, by the index."""

    prepare_rhs = False

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[object]]:
        item = compiler.quote_name(self.lhs.alias)
        return f"measures_pairs({indexed_text(f'{item}.')}) @> %s::text[]", [pairs(self.rhs)]

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[object]]:
        if not is_there(connection.alias):
            return "1 = 1", []  # callers compare the text as well
        item = compiler.quote_name(self.lhs.alias)
        found = f"SELECT rowid FROM {PAIRS} WHERE {PAIRS} MATCH %s"  # noqa: S608
        return f"{item}.id IN ({found})", [in_fts5(self.rhs)]
