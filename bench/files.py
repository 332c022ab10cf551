"""The files of a whole province, carried away over HTTP, against peers: `python -m bench.files [engine]`.

A server of our own serves them all, one worker in one process, so that its memory can be read.
"""

import http.client
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench import _databases, _figures
from bench._figures import compared

LARGE, WORKBOOK = 260_000, 100_000
LIST = "/checklists/henan/items/?below=1"
OURS, OUR_WORKBOOK = f"{LIST}&format=csv", f"{LIST}&format=xlsx"
FLOOR, PEER = "/peers/floor.csv", "/peers/import-export.csv"
PORT = 8765


def main() -> None:
    for engine in sys.argv[1:] or _databases.ENGINES:
        subprocess.run([sys.executable, "-m", "bench.files", "--measure", engine], check=True)


def measure(engine: str) -> None:
    _databases.set_up(_databases.provinces(engine)[LARGE], _databases.KEPT, "bench.settings")
    for take in (csv_files, memory_of_a_workbook, workbooks):
        results = take(engine)
        _figures.keep(results)
        sys.stdout.write(_figures.table(results))


class Server:
    """One gunicorn of one worker, and a session of the administrator."""

    def __init__(self) -> None:
        from django.conf import settings
        from django.contrib.auth.models import User
        from django.test import Client

        client = Client()
        client.force_login(User.objects.get(username="administrator"))
        name = settings.SESSION_COOKIE_NAME
        self.cookie = f"{name}={client.cookies[name].value}"
        command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{PORT}", "-w", "1"]
        options = ["-k", "gthread", "--threads", "1", "--timeout", "600", "--log-level", "error"]
        self.process = subprocess.Popen([*command, *options, "config.wsgi"])
        for _try in range(600):
            try:
                self.fetch("/checklists/henan/")
                break
            except OSError:
                time.sleep(0.1)

    def worker(self) -> str:
        pid = self.process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]

    def memory(self, kind: str) -> float:
        """MiB of the worker: VmRSS now, VmHWM at its highest."""
        status = Path(f"/proc/{self.worker()}/status").read_text()
        return int(status.partition(f"{kind}:")[2].split()[0]) / 1024

    def spent(self) -> float:
        """Seconds on the processor, of all threads of the worker and of the database's server."""
        user, system = Path(f"/proc/{self.worker()}/stat").read_text().rpartition(")")[2].split()[11:13]
        ticks = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
        return ticks + _figures.spent() - time.process_time()

    def fetch(self, path: str) -> tuple[int, float, float]:
        """Bytes of the answer, and its seconds to the first byte and to the last."""
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=600)
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": self.cookie, "Accept-Language": "zh-CN"})
        response = connection.getresponse()
        assert response.status == 200, (path, response.status)
        size = len(response.read(1))
        first = time.perf_counter() - began
        while part := response.read(1 << 16):
            size += len(part)
        return size, first, time.perf_counter() - began

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=60)


def csv_files(engine: str) -> list[dict[str, Any]]:
    server = Server()
    try:
        server.fetch(LIST)
        before = server.memory("VmRSS")
        taken: dict[str, list[float]] = {}
        firsts, bytes_of = [], 0
        for path in (OURS, FLOOR) * 2 + (PEER,):
            began = server.spent()
            size, first, whole = server.fetch(path)
            taken.setdefault(path, []).append(1000 * (server.spent() - began))
            if path == OURS:
                firsts.append(first / whole)
                growth, bytes_of = server.memory("VmHWM") - before, size
    finally:
        server.stop()
    print(f"{engine}: {bytes_of / 1e6:.0f} MB; our memory grew by {growth:.0f} MiB at most")
    figure, ours = "CSV of all, over HTTP", taken[OURS]
    return [
        compared(figure, engine, LARGE, ours, taken[FLOOR], "bare cursor, csv.writer", 2.5),
        compared(figure, engine, LARGE, ours[:1], taken[PEER], "django-import-export", 0.25),
        compared("CSV of all, first byte", engine, LARGE, firsts, [1.0] * len(firsts), "the whole", 0.05),
        compared("CSV of all, memory", engine, LARGE, [growth], [40], "40 MiB", 1),
    ]


def memory_of_a_workbook(engine: str) -> list[dict[str, Any]]:
    """What the worker's memory grows by at most while it makes the workbook of the whole province."""
    server = Server()
    try:
        server.fetch(LIST)
        before = server.memory("VmRSS")
        server.fetch(OUR_WORKBOOK)
        growth = server.memory("VmHWM") - before
    finally:
        server.stop()
    return [compared("XLSX of all, memory", engine, LARGE, [growth], [40], "40 MiB", 1)]


def workbooks(engine: str) -> list[dict[str, Any]]:
    """A workbook of 100,000 items, ours and by openpyxl's write-only mode from the same values."""
    import tempfile
    from itertools import islice

    import openpyxl
    from django.utils.timezone import localdate
    from django.utils.translation import override

    from measures.ledger.columns import UNIT, chosen
    from measures.ledger.facts import facts_by_key
    from measures.models import Item
    from measures.sheets.long_xlsx import write_book
    from measures.sheets.write import sheet_value

    columns, on = [UNIT, *chosen([])], localdate()
    rows = list(islice(facts_by_key(Item.objects.all()), WORKBOOK))

    def ours() -> None:
        with tempfile.TemporaryFile() as output, override("zh-hans"):
            write_book(output, rows, columns, on, "河南")
            assert output.tell() > WORKBOOK

    def peer() -> None:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.append([str(column.heading) for column in columns])
        for row in rows:
            sheet.append([sheet_value(column.value(row, on)) for column in columns])
        with tempfile.TemporaryFile() as output:
            book.save(output)

    taken = _figures.rounds({"ours": ours, "peer": peer}, times=1, warm_up=False)
    return [compared("XLSX", engine, WORKBOOK, taken["ours"], taken["peer"], "openpyxl write-only", 0.85)]


if __name__ == "__main__":
    os.environ.setdefault("LANGUAGE_CODE", "zh-hans")
    measure(sys.argv[2]) if sys.argv[1:2] == ["--measure"] else main()
