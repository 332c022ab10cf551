"""PostgreSQL: who may change append-only tables, who owns the tables, and what disables triggers."""

from typing import Any

from django.db import connections

from measures.database import append_only

# Rights of roles that are not the owner: on tables, and on single columns of them.
GRANTED = """
SELECT c.relname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type
FROM pg_class c
CROSS JOIN LATERAL (
    SELECT acl.* FROM aclexplode(c.relacl) acl
    UNION ALL
    SELECT acl.* FROM pg_attribute, aclexplode(attacl) acl WHERE attrelid = c.oid
) a
LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.grantee <> c.relowner
"""
# The role that asks may have its rights through another role, or as a superuser.
OWN = """
SELECT c.relname, current_user::text, p.privilege_type
FROM pg_class c, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS p(privilege_type)
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
AND pg_get_userbyid(c.relowner) <> current_user AND has_table_privilege(c.oid, p.privilege_type)
"""
OWNERS = """
SELECT pg_get_userbyid(c.relowner), array_agg(c.relname ORDER BY c.relname)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
AND c.relowner <> (SELECT relowner FROM pg_class WHERE oid = 'public.django_migrations'::regclass)
GROUP BY 1
"""
SWITCHED_OFF = """
SELECT coalesce('the role ' || setrole::regrole, 'every role'),
    coalesce('the database ' || datname, 'every database')
FROM (SELECT nullif(setrole, 0) AS setrole, setdatabase, setconfig FROM pg_db_role_setting) settings
LEFT JOIN pg_database d ON d.oid = setdatabase
WHERE (setdatabase = 0 OR datname = current_database())
AND EXISTS (SELECT FROM unnest(setconfig) AS one WHERE one LIKE 'session_replication_role=%'
    AND one <> 'session_replication_role=origin')
"""
BEFORE_PUBLIC = "SELECT one FROM unnest(current_schemas(false)) AS one WHERE one <> 'public'"


def rows(alias: str, query: str) -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(query)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def faults(alias: str) -> list[str]:
    """What allows somebody to bypass the guards."""
    said = [
        f"The tables {', '.join(tables)} belong to the role {owner}, not to the owner of the others."
        for owner, tables in rows(alias, OWNERS)
    ]
    said += [
        f"session_replication_role is set for {role} in {database}: no trigger runs there."
        for role, database in rows(alias, SWITCHED_OFF)
    ]
    return said


def excesses(alias: str) -> list[str]:
    """Which roles have more rights than they need."""
    held: dict[str, set[tuple[str, str]]] = {}
    for table, role, privilege in [*rows(alias, GRANTED), *rows(alias, OWN)]:
        if is_too_much(table, role, privilege):
            held.setdefault(role, set()).add((table, privilege))
    said = [
        f"{role} may {', '.join(sorted({privilege for _table, privilege in rights}))} on "
        f"{', '.join(sorted({table for table, _privilege in rights}))}."
        for role, rights in sorted(held.items())
    ]
    return said + [
        f"The schema {name} is searched besides public: a table in it may hide one of ours."
        for (name,) in rows(alias, BEFORE_PUBLIC)
    ]


def is_too_much(table: str, role: str, privilege: str) -> bool:
    """Whether a role that serves the site must not have this right."""
    if role == "PUBLIC" or privilege == "TRIGGER":
        return True
    return table in append_only.TABLES and privilege in ("UPDATE", "DELETE", "TRUNCATE")
