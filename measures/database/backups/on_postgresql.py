"""PostgreSQL: pg_dump of one snapshot, and pg_restore in one transaction."""

import os
import re
import subprocess
import time
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient
from django.db.backends.utils import CursorWrapper

from measures.database import append_only
from measures.database.backups.contents import Contents, contents
from measures.database.backups.files import NamedFiles, named_in

# Tables of a release that the backup does not know must go as well, or its own migrations would meet them.
# Views go too: one could have the name of a table in the backup.
EMPTY = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP TABLE public.%I CASCADE', found.name);
    END LOOP;
    FOR found IN
        SELECT relname AS name, CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END AS kind
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
    LOOP
        EXECUTE format('DROP %s IF EXISTS public.%I CASCADE', found.kind, found.name);
    END LOOP;
    FOR found IN
        SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', found.name);
    END LOOP;
END $$;
"""

# Who may do what besides the owner, as statements that pass over what is no longer there. A backup holds no
# rights: they belong to the server's roles. What guards take away, nobody gets back.
GRANTS = """
SELECT format(
    'DO $$ BEGIN IF to_regclass(%L) IS NOT NULL THEN GRANT %s ON %s %s TO %I; END IF; END $$;',
    format('public.%I', relname), string_agg(privilege_type, ', ' ORDER BY privilege_type),
    CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, format('public.%I', relname), rolname)
FROM pg_class, aclexplode(relacl) JOIN pg_roles ON pg_roles.oid = grantee
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') AND grantee <> relowner
AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE')
AND NOT (relname = ANY(%s) AND privilege_type IN ('UPDATE', 'DELETE'))
GROUP BY relname, relkind, rolname ORDER BY relname, rolname
"""


class ToolError(Exception):
    """One of PostgreSQL's programs is missing or failed; the text says which and why."""


def run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the site's database. Raises ToolError."""
    reach, environment = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    *where, name = reach[1:]
    # Tables that are dropped with what depends on them would each print a line.
    quiet = {"PGOPTIONS": f"{os.environ.get('PGOPTIONS', '')} -c client_min_messages=warning".strip()}
    output_of(program, *where, "--dbname", name, *arguments, environment={**quiet, **(environment or {})})


def output_of(program: str, *arguments: str, environment: dict[str, str] | None = None) -> str:
    """What one of PostgreSQL's programs prints. Raises ToolError if it is missing or fails."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the names come from settings
            [program, *arguments],
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise ToolError(f"{program} is not installed (Debian: apt-get install postgresql-client).") from error
    if done.returncode:
        raise ToolError(f"{program} failed: {done.stderr.strip()}")
    return done.stdout


def client_version() -> int:
    """The major version of pg_dump on this machine."""
    return int(re.findall(r"\d+", output_of("pg_dump", "--version"))[0])


def server_version() -> int:
    """The major version of the site's server."""
    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10_000


def refuse_another_version() -> None:
    """Raises ToolError if pg_dump and the server have different major versions.

    An older pg_dump cannot read a newer server; what a newer one writes, an older server cannot read.
    """
    client, server = client_version(), server_version()
    if client != server:
        raise ToolError(
            f"pg_dump is version {client}, and the server is version {server}: what one writes, the other "
            f"may not be able to read. Install the programs of version {server} (Debian: "
            f"postgresql-client-{server}) and put /usr/lib/postgresql/{server}/bin first on PATH."
        )


def refuse_a_newer_dump(copy: Path) -> None:
    """Raises ToolError if a newer server or pg_dump made this dump than the server that is to hold it."""
    server = server_version()
    made_by = re.findall(
        r"^;\s+Dumped .*version: (\d+)", output_of("pg_restore", "--list", str(copy)), re.MULTILINE
    )
    newest = max(map(int, made_by), default=server)
    if newest > server:
        raise ToolError(
            f"The backup was made with PostgreSQL {newest}, and this server is version {server}, which "
            f"cannot read it. Restore it on a server of version {newest}, which also reads older backups."
        )


@transaction.atomic
def take(copy: Path) -> tuple[Contents, NamedFiles]:
    """Dump the database to this file; return its content, read from the same snapshot."""
    refuse_another_version()
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        run("pg_dump", *options, f"--file={copy}")
        columns = columns_of_tables(cursor)
        named = named_in(cursor, set(columns))
    return contents_by_blocks(columns), named


def columns_of_tables(cursor: CursorWrapper) -> dict[str, list[str]]:
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables "
        "USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    columns: dict[str, list[str]] = {}
    for table, column in cursor.fetchall():
        columns.setdefault(table, []).append(column)
    return columns


@transaction.atomic
def read_live() -> Contents:
    with connection.cursor() as cursor:
        columns = columns_of_tables(cursor)
    return contents_by_blocks(columns)


def contents_by_blocks(columns: dict[str, list[str]]) -> Contents:
    """As `contents`. Rows stay on the server until they are read; a usual cursor takes them all at once."""
    with connection.chunked_cursor() as cursor:
        return contents(cursor, columns)


def is_in_use(patience: float = 3.0) -> bool:
    """Whether other processes use the database; one that has just ended gets some seconds to be gone."""
    until = time.monotonic() + patience
    while others():
        if time.monotonic() > until:
            return True
        time.sleep(0.1)
    return False


def others() -> int:
    """Return the number of sessions of other processes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND application_name <> current_setting('application_name')"
        )
        return int(cursor.fetchone()[0])


def grants() -> str:
    """SQL that gives other roles the rights that they have now, on the tables that are there when it runs."""
    with connection.cursor() as cursor:
        cursor.execute(GRANTS.replace("%", "%%").replace("ANY(%%s)", "ANY(%s)"), [list(append_only.TABLES)])
        return "\n".join(statement for (statement,) in cursor.fetchall())


def put_back(copy: Path) -> None:
    """The database becomes what the dump holds, in one transaction: whole, or as it was.

    Other roles keep their rights.
    """
    empty, script, rights = (copy.with_suffix(suffix) for suffix in (".empty", ".sql", ".grants"))
    empty.write_text(EMPTY)
    rights.write_text(grants())
    refuse_a_newer_dump(copy)
    output_of("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(copy))
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    run("psql", *options, f"--file={empty}", f"--file={script}", f"--file={rights}")
