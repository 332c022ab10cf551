"""The version is written once, in pyproject.toml, and everything that names it reads it there."""

import io
import json
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from django.conf import settings as site_settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from config.version import read_version
from measures.database.backups import take
from measures.models import Checklist
from measures.reports import FORMATS
from measures.reports.as_json import from_data, to_data
from measures.reports.model import Report
from tests.make import NOW, SignIn, make_checklist
from tests.reports_make import make_small_report
from tests.sheets import export

ROOT = Path(__file__).parent.parent
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
MADE_BY = f"Taizhang {VERSION}"


@pytest.fixture
def report() -> Report:
    return make_small_report(generator=MADE_BY)


@pytest.fixture
def backup(settings: Settings, tmp_path: Path, transactional_db: None) -> Iterator[Path]:
    settings.DATA_DIR = tmp_path
    make_checklist()
    target = tmp_path / "backup.zip"
    take(target, at=NOW)
    yield target
    if connection.vendor == "sqlite":
        live = Path(str(connection.settings_dict["NAME"]))
        for left in live.parent.glob(f"{live.name}.*"):
            left.unlink()


def changed(backup: Path, version: object) -> Path:
    """The backup, unsigned, with this version in its manifest; None: without any."""
    other = backup.with_name("other.zip")
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(other, "w") as new:
        manifest = json.loads(old.read("manifest.json")) | {"version": version}
        if version is None:
            del manifest["version"]
        new.writestr("manifest.json", json.dumps(manifest))
        new.writestr("database", old.read("database"))
    return other


def test_settings_give_the_version_of_pyproject() -> None:
    assert VERSION == site_settings.VERSION
    assert MADE_BY == site_settings.GENERATOR


def test_an_installed_wheel_knows_the_version_from_its_metadata(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metadata, "version", {"taizhang": "9.8.7"}.__getitem__)

    assert read_version(tmp_path) == "9.8.7"


@pytest.mark.parametrize(
    ("language", "said"), [("en", MADE_BY), ("zh-hans", f"台账 {VERSION}"), ("zh-hant", f"台賬 {VERSION}")]
)
def test_the_foot_of_a_page_names_the_version(
    viewer: User, sign_in: SignIn, language: str, said: str
) -> None:
    page = sign_in(viewer).get("/checklists/", headers={"Accept-Language": language}).content.decode()

    assert f"<span>{said}</span>" in page[page.index("<footer") :]


def test_the_foot_names_no_version_to_somebody_who_is_not_signed_in(db: None) -> None:
    assert VERSION not in Client().get("/sign-in/").content.decode()


def test_a_monitor_reads_the_version_from_healthz(db: None) -> None:
    assert Client().get("/healthz").json()["version"] == VERSION


def test_a_backup_names_the_release_that_made_it(backup: Path) -> None:
    assert json.loads(zipfile.ZipFile(backup).read("manifest.json"))["version"] == VERSION


def test_restoring_a_backup_of_this_release_names_no_version(backup: Path, capsys: Any) -> None:
    call_command("restore", backup)

    assert VERSION not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("0.0.9", "The backup was made by Taizhang 0.0.9."),
        (None, "The backup was made by an earlier release."),
        ("\x1b[2J", "The backup was made by an earlier release."),
        ([], "The backup was made by an earlier release."),
    ],
)
@pytest.mark.slow
def test_restoring_a_backup_of_another_release_names_both(
    backup: Path, capsys: Any, version: object, said: str
) -> None:
    call_command("restore", changed(backup, version), unsigned=True)

    assert f"{said} This is Taizhang {VERSION}." in capsys.readouterr().out


def test_a_report_from_the_ledger_names_the_release(
    checklist: Checklist, viewer: User, sign_in: SignIn
) -> None:
    response = sign_in(viewer).get("/checklists/henan/report/?format=json")

    assert json.loads(response.content)["generator"] == MADE_BY


def test_a_report_that_was_kept_before_releases_had_names_is_still_read(report: Report) -> None:
    data = to_data(report)
    assert from_data(data).generator == MADE_BY

    del data["generator"]

    assert from_data(data).generator == ""


def test_each_kind_of_document_names_the_release_in_its_properties(report: Report) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"].write(report)))
    pdf = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].write(report)))
    with zipfile.ZipFile(io.BytesIO(FORMATS["docx"].write(report))) as word:
        app = word.read("docProps/app.xml").decode()

    assert sheet.properties.description == MADE_BY
    assert pdf.metadata
    assert pdf.metadata.subject == MADE_BY
    assert f"<Application>{MADE_BY}</Application>" in app


def test_documents_of_a_report_that_names_no_release_can_be_written() -> None:
    report = make_small_report(generator="")

    with zipfile.ZipFile(io.BytesIO(FORMATS["docx"].write(report))) as word:
        assert "<Application>Taizhang</Application>" in word.read("docProps/app.xml").decode()
    assert FORMATS["pdf"].write(report)


def test_the_list_as_a_spreadsheet_names_the_release(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export(sign_in(administrator))))

    assert book.properties.description == MADE_BY
