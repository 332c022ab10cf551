"""People at a live site, over HTTP: they sign in, save, edit many at once, and note what was acknowledged."""

import http.client
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.faults.world import PASSWORD, SLUG
from tests.serving import Site

LIST = f"/checklists/{SLUG}/items/"
UPLOAD = f"/checklists/{SLUG}/import/"
VERSION = re.compile(r'name="version" value="(\d+)"')
TOKEN = re.compile(r'name="token" value="([^"]+)"')
GONE = (OSError, http.client.HTTPException)
BOUNDARY = "of-a-form-with-files"
IN_PARTS = f"multipart/form-data; boundary={BOUNDARY}"

type File = tuple[str, str, bytes]  # its name, its type, what is in it


@dataclass
class Answer:
    status: int
    body: str
    location: str
    seconds: float


def in_parts(fields: dict[str, str], files: dict[str, File]) -> bytes:
    """A form with files, as a browser sends it."""
    begin = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
    parts = [f'{begin}{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
    for name, (filename, kind, content) in files.items():
        head = f'{begin}{name}"; filename="{filename}"\r\nContent-Type: {kind}\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


class Person:
    """One browser. Each request uses a new connection, as behind a proxy."""

    def __init__(self, site: Site, name: str) -> None:
        self.site, self.name = site, name
        self.cookies: dict[str, str] = {}

    def ask(
        self,
        method: str,
        path: str,
        fields: dict[str, str] | None = None,
        timeout: float = 30,
        files: dict[str, File] | None = None,
    ) -> Answer:
        """The answer; one of GONE where there is none."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Forwarded-Proto": "https",
            "Referer": f"https://127.0.0.1:{self.site.port}/",
            "Host": f"127.0.0.1:{self.site.port}",
        }
        body: bytes | None = None
        if fields is not None:
            csrf = next((value for name, value in self.cookies.items() if "csrf" in name), "")
            fields = fields | {"csrfmiddlewaretoken": csrf}
            body = in_parts(fields, files) if files else urlencode(fields).encode()
            headers["Content-Type"] = IN_PARTS if files else "application/x-www-form-urlencoded"
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, text, response.getheader("Location") or "", time.monotonic() - began)

    def sign_in(self) -> "Person":
        self.ask("GET", "/sign-in/")
        answer = self.ask("POST", "/sign-in/", {"username": self.name, "password": PASSWORD})
        assert answer.status == 302, answer
        return self

    def save(self, code: str, version: int, notes: str, **fields: str) -> Answer:
        """Notes on one item: 302 is the acknowledgement."""
        sent = {"status": "in_progress", "owner": "", "due": "", "reason": "", "notes": notes}
        return self.ask("POST", f"{LIST}{code}/", sent | fields | {"version": str(version)})

    def edit_many(self, codes: list[str], words: str) -> Answer | None:
        """The same words added to many items, in a person's two steps; None where the first fails."""
        chosen = {"codes": ",".join(codes)}
        preview = self.ask("POST", f"{LIST}bulk/", chosen | {"preview": "1", "append": words})
        token = TOKEN.search(preview.body)
        if preview.status != 200 or not token:
            return None
        return self.ask("POST", f"{LIST}bulk/", {"apply": "1", "token": token[1]})

    def bring_back(self, codes: list[str], words: str) -> Answer | None:
        """A sheet in which these items have these notes, uploaded and applied; None where the first fails."""
        lines = ["编号,进展情况", *(f"{code},{words}" for code in codes)]
        sheet: File = ("台账.csv", "text/csv", "\r\n".join(lines).encode())
        preview = self.ask("POST", UPLOAD, {}, files={"file": sheet})
        token = TOKEN.search(preview.body)
        if preview.status != 200 or not token:
            return None
        return self.ask("POST", UPLOAD, {"apply": "1", "token": token[1]})


@dataclass
class Notebook:
    """What everybody was told, written down together."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    versions: dict[str, int] = field(default_factory=dict)
    acknowledged: list[tuple[str, str]] = field(default_factory=list)  # code, words
    batches: list[str] = field(default_factory=list)  # words of acknowledged bulk edits and imports
    answers: Counter[Any] = field(default_factory=Counter)
    made_on: Counter[tuple[str, int]] = field(default_factory=Counter)  # acknowledged saves by code, version
    imports: Counter[int] = field(default_factory=Counter)  # answers to sheets that were brought back
    cut: Counter[str] = field(default_factory=Counter)  # what got no answer, for the server was killed
    conflicts: int = 0
    seconds: list[float] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)

    def note(self, code: str, words: str, answer: Answer, version: int = 0) -> None:
        """Write down what came of a save, and on which version it was made."""
        with self.lock:
            self.answers[answer.status] += 1
            self.seconds.append(answer.seconds)
            if "database is locked" in answer.body or "Traceback" in answer.body:
                self.said["a database's own words shown to a person"] += 1
            if answer.status == 302:
                self.acknowledged.append((code, words))
                self.made_on[code, version] += bool(version)
                self.versions[code] = self.versions.get(code, 1) + 1
            elif answer.status == 409:
                self.conflicts += 1
                if found := VERSION.search(answer.body):
                    self.versions[code] = int(found[1])

    def slowest(self, share: float) -> float:
        """The seconds within which that share of the answers came."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def keep_saving(
    person: Person, mine: list[str], notebook: Notebook, stop: threading.Event, chance: random.Random
) -> None:
    """Save this person's items in turn until told to stop; keep trying if the server does not answer."""
    while not stop.is_set():
        code, words = chance.choice(mine), f"{person.name}-{chance.getrandbits(40):x}"
        try:
            version = notebook.versions[code]
            notebook.note(code, words, person.save(code, version, words), version)
        except GONE as error:
            notebook.answers[type(error).__name__] += 1
            notebook.cut["saves"] += not isinstance(error, ConnectionRefusedError)
            time.sleep(0.02)
