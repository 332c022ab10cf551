"""What strangers read and what CI runs agree with the Makefile and with pyproject.toml."""

import re
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PAPERS = ["CONTRIBUTING.md", "docs/releasing.md", "README.md", ".github/pull_request_template.md"]
WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
(JOB,) = WORKFLOW["jobs"].values()
PYTHONS: list[str] = JOB["strategy"]["matrix"]["python"]
HOOKS: list[dict[str, Any]] = [
    hook
    for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    for hook in repo["hooks"]
]


def number(version: str) -> tuple[int, ...]:
    """3.9 comes before 3.12."""
    return tuple(map(int, version.split(".")))


def test_ci_runs_the_pythons_that_the_makefile_looks_for() -> None:
    looked_for = re.search(r"^PYTHONS = .*$", MAKEFILE, re.MULTILINE)

    assert looked_for
    assert re.findall(r"python(\d\.\d+)\b", looked_for[0]) == sorted(PYTHONS, key=number, reverse=True)


def test_the_oldest_python_of_ci_is_the_oldest_that_is_supported() -> None:
    oldest = min(PYTHONS, key=number)

    assert PROJECT["project"]["requires-python"] == f">={oldest}"
    assert PROJECT["tool"]["mypy"]["python_version"] == oldest
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"
    assert f"--python-version {oldest} " in MAKEFILE
    assert f"sys.version_info < ({oldest.replace('.', ', ')})" in MAKEFILE


def test_the_image_runs_a_python_of_ci() -> None:
    python = re.search(r"PYTHON_IMAGE=python:(\d+\.\d+)\.", DOCKERFILE)

    assert python
    assert python[1] in PYTHONS


def test_contributors_read_which_pythons_there_are() -> None:
    *others, newest = PYTHONS

    assert f"`make run` needs Python {', '.join(others)} or {newest}." in CONTRIBUTING
    assert f"runs `.ci/run` on Python {', '.join(others)} and {newest}" in re.sub(r"\s+", " ", CONTRIBUTING)


def test_ci_runs_our_own_script_and_may_only_read() -> None:
    commands = [step["run"] for step in JOB["steps"] if "run" in step]

    assert commands == [".ci/run"]
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "permissions" not in JOB
    assert JOB["container"]["image"] == "python:${{ matrix.python }}-slim"
    assert JOB["env"]["PYTHON"] == "python${{ matrix.python }}"


def test_every_action_is_pinned_by_its_commit() -> None:
    lines = (ROOT / ".github/workflows/ci.yml").read_text("utf-8").splitlines()
    used = [line.strip() for line in lines if "uses:" in line]

    assert used
    for line in used:
        assert re.fullmatch(r"- uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_ci_runs_what_contributors_are_told_that_it_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    made = re.findall(r"^make (\S+)$", script, re.MULTILINE)

    assert made == ["machine", "check", "image-test", "test"]
    said = "`make check`, `make image-test` (which does nothing without a Docker daemon) and `make test`"
    assert said in re.sub(r"\s+", " ", CONTRIBUTING)


def test_a_commit_is_checked_by_the_tools_of_the_lock_file() -> None:
    assert {hook["id"] for hook in HOOKS} == {"ruff", "ruff-format", "djade"}
    for hook in HOOKS:
        assert hook["language"] == "system", hook
        assert hook["entry"].startswith(".venv/bin/"), hook
    (djade,) = (hook["entry"] for hook in HOOKS if hook["id"] == "djade")
    assert djade.removesuffix(" --check") in MAKEFILE


@pytest.mark.parametrize("name", PAPERS)
def test_every_make_target_that_a_paper_names_exists(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    named = re.findall(r"(?:`|^    )make ([.a-z][a-z/.-]*)", text, re.MULTILINE)
    targets = re.findall(r"^([.a-z][a-z/. -]*):(?!=)", MAKEFILE, re.MULTILINE)

    assert named
    assert {*named} <= {word for line in targets for word in line.split()}


@pytest.mark.parametrize("name", PAPERS[:3])
def test_every_link_of_a_paper_leads_to_a_file_and_a_heading(name: str) -> None:
    paper = ROOT / name
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", paper.read_text("utf-8"))

    assert links
    for target, anchor in links:
        file = (paper.parent / target) if target else paper
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings}


def test_every_file_that_contributing_says_to_run_exists() -> None:
    named = re.findall(
        r"\b(?:tests|measures|docs)/[\w/.]+\.(?:py|md)\b|\.(?:ci|github)/[\w/.]+\w", CONTRIBUTING
    )

    assert len(named) > 4
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_contributing_leaves_the_licence_to_the_owner() -> None:
    """Remove this test with the sentence when the owner has chosen."""
    assert "Which licence applies to Taizhang is for its owner to decide." in CONTRIBUTING
    assert "license" not in PROJECT["project"]
    assert not [path.name for path in ROOT.iterdir() if re.match("(?i)licen[cs]e|copying", path.name)]


def test_the_changelog_has_a_section_for_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## (.+)$", changelog, re.MULTILINE)
    version = PROJECT["project"]["version"]

    assert newest
    if newest[1] == "Unreleased":
        assert f"This becomes {version} when it is tagged" in changelog
    else:
        assert re.fullmatch(rf"{re.escape(version)} – \d{{4}}-\d\d-\d\d", newest[1])


def test_a_wheel_takes_along_every_file_that_the_site_reads() -> None:
    setuptools = PROJECT["tool"]["setuptools"]
    packages, files = setuptools["packages"]["find"]["include"], setuptools["package-data"]["*"]
    done = subprocess.run(
        ["find", "config", "fixtures", "measures", "templates", "-type", "f", "-not", "-name", "*.pyc"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    left = [
        path
        for path in map(Path, done.stdout.splitlines())
        if not any(fnmatch(".".join(path.parent.parts), pattern) for pattern in packages)
        or not any(hides(path.name) == hides(pattern) and fnmatch(path.name, pattern) for pattern in files)
    ]

    assert left == []


def hides(name: str) -> bool:
    """Whether only a pattern that begins with a full stop matches it, as in a shell."""
    return name.startswith(".")
