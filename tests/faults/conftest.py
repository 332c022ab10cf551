"""Fault tests: short in `make test`, in full in `make soak`, with their figures at the end."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.people import Person
from tests.faults.world import PEOPLE
from tests.once import once
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
def site(tmp_path: Path, run_folder: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A site with the catalogue, one checklist and eight people in it; not started."""
    made = empty_site(tmp_path, request)
    fill(made, run_folder)
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


def static_files(run_folder: Path) -> Path:
    """Collected once for all sites of this run."""

    def collect(folder: Path) -> None:
        folder.mkdir()
        make_site(folder, f"sqlite:///{folder}/none.sqlite3").manage("collectstatic", "--no-input")

    return once(run_folder / "collected", collect) / "static"


def fill(site: Site, run_folder: Path) -> None:
    """Tables, the catalogue, one checklist, eight people, as this run has made them once; static files."""
    (site.folder / "static").symlink_to(static_files(run_folder))
    address = site.environment["DATABASE_URL"]
    made = once(run_folder / f"world.{ENGINE}", lambda path: make_world(site, path))
    if ENGINE == "postgresql":
        psql("--quiet", f"--file={made}", address)
    else:
        shutil.copyfile(made, address.removeprefix("sqlite:///"))


def make_world(site: Site, path: Path) -> None:
    """The same database in a file: SQLite's own, or a script for psql."""
    address = f"sqlite:///{path}"
    if ENGINE == "postgresql":
        server = os.environ["DATABASE_URL"].removesuffix("taizhang")
        address = f"{server}world"
        psql("--command=CREATE DATABASE world", f"{server}postgres")
    environment = site.environment | {"DATABASE_URL": address}
    subprocess.run([sys.executable, "-m", "tests.faults.world"], cwd=ROOT, env=environment, check=True)
    if ENGINE == "postgresql":
        subprocess.run(["pg_dump", "--no-owner", f"--file={path}", address], check=True)


def psql(*arguments: str) -> None:
    command = ["psql", "--no-psqlrc", "--output=/dev/null", "-v", "ON_ERROR_STOP=1", *arguments]
    subprocess.run(command, check=True)


def crowd(site: Site) -> list[Person]:
    """Everybody, signed in."""
    return [Person(site, f"person{number}").sign_in() for number in range(PEOPLE)]


def busy() -> bool:
    """Whether others use this machine so much that times measured here say little."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)
