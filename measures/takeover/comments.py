"""The notes that people pin to the cells of an XLSX sheet."""

import io
import posixpath
from zipfile import ZipFile

from defusedxml.ElementTree import fromstring
from openpyxl.worksheet.worksheet import Worksheet

from measures.takeover.texts import kept

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def comments_of(content: bytes, sheet: Worksheet) -> dict[str, str]:
    """The text of each note by the address of its cell."""
    part = str(getattr(sheet, "_worksheet_path", ""))
    folder, file = posixpath.split(part)
    with ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        links = f"{folder}/_rels/{file}.rels"
        if links not in names:
            return {}
        found = {}
        for link in fromstring(archive.read(links), forbid_dtd=True):
            if not link.get("Type", "").endswith("/comments"):
                continue
            target = link.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            if path in names:
                for note in fromstring(archive.read(path), forbid_dtd=True).iter(f"{MAIN}comment"):
                    text = kept("".join(piece.text or "" for piece in note.iter(f"{MAIN}t")))
                    if text:
                        found[note.get("ref", "")] = text
    return found
