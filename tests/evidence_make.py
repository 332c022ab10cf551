"""Files of every kind that is taken as evidence, and the storage that they go to."""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.sheets import ENGLISH

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n"
HASH = hashlib.sha256(PDF).hexdigest()
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(13)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)
MAIN_TYPES = {
    "docx": "wordprocessingml.document.main+xml",
    "xlsx": "spreadsheetml.sheet.main+xml",
    "pptx": "presentationml.presentation.main+xml",
}


def zipped(members: dict[str, bytes]) -> bytes:
    """A ZIP file that holds these."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def office(kind: str, **more: bytes) -> bytes:
    """An Office document as far as its directory goes; `more` members by name."""
    main = f'<Types><Override ContentType="application/vnd.openxmlformats.{MAIN_TYPES[kind]}"/></Types>'
    return zipped({"[Content_Types].xml": main.encode(), "word/document.xml": b"<w/>"} | more)


GOOD = {
    "a.pdf": PDF,
    "a.docx": office("docx"),
    "a.XLSX": office("xlsx"),
    "a.pptx": office("pptx"),
    "a.ofd": zipped({"OFD.xml": b"<OFD/>"}),
    "a.jpg": JPEG,
    "a.JPEG": JPEG + b"x",
    "a.png": PNG,
    "a.txt": "会议纪要\r\n".encode(),
    "a b.txt": "会议纪要".encode("gb18030"),
    "b.txt": "会议纪要".encode("utf-16"),
}


def send(
    client: Client, name: str = "纪要.pdf", content: bytes = PDF, *, code: str = "1.1.1", **fields: object
) -> Any:
    """Post this file, or with no name only the fields, as evidence."""
    sent: dict[str, object] = dict(fields)
    if name:
        sent["file"] = SimpleUploadedFile(name, content)
    return client.post(f"/checklists/henan/items/{code}/evidence/", sent, headers=ENGLISH)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def stored(folder: Path) -> list[str]:
    """The names of all files below this folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())
