"""What is taken away, handed in, and done to one's own sign-in stands in the audit trail."""

import json
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from measures.choices import Audited, PeriodKind
from measures.models import AuditRecord, Checklist, Period
from measures.reports.start_template import start_template
from tests.make import SignIn, code_of


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
    (period,) = Period.make(checklist, PeriodKind.BY_HAND, [(yesterday - timedelta(9), yesterday)])
    client = sign_in(administrator)
    steps = [("submit", {"remark": "缺"}), ("return", {"remark": "再看"}), ("submit", {"remark": "缺"})]
    steps += [("accept", {}), ("reopen", {"remark": "改"})]
    for number, (verb, said) in enumerate(steps):
        sent = {"step": number, **said}
        assert client.post(reverse(f"{verb}-period", args=["henan", period.pk]), sent).status_code == 302

    client.get(f"/checklists/henan/periods/{period.pk}/?format=csv")

    states = [after["state"] for _about, after in recorded(Audited.PERIOD_STEP)]
    assert states == ["submitted", "returned", "submitted", "accepted", "open"]
    assert recorded(Audited.PERIOD_STEP)[1][1]["reason"] == "再看"
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
    page = client.post("/account/two-factor/confirm/", {"code": code})

    client.post("/account/two-factor/end/", {"code": page.context["codes"][0]})

    assert recorded(Audited.SESSIONS_ENDED) == [("viewer", {"rows": 1})]
    assert recorded(Audited.SECOND_FACTOR) == [
        ("viewer", {"is_active": True}),
        ("viewer", {"is_active": False}),
    ]
    assert code not in str(AuditRecord.objects.values())


def test_a_link_and_a_forgotten_phone_are_recorded_by_the_account(viewer: User, sign_in: SignIn) -> None:
    root = sign_in(User.objects.create_superuser("root"))

    page = root.post(f"/admin/auth/user/{viewer.pk}/link/")
    root.post(f"/admin/auth/user/{viewer.pk}/no-second-factor/")

    assert recorded(Audited.LINK_GIVEN, Audited.SECOND_FACTOR) == [("viewer", {}), ("viewer", {})]
    assert page.context["link"].split("/")[-2] not in str(AuditRecord.objects.values())
