"""The page of report templates: administrators upload, fetch and delete; every reader uses."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from measures.choices import Status
from measures.models import Checklist, ReportTemplate
from tests.make import NOW, SignIn, change, find_item
from tests.reports_make import make_template
from tests.reports_read import docx_text

pytestmark = pytest.mark.any_engine

ADDRESS = "/checklists/henan/report/templates/"
CHINESE = {"Accept-Language": "zh-CN"}


def upload(client: Client, data: bytes, name: str = "红头文件") -> Any:
    file = SimpleUploadedFile("a.docx", data)
    return client.post(ADDRESS, {"name": name, "upload": file}, headers=CHINESE)


def test_an_administrator_uploads_a_template_and_gets_the_report_in_it(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    change(find_item(checklist), by=administrator, at=NOW, status=Status.DONE)
    data = make_template("{{ organisation }}已完成{{ done }}项")

    response = upload(client, data)

    saved = ReportTemplate.objects.get()
    assert response.status_code == 302
    assert (saved.name, saved.uploaded_by_name) == ("红头文件", "administrator")
    page = client.get("/checklists/henan/report/", headers=CHINESE).content.decode()
    assert "红头文件" in page
    report = client.get(f"/checklists/henan/report/?format=docx&template={saved.pk}", headers=CHINESE)
    assert "河南已完成1项" in docx_text(report.content)
    assert client.get(f"{ADDRESS}{saved.pk}/").content == data


def test_a_refused_template_keeps_the_name_that_was_typed_and_says_where_it_is_wrong(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    response = upload(sign_in(administrator), make_template("见 {{ nothing }}"), "红头文件")

    page = response.content.decode()
    assert response.status_code == 422
    assert "红头文件" in page
    assert "nothing" in page
    assert "第1段" in page
    assert not ReportTemplate.objects.exists()


def test_two_templates_of_one_name_are_refused_and_no_file_too(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    upload(client, make_template("a"))

    assert upload(client, make_template("a")).status_code == 422
    assert client.post(ADDRESS, {"name": "b"}).status_code == 422
    assert ReportTemplate.objects.count() == 1


def test_an_administrator_deletes_a_template(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    upload(client, make_template("a"))
    saved = ReportTemplate.objects.get()

    response = client.post(reverse("delete-report-template", args=["henan", saved.pk]))

    assert response.status_code == 302
    assert not ReportTemplate.objects.exists()


def test_whoever_reads_the_report_may_use_a_template_but_only_an_administrator_manages_them(
    checklist: Checklist, administrator: User, viewer: User, editor: User, stranger: User, sign_in: SignIn
) -> None:
    upload(sign_in(administrator), make_template("a"))
    saved = ReportTemplate.objects.get()
    use = f"/checklists/henan/report/?format=docx&template={saved.pk}"

    for user in (viewer, editor):
        assert sign_in(user).get(use).status_code == 200
        assert sign_in(user).get(f"{ADDRESS}{saved.pk}/").status_code == 403
        assert upload(sign_in(user), make_template("a"), "b").status_code == 403
        assert sign_in(user).post(f"{ADDRESS}{saved.pk}/delete/").status_code == 403
    assert sign_in(stranger).get(use).status_code == 404
    assert (
        sign_in(stranger).get(f"/checklists/elsewhere/report/?format=docx&template={saved.pk}").status_code
        == 404
    )
    assert sign_in(stranger).get(f"/checklists/elsewhere/report/templates/{saved.pk}/").status_code == 404
    assert ReportTemplate.objects.count() == 1


@pytest.mark.parametrize(
    "query",
    [
        "format=docx&template=x",
        "format=docx&template=999",
        "format=pdf&template=1",
        "format=xlsx&rows=updates",
        "format=csv&rows=all",
    ],
)
def test_an_address_that_names_no_template_or_no_such_rows_is_no_page(
    checklist: Checklist, administrator: User, sign_in: SignIn, query: str
) -> None:
    assert sign_in(administrator).get(f"/checklists/henan/report/?{query}").status_code == 404
