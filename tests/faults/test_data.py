"""A fixture cut in the middle, a clock set back, a month of sessions."""

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.serializers.base import DeserializationError
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from measures.choices import Status
from measures.models import Checklist, Item, Session, Update
from tests.figures import Say
from tests.make import NOW, SignIn, change, find_item
from tests.proofs import SOAK
from tests.serving import ROOT

pytestmark = pytest.mark.django_db

SESSIONS = 100_000 if SOAK else 5_000


def everything() -> dict[str, list[Any]]:
    found = [model for model in apps.get_models() if model._meta.app_label == "measures"]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in found}


@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.999])
def test_a_catalogue_cut_in_the_middle_is_refused_whole(
    share: float, checklist: Checklist, tmp_path: Path
) -> None:
    whole = (ROOT / "fixtures" / "catalogue.json").read_text(encoding="utf-8")
    cut = tmp_path / "cut.json"
    cut.write_text(whole[: int(len(whole) * share)], encoding="utf-8")
    before = everything()

    with pytest.raises(DeserializationError):
        call_command("loaddata", str(cut), verbosity=0)

    assert everything() == before


def test_a_catalogue_that_lost_a_section_is_refused_whole(checklist: Checklist, tmp_path: Path) -> None:
    entries = json.loads((ROOT / "fixtures" / "catalogue.json").read_text(encoding="utf-8"))
    sections = [entry for entry in entries if entry["model"] == "measures.section"]
    entries.remove(sections[-1])
    torn = tmp_path / "torn.json"
    torn.write_text(json.dumps(entries), encoding="utf-8")
    before = everything()

    with pytest.raises((DeserializationError, IntegrityError)):
        call_command("loaddata", str(torn), verbosity=0)

    assert everything() == before


def test_a_clock_set_back_an_hour_keeps_the_journal_in_order(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    item = find_item(checklist)
    change(item, by=administrator, at=NOW, status=Status.IN_PROGRESS, notes="第一次")
    change(item, by=administrator, at=NOW - timedelta(hours=1), notes="第二次")
    change(item, by=administrator, at=NOW - timedelta(minutes=30), status=Status.DONE, notes="第三次")

    newest = list(Update.objects.filter(item=item).order_by("-at", "-id").values_list("notes", flat=True))

    assert newest == ["第三次", "第二次", "第一次"]
    found = Item.objects.get(pk=item.pk)
    assert (found.notes, found.status, found.version) == ("第三次", Status.DONE, 4)
    assert found.updated_at == NOW
    page = sign_in(administrator).get("/checklists/henan/items/1.1.1/")
    assert page.status_code == 200


def quickest(client: Client) -> float:
    """The seconds that the overview takes when nothing else holds it up."""
    found = []
    for _ in range(20):
        began = time.monotonic()
        assert client.get("/checklists/henan/").status_code == 200
        found.append(time.monotonic() - began)
    return min(found)


def test_a_month_of_sessions_is_cleared_fast_and_slows_no_page(
    viewer: User, sign_in: SignIn, say: Say
) -> None:
    client = sign_in(viewer)
    without = quickest(client)
    now = timezone.now()
    Session.objects.bulk_create(
        [
            Session(
                session_key=f"old{number:029d}",
                session_data="x" * 200,
                started_at=now - timedelta(hours=8, minutes=number),
                seen_at=now - timedelta(minutes=15 + number),
                expire_date=now - timedelta(minutes=number),
            )
            for number in range(1, SESSIONS + 1)
        ],
        batch_size=1_000,
    )
    with_them = quickest(client)

    began = time.monotonic()
    call_command("clearsessions")
    took = time.monotonic() - began

    assert Session.objects.count() == 1
    assert client.get("/checklists/henan/").status_code == 200
    assert took < 30
    assert with_them < 2 * without, f"{with_them:.3f} s a page, {without:.3f} s without the rows"
    say(
        f"{SESSIONS} sessions cleared in {took:.2f} s; a page took {with_them * 1000:.0f} ms with them, "
        f"{without * 1000:.0f} ms without",
        seconds_sessions=took,
    )
