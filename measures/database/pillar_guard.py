"""Triggers that keep an item's pillar equal to its measure's.

An item with another pillar is refused; a correction that moves a measure or a section takes the items along.
A migration that changes one of these tables wraps its operations in `keeping_triggers`
(measures/migrations/_engines.py). A test tries raw SQL against the migrated database.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ITEM, MEASURE, SECTION = "measures_item", "measures_measure", "measures_section"

# All SQL here is built only from these names.
OF_MEASURE = (
    f"SELECT section.pillar_id FROM {MEASURE} measure "  # noqa: S608
    f"JOIN {SECTION} section ON section.id = measure.section_id WHERE measure.id = NEW.measure_id"
)
# name: table, columns whose change matters, what it does to the items
MOVES = {
    "measure_moves": (
        MEASURE,
        "section_id",
        f"UPDATE {ITEM} SET pillar_id = (SELECT pillar_id FROM {SECTION} WHERE id = NEW.section_id) "  # noqa: S608
        "WHERE measure_id = NEW.id",
    ),
    "section_moves": (
        SECTION,
        "pillar_id",
        f"UPDATE {ITEM} SET pillar_id = NEW.pillar_id "  # noqa: S608
        f"WHERE measure_id IN (SELECT id FROM {MEASURE} WHERE section_id = NEW.id)",
    ),
}
REFUSAL = "the pillar of an item is that of its measure"


def install_statements(vendor: str) -> list[str]:
    """The SQL that guards the pillar on this engine."""
    return on_sqlite() if vendor == "sqlite" else on_postgresql()


def on_sqlite() -> list[str]:
    refusing = [
        f"CREATE TRIGGER {ITEM}_pillar_on_{name} BEFORE {event} ON {ITEM} "
        f"WHEN NEW.pillar_id IS NOT ({OF_MEASURE}) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for name, event in (("insert", "INSERT"), ("update", "UPDATE OF pillar_id, measure_id"))
    ]
    moving = [
        f"CREATE TRIGGER {ITEM}_{name} AFTER UPDATE OF {column} ON {table} "
        f"WHEN NEW.{column} IS NOT OLD.{column} BEGIN {action}; END"
        for name, (table, column, action) in MOVES.items()
    ]
    return refusing + moving


def on_postgresql() -> list[str]:
    statements = [
        f"CREATE OR REPLACE FUNCTION {ITEM}_pillar() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.pillar_id IS DISTINCT FROM ({OF_MEASURE}) THEN "
        f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$",
        f"CREATE TRIGGER {ITEM}_pillar_on_insert BEFORE INSERT ON {ITEM} "
        f"FOR EACH ROW EXECUTE FUNCTION {ITEM}_pillar()",
        # Not for every change of a status: only where one of the two is another than before.
        f"CREATE TRIGGER {ITEM}_pillar_on_update BEFORE UPDATE ON {ITEM} FOR EACH ROW "
        "WHEN ((NEW.pillar_id, NEW.measure_id) IS DISTINCT FROM (OLD.pillar_id, OLD.measure_id)) "
        f"EXECUTE FUNCTION {ITEM}_pillar()",
    ]
    for name, (table, column, action) in MOVES.items():
        statements += [
            f"CREATE OR REPLACE FUNCTION {ITEM}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{action}; RETURN NULL; END $$",
            f"CREATE TRIGGER {ITEM}_{name} AFTER UPDATE ON {table} FOR EACH ROW "
            f"WHEN (NEW.{column} IS DISTINCT FROM OLD.{column}) EXECUTE FUNCTION {ITEM}_{name}()",
        ]
    return statements


def remove_statements(vendor: str) -> list[str]:
    """Return the SQL that removes the guard; it does nothing if there is none."""
    triggers = [(f"{ITEM}_pillar_on_insert", ITEM), (f"{ITEM}_pillar_on_update", ITEM)]
    triggers += [(f"{ITEM}_{name}", table) for name, (table, _column, _action) in MOVES.items()]
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name, _table in triggers]
    return [
        *(f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table in triggers),
        *(f"DROP FUNCTION IF EXISTS {ITEM}_{name}()" for name in ("pillar", *MOVES)),
    ]


def guard(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers in place, also over older ones. schema/guards.py calls this to repair."""
    vendor = schema_editor.connection.vendor
    for statement in [*remove_statements(vendor), *install_statements(vendor)]:
        schema_editor.execute(statement)
