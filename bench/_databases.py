"""The databases that are measured: a new one that goes when the process ends, or a province that is kept.

Provinces are built once and stay in var/bench (or DATA_DIR/bench): a file for each size on SQLite, and the
whole server, packed, on PostgreSQL. Other migrations, or another way of building, build them anew.
"""

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import _province

ENGINES = ("sqlite", "postgresql")
ROOT = Path(__file__).parent.parent
KEPT = Path(os.environ.get("DATA_DIR") or ROOT / "var") / "bench"
# A server as an office would have it: what it says is written is written, and a good part of it is in memory.
# One process for each connection, so that none of its work goes uncounted.
OPTIONS = "-c listen_addresses= -c shared_buffers=512MB -c work_mem=16MB -c max_parallel_workers_per_gather=0"


def prepare(engine: str, settings: str = "config.settings") -> Path:
    """Set Django up on a new, migrated database of this engine; before anything of Django's is imported.

    Returns its data folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="taizhang-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    address = f"sqlite:///{folder / 'bench.sqlite3'}" if engine == "sqlite" else _new_postgresql()
    set_up(address, folder, settings)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return folder


def set_up(address: str, folder: Path, settings: str = "config.settings") -> None:
    """Set Django up on the database of this address."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": settings,
        "SECRET_KEY": "for benchmarks only, in a database that holds nothing but invented rows",
        "HTTPS": "0",
        "DATA_DIR": str(folder),
        "DATABASE_URL": address,
    }
    import django

    django.setup()


def provinces(engine: str) -> dict[int, str]:
    """DATABASE_URL of the province of each size. On PostgreSQL its server ends with this process."""
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / f"{engine}-{edition()}"
    for older in KEPT.glob(f"{engine}-*"):
        if older.name.split(".")[0] != kept.name:
            older.unlink()
    return _on_sqlite(kept) if engine == "sqlite" else _on_postgresql(kept.with_suffix(".tar"))


def copied_province(engine: str, size: int, folder: Path) -> str:
    """DATABASE_URL of a province to write to: what is saved in it must not be in the one that is kept.

    On PostgreSQL each server is a copy anyway.
    """
    address = provinces(engine)[size]
    if engine == "sqlite":
        address = f"sqlite:///{shutil.copy(address.removeprefix('sqlite:///'), folder / 'db.sqlite3')}"
    return address


def edition() -> str:
    """Differs where the tables do, or what is put into them."""
    files = [Path(_province.__file__), *sorted((ROOT / "measures" / "migrations").glob("0*.py"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _on_sqlite(kept: Path) -> dict[int, str]:
    found = {}
    for size in _province.SIZES:
        path = kept.with_suffix(f".{size}.sqlite3")
        if not path.exists():
            building = path.with_suffix(".building")
            building.unlink(missing_ok=True)
            _build(f"sqlite:///{building}", size)
            building.rename(path)
        found[size] = f"sqlite:///{path}"
    return found


def _on_postgresql(kept: Path) -> dict[int, str]:
    from tests.postgres import Server

    fresh = not kept.exists()
    server = Server(OPTIONS, packed=kept)
    found = {size: server.address(f"bench_{size}") for size in _province.SIZES}
    if fresh:
        for size, address in found.items():
            _create(server.address("postgres"), f"bench_{size}")
            _build(address, size)
        server.pack(kept)
    return found


def _build(address: str, size: int) -> None:
    """Run in a separate process: Django is set up for one database only."""
    import subprocess

    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "bench._databases", address, str(size)], check=True, cwd=ROOT)
    engine = address.partition(":")[0]
    print(f"Built {size:,} items on {engine} in {time.monotonic() - began:.0f} s.", file=sys.stderr)


def _new_postgresql() -> str:
    from tests import postgres

    server = postgres.Server(postgres.DURABLE)
    _create(server.address("postgres"), "bench")
    return server.address("bench")


def _create(address: str, name: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")


def main() -> None:
    """Build one province: `python -m bench._databases ADDRESS SIZE`."""
    address, size = sys.argv[1:]
    set_up(address, KEPT)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _province.build(int(size), now=datetime(2026, 11, 24, 1, 30, tzinfo=UTC))


if __name__ == "__main__":
    main()
