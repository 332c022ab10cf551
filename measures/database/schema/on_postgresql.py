"""PostgreSQL: the definitions in its catalogue, of the schema `public` and of what reaches into it."""

import re

from django.db.backends.utils import CursorWrapper

from measures.database.schema.things import Definitions, Thing, quoted, read_all

# What an extension brought along goes with it, and an operator may have any.
NO_EXTENSION = (
    "NOT EXISTS (SELECT FROM pg_depend WHERE classid = '{}'::regclass AND objid = {}.oid AND deptype = 'e')"
)
OURS = "'public'::regnamespace"
TABLES = f"pg_class c WHERE c.relnamespace = {OURS} AND {NO_EXTENSION.format('pg_class', 'c')}"
OF_TABLES = f"JOIN pg_class c ON c.oid = {{}} AND c.relnamespace = {OURS}"

RELATIONS = f"""
SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
    WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' WHEN 'S' THEN 'sequence' ELSE 'type' END,
    c.relname, NULL, concat_ws(' ', 'persistence', c.relpersistence,
        CASE WHEN c.relrowsecurity OR c.relforcerowsecurity THEN 'row security' END,
        (SELECT 'inherits ' || string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno)
         FROM pg_inherits WHERE inhrelid = c.oid),
        (SELECT 'inherited by ' || string_agg(inhrelid::regclass::text, ', ' ORDER BY inhrelid)
         FROM pg_inherits WHERE inhparent = c.oid),
        (SELECT concat_ws(' ', seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcycle)
         FROM pg_sequence WHERE seqrelid = c.oid))
FROM {TABLES} AND c.relkind IN ('r', 'v', 'm', 'f', 'p', 'S', 'c')
"""  # noqa: S608 - of this module's own words alone
COLUMNS = f"""
SELECT 'column', a.attname, c.relname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'NOT NULL' END,
    CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || a.attcollation::regcollation END,
    'identity ' || nullif(a.attidentity::text, ''), 'generated ' || nullif(a.attgenerated::text, ''),
    'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid))
FROM pg_attribute a {OF_TABLES.format("a.attrelid")} JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f')
AND {NO_EXTENSION.format("pg_class", "c")}
"""  # noqa: S608 - of this module's own words alone
# PostgreSQL 18 lists NOT NULL here as well; the columns say it. A foreign key works by triggers, which may be
# disabled.
CONSTRAINTS = f"""
SELECT 'constraint', o.conname, c.relname, pg_get_constraintdef(o.oid) ||
    CASE WHEN EXISTS (SELECT FROM pg_trigger WHERE tgconstraint = o.oid AND tgenabled <> 'O')
    THEN ' DISABLED' ELSE '' END
FROM pg_constraint o {OF_TABLES.format("o.conrelid")} WHERE o.contype NOT IN ('n', 't')
AND {NO_EXTENSION.format("pg_class", "c")}
"""  # noqa: S608 - of this module's own words alone
INDEXES = f"""
SELECT 'index', i.relname, c.relname,
    pg_get_indexdef(i.oid) || CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid {OF_TABLES.format("x.indrelid")}
WHERE {NO_EXTENSION.format("pg_class", "c")}
"""  # noqa: S608 - of this module's own words alone
# A trigger is what its function does, in whatever schema the function is.
TRIGGERS = f"""
SELECT 'trigger', t.tgname, c.relname, concat_ws(E'\\n', pg_get_triggerdef(t.oid),
    'enabled ' || nullif(t.tgenabled::text, 'O'), pg_get_functiondef(t.tgfoid))
FROM pg_trigger t {OF_TABLES.format("t.tgrelid")} WHERE NOT t.tgisinternal
"""  # noqa: S608 - of this module's own words alone
RULES = f"""
SELECT 'rule', r.rulename, c.relname, concat_ws(' ', pg_get_ruledef(r.oid), r.ev_enabled)
FROM pg_rewrite r {OF_TABLES.format("r.ev_class")}
WHERE NOT (r.rulename = '_RETURN' AND c.relkind IN ('v', 'm')) AND {NO_EXTENSION.format("pg_class", "c")}
"""  # noqa: S608 - of this module's own words alone
POLICIES = f"""
SELECT 'policy', p.polname, c.relname, concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[],
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_policy p {OF_TABLES.format("p.polrelid")}
"""  # noqa: S608 - of this module's own words alone
FUNCTIONS = f"""
SELECT 'function', p.oid::regprocedure::text, NULL,
    CASE WHEN p.prokind = 'a' THEN 'aggregate' ELSE pg_get_functiondef(p.oid) END
FROM pg_proc p WHERE p.pronamespace = {OURS} AND {NO_EXTENSION.format("pg_proc", "p")}
"""  # noqa: S608 - of this module's own words alone
# A table makes a type of its rows, and every type one of its arrays.
OTHERS = f"""
SELECT 'type', t.typname, NULL, t.typtype::text FROM pg_type t
WHERE t.typnamespace = {OURS} AND t.typrelid = 0 AND t.typelem = 0 AND {NO_EXTENSION.format("pg_type", "t")}
UNION ALL SELECT 'operator', o.oid::regoperator::text, NULL, o.oprcode::text FROM pg_operator o
WHERE o.oprnamespace = {OURS} AND {NO_EXTENSION.format("pg_operator", "o")}
UNION ALL SELECT 'cast', format('%s to %s', castsource::regtype, casttarget::regtype), NULL, k.castfunc::text
FROM pg_cast k WHERE k.oid >= 16384 AND {NO_EXTENSION.format("pg_cast", "k")}
UNION ALL SELECT 'event trigger', e.evtname, NULL, concat_ws(' ', e.evtevent, e.evtfoid::regprocedure)
FROM pg_event_trigger e WHERE {NO_EXTENSION.format("pg_event_trigger", "e")}
"""  # noqa: S608 - of this module's own words alone
QUERIES = [RELATIONS, COLUMNS, CONSTRAINTS, INDEXES, TRIGGERS, RULES, POLICIES, FUNCTIONS, OTHERS]

# pg_dump writes a list of words so that PostgreSQL, which reads it back, puts its casts elsewhere.
CAST_LIST = re.compile(r"\(ARRAY\[([^\]]*)\]\)::text\[\]")
CAST_WORD = re.compile(r"\(('(?:[^']|'')*'::character varying)\)::text")


def read(cursor: CursorWrapper) -> Definitions:
    found = read_all(cursor, QUERIES)
    return {
        thing: without_moving_casts(text) if thing.kind in ("constraint", "index") else text
        for thing, text in found.items()
    }


def without_moving_casts(text: str) -> str:
    """The same text for a constraint as a migration made it and as a backup put it back."""
    return CAST_WORD.sub(r"\1", CAST_LIST.sub(r"ARRAY[\1]", text))


def drop_statement(thing: Thing) -> str:
    """The SQL that takes away a trigger or a rule."""
    return f"DROP {thing.kind.upper()} {quoted(thing.name)} ON public.{quoted(thing.table)}"
