"""What an uploaded file may be: by content, size and make; and files as other programs write them."""

import io
import subprocess
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from measures.models import Checklist, Owner
from measures.sheets import guard
from measures.sheets.guard import SheetError
from measures.sheets.read import ROWS_LIMIT, read_file
from measures.sheets.receive import MemoryOnly
from measures.sheets.words import heading_rank
from tests.make import SignIn, change, find_item
from tests.office import find_office
from tests.sheets import changes, export, problems, saved, sheet_of, upload

pytestmark = pytest.mark.any_engine


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def repacked(content: bytes, part: str, replace: Any) -> bytes:
    """The workbook with one part's bytes put through a function."""
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, replace(old.read(name)) if name == part else old.read(name))
    return output.getvalue()


def refused(content: bytes) -> str:
    """What is said of a file that is refused."""
    with translation.override("en"), pytest.raises(SheetError) as caught:
        read_file(content, heading_rank)
    return str(caught.value)


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5hkscs"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_as_offices_save_it(
    checklist: Checklist, client: Client, encoding: str, separator: str
) -> None:
    lines = [
        ["編號", "狀態", "進展情況"],
        ["1.1.1", "已完成", '"第一行\n第二行"'],
        ["1.1.2", "進行中", "'=1"],
    ]
    content = "\r\n".join(separator.join(line) for line in lines).encode(encoding)

    response = upload(client, content, name="台账.txt")

    assert [(code, then) for code, _field, _now, then in changes(response)] == [
        ("1.1.1", "Done"),
        ("1.1.1", "第一行\n第二行"),
        ("1.1.2", "In progress"),
        ("1.1.2", "=1"),
    ]


# What is refused


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
        (b"PK\x03\x04 broken", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n\xff\xff\xff", "neither"),
        (b"hello", "no column"),
        (b"", "empty"),
    ],
)
def test_what_is_no_sheet_is_refused_in_words(
    checklist: Checklist, client: Client, content: bytes, words: str
) -> None:
    response = upload(client, content)

    assert response.status_code == 422
    assert words in str(response.context["form"].errors["file"])


def test_the_type_is_told_by_content_and_not_by_name(checklist: Checklist, client: Client) -> None:
    assert changes(upload(client, sheet_of(["Code", "Status"], ["1.1.1", "Done"]), name="x.csv"))
    assert changes(upload(client, b"Code,Status\n1.1.1,Done", name="x.xlsx"))


def test_a_file_over_five_megabytes_is_refused_and_not_held_in_memory(
    checklist: Checklist, client: Client
) -> None:
    response = upload(client, b"Code,Notes\n" + b"x" * guard.FILE_LIMIT)

    assert response.status_code == 422
    assert "larger than 5 MB" in str(response.context["form"].errors["file"])


def test_what_is_over_the_limit_is_counted_and_dropped() -> None:
    handler = MemoryOnly()
    for name in ("one", "two"):
        handler.new_file(name, f"{name}.csv", "text/csv", None)
        for _ in range(4):
            handler.receive_data_chunk(b"x" * 1024 * 1024, 0)
        received = handler.file_complete(4 * 1024 * 1024)

    assert received.size == 4 * 1024 * 1024
    assert len(received.read()) == 1024 * 1024  # what was left of five for both


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_more_than_five_thousand_rows_are_refused(form: str) -> None:
    rows = [["Code", "Status"], *(["1.1.1", "Done"] for _ in range(ROWS_LIMIT + 1))]
    content = sheet_of(*rows) if form == "xlsx" else "\n".join(",".join(row) for row in rows).encode()

    assert "5,000" in refused(content)


def test_a_zip_that_says_it_unfolds_hugely_is_not_unfolded() -> None:
    small = sheet_of(["Code", "Status"])
    bomb = repacked(small, "xl/worksheets/sheet1.xml", lambda _old: b"<worksheet>" + b" " * 50_000_000)
    assert len(bomb) < guard.FILE_LIMIT

    assert "far more" in refused(bomb)


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    part = b"<worksheet>" + b" " * 50_000_000
    bomb = bytearray(repacked(sheet_of(["Code"]), "xl/worksheets/sheet1.xml", lambda _old: part))
    assert bomb.count(len(part).to_bytes(4, "little")) == 2
    lied = bytes(bomb).replace(len(part).to_bytes(4, "little"), (1000).to_bytes(4, "little"))

    assert "cannot be read" in refused(lied)


def test_a_zip_packed_as_no_office_does_is_refused_before_it_is_unpacked() -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/workbook.xml", b" " * 1000)

    assert "cannot be read" in refused(output.getvalue())
    assert "cannot be read" in refused(output.getvalue().replace(b"\x5d\0\0", b"\xff\xff\xff"))


def test_many_small_parts_and_many_small_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.BytesIO(sheet_of(["Code"]))
    with zipfile.ZipFile(output, "a") as archive:
        for number in range(guard.PARTS_LIMIT):
            archive.writestr(f"junk{number}", b"")
    assert "far more" in refused(output.getvalue())

    monkeypatch.setattr(guard, "ELEMENTS_LIMIT", 100)
    assert "far more" in refused(sheet_of(["Code", "Status"], *(["1.1.1", "Done"] for _ in range(50))))


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declared", [LAUGHS, OUTSIDE])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_with_entities_is_refused(
    checklist: Checklist, client: Client, declared: bytes, part: str, encoding: str
) -> None:
    def with_entities(old: bytes) -> bytes:
        text = old.decode()
        text = text[text.index("?>") + 2 :] if text.startswith("<?xml") else text
        return (declared.decode() + text).encode(encoding)

    good = export(client)
    bad = repacked(good, part, with_entities)

    assert bad != repacked(good, "none", with_entities)
    assert "cannot be read" in refused(bad)


def test_cells_in_far_corners_take_no_memory(checklist: Checklist, client: Client) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Code", "Status"])
    book.worksheets[0].append(["1.1.1", "Done"])
    book.worksheets[0]["XFD1048576"] = "x"

    assert changes(upload(client, saved(book))) == [("1.1.1", "status", "Not started", "Done")]


def test_millions_of_empty_rows_are_not_walked() -> None:
    book = openpyxl.Workbook()
    for _ in range(3):
        book.create_sheet()["A1048576"] = "x"

    assert "no column" in refused(saved(book))
    assert "5,000" in refused(b"\n" * 2_500_000)


def test_a_second_sheet_may_be_the_one(checklist: Checklist, client: Client) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["说明"])
    book.create_sheet("数据").append(["Code", "Status"])
    book["数据"].append(["1.1.1", "Done"])

    assert changes(upload(client, saved(book))) == [("1.1.1", "status", "Not started", "Done")]


@pytest.mark.slow
@pytest.mark.skipif(not find_office("calc"), reason="LibreOffice Calc is not installed")
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_libreoffice_keeps_all_that_the_ledger_needs(
    checklist: Checklist, owner: Owner, administrator: User, client: Client, tmp_path: Path, form: str
) -> None:
    hostile = ["=1+1", "  两端有空格 ", "a\nb", "_x000D_", "😀", "'x", "-1", "0012", "＝1", "\t制表"]
    codes = [item.measure.code for item in checklist.items.select_related("measure").order_by("measure")]
    for code, notes in zip(codes, hostile, strict=False):
        change(find_item(checklist, code), by=administrator, notes=notes, owner=owner, due=date(2026, 11, 24))
    (tmp_path / "in.xlsx").write_bytes(export(client))
    (tmp_path / "out").mkdir()
    # 44: comma, 34: quotes, 76: UTF-8.
    into = "xlsx" if form == "xlsx" else "csv:Text - txt - csv (StarCalc):44,34,76"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", into, "--outdir", str(tmp_path / "out")]
    subprocess.run([*command, str(tmp_path / "in.xlsx")], check=True, capture_output=True, timeout=180)

    response = upload(client, (tmp_path / "out" / f"in.{form}").read_bytes())

    assert problems(response) == []
    assert not response.context["found"].unversioned
    assert changes(response) == []
    assert response.context["found"].unchanged == 12
