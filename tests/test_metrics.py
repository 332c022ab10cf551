"""/metrics: figures for a monitor, for the addresses that may read them alone."""

import ipaddress
import json
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from measures.models import Checklist
from measures.operations import jobs
from measures.operations.access_log import takes_lock
from tests.make import SignIn

DEPLOY = Path(__file__).parent.parent / "deploy"
pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def figures(text: str) -> dict[str, float]:
    """The value of each sample, by its name and labels."""
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def read() -> dict[str, float]:
    response = Client().get("/metrics", headers={"Host": "10.1.2.3:8000"})
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=")
    return figures(response.content.decode())


def test_requests_are_counted_by_route_and_status(
    viewer: User, checklist: Checklist, sign_in: SignIn
) -> None:
    client = sign_in(viewer)
    name = 'taizhang_request_seconds_count{method="GET",route="items",status="200"}'
    before = read().get(name, 0)

    client.get("/checklists/henan/items/?q=某某")

    after = read()
    assert after[name] == before + 1
    assert after['taizhang_queries_total{route="items"}'] > 3
    assert not [one for one in after if "henan" in one or "某" in one]


def test_time_in_statements_that_wait_for_a_lock_is_counted(
    administrator: User, checklist: Checklist, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    name = 'taizhang_lock_seconds_total{route="add-period"}'
    before = read().get(name, 0)

    client.post("/checklists/henan/periods/add/", {"starts": "2026-01-01", "ends": "2026-01-09"})

    assert checklist.periods.count() == 1
    assert (read()[name] > before) is (connection.vendor == "postgresql")


@pytest.mark.parametrize(
    "sql",
    ["BEGIN IMMEDIATE", "SELECT pg_advisory_xact_lock_shared(%s)", 'SELECT 1 FOR NO KEY UPDATE OF "a"'],
)
def test_statements_that_lock_are_known(sql: str) -> None:
    assert takes_lock(sql)
    assert not takes_lock("SELECT for_update FROM a")


def test_the_state_of_the_site_is_told(settings: Settings, checklist: Checklist) -> None:
    jobs.record_run("backup", at=timezone.localtime())
    jobs.record_run("verify_audit", at=timezone.localtime(), error="broken")

    found = read()

    assert found[f'taizhang_release{{version="{settings.VERSION}"}}'] == 1
    assert found["taizhang_database_up"] == 1
    assert found["taizhang_disk_free_bytes"] > 0
    assert 0 <= found['taizhang_job_age_seconds{job="backup"}'] < 60
    assert found['taizhang_job_failed{job="backup"}'] == 0
    assert found['taizhang_job_failed{job="verify_audit"}'] == 1


@pytest.mark.parametrize(
    ("behind", "direct", "headers", "allowed"),
    [
        (False, "127.0.0.1", {}, True),
        (False, "::1", {}, True),
        (False, "10.0.0.7", {}, False),
        (False, "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, False),
        (False, "127.0.0.1", {"X-Real-IP": "127.0.0.1"}, False),
        (False, "127.0.0.1", {"Forwarded": "for=127.0.0.1"}, False),
        (True, "127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}, False),
        (True, "127.0.0.1", {"X-Forwarded-For": "127.0.0.1, 10.0.0.7"}, False),
        (True, "127.0.0.1", {"X-Forwarded-For": "nonsense"}, False),
        (True, "127.0.0.1", {}, True),
    ],
)
def test_only_an_allowed_address_reads_them_and_others_find_nothing(
    settings: Settings, behind: bool, direct: str, headers: dict[str, str], allowed: bool
) -> None:
    settings.BEHIND_PROXY = behind

    response = Client().get("/metrics", headers=headers, REMOTE_ADDR=direct)

    assert (response.status_code == 200) is allowed
    assert allowed or (response.status_code == 404 and b"taizhang_" not in response.content)


def test_a_network_can_be_allowed(settings: Settings) -> None:
    settings.METRICS_ALLOW = [ipaddress.ip_network("10.0.0.0/24")]

    assert Client().get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 200
    assert Client().get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404


def test_the_dashboard_and_the_alerts_ask_only_for_what_there_is(checklist: Checklist) -> None:
    Client().get("/sign-in/")
    jobs.record_run("backup", at=timezone.localtime())
    there = {name.partition("{")[0] for name in read()}
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text("utf-8"))
    alerts = (DEPLOY / "prometheus-alerts.yaml").read_text("utf-8")

    asked = set(re.findall(r"taizhang_\w+", json.dumps(dashboard) + alerts))

    assert asked
    assert asked <= there
    assert len(re.findall(r"- alert: ", alerts)) == 6
