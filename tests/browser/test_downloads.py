"""Files of the report in a real browser: a sign that one is made, its name, and a template's way there."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from measures.choices import Role
from measures.models import Catalogue, Checklist
from tests.browser.conftest import PageAs
from tests.make import make_checklist, make_user
from tests.reports_make import make_template

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.any_engine]


@pytest.fixture
def henan(transactional_db: None) -> Checklist:
    call_command("loaddata", "catalogue", verbosity=0)
    return make_checklist("henan", "河南", Catalogue.objects.get())


@pytest.fixture
def admin(henan: Checklist) -> User:
    return make_user("guanliyuan", henan, Role.ADMINISTRATOR)


@pytest.fixture
def report(page_as: PageAs, admin: User) -> Page:
    page = page_as(admin)
    page.goto("/checklists/henan/report/")
    return page


def test_the_button_says_that_a_file_is_being_made_and_the_file_has_its_name(report: Page) -> None:
    def slowly(route: Route) -> None:
        report.wait_for_timeout(300)
        route.continue_()

    report.route("**/*format=pdf*", slowly)
    report.get_by_text("其他格式").click()
    button = report.get_by_role("link", name="下载PDF")
    with report.expect_download() as waiting:
        button.click()
        expect(report.locator("[data-making]")).to_have_text("正在生成文件…")
        expect(button).to_have_attribute("aria-busy", "true")

    file = waiting.value
    assert file.suggested_filename == f"河南-进展情况报告-{timezone.localdate()}.pdf"
    assert Path(file.path()).read_bytes().startswith(b"%PDF")
    expect(button).not_to_have_attribute("aria-busy", "true")


def test_without_scripts_the_buttons_are_links(
    browser: Browser, live_server: LiveServer, report: Page
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    context.add_cookies(report.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{live_server.url}/checklists/henan/report/")

    with page.expect_download() as waiting:
        page.get_by_text("其他格式").click()
        page.get_by_role("link", name="下载XLSX").click()

    assert waiting.value.suggested_filename.endswith(".xlsx")
    context.close()


def test_a_template_is_uploaded_and_used(report: Page, tmp_path: Path) -> None:
    file = tmp_path / "模板.docx"
    file.write_bytes(make_template("{{ organisation }}"))
    report.get_by_text("其他格式").click()
    report.get_by_role("link", name="模板…").click()
    report.get_by_label("名称").fill("红头文件")
    report.get_by_label("Word文档").set_input_files(file)
    report.get_by_role("button", name="上传").click()
    expect(report.get_by_text("模板“红头文件”已保存。")).to_be_visible()

    report.goto("/checklists/henan/report/")
    report.get_by_text("其他格式").click()
    with report.expect_download() as waiting:
        report.get_by_role("link", name="按模板“红头文件”").click()

    assert waiting.value.suggested_filename.endswith(".docx")
