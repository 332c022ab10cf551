"""Memory of a web process in the course of many mixed requests: `python -m bench.memory [sqlite|postgresql]`.

10,000 by itself is minutes; REQUESTS=2000 asks for fewer.
"""

import os
import subprocess
import sys
from pathlib import Path

from bench import _databases, _figures

LARGE, WARM_UP = 260_000, 500
REQUESTS = int(os.environ.get("REQUESTS", "10000"))
PAGES = (
    "/checklists/henan/",
    "/checklists/henan/items/?pillar=2&status=in_progress&sort=due",
    "/checklists/henan/items/?below=1&pillar=2&page={page}",
    "/checklists/henan/items/{code}/",
    "/checklists/u{unit}/items/?light=red",
    "/checklists/u{unit}/",
    "/checklists/henan/items/?q=部署&status=done",
    "/checklists/nowhere/",
)


def main() -> None:
    for engine in sys.argv[1:] or _databases.ENGINES:
        subprocess.run([sys.executable, "-m", "bench.memory", "--measure", engine], check=True)


def measure(engine: str) -> None:
    """After the first 500 requests everything that is kept on purpose is there; then it must not grow."""
    _databases.set_up(_databases.provinces(engine)[LARGE], _databases.KEPT, "bench.settings")
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(User.objects.get(username="administrator"))
    before = 0.0
    for number in range(WARM_UP + REQUESTS):
        if number == WARM_UP:
            before = resident()
        code = f"{number % 4 + 1}.{number % 5 + 1}.{number % 3 + 1}"
        address = PAGES[number % len(PAGES)].format(page=number % 180 + 1, code=code, unit=number % 2599 + 1)
        assert client.get(address).status_code in (200, 404), address
    result = _figures.compared(
        f"memory after {REQUESTS:,} requests", engine, LARGE, [resident()], [before], "MiB before them", 1.1
    )
    _figures.keep([result])
    sys.stdout.write(_figures.table([result]))


def resident() -> float:
    """MiB of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


if __name__ == "__main__":
    measure(sys.argv[2]) if sys.argv[1:2] == ["--measure"] else main()
