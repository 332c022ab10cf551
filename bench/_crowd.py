"""People at a site, as locust plays them: `bench/load.py` starts it and says who they are and where.

Each has one role and does what that role does: reads its list, opens items, looks for words, reads a report;
an editor also saves. Between two pages a person reads for some seconds.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

from locust import HttpUser, between, events, task

PLAN = json.loads(Path(os.environ["LOAD_PLAN"]).read_text())
THINKS = between(*PLAN["seconds_between"])
VERSION = re.compile(r'name="version" value="(\d+)"')
PEOPLE = iter(PLAN["people"])


class Person(HttpUser):
    wait_time = THINKS

    def on_start(self) -> None:
        self.person: dict[str, Any] = next(PEOPLE)
        self.root = f"/checklists/{self.person['checklist']}/"
        self.turn = 0
        self.client.cookies.update({"sessionid": self.person["session"], "csrftoken": self.person["token"]})
        self.client.headers.update({"Accept-Language": "zh-CN", "Referer": self.host or ""})

    def page(self, name: str, address: str = "") -> Any:
        # A redirect to the sign-in page counts as a failure.
        with self.client.get(
            self.root + address, name=name, allow_redirects=False, catch_response=True
        ) as said:
            if said.status_code != 200:
                said.failure(f"{said.status_code} for {self.person['role']}")
            return said

    @task(4)
    def reads_the_list(self) -> None:
        self.page("list", "items/?pillar=2&status=in_progress&sort=due")

    @task(2)
    def turns_a_page(self) -> None:
        self.turn += 1
        self.page("list, next page", f"items/?sort=-updated&page={self.turn % 2 + 1}")

    @task(3)
    def opens_an_item(self) -> None:
        self.page("item", f"items/{self.code()}/")

    @task(2)
    def reads_the_overview(self) -> None:
        self.page("overview")

    @task(1)
    def looks_for_words(self) -> None:
        self.page("search", "items/?below=1&q=澄清正名")

    @task(1)
    def reads_the_report(self) -> None:
        self.page("report", "report/")

    @task(2)
    def does_what_the_role_does(self) -> None:
        if self.person["role"] == "editor":
            self.saves()
        elif self.person["role"] == "auditor":
            self.client.get("/audit/", name="audit")
        elif self.person["leads"]:
            self.page("list of a tree", "items/?below=1&status=in_progress&sort=due")
            self.page("units, the province" if self.person["leads_all"] else "units, a city", "units/")

    def saves(self) -> None:
        if self.person["own"] is None:
            return
        address = f"items/{self.person['own']}/"
        shown = self.page("item", address)
        found = VERSION.search(shown.text)
        if found is None:
            return
        self.turn += 1
        # No due date: a unit asks to move it.
        sent = {"status": "in_progress", "owner": self.person["owner"], "reason": "年底前调整"}
        sent |= {"notes": f"第{self.turn}次督办，已整改。", "version": found[1]}
        sent["csrfmiddlewaretoken"] = self.person["token"]
        answer = self.client.post(
            self.root + address, sent, name="save", allow_redirects=False, catch_response=True
        )
        with answer as said:
            # Two of an office may act for one owner: then the later one is shown both versions.
            if said.status_code in (302, 409):
                said.success()

    def code(self) -> str:
        self.turn += 1
        return f"1.{self.turn % 2 + 1}.{self.turn % 5 + 1}"


# Once all are there, what was measured of those who came first is dropped; what failed then is not.
failed: list[str] = []


@events.request.add_listener
def note_failure(name: str, exception: Exception | None, **kwargs: Any) -> None:
    if exception:
        failed.append(f"{name}: {exception}")


@events.quitting.add_listener
def tell(environment: Any, **kwargs: Any) -> None:
    """Write down what everybody waited for, in milliseconds."""
    pages = {
        entry.name: {
            "requests": entry.num_requests,
            "median": entry.get_response_time_percentile(0.5),
            "p95": entry.get_response_time_percentile(0.95),
        }
        for entry in environment.stats.entries.values()
    }
    total = environment.stats.total
    told = {
        "pages": pages,
        "a_second": total.num_requests / (total.last_request_timestamp - total.start_time),
        "failed": failed,
    }
    Path(PLAN["told"]).write_text(json.dumps(told, ensure_ascii=False))
