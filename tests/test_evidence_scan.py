"""Evidence is scanned by a clamd, if there is one: here a stand-in that speaks its protocol INSTREAM."""

import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from measures.models import Evidence, Item
from tests.evidence_make import PDF, send, signed_in

pytestmark = pytest.mark.any_engine

EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Clamd:
    """Answers each connection in turn; `received` is what each sent, put together from its chunks."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener, self.received, self.answer = listener, list[bytes](), b""
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                client, _address = self.listener.accept()
            except OSError:
                return
            with client, client.makefile("rwb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack(">L", stream.read(4))[0]:
                    content += stream.read(length)
                self.received.append(content)
                verdict = b"stream: Eicar-Test FOUND\0" if EICAR in content else b"stream: OK\0"
                stream.write(self.answer or verdict)


@pytest.fixture
def clamd(tmp_path: Path, settings: Settings) -> Iterator[Clamd]:
    path = tmp_path / "clamd.ctl"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()
        settings.CLAMD_SOCKET = str(path)
        yield Clamd(listener)


def test_a_clean_file_is_taken_and_an_infected_one_is_not(given: Item, editor: User, clamd: Clamd) -> None:
    long = PDF + b"x" * 200_000
    assert send(signed_in(editor), content=long).status_code == 302
    answer = send(signed_in(editor), "b.txt", EICAR)

    assert answer.status_code == 422
    assert "Eicar-Test" in answer.content.decode()
    assert clamd.received == [long, EICAR]
    assert Evidence.objects.count() == 1


def test_while_the_scanner_does_not_answer_no_file_is_taken(
    given: Item, editor: User, clamd: Clamd, settings: Settings
) -> None:
    clamd.answer = b"INSTREAM size limit exceeded. ERROR\0"
    assert send(signed_in(editor)).status_code == 503
    settings.CLAMD_SOCKET = "127.0.0.1:1"
    answer = send(signed_in(editor))

    assert answer.status_code == 503
    assert "scanner does not answer" in answer.content.decode()
    assert not Evidence.objects.exists()
    assert send(signed_in(editor), "", link="https://example.org").status_code == 302


def test_a_scanner_is_reached_by_host_and_port_too(given: Item, editor: User, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        clamd = Clamd(listener)
        settings.CLAMD_SOCKET = f"127.0.0.1:{listener.getsockname()[1]}"

        assert send(signed_in(editor)).status_code == 302
    assert clamd.received == [PDF]
