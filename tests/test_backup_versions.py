"""Backups on PostgreSQL: this machine's programs and the server must have one major version."""

import os
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from measures.database.backups import take
from measures.database.backups.on_postgresql import ToolError
from tests.make import NOW, make_checklist

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(os.environ.get("TAIZHANG_TEST_ENGINE") != "postgresql", reason="PostgreSQL's own"),
]


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose programs are found before PostgreSQL's own."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


def write_program(folder: Path, name: str, *lines: str) -> None:
    (folder / name).write_text("\n".join(["#!/bin/sh", *lines, ""]))
    (folder / name).chmod(0o755)


def test_a_backup_with_the_programs_of_another_version_is_refused_in_words(
    programs: Path, tmp_path: Path
) -> None:
    write_program(programs, "pg_dump", "echo 'pg_dump (PostgreSQL) 99.1 (Debian 99.1-1)'")

    with pytest.raises(CommandError, match=r"pg_dump is version 99, and the server is version \d\d: "):
        call_command("backup")

    assert not list((tmp_path / "backups").glob("*"))


def test_a_backup_of_a_newer_server_is_refused_before_anything_is_changed(
    programs: Path, tmp_path: Path
) -> None:
    make_checklist()
    take(tmp_path / "backup.zip", at=NOW)
    real = shutil.which("pg_restore")
    write_program(
        programs,
        "pg_restore",
        f'[ "$1" = --list ] || exec {real} "$@"',
        "echo ';     Dumped from database version: 16.4'",
        "echo ';     Dumped by pg_dump version: 99.1'",
    )

    with pytest.raises(CommandError, match="made with PostgreSQL 99, and this server is version"):
        call_command("restore", tmp_path / "backup.zip")

    assert connection.introspection.table_names()


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ToolError, match="pg_dump is not installed"):
        take(tmp_path / "backup.zip", at=NOW)
