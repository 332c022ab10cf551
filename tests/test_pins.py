"""Every package is locked to one version and its hashes; the lock matches what we chose and what runs."""

import re
import subprocess
import sys
from functools import cache
from importlib.metadata import distribution, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = [pytest.mark.slow, pytest.mark.no_database]

ROOT = Path(__file__).parent.parent
# What we chose, and what is installed for it.
LOCKS = {path.name: path.with_suffix(".lock").name for path in sorted(ROOT.glob("requirements*.txt"))}
# The rest is installed only by `make load`, or where there is no PostgreSQL.
RUNNING = ["requirements.txt", "requirements-dev.txt"]
# Below these something is known to be weak (SECURITY.md says how to look for more).
FLOORS = {"django": (6, 1, 3), "jinja2": (3, 1, 6), "gunicorn": (22, 0, 0), "pillow": (10, 3, 0)}
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
# Everything that tells people or machines what to install.
INSTALLING = ["Makefile", "Dockerfile", "compose.yaml", ".ci/run", "README.md", "SECURITY.md", "docs/*.md"]


def lines(name: str) -> list[str]:
    """What a requirements file names, without its comments and the files that it builds upon."""
    found = [line.partition("#")[0].strip() for line in (ROOT / name).read_text("utf-8").splitlines()]
    return [line for line in found if line and not line.startswith("-r")]


@cache
def chosen(name: str) -> tuple[Requirement, ...]:
    """What a requirements file asks for, with the files that it builds upon."""
    below = re.findall(r"^-r (\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    return (*map(Requirement, lines(name)), *(one for file in below for one in chosen(file)))


@cache
def locked(name: str) -> dict[str, tuple[Requirement, frozenset[str]]]:
    """Each package of a lock file, by its normalised name, with its hashes."""
    text = re.sub(r"\s*\\\n\s*", " ", (ROOT / name).read_text("utf-8"))
    entries = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    found: dict[str, tuple[Requirement, frozenset[str]]] = {}
    for entry in entries:
        requirement = Requirement(HASH.sub("", entry).strip())
        found[canonicalize_name(requirement.name)] = requirement, frozenset(HASH.findall(entry))
    assert len(found) == len(entries)
    return found


def needed(name: str) -> set[str]:
    """The normalised names of all that a requirements file needs here, as the installed packages say."""
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    left = [(one, "") for one in chosen(name)]
    while left:
        requirement, asked_by = left.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": asked_by}):
            continue
        found.add(package := canonicalize_name(requirement.name))
        for extra in {"", *requirement.extras}:
            if (package, extra) not in seen:
                seen.add((package, extra))
                below = distribution(requirement.name).requires or []
                left += [(Requirement(line), extra) for line in below]
    return found


@pytest.mark.parametrize("line", [line for name in RUNNING for line in lines(name)])
def test_a_part_is_pinned_to_the_version_that_runs(line: str) -> None:
    found = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[a-z0-9,_-]+\])?==([0-9][0-9A-Za-z.]*)", line)
    assert found, f"{line}: write name==version."
    name, pinned = found.groups()

    assert version(name) == pinned
    floor = FLOORS.get(name.lower(), (0,))
    assert tuple(map(int, re.findall(r"\d+", pinned)[:3])) >= floor


def test_no_part_asks_for_another_version_than_is_there() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("name", "lock"), LOCKS.items())
def test_a_lock_holds_what_was_chosen_in_that_version(name: str, lock: str) -> None:
    for requirement in chosen(name):
        held, _ = locked(lock)[canonicalize_name(requirement.name)]

        assert held.specifier == requirement.specifier, f"{requirement}: run make lock."


@pytest.mark.parametrize("lock", LOCKS.values())
def test_a_lock_gives_each_package_one_version_and_hashes(lock: str) -> None:
    for requirement, hashes in locked(lock).values():
        assert re.fullmatch(r"==[0-9][0-9A-Za-z.]*", str(requirement.specifier)), requirement
        assert not requirement.url, requirement
        assert hashes, requirement


@pytest.mark.parametrize("name", RUNNING)
def test_a_lock_holds_all_that_is_needed_and_nothing_else_as_it_runs(name: str) -> None:
    here = {
        package: requirement
        for package, (requirement, _) in locked(LOCKS[name]).items()
        if not requirement.marker or requirement.marker.evaluate()
    }

    assert set(here) == needed(name), "run make lock."
    for package, requirement in here.items():
        assert requirement.specifier.contains(version(package)), f"{requirement}: install {LOCKS[name]}."


def test_locks_agree_on_the_packages_that_they_share() -> None:
    first: dict[str, frozenset[str]] = {}
    for lock in LOCKS.values():
        for package, (requirement, hashes) in locked(lock).items():
            entry = hashes | {str(requirement.specifier)}
            assert first.setdefault(package, entry) == entry, f"{lock}: {package}"


@pytest.mark.parametrize("lock", LOCKS.values())
def test_a_lock_names_no_place_to_download_from(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")

    assert "make lock" in text
    assert re.findall(r"://|--(?:extra-)?index|--find-links|@ |\.(?:org|com|net|io|cn)\b", text) == []


def test_nothing_is_installed_but_from_a_lock() -> None:
    texts = {path: path.read_text("utf-8") for pattern in INSTALLING for path in ROOT.glob(pattern)}
    calls = re.compile(r"(?:\bpip3? (?:--\S+ )*install|\$\(PIP\))[^\n]*")
    found = [(path.name, call) for path, text in texts.items() for call in calls.findall(text)]
    # pip-audit looks at packages, in an environment that it shares with none of them.
    found = [(name, call) for name, call in found if "install pip-audit" not in call]
    makes = next(call for name, call in found if name == "Makefile" and "$(PIP)" not in call)

    assert len(found) > 6
    for name, call in found:
        hashed = makes if "$(PIP)" in call else call
        assert "--require-hashes --only-binary" in hashed, (name, call)
        if call != makes:
            assert re.search(r"-r(?:equirement)? requirements[a-z-]*\.lock", call), (name, call)
