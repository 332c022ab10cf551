"""How often one may take files away, or send them in: so many in five minutes, then 429 with words."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from measures.choices import PeriodKind
from measures.models import Checklist, ReportTemplate, Use
from measures.reports.freeze import freeze
from tests.make import NOW, SignIn, make_checklist, make_periods
from tests.test_access import TABLE, Expected

pytestmark = pytest.mark.slow

FILE = "/checklists/henan/report/?format=csv"


def use(user: User, times: int, *, minutes_ago: float = 1, action: str = "export") -> None:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    Use.objects.bulk_create(Use(user=user, action=action, at=at) for _ in range(times))


def test_the_thirtieth_file_is_given_and_the_next_is_not(viewer: User, sign_in: SignIn) -> None:
    use(viewer, 29)

    assert sign_in(viewer).get(FILE).status_code == 200
    refused = sign_in(viewer).get(FILE)

    assert refused.status_code == 429
    assert "4分钟" in refused.content.decode()
    assert 230 < int(refused["Retry-After"]) <= 240


def test_reading_the_page_is_not_counted(viewer: User, sign_in: SignIn) -> None:
    use(viewer, 30)

    assert sign_in(viewer).get("/checklists/henan/report/").status_code == 200
    assert Use.objects.count() == 30


def test_each_user_has_a_count_of_their_own(viewer: User, auditor: User, sign_in: SignIn) -> None:
    use(auditor, 30)

    assert sign_in(viewer).get(FILE).status_code == 200


def test_after_five_minutes_one_begins_anew_and_the_old_is_forgotten(viewer: User, sign_in: SignIn) -> None:
    use(viewer, 30, minutes_ago=5.1)

    assert sign_in(viewer).get(FILE).status_code == 200
    assert Use.objects.count() == 1


def test_a_refusal_does_not_lengthen_the_wait(viewer: User, checklist: Checklist, sign_in: SignIn) -> None:
    use(viewer, 30)

    for _ in range(3):
        sign_in(viewer).get(FILE)

    assert Use.objects.count() == 30


def test_lists_count_with_reports(viewer: User, sign_in: SignIn) -> None:
    use(viewer, 29)
    client = sign_in(viewer)

    assert client.get("/checklists/henan/items/?format=csv").status_code == 200
    assert client.get(FILE).status_code == 429
    assert client.get("/checklists/henan/items/?format=csv").status_code == 429
    assert client.get("/checklists/henan/items/").status_code == 200


def test_files_sent_in_have_a_count_of_their_own(administrator: User, sign_in: SignIn) -> None:
    use(administrator, 29, action="upload")
    client = sign_in(administrator)
    answers = []
    for _ in range(2):
        file = SimpleUploadedFile("list.csv", b"nonsense")
        answers.append(client.post("/checklists/henan/import/", {"file": file}).status_code)

    assert answers == [422, 429]
    assert client.get("/checklists/henan/import/").status_code == 200
    assert client.get(FILE).status_code == 200


def test_files_of_the_audit_trail_count_with_the_others(auditor: User, sign_in: SignIn) -> None:
    use(auditor, 29)
    client = sign_in(auditor)

    assert client.get("/audit/?format=csv").status_code == 200
    assert client.get("/audit/?format=csv").status_code == 429
    assert client.get("/audit/").status_code == 200


def test_templates_count_with_the_files_sent_in(administrator: User, sign_in: SignIn) -> None:
    use(administrator, 30, action="upload")
    file = SimpleUploadedFile("a.docx", b"nonsense")

    sent = {"name": "x", "upload": file}

    assert sign_in(administrator).post("/checklists/henan/report/templates/", sent).status_code == 429


def file_address(client: Client, name: str, arguments: tuple[str, ...]) -> str:
    """The address of a file, where this address gives any."""
    address = reverse(name, args=arguments)
    for query in ("?format=csv", "", "?format=docx"):
        response = client.get(address + query)
        if "attachment" in response.headers.get("Content-Disposition", ""):
            return address + query
    return ""


def test_no_address_gives_a_thirty_first_file(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    User.objects.filter(pk=administrator.pk).update(is_superuser=True)
    administrator.refresh_from_db()
    make_checklist("zhengzhou", "郑州", checklist.catalogue, parent=checklist)
    ReportTemplate(pk=1, checklist=checklist, name="月报", content=b"-", uploaded_at=NOW).save()
    yesterday = timezone.localdate() - timedelta(1)
    Checklist.objects.update(opened_at=timezone.now() - timedelta(300))
    checklist.refresh_from_db()
    [period] = make_periods(checklist, PeriodKind.BY_HAND, [(yesterday - timedelta(9), yesterday)])
    submission = freeze(period, made_at=timezone.now(), made_by="administrator")
    period.submit(submission, step=period.step, by=administrator, at=timezone.now(), remark="如期报送")
    client = sign_in(administrator)
    table = TABLE | {"period": Expected({}, {}, ("henan", str(period.pk)))}

    files = {}
    for name in table:
        Use.objects.all().delete()
        if address := file_address(client, name, table[name].arguments):
            files[name] = address
    Use.objects.all().delete()
    use(administrator, 30)
    answers = {name: client.get(address).status_code for name, address in files.items()}

    assert set(answers.values()) == {429}, answers
    assert {"items", "report", "units-report", "period", "audit", "starting-template"} <= set(files)
    assert {"report-template", "starting-sheet", "units"} <= set(files)
