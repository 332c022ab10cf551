"""Fault tests: short in `make test`, long in `make faults` (FAULTS=long), with their figures at the end."""

import os
import random
from collections.abc import Callable

import pytest

LONG = os.environ.get("FAULTS") == "long"
SEED = int(os.environ.get("FAULTS_SEED", "1"))
ENGINE = os.environ.get("TAIZHANG_TEST_ENGINE", "sqlite")

FIGURES: list[str] = []
Say = Callable[[str], None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/faults/" in item.path.as_posix():
            item.add_marker(pytest.mark.fault)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        terminalreporter.section(f"Figures of the fault tests on {ENGINE}, seed {SEED}")
        for line in FIGURES:
            terminalreporter.write_line(line)


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Say:
    """say("200 kills, …"): shown below the run, beside the test's name."""
    return lambda figures: FIGURES.append(f"{request.node.name}: {figures}")


@pytest.fixture
def chance() -> random.Random:
    """The same moments and choices at every run; FAULTS_SEED=2 takes others."""
    return random.Random(SEED)
