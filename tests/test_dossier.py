"""The dossier of an item: a ZIP file with a document, the evidence, and the hash of every member."""

import hashlib
import io
import re
import shutil
import subprocess
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.choices import ApplicationKind, Audited, ChaserLevel, Side
from measures.evidence import store
from measures.models import (
    Application,
    AuditRecord,
    Chaser,
    Checklist,
    Evidence,
    EvidenceRemoval,
    Item,
    NewFile,
    add_evidence,
)
from tests.evidence_make import HASH, JPEG, PDF, PNG, send
from tests.make import NOW, TODAY, SignIn, change, find_item, write_entry
from tests.sheets import ENGLISH

pytestmark = pytest.mark.any_engine

ADDRESS = "/checklists/henan/items/1.1.1/dossier/"
UNSAFE_ON_WINDOWS = re.compile(r'[<>:"\\|?*\x00-\x1f]|[ .](/|$)')


@pytest.fixture(autouse=True)
def folder(evidence_folder: Path) -> Path:
    return evidence_folder


def download(client: Client) -> zipfile.ZipFile:
    answer: Any = client.get(ADDRESS, headers=ENGLISH)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(answer.getvalue()))


def manifest(archive: zipfile.ZipFile) -> list[str]:
    return archive.read("sha256sums.txt").decode().splitlines()


def words(archive: zipfile.ZipFile) -> str:
    body = docx.Document(io.BytesIO(archive.read("dossier.docx"))).element.body
    return "\n".join(node.text for node in body.iter() if node.tag.endswith("}t") and node.text)


def test_it_holds_all_that_was_written_and_every_file_with_its_hash(
    given: Item, editor: User, viewer: User, administrator: User, sign_in: SignIn, tmp_path: Path
) -> None:
    Checklist.objects.update(signs_off=True, extends_by_request=True)
    given = find_item(given.checklist)
    change(given, by=administrator, notes="先行试点", reason="会议议定")
    entry = write_entry(given, editor, progress="办法已印发")
    send(sign_in(editor), "a:b?.pdf", entry=entry.pk)
    send(sign_in(editor), "现场.png", PNG)
    send(sign_in(editor), "误传.jpg", JPEG)
    send(sign_in(editor), "", link="https://www.example.org/通知")
    Evidence.objects.get(name="误传.jpg").withdraw(by=editor, at=NOW, reason="传错文件")
    Application.ask(given, ApplicationKind.CLOSE, side=Side.LEAD, by=editor, at=NOW, reason="各项任务办结")
    said: Any = {"level": ChaserLevel.RED, "text": "请立即报送", "answer_by": TODAY + timedelta(3)}
    Chaser.send([given.pk], by=administrator, at=NOW, **said)

    archive = download(sign_in(viewer))

    names = ["evidence/001-a_b_.pdf", "evidence/002-现场.png", "withdrawn/003-误传.jpg", "dossier.docx"]
    assert archive.namelist() == [*names, "sha256sums.txt"]
    assert not any(UNSAFE_ON_WINDOWS.search(name) for name in archive.namelist())
    assert [archive.read(name) for name in names[:3]] == [PDF, PNG, JPEG]
    assert manifest(archive) == [
        f"{hashlib.sha256(archive.read(name)).hexdigest()}  {name}" for name in names
    ]
    told = words(archive)
    for text in (
        "详情 1.1.1",
        "先行试点",
        "会议议定",
        "办法已印发",
        "各项任务办结",
        "请立即报送",
        "传错文件",
    ):
        assert text in told or f"Detail {text}" in told, text
    for text in ("https://www.example.org/通知", f"SHA-256: {HASH}", names[0]):
        assert text in told
    record = AuditRecord.objects.get(action=Audited.EXPORTED)
    assert "a:b?.pdf" in record.after
    assert record.by_name == "viewer"

    if shutil.which("sha256sum"):
        archive.extractall(tmp_path / "out")
        check = ["sha256sum", "--check", "--quiet", "sha256sums.txt"]
        subprocess.run(check, cwd=tmp_path / "out", check=True)


def test_files_that_are_missing_damaged_or_destroyed_are_named_and_the_rest_is_given(
    given: Item, editor: User, viewer: User, sign_in: SignIn, folder: Path
) -> None:
    for name, content in {"a.pdf": PDF, "b.png": PNG, "c.jpg": JPEG, "d.txt": "会议纪要".encode()}.items():
        send(sign_in(editor), name, content)
    hashes = dict(Evidence.objects.values_list("name", "sha256"))
    store.destroy(store.name_of(hashes["a.pdf"]))
    path = folder / store.name_of(hashes["b.png"])
    path.chmod(0o600)
    path.write_bytes(b"something else")
    EvidenceRemoval.remove(hashes["c.jpg"], names=["c.jpg"], at=NOW, reason="含个人信息")

    archive = download(sign_in(viewer))

    assert archive.namelist() == ["evidence/004-d.txt", "dossier.docx", "sha256sums.txt"]
    assert manifest(archive)[:3] == [
        f"# missing or damaged: {hashes['a.pdf']}  evidence/001-a.pdf",
        f"# missing or damaged: {hashes['b.png']}  evidence/002-b.png",
        f"# destroyed: {hashes['c.jpg']}  evidence/003-c.jpg",
    ]
    assert "含个人信息" in words(archive)


def test_an_item_about_which_nothing_was_written_has_one_as_well(checklist: Checklist, viewer: User) -> None:
    client = Client()
    client.force_login(viewer)

    archive = download(client)

    assert archive.namelist() == ["dossier.docx", "sha256sums.txt"]
    assert words(archive).count("None.") == 5


def test_a_large_dossier_takes_little_memory(
    given: Item, editor: User, viewer: User, sign_in: SignIn
) -> None:
    for number in range(6):
        content = io.BytesIO(bytes([number]) * 8_000_000)
        sha256 = hashlib.sha256(content.getvalue()).hexdigest()
        file = NewFile(f"{number}.txt", "text/plain", 8_000_000, sha256, content)
        add_evidence(given, file, side=Side.LEAD, by=editor, at=NOW)
    client = sign_in(viewer)
    download(client)  # what is loaded once

    tracemalloc.start()
    size = sum(len(part) for part in client.get(ADDRESS))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size > 48_000_000
    assert peak < 12_000_000


def test_the_page_of_the_item_links_to_it(given: Item, viewer: User, sign_in: SignIn) -> None:
    page = sign_in(viewer).get("/checklists/henan/items/1.1.1/", headers=ENGLISH).content.decode()

    assert f'href="{ADDRESS}"' in page
