"""What a site's tables hold, so that two databases compare that went the same way at other moments."""

from datetime import datetime

from django.apps import apps

from tests.faults.ledger import rows
from tests.serving import Site

LEFT_OUT = {"measures_session", "measures_use", "measures_account"}  # who signed in when
SEALED = {"previous", "hash", "address", "before", "after"}  # of audit records: each is one of a kind
MOVED = " WHERE action IN ('upgraded', 'editions_mapped')"
# What an upgrade and its undoing add and do not take away again.
JOURNAL = {
    *("measures_update", "measures_updatecooperation", "measures_batch", "measures_auditrecord"),
    *("measures_answered", "measures_checklistedition"),
}
VERSIONED = {"version", "updated_at", "updated_by_id", "upgraded_at"}

type Row = dict[str, object]
type Content = dict[str, list[Row]]


def content(site: Site, before: Content | None = None) -> Content:
    """The rows of each table in order, with the places of rows for their keys.

    A moment that `before` does not have reads "since".
    """
    tables: Content = {}
    keys: dict[str, dict[object, int]] = {}
    earlier = [row for found in (before or {}).values() for row in found]
    known = {value for row in earlier for value in row.values() if isinstance(value, datetime | str)}
    models = [
        model
        for model in apps.get_app_config("measures").get_models(include_auto_created=True)
        if model._meta.db_table not in LEFT_OUT
    ]
    for model in models:
        table, key = model._meta.db_table, str(model._meta.pk.column)
        columns = [str(field.column) for field in model._meta.concrete_fields if field.column not in SEALED]
        names = ", ".join(f'"{column}"' for column in columns)
        where = MOVED if table == "measures_auditrecord" else ""
        order = "at, id" if table == "measures_batch" else key  # the key of a batch is drawn by lot
        found = rows(site, f"SELECT {names} FROM {table}{where} ORDER BY {order}")
        tables[table] = [dict(zip(columns, row, strict=True)) for row in found]
        keys[table] = {row[key]: place for place, row in enumerate(tables[table])}
    for model in models:
        for field in model._meta.concrete_fields:
            column, related = str(field.column), field.related_model
            kept = keys.get(related._meta.db_table) if isinstance(related, type) else None
            if field.primary_key and not related:
                kept = keys[model._meta.db_table]
            is_moment = field.get_internal_type() == "DateTimeField" and before is not None
            for row in tables[model._meta.db_table]:
                value = row.get(column)
                if kept is not None and value is not None:
                    row[column] = kept.get(value, "none")
                elif is_moment and value is not None and value not in known:
                    row[column] = "since"
    return tables


def without_the_journal(there: Content, before: Content) -> Content:
    """What people see: no journal, and of the items those in force."""
    in_force = {item["id"] for item in there["measures_item"] if item["retired_at"] is None}
    found: Content = {}
    for table, lines in there.items():
        if table in JOURNAL:
            continue
        shown = [
            {name: value for name, value in row.items() if name not in VERSIONED}
            for row in lines
            if row.get("item_id", next(iter(in_force))) in in_force
        ]
        if table == "measures_item":
            shown = [row for row in shown if row["id"] in in_force]
        if table == "measures_measure":  # a unit's own ones stay copied in the edition that they went to
            shown = shown[: len(before[table])]
        if table == "measures_cooperation":
            shown = sorted(({name: row[name] for name in ("item_id", "unit_id")} for row in shown), key=str)
        found[table] = shown
    return found
