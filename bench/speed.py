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
# Of two characters and of four; of titles, of few notes and of many.
WORDS = ("窑洞", "黄河滩区", "调研", "走访调研", "没有此词")


def main() -> None:
    for engine in sys.argv[1:] or _databases.ENGINES:
        # Each in a separate process: Django is set up once.
        subprocess.run([sys.executable, "-m", "bench.speed", "--measure", engine], check=True)


def measure(engine: str) -> None:
    addresses = _databases.provinces(engine)
    others = {str(size): address for size, address in addresses.items() if size != LARGE}
    os.environ["BENCH_DATABASES"] = json.dumps(others)
    _databases.set_up(addresses[LARGE], _databases.KEPT, "bench.settings")
    bench = Bench(engine)
    pages = (bench.one_checklist, bench.whole_tree, bench.other_pages, bench.todo)
    works = (*pages, bench.item_and_overview, bench.rows_to_edit, bench.search, bench.roll_up)
    results = [result for work in works for result in work()]
    _figures.keep(results)
    sys.stdout.write(_figures.table(results))


class Bench:
    """One engine with all three sizes; an administrator of 河南 is signed in to each, as who works there.

    The peers know no roles: they are shown to a superuser.
    """

    def __init__(self, engine: str) -> None:
        from django.contrib.auth.models import User
        from django.test import Client

        from bench.settings import Router
        from measures.choices import Role
        from measures.models import Checklist

        self.engine, self.router = engine, Router
        self.clients: dict[int, Client] = {}
        self.operators: dict[int, Client] = {}
        for size in (SMALL, MIDDLE, LARGE):
            self.use(size)
            # Of the staff, so that the admin lets them in.
            worker, made = User.objects.update_or_create(username="worker", defaults={"is_staff": True})
            if made:
                province = Checklist.objects.get(slug="henan")
                worker.memberships.create(checklist=province, role=Role.ADMINISTRATOR)
            for clients, user in (
                (self.clients, worker),
                (self.operators, User.objects.get(is_superuser=True)),
            ):
                clients[size] = Client()
                clients[size].force_login(user)

    def use(self, size: int) -> None:
        self.router.using = "default" if size == LARGE else str(size)

    def page(self, address: str, size: int = LARGE) -> Callable[[], object]:
        """What fetches this page from the database of this size."""

        def fetch() -> None:
            self.use(size)
            clients = (
                self.operators if address.startswith(("/peers/admin/", "/peers/edit/")) else self.clients
            )
            answer = clients[size].get(address)
            assert answer.status_code == 200, (address, answer.status_code)

        return fetch

    def floor(self, address: str, size: int = LARGE) -> Callable[[], object]:
        """What fetches the same SQL's answers as text, through the same middleware."""
        from django.db import connections

        from bench import list_peers

        fetch = self.page(address, size)
        fetch()
        self.use(size)
        with list_peers.sent_meanwhile(connections[self.router.using]) as sent:
            fetch()
        # The middleware asks for session and user in both.
        own = [one for one in sent if "measures_session" not in one.sql and 'FROM "auth_user"' not in one.sql]
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
            compared(figure, self.engine, LARGE, taken["ours"], taken["floor"], "floor", 3.5),
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
            line(figure, "large", "small", "itself at 100 items", 1.3),
            line(figure, "large", "middle", "itself at 10,000 items", 1.5),
            line(figure, "large", "admin", "stock admin", 0.25),
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
        small, past = "itself at 100 items", "report as of a day"
        return [
            compared("overview", self.engine, LARGE, taken["large"], taken["small"], small, 1.3),
            compared(past, self.engine, LARGE, taken["past"], taken["today"], "today's", 2),
        ]

    def item_and_overview(self) -> list[dict[str, Any]]:
        """The page of an item against the list, and both pages against their own SQL."""
        item, overview = "/checklists/henan/items/2.1.1/", "/checklists/henan/"
        taken = rounds(
            {
                "item": self.page(item),
                "item floor": self.floor(item),
                "overview": self.page(overview),
                "overview floor": self.floor(overview),
                "list": self.page(f"{LIST}?{FILTERS}"),
            }
        )

        lines = [("item", "list", "list of one checklist", 1), ("item", "item floor", "floor", 4)]
        return [
            compared(figure, self.engine, LARGE, taken[figure], taken[other], what, bound)
            for figure, other, what, bound in [*lines, ("overview", "overview floor", "floor", 4)]
        ]

    def rows_to_edit(self) -> list[dict[str, Any]]:
        """The admin's list with 50 rows to edit, for an administrator of the only checklist."""
        taken = rounds(
            {
                "ours": self.page("/admin/measures/item/", SMALL),
                "stock": self.page("/peers/edit/measures/item/", SMALL),
                "list": self.page(f"{LIST}?{FILTERS}", SMALL),
            }
        )

        return [
            compared("rows to edit", self.engine, SMALL, taken["ours"], taken[other], what, bound)
            for other, what, bound in (("stock", "stock admin", 0.4), ("list", "list of one checklist", 4))
        ]

    def todo(self) -> list[dict[str, Any]]:
        """The to-do page of who administers the province, against a list and itself in a small ledger."""
        taken = rounds(
            {
                "large": self.page("/"),
                "list": self.page(f"{LIST}?{FILTERS}"),
                "small": self.page("/", SMALL),
            }
        )

        def line(other: str, what: str, bound: float) -> dict[str, Any]:
            return compared("to-do page", self.engine, LARGE, taken["large"], taken[other], what, bound)

        return [line("list", "list of one checklist", 2), line("small", "itself at 100 items", 1.3)]

    def search(self) -> list[dict[str, Any]]:
        """The first page of what is found below the province, and how many there are, against LIKE.

        Reading all notes for it, and as it may stop where the page is full and enough are counted.
        """
        from bench import query_peers
        from measures.ledger.paging import LongPaginator
        from measures.models import Checklist, Item

        self.use(LARGE)
        below = Checklist.objects.tree(Checklist.objects.get(slug="henan"))
        items = Item.objects.of_units(below).order_by("due", "pk")

        def first_page(find: Callable[[], Any]) -> Callable[[], object]:
            def fetch() -> list[int]:
                pages = LongPaginator(find(), 50)
                return [pages.found, *pages.get_page(1).keys]

            return fetch

        results = []
        for word in WORDS:
            ours = first_page(lambda: items.matching(word, indexed=True))  # noqa: B023 - called within its turn
            plain = first_page(lambda: query_peers.by_like(items, word))  # noqa: B023
            assert ours() == plain(), word
            scan = query_peers.by_like(items, word).order_by().count
            taken = rounds({"ours": ours, "plain": plain, "scan": scan}, times=7)
            results += [
                compared(f"search, {word}", self.engine, LARGE, taken["ours"], taken[other], what, bound)
                for other, what, bound in (
                    ("scan", "LIKE over all", 0.1),
                    ("plain", "LIKE to a full page", 2),
                )
            ]
        return results

    def roll_up(self) -> list[dict[str, Any]]:
        """2,600 units by four pillars, against a bare GROUP BY that the covering index answers."""
        from django.utils import timezone

        from bench import query_peers
        from measures.lights import start_of_day
        from measures.tree.today import tree_today

        self.use(LARGE)
        today = timezone.localdate()
        start = today.replace(day=1)
        moment = start_of_day(start)

        def ours() -> None:
            top = tree_today("/henan/", on=today, start=start)
            assert top.whole.items == LARGE

        taken = rounds(
            {
                "ours": ours,
                "same": lambda: query_peers.bare(query_peers.SIX_COUNTS, today, moment, moment),
            },
            times=9,
        )

        what = "GROUP BY, six counts"
        return [compared("roll-up", self.engine, LARGE, taken["ours"], taken["same"], what, 2)]


if __name__ == "__main__":
    measure(sys.argv[2]) if sys.argv[1:2] == ["--measure"] else main()
