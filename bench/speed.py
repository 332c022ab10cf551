"""The pages and files of a province against their peers: `python -m bench.speed [sqlite|postgresql]`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from bench import _databases, _figures
from bench._figures import compared, rounds

LIST = "/checklists/henan/items/"
FILTERS = "pillar=2&status=in_progress&sort=due"
LARGE, MIDDLE, SMALL = 260_000, 10_000, 100


def main() -> None:
    for engine in sys.argv[1:] or _databases.ENGINES:
        # Each in a process of its own: Django is set up once.
        subprocess.run([sys.executable, "-m", "bench.speed", "--measure", engine], check=True)


def measure(engine: str) -> None:
    addresses = _databases.provinces(engine)
    others = {str(size): address for size, address in addresses.items() if size != LARGE}
    os.environ["BENCH_DATABASES"] = json.dumps(others)
    _databases.set_up(addresses[LARGE], _databases.KEPT, "bench.settings")
    bench = Bench(engine)
    results = [*bench.one_checklist(), *bench.whole_tree(), *bench.other_pages()]
    _figures.keep(results)
    sys.stdout.write(_figures.table(results))


class Bench:
    """One engine with all three sizes, and somebody signed in to each."""

    def __init__(self, engine: str) -> None:
        from django.contrib.auth.models import User
        from django.test import Client

        from bench.settings import Router

        self.engine, self.router, self.clients = engine, Router, {}
        for size in (SMALL, MIDDLE, LARGE):
            self.use(size)
            self.clients[size] = Client()
            self.clients[size].force_login(User.objects.get(username="administrator"))

    def use(self, size: int) -> None:
        self.router.using = "default" if size == LARGE else str(size)

    def page(self, address: str, size: int = LARGE) -> Callable[[], object]:
        """What fetches this page from the database of this size."""

        def fetch() -> None:
            self.use(size)
            answer = self.clients[size].get(address)
            assert answer.status_code == 200, (address, answer.status_code)

        return fetch

    def floor(self, address: str, size: int = LARGE) -> Callable[[], object]:
        """What fetches the same SQL's answers as text, through the same middleware."""
        from django.db import connections
        from django.test.utils import CaptureQueriesContext

        from bench import list_peers

        fetch = self.page(address, size)
        fetch()
        self.use(size)
        with CaptureQueriesContext(connections[self.router.using]) as captured:
            fetch()
        # The middleware asks for session and user in both.
        told = [one["sql"] for one in captured.captured_queries]
        own = [sql for sql in told if "measures_session" not in sql and 'FROM "auth_user"' not in sql]
        bare = self.page("/peers/floor/", size)

        def answer() -> None:
            list_peers.statements[:] = own
            bare()

        return answer

    def one_checklist(self) -> list[dict[str, Any]]:
        """The list of 100 items, in a table of 260,000."""
        address = f"{LIST}?{FILTERS}"
        peer = "pillar__id__exact=2&status__exact=in_progress"
        taken = rounds(
            {
                "ours": self.page(address),
                "admin": self.page(f"/peers/admin/measures/item/?checklist__id__exact=1&{peer}&o=6"),
                "tables2": self.page("/peers/tables/?checklist=1&pillar=2&status=in_progress&sort=due"),
                "floor": self.floor(address),
            }
        )
        figure = "list, one checklist"
        return [
            compared(figure, self.engine, LARGE, taken["ours"], taken["admin"], "stock admin", 0.4),
            compared(figure, self.engine, LARGE, taken["ours"], taken["tables2"], "django-tables2", 0.4),
            compared(figure, self.engine, LARGE, taken["ours"], taken["floor"], "floor", 4),
        ]

    def whole_tree(self) -> list[dict[str, Any]]:
        """The list of all items below the province."""
        address = f"{LIST}?below=1&{FILTERS}"
        peer = "pillar__id__exact=2&status__exact=in_progress"
        taken = rounds(
            {
                "large": self.page(address),
                "middle": self.page(address, MIDDLE),
                "small": self.page(address, SMALL),
                "admin": self.page(f"/peers/admin/measures/item/?{peer}&o=6"),
                "tables2": self.page("/peers/tables/?pillar=2&status=in_progress&sort=due"),
                "floor": self.floor(address),
                "first": self.page(f"{LIST}?below=1&sort=due"),
                "deep": self.page(f"{LIST}?below=1&sort=due&page=5000"),
                "city": self.page(f"/checklists/u1/items/?below=1&{FILTERS}"),
            },
            times=11,
        )
        figure = "list, whole tree"

        def line(name: str, ours: str, other: str, what: str, bound: float) -> dict[str, Any]:
            return compared(name, self.engine, LARGE, taken[ours], taken[other], what, bound)

        return [
            line(figure, "large", "small", "itself at 100 items", 1.5),
            line(figure, "large", "middle", "itself at 10,000 items", 1.5),
            line(figure, "large", "admin", "stock admin", 0.2),
            line(figure, "large", "tables2", "django-tables2", 0.2),
            line(figure, "large", "floor", "floor", 4),
            line("list, page 5,000", "deep", "first", "its page 1", 2),
            line("list, below a city", "city", "small", "itself at 100 items", 1.5),
        ]

    def other_pages(self) -> list[dict[str, Any]]:
        """The overview at two sizes, and a report of the past against today's."""
        overview, report = "/checklists/henan/", "/checklists/henan/report/"
        taken = rounds(
            {
                "small": self.page(overview, SMALL),
                "large": self.page(overview),
                "today": self.page(report),
                "past": self.page(f"{report}?as_of=2026-09-30"),
            },
            times=11,
        )
        return [
            compared(
                "overview", self.engine, LARGE, taken["large"], taken["small"], "itself at 100 items", 1.3
            ),
            compared("report as of a day", self.engine, LARGE, taken["past"], taken["today"], "today's", 2),
        ]


if __name__ == "__main__":
    measure(sys.argv[2]) if sys.argv[1:2] == ["--measure"] else main()
