"""Fault tests: short in `make test`, in full in `make soak`, with their figures at the end."""

import atexit
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest

from tests.faults.people import Person
from tests.faults.world import PEOPLE
from tests.postgres import Server
from tests.proofs import SEED
from tests.serving import ROOT, SECRET_KEY, Site, make_site

ENGINE = os.environ.get("TAIZHANG_TEST_ENGINE", "sqlite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/faults/" in item.path.as_posix():
            item.add_marker(pytest.mark.fault)


@pytest.fixture
def chance() -> random.Random:
    """The same moments and choices at every run; SOAK_SEED=2 takes others."""
    return random.Random(SEED)


@pytest.fixture
def postgres() -> Iterator[Server]:
    """A private server to stop and start; as in production, it loses nothing that it acknowledged."""
    if ENGINE != "postgresql":
        pytest.skip("PostgreSQL's own")
    server = Server("-c fsync=off -c listen_addresses=")
    yield server
    server.stop()


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A site with the catalogue, one checklist and eight people in it; not started."""
    made = empty_site(tmp_path, request)
    fill(made)
    yield made
    if made.is_running:
        made.kill()
    assert SECRET_KEY not in made.log()


def empty_site(folder: Path, request: pytest.FixtureRequest) -> Site:
    """A site with a database in which there is nothing yet."""
    if ENGINE != "postgresql":
        return make_site(folder, f"sqlite:///{folder}/db.sqlite3")
    server: Server = request.getfixturevalue("postgres")
    with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE taizhang")
    return make_site(folder, server.address())


@cache
def static_files() -> Path:
    """Collected once for all sites of this run."""
    folder = Path(tempfile.mkdtemp(prefix="taizhang-static-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_site(folder, f"sqlite:///{folder}/none.sqlite3").manage("collectstatic", "--no-input")
    return folder / "static"


def fill(site: Site) -> None:
    """Tables, the catalogue, one checklist, eight people; and the static files."""
    (site.folder / "static").symlink_to(static_files())
    subprocess.run([sys.executable, "-m", "tests.faults.world"], cwd=ROOT, env=site.environment, check=True)


def crowd(site: Site) -> list[Person]:
    """Everybody, signed in."""
    return [Person(site, f"person{number}").sign_in() for number in range(PEOPLE)]


def busy() -> bool:
    """Whether others use this machine so much that times measured here say little."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)
