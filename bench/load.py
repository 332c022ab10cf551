"""Two hundred people for three minutes on 260,000 items: `python -m bench.load [sqlite|postgresql]`.

A real server on 127.0.0.1, as `make run` starts it, over a copy of the province. First the administrators of
the province and of a city, an editor and an auditor, each alone; then all, played by locust. USERS=20
SECONDS=30 asks for less.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import _databases, _figures

LARGE, BOUND = 260_000, 10
USERS, SECONDS = int(os.environ.get("USERS", "200")), int(os.environ.get("SECONDS", "180"))
SECONDS_BETWEEN = (5, 15)  # for which a person reads
A_SECOND = 10  # who arrive; all are there before anything is measured
SECONDS_ALONE = 20  # in which one person of each role asks without a pause
# Roles in turn, and at which units: the province and its cities lead others; townships have nothing below.
TOP, TOWNSHIPS = range(18), range(175, 2600)
ROLES = (
    *(("editor", TOWNSHIPS), ("viewer", TOWNSHIPS)) * 4,
    ("administrator", TOP),
    ("auditor", TOP),
)


def main() -> None:
    for engine in sys.argv[1:] or _databases.ENGINES:
        subprocess.run([sys.executable, "-m", "bench.load", "--measure", engine], check=True)


def measure(engine: str) -> None:
    from tests.serving import make_site

    with tempfile.TemporaryDirectory(prefix="taizhang-load-") as name:
        folder = Path(name)
        address = _databases.copied_province(engine, LARGE, folder)
        _databases.set_up(address, folder)
        people = make_people()
        site = make_site(folder, address, HTTPS="0", SECRET_KEY=os.environ["SECRET_KEY"])
        site.manage("collectstatic", "--no-input")
        site.start()
        try:
            host = f"http://127.0.0.1:{site.port}"
            alone: dict[str, Any] = {}
            # The roll-up of the province counts seventeen times as much as that of a city.
            of_role = {role: [person for person in people if person["role"] == role] for role, _ in ROLES}
            top = next(person for person in of_role["administrator"] if person["leads_all"])
            city = next(person for person in of_role["administrator"] if not person["leads_all"])
            for one in (top, city, of_role["editor"][0], of_role["auditor"][0]):
                alone |= play([one], host, folder, seconds=SECONDS_ALONE, between=(0, 0))["pages"]
            together = play(people, host, folder, seconds=SECONDS, between=SECONDS_BETWEEN)
        finally:
            site.stop()
        broken = site.log().count("Internal Server Error")
    results = [
        _figures.compared(
            f"load, p95 of {page}", engine, LARGE, [told["p95"]], [alone[page]["median"]], "one alone", BOUND
        )
        for page, told in sorted(together["pages"].items())
    ]
    _figures.keep(results)
    sys.stdout.write(_figures.table(results))
    failed, asked = together["failed"], sum(told["requests"] for told in together["pages"].values())
    sys.stdout.write(
        f"{engine}: {USERS} people, {SECONDS} s, {asked} "
        f"requests, {together['a_second']:.1f} a second; {len(failed)} failed {failed[:5] or ''}, "
        f"{broken} broke the site\n"
    )
    if broken or failed:
        sys.exit(1)


def make_people() -> list[dict[str, Any]]:
    """People of the province, each with a role at one unit and signed in; every tenth leads others."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from measures.models import Checklist, Membership

    units = list(Checklist.objects.order_by("pk"))
    people = []
    for number in range(USERS):
        role, places = ROLES[number % len(ROLES)]
        # Step by step over all units of that kind, whatever the number of people.
        checklist = units[places[number * 7919 % len(places)]]
        owner = checklist.owners.order_by("pk")[0]
        user = User.objects.create(username=f"load{number}", first_name=f"人员{number}")
        acting = {"owner": owner} if role == "editor" else {}
        Membership.objects.create(user=user, checklist=checklist, role=role, **acting)
        client = Client()
        client.force_login(user)
        going_on = checklist.items.filter(owner=owner, status="in_progress")
        own = going_on.values_list("measure__code", flat=True).first()
        people.append(
            {
                "role": role,
                "checklist": checklist.slug,
                "leads": checklist.children.exists(),
                "leads_all": checklist.parent_id is None,
                "owner": str(owner.pk),
                "own": own,
                "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "token": secrets.token_hex(16),
            }
        )
    return people


def play(
    people: list[dict[str, Any]], host: str, folder: Path, *, seconds: int, between: tuple[int, int]
) -> Any:
    """What these people waited for, by the name of the page: bench/_crowd.py tells it."""
    plan, told = folder / "plan.json", folder / "told.json"
    plan.write_text(json.dumps({"people": people, "seconds_between": between, "told": str(told)}))
    users = str(len(people))
    command = [sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("_crowd.py"))]
    options = ["--headless", "--only-summary", "--loglevel", "ERROR", "--host", host, "--reset-stats"]
    arriving = len(people) // A_SECOND
    numbers = ["--users", users, "--spawn-rate", str(A_SECOND), "--run-time", f"{arriving + seconds}s"]
    with (folder / "locust").open("w") as output:
        subprocess.run(
            [*command, *options, *numbers],
            env=os.environ | {"LOAD_PLAN": str(plan)},
            stdout=output,
            stderr=output,
            check=False,
            timeout=arriving + seconds + 120,
        )
    assert told.exists(), (folder / "locust").read_text()
    return json.loads(told.read_text())


if __name__ == "__main__":
    measure(sys.argv[2]) if sys.argv[1:2] == ["--measure"] else main()
