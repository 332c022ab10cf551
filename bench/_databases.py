"""A migrated database for one benchmark, gone when the process ends."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

ENGINES = ("sqlite", "postgresql")


def prepare(engine: str) -> None:
    """Set Django up on a new, migrated database of this engine; before anything of Django's is imported."""
    folder = Path(tempfile.mkdtemp(prefix="taizhang-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "for benchmarks only, in a database that is thrown away",
        "HTTPS": "0",
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}" if engine == "sqlite" else _postgresql(),
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _postgresql() -> str:
    import psycopg

    from tests import postgres

    url = postgres.start(postgres.DURABLE)
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url
