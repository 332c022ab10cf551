"""Where this machine's LibreOffice is, and whether it has the program that a test needs."""

import shutil
from pathlib import Path

LIBRARIES = {"writer": "libswlo", "calc": "libsclo"}


def find_office(program: str) -> str | None:
    """The path of soffice if it has `writer` or `calc`."""
    found = shutil.which("soffice")
    if found and any(Path(found).resolve().parent.glob(f"{LIBRARIES[program]}.*")):
        return found
    return None
