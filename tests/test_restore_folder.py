"""Restoring on a machine that has no data folder yet."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

pytestmark = pytest.mark.django_db


def test_a_data_folder_that_is_missing_is_made(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "new" / "data"

    with pytest.raises(CommandError, match="is not a whole backup of Taizhang"):
        call_command("restore", tmp_path / "nothing.zip")

    assert settings.DATA_DIR.stat().st_mode & 0o077 == 0
