"""The audit trail records exports, submissions, and changes to the user's own sign-in."""

import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from measures.choices import Audited, PeriodKind
from measures.models import AuditRecord, Checklist, RecoveryCode, Use
from measures.reports.start_template import start_template
from tests.make import PASSWORD, SignIn, code_of, make_periods


def recorded(*wanted: Audited) -> list[tuple[str, dict[str, Any]]]:
    """What the trail holds of these kinds, oldest first: about what, and what became of it."""
    records = AuditRecord.objects.filter(action__in=wanted).order_by("pk")
    return [(record.about, json.loads(record.after or "{}")) for record in records]


def test_a_list_taken_away_is_recorded_with_its_filters(
    checklist: Checklist, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)
    client.get("/checklists/henan/items/")
    assert not recorded(Audited.EXPORTED)

    for wanted in ("xlsx", "csv"):
        assert client.get(f"/checklists/henan/items/?format={wanted}&pillar=2").status_code == 200

    told = [after for _about, after in recorded(Audited.EXPORTED)]
    assert [(after["format"], after["rows"]) for after in told] == [("xlsx", 6), ("csv", 6)]
    assert all(len(after["filters"]) == 1 for after in told)


def test_a_periods_steps_and_its_file_are_recorded(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    checklist.opened_at = timezone.now() - timedelta(30)
    checklist.save()
    yesterday = timezone.localdate() - timedelta(1)
    (period,) = make_periods(checklist, PeriodKind.BY_HAND, [(yesterday - timedelta(9), yesterday)])
    client = sign_in(administrator)
    steps = [("submit", {"remark": "缺"}), ("return", {"remark": "再看"}), ("submit", {"remark": "缺"})]
    steps += [("accept", {}), ("reopen", {"remark": "改"})]
    for number, (verb, said) in enumerate(steps):
        sent = {"step": number, **said}
        assert client.post(reverse(f"{verb}-period", args=["henan", period.pk]), sent).status_code == 302

    client.get(f"/checklists/henan/periods/{period.pk}/?format=csv")

    states = [after["state"] for _about, after in recorded(Audited.PERIOD_STEP)]
    assert states == ["open", "submitted", "returned", "submitted", "accepted", "open"]
    assert recorded(Audited.PERIOD_STEP)[2][1]["reason"] == "再看"
    assert [after["format"] for _about, after in recorded(Audited.EXPORTED)] == ["csv"]


def test_a_template_that_comes_or_goes_is_recorded(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    file = SimpleUploadedFile("a.docx", start_template())
    client.post("/checklists/henan/report/templates/", {"name": "红头文件", "upload": file})

    client.post(f"/checklists/henan/report/templates/{checklist.report_templates.get().pk}/delete/")

    assert recorded(Audited.TEMPLATE_CHANGED) == [("红头文件", {"name": "红头文件"}), ("红头文件", {})]


def test_a_second_factor_and_the_end_of_sessions_are_recorded(viewer: User, sign_in: SignIn) -> None:
    sign_in(viewer)
    client = sign_in(viewer)
    client.post("/account/sessions/end-others/")
    client.post("/account/two-factor/begin/")
    code = code_of(viewer)
    page = client.post("/account/two-factor/confirm/", {"code": code, "password": PASSWORD})

    client.post("/account/two-factor/end/", {"code": page.context["codes"][0]})

    assert recorded(Audited.SESSIONS_ENDED) == [("viewer", {"rows": 1})]
    assert recorded(Audited.SECOND_FACTOR) == [
        ("viewer", {"is_active": True}),
        ("viewer", {"is_active": False}),
    ]
    assert code not in str(AuditRecord.objects.values())


def test_new_recovery_codes_are_recorded_and_not_what_they_are(viewer: User, sign_in: SignIn) -> None:
    client = sign_in(viewer)
    TOTPDevice.objects.create(user=viewer, confirmed=True)
    (code, *_rest) = RecoveryCode.renew(viewer)

    page = client.post("/account/two-factor/codes/", {"code": code})

    assert recorded(Audited.SECOND_FACTOR) == [("viewer", {"recovery_codes": 10})]
    assert page.context["codes"][0] not in str(AuditRecord.objects.values())


def test_periods_made_and_taken_away_are_recorded(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    Checklist.objects.update(opened_at=timezone.make_aware(datetime(2026, 1, 1)))
    client = sign_in(administrator)
    client.post("/checklists/henan/periods/make/", {"kind": "quarter", "year": "2026"})
    client.post(f"/checklists/henan/periods/{checklist.periods.latest('starts').pk}/delete/")
    call_command("make_periods", "henan", "--kind=quarter", "--year=2026", stdout=io.StringIO())

    records = AuditRecord.objects.filter(action=Audited.PERIOD_STEP).order_by("pk")

    assert [(record.by_name, record.via, json.loads(record.after or "{}")) for record in records] == [
        ("administrator", "page", {"state": "open", "kind": "quarter", "rows": 4}),
        ("administrator", "page", {}),
        ("", "command", {"state": "open", "kind": "quarter", "rows": 1}),
    ]
    assert records[0].about == "2026-01-01 – 2026-12-31"


def test_a_template_taken_away_is_an_export(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    file = SimpleUploadedFile("a.docx", start_template())
    client.post("/checklists/henan/report/templates/", {"name": "红头文件", "upload": file})

    client.get(f"/checklists/henan/report/templates/{checklist.report_templates.get().pk}/")

    assert recorded(Audited.EXPORTED) == [("红头文件", {"format": "docx"})]


def test_a_form_without_its_token_and_too_many_files_are_refusals(viewer: User, checklist: Checklist) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer)
    Use.objects.bulk_create(Use(user=viewer, action="export", at=timezone.now()) for _ in range(30))

    client.post("/checklists/henan/items/1.1.1/", {"status": "done"})
    client.get("/checklists/henan/report/?format=csv")
    Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "viewer"})

    assert [about for about, _after in recorded(Audited.DENIED)] == [
        "POST /checklists/henan/items/1.1.1/",
        "GET /checklists/henan/report/",
    ]


def test_djangos_own_commands_are_recorded(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "Zai-ban-shi-xiang-26")
    call_command("createsuperuser", "--noinput", "--username=root", "--email=", stdout=io.StringIO())
    monkeypatch.setattr("getpass.getpass", lambda prompt: "Zai-ban-shi-xiang-27")
    call_command("changepassword", "root", stdout=io.StringIO())

    records = AuditRecord.objects.order_by("pk").values_list("action", "about", "via")

    assert list(records) == [("user_changed", "root", "command"), ("password_changed", "root", "command")]
    assert "Zai-ban" not in str(AuditRecord.objects.values())


def test_a_link_and_a_forgotten_phone_are_recorded_by_the_account(viewer: User, sign_in: SignIn) -> None:
    root = sign_in(User.objects.create_superuser("root"))

    page = root.post(f"/admin/auth/user/{viewer.pk}/link/")
    root.post(f"/admin/auth/user/{viewer.pk}/no-second-factor/")

    assert recorded(Audited.LINK_GIVEN, Audited.SECOND_FACTOR) == [("viewer", {}), ("viewer", {})]
    assert page.context["link"].split("/")[-2] not in str(AuditRecord.objects.values())
