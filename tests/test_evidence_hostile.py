"""Hostile files sent as evidence: refused with a reason, or given back in a way that no browser runs."""

import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.evidence import kinds
from measures.evidence.archives import Refused
from measures.models import Evidence, Item, Use
from tests.evidence_make import GOOD, JPEG, PDF, PNG, office, send, signed_in, stored, zipped
from tests.proofs import SEED, share

pytestmark = pytest.mark.any_engine
ADDRESS = "/checklists/henan/items/1.1.1/evidence/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"


def patched(content: bytes, field: int, value: int) -> bytes:
    """The ZIP with another value in the directory's first entry, at this offset of four bytes."""
    at = content.index(b"PK\x01\x02") + field
    return content[:at] + struct.pack("<L", value) + content[at + 4 :]


def post_raw(client: Client, name: str, content: bytes) -> Any:
    """Send a file under a name that no browser and no test client would send as it is."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--x--\r\n"
    return client.post(ADDRESS, body, content_type="multipart/form-data; boundary=x")


def bomb() -> bytes:
    return office("docx", **{"word/media/a.bin": bytes(30 * 1024 * 1024)})


def many_members() -> bytes:
    return office("xlsx", **{f"xl/{number}.xml": b"" for number in range(6_000)})


def locked() -> bytes:
    good = office("docx")
    at = good.index(b"PK\x01\x02") + 8
    return good[:at] + b"\x01\x00" + good[at + 2 :]


# By name, what is refused whatever it is called.
REFUSED: dict[str, Callable[[], bytes]] = {
    "markup": lambda: HTML,
    "drawing": lambda: b"\xef\xbb\xbf  \n" + SVG,
    "drawing in UTF-16": lambda: SVG.decode().encode("utf-16"),
    "XML": lambda: b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
    "program": lambda: b"MZ\x90\x00\x03\x00" + bytes(60),
    "GIF": lambda: b"GIF89a" + bytes(20),
    "nothing but NUL": lambda: bytes(100),
    "text with NUL": lambda: b"text\0text",
    "spaces": lambda: b"  \n ",
    "plain ZIP": lambda: zipped({"a.txt": b"x"}),
    "half a document": lambda: office("docx")[:-40],
    "start of a ZIP": lambda: b"PK\x03\x04",
    "bomb": bomb,
    "bomb that lies": lambda: patched(bomb(), 24, 1_000),
    "four gigabytes": lambda: patched(office("docx"), 24, 0xFFFFFFF0),
    "many members": many_members,
    "locked": locked,
    "macros": lambda: office("docx", **{"word/vbaProject.bin": b"x"}),
    "program inside": lambda: office("docx", **{"word/embeddings/a.EXE": b"x"}),
    "way out": lambda: office("docx", **{"../../etc/passwd": b"x"}),
    "way to the root": lambda: office("docx", **{"/etc/passwd": b"x"}),
    "way back": lambda: office("docx", **{"..\\a": b"x"}),
    "macro type": lambda: zipped({"[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled"}),
    "page before a ZIP": lambda: HTML + office("docx"),
}
# What is accepted, and holds scripts where nobody looks.
POLYGLOTS = [PDF + HTML, JPEG + SVG, PNG + HTML, b"alert(1) // " + HTML, office("docx", **{"a.html": HTML})]
NAMES = [
    *("a.html", "a.svg", "a.pdf.html", "a.txt", "a.pdf", "a.docx", "a.jpg", "a.png", "a", ".pdf", "..pdf"),
    *("../../../etc/a.pdf", "..\\..\\a.pdf", "/etc/passwd", "C:\\a.pdf", "a\0.pdf", "a.pdf\0.html"),
    *("a\r\nX-Header: 1.pdf", 'a";filename=b.html;.pdf', "\u202efdp.exe.pdf"),
    *("字" * 300 + ".pdf", "字" * 90 + ".pdf", "a" * 10_000 + ".pdf"),
    *("%2e%2e%2fa.pdf", "a.pdf/", "<b>.pdf", "a.PDF ", "con.pdf", "a.pdf;.html"),
]


@pytest.fixture
def client(given: Item, editor: User) -> Client:
    return signed_in(editor)


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.no_database
def test_each_of_these_is_refused_by_its_content(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(REFUSED[name]())

    with path.open("rb") as file, pytest.raises(Refused):
        kinds.file_kind(file)


@pytest.mark.no_database
def test_random_bytes_in_any_file_are_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    path = tmp_path / "file"
    for _ in range(share(3_000)):
        content = bytearray(dice.choice(list(GOOD.values())))
        for _change in range(dice.randint(1, 8)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        path.write_bytes(content[: dice.randint(1, len(content))])
        with path.open("rb") as file:
            try:
                kinds.file_kind(file)
            except Refused:
                continue


@pytest.mark.proof
def test_no_hostile_file_is_served_in_a_way_that_a_browser_runs(
    client: Client, evidence_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("measures.models.evidence.ITEM_EVIDENCE_LIMIT", 1_000)
    dice = random.Random(SEED)
    contents = [*(make() for make in REFUSED.values()), *POLYGLOTS, *GOOD.values()]
    for _ in range(share(300, least=20)):
        name, content = dice.choice(NAMES), dice.choice(contents)
        if dice.random() < 0.3:
            content = zlib.compress(content)
        before = Evidence.objects.count()
        Use.objects.all().delete()  # only thirty files may come in within five minutes

        answer = post_raw(client, name, content)

        assert answer.status_code in (302, 400, 422), (name, content[:20])
        assert Evidence.objects.count() - before == (answer.status_code == 302)
        if answer.status_code == 422:
            assert answer.context["evidence_form"].errors["file"], name
    for kept in Evidence.objects.all():
        Use.objects.all().delete()
        answer = client.get(f"{ADDRESS}{kept.pk}/")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert f".{kept.name.rpartition('.')[2].lower()}" in kinds.accepted_suffixes().split(",")
        assert kept.name.isprintable() and not set(kept.name) & set("/\\\0")  # noqa: PT018
        assert len(kept.name) <= 200
    assert set(stored(evidence_folder)) == {one.sha256 for one in Evidence.objects.all()}
    assert all(path.parent.parent == evidence_folder for path in evidence_folder.rglob("*") if path.is_file())
    page = client.get(ADDRESS.removesuffix("evidence/") + "?evidence=all").content.decode()
    assert "<b>.pdf" not in page


def test_a_file_over_twenty_megabytes_is_refused_in_words(client: Client, evidence_folder: Path) -> None:
    answer = send(client, content=PDF + bytes(20 * 1024 * 1024))

    assert answer.status_code == 422
    assert "larger than 20 MB" in answer.content.decode()
    assert stored(evidence_folder) == []
