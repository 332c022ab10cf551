"""What the tests need of this machine besides Python packages: found, or fetched where that is possible.

`python -m tests.machine` fetches it, and fails where something is still missing.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

from tests.browser.chromium import download_chromium, has_chromium
from tests.office import find_office
from tests.postgres import NoPostgresError, find_binaries


class Need(NamedTuple):
    """Something that tests use. `package` is its name on Debian and Ubuntu; `fetch` needs no root."""

    what: str
    is_there: Callable[[], bool]
    package: str
    fetch: Callable[[], None] | None = None


def has_postgres() -> bool:
    try:
        find_binaries()
    except NoPostgresError:
        return False
    return True


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    found = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False)
    return bool(found.stdout.strip())


NEEDS = (
    Need("PostgreSQL with pg_dump and psql", has_postgres, "postgresql"),
    Need("Chromium", has_chromium, "chromium", download_chromium),
    Need("LibreOffice Writer", lambda: bool(find_office("writer")), "libreoffice-writer-nogui"),
    Need("LibreOffice Calc", lambda: bool(find_office("calc")), "libreoffice-calc-nogui"),
    Need("pdftotext", lambda: bool(shutil.which("pdftotext")), "poppler-utils"),
    Need("gettext", lambda: bool(shutil.which("xgettext")), "gettext"),
    Need("a Chinese font", has_chinese_font, "fonts-noto-cjk"),
)


def provide() -> list[str]:
    """Fetch what is missing; what could not be had, with the package that brings it."""
    for need in NEEDS:
        if need.fetch and not need.is_there():
            need.fetch()
    missing = [need for need in NEEDS if not need.is_there()]
    if missing and os.getuid() == 0 and shutil.which("apt-get"):
        install([need.package for need in missing])
    return [f"{need.what} (apt-get install {need.package})" for need in missing if not need.is_there()]


def install(packages: list[str]) -> None:
    """Install packages of Debian or Ubuntu one by one, so that a missing one does not keep the others out."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    no = subprocess.DEVNULL
    for arguments in (["update"], *(["install", "-y", "--no-install-recommends", one] for one in packages)):
        command = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", *arguments]
        subprocess.run(command, env=environment, stdin=no, stdout=no, check=False)


def main() -> int:
    missing = provide()
    for what in missing:
        sys.stderr.write(f"Missing for the tests: {what}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
