"""No URL that somebody writes into the ledger is fetched when a report is made or opened."""

import io
import socket
import subprocess
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from measures.choices import Status
from measures.models import Checklist
from measures.reports import FORMATS
from measures.reports.docx_template import TemplateFault, validate_template, write_with
from measures.reports.start_template import start_template
from measures.word.known import RELATIONS
from tests.faults import bombs
from tests.figures import Say
from tests.make import SignIn, change, find_item, make_owner
from tests.office import find_office
from tests.reports_make import make_report, make_row, make_template
from tests.sheets import upload
from tests.word_make import every_part_of_word, full_of, linked_picture

HOW = [
    "{}",
    '<img src="{}a.png"><link rel="stylesheet" href="{}a.css"><script src="{}a.js"></script>',
    '#image("{}a.png") #import "@preview/a:1.0.0": * #read("{}a")',
    "![]({}a.png) [a]({}) \\includegraphics{{{}a.png}}",
    '=WEBSERVICE("{}") =IMAGE("{}a.png") =HYPERLINK("{}")',
    "{{%p include '{}' %}} {{{{ '{}' }}}}",
    '<!DOCTYPE a [<!ENTITY b SYSTEM "{}">]> &b; <w:altChunk r:id="{}"/>',
]


class Listener:
    """Closes every connection, and counts them."""

    def __init__(self) -> None:
        self.calls = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        while True:
            try:
                line, _caller = self.socket.accept()
            except OSError:  # closed
                return
            self.calls += 1
            line.close()

    def texts(self) -> list[str]:
        return [how.replace("{}", self.address).replace("{{", "{").replace("}}", "}") for how in HOW]


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """Listens at its own address, and to everything that goes out: it is the proxy too."""
    made = Listener()
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, made.address)
    urllib.request.install_opener(None)  # `urlopen` keeps the proxies that it found when first called
    yield made
    urllib.request.install_opener(None)
    made.socket.close()


def fetched_by_readers(written: bytes) -> list[str]:
    """What a program that opens this file would go and get."""
    if not written.startswith(b"PK"):
        return []
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        return [
            name
            for name in package.namelist()
            if name.endswith(".rels") and b'TargetMode="External"' in package.read(name)
        ]


def test_the_listener_hears_what_is_fetched(listener: Listener) -> None:
    for address in (listener.address, "http://example.com/"):
        with suppress(OSError):
            urllib.request.urlopen(address, timeout=5)

    assert listener.calls == 2


@pytest.mark.parametrize("form", [*FORMATS, "template"])
def test_no_writer_fetches_what_people_typed(listener: Listener, form: str, say: Say) -> None:
    texts = listener.texts()
    typed = ("title", "owner", "notes", "reason", "light_reason", "updated_by")
    blocked: dict[str, Any] = {"status": Status.BLOCKED}
    rows = tuple(
        make_row(f"1.1.{place + 1}", place, **blocked | dict.fromkeys(typed, text))
        for place, text in enumerate(texts)
    )
    named: dict[str, Any] = dict.fromkeys(("title", "organisation", "catalogue", "made_by", "view"), texts[0])
    report = make_report(**named, rows=rows, summary=tuple(texts), filters=((texts[1], texts[2]),))
    own = make_template("{{ title }}", "{% for row in items %}{{ row.notes }}{% endfor %}")
    write = write_with(own) if form == "template" else FORMATS[form].write

    written = write(report)

    assert listener.calls == 0
    assert fetched_by_readers(written) == []
    say(f"{len(texts)} ways of writing an address, {listener.calls} fetches", fetches=listener.calls)


@pytest.mark.slow
@pytest.mark.skipif(not find_office("writer"), reason="LibreOffice Writer is not installed")
@pytest.mark.no_database
def test_libreoffice_fetches_nothing_for_a_report_of_any_accepted_template(tmp_path: Path, say: Say) -> None:
    guarded, control = Listener(), Listener()
    report = make_report(measures=1, rows=(make_row(notes=guarded.address, title=guarded.address),))
    made = {
        f"{number}.docx": write_with(data)(report) for number, data in enumerate(accepted(guarded.address))
    }
    refused = {f"{kind}.docx": linked_picture(control.address, kind) for kind in ("image", "hyperlink")}
    for name, content in {**made, **refused}.items():
        (tmp_path / name).write_bytes(content)

    # One start for all of them, since it takes longer than the files.
    command = [str(find_office("writer")), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
    command += ["--headless", "--convert-to", "pdf", "--outdir", str(tmp_path / "out")]
    subprocess.run(
        [*command, *(str(tmp_path / name) for name in {**made, **refused})],
        check=True,
        capture_output=True,
        timeout=180,
    )

    assert {path.stem for path in (tmp_path / "out").iterdir()} == {
        Path(name).stem for name in {**made, **refused}
    }
    assert control.calls >= len(refused)
    assert guarded.calls == 0
    for content in refused.values():
        with pytest.raises(TemplateFault):
            validate_template(content)
    say(f"{len(made)} templates, {control.calls} calls without the guard, {guarded.calls} with it")


def accepted(address: str) -> Iterator[bytes]:
    """Templates of every maker, with the address wherever a template may have one."""
    for language in ("zh-hans", "zh-hant", "en"):
        with translation.override(language):
            yield start_template()
    yield make_template(
        address, "{% for row in items %}{{ row.notes }}{% endfor %}", header="{{ title }}", title=address
    )
    yield (Path(__file__).parent.parent / "data" / "libreoffice.docx").read_bytes()
    yield every_part_of_word(RELATIONS)
    yield full_of(address)


@pytest.mark.django_db
def test_the_site_fetches_nothing_for_its_reports_and_for_what_is_uploaded(
    listener: Listener, checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    for number, text in enumerate(listener.texts()):
        owner = make_owner(checklist, f"{number} {text}"[:100])
        item = find_item(checklist, f"{number // 6 + 1}.{number % 6 // 3 + 1}.{number % 3 + 1}")
        change(item, by=administrator, notes=text, owner=owner, status=Status.DONE)
    client = sign_in(administrator)
    outside = bombs.OUTSIDE % int(listener.address.split(":")[2].strip("/"))

    for form in FORMATS:
        assert client.get(f"/checklists/henan/report/?format={form}&language=zh-hans").status_code == 200
    for part in (bombs.SHEET, bombs.STRINGS, "xl/workbook.xml"):
        upload(client, bombs.with_parts(bombs.sheet(), {part: outside}))
    link = linked_picture(listener.address, "hyperlink")
    assert (
        client.post(
            "/checklists/henan/report/templates/", {"name": "样式", "upload": io.BytesIO(link)}
        ).status_code
        == 422
    )
    for part in (bombs.TEXT, "word/_rels/document.xml.rels"):
        sent = {"name": "样式", "upload": io.BytesIO(bombs.with_parts(bombs.document(), {part: outside}))}
        assert client.post("/checklists/henan/report/templates/", sent).status_code == 422

    assert listener.calls == 0
