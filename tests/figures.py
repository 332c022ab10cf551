"""Shows the figures of the proofs below a run, also where several processes share the tests."""

import json
import os
from pathlib import Path
from typing import Protocol

import pytest

from tests.proofs import SEED

FIGURES = "figures"


class Say(Protocol):
    """say("200 kills, …", kills=200): shown below the run, and counted in the table of `make soak`.

    Counts of several tests add up; of seconds the longest is kept.
    """

    def __call__(self, figures: str, **counted: float) -> None: ...


class Collected:
    """What the tests said, gathered from their reports in the process that writes the summary."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.counted: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "teardown":
            for name, said in report.user_properties:
                if name == FIGURES and isinstance(said, dict):
                    self.add(said["line"], said["counted"])

    def add(self, line: str, counted: dict[str, float]) -> None:
        self.lines.append(line)
        for name, value in counted.items():
            before = self.counted.get(name, 0)
            self.counted[name] = max(before, value) if name.startswith("seconds") else before + value

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.lines:
            engine = os.environ.get("TAIZHANG_TEST_ENGINE", "sqlite")
            terminalreporter.section(f"What the proofs on {engine} say, seed {SEED}")
            for line in self.lines:
                terminalreporter.write_line(line)
        if kept := os.environ.get("SOAK_FIGURES"):
            Path(kept).write_text(
                json.dumps({"lines": self.lines, "counted": self.counted}), encoding="utf-8"
            )


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # not in a process that only runs tests for another
        config.pluginmanager.register(Collected())


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Say:
    def saying(figures: str, **counted: float) -> None:
        said = {"line": f"{request.node.name}: {figures}", "counted": counted}
        request.node.user_properties.append((FIGURES, said))

    return saying
