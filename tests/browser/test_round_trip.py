"""A clerk in a real browser: takes the list away, edits it in a spreadsheet, brings it back, undoes it."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from measures.choices import Role, Status
from measures.models import Catalogue, Checklist
from tests.browser.conftest import PageAs
from tests.make import PASSWORD, change, find_item, make_checklist, make_owner, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/checklists/henan/items/?section=2.1&columns=code,title,status,owner,due,notes"


@pytest.fixture
def henan(transactional_db: None) -> Checklist:
    call_command("loaddata", "catalogue", verbosity=0)
    made = make_checklist("henan", "河南", Catalogue.objects.get())
    make_owner(made, "干部教育处")
    return made


@pytest.fixture
def admin(henan: Checklist) -> User:
    return make_user("guanliyuan", henan, Role.ADMINISTRATOR)


def taken_away(page: Page, folder: Path) -> Path:
    """The list, saved by its button."""
    page.goto(LIST)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载XLSX").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def edit(path: Path) -> None:
    """As a clerk would: 2.1.1 done, 2.1.2 with owner, day and notes. 2.1.3 blocked."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert headings[:6] == ["编号", "措施", "状态", "责任单位", "完成时限", "备注"]
    sheet["C2"] = "已完成"
    sheet["D3"], sheet["E3"], sheet["F3"] = "干部教育处", date(2027, 3, 1), "已拟定方案\n待会签"
    sheet["C4"] = "受阻"
    book.save(path)


def bring_back(page: Page, path: Path) -> None:
    page.goto(LIST)
    page.get_by_role("link", name="上传表格…").click()
    page.get_by_label("文件").set_input_files(path)
    page.get_by_role("button", name="预览修改").click()


def test_the_whole_way_there_and_back(page_as: PageAs, admin: User, henan: Checklist, tmp_path: Path) -> None:
    page = page_as(admin)
    path = taken_away(page, tmp_path)
    assert path.name.startswith("河南-事项-")
    edit(path)
    change(find_item(henan, "2.1.1"), by=admin, status=Status.IN_PROGRESS)
    bring_back(page, path)

    expect(page.get_by_role("heading", name="文件将带来的改动")).to_be_visible()
    conflict = page.locator("table.conflicts tbody tr")
    expect(conflict).to_have_count(1)
    expect(conflict).to_contain_text("2.1.1")
    expect(page.get_by_label("2.1.1 状态 保留现有内容")).to_be_checked()
    assert find_item(henan, "2.1.2").version == 1

    page.get_by_label("2.1.1 状态 采用文件内容").check()
    page.get_by_role("button", name="确认写入").click()
    expect(page.locator(".errors")).to_contain_text("理由")
    expect(page.get_by_label("2.1.1 状态 采用文件内容")).to_be_checked()
    page.get_by_label("变更理由").fill("等待编制批复")
    page.get_by_role("button", name="确认写入").click()

    expect(page.locator(".messages")).to_contain_text("3")
    second = find_item(henan, "2.1.2")
    assert (second.status, str(second.owner), str(second.due)) == ("not_started", "干部教育处", "2027-03-01")
    assert second.notes == "已拟定方案\n待会签"
    assert [find_item(henan, code).status for code in ("2.1.1", "2.1.3")] == ["done", "blocked"]

    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.locator(".messages")).to_be_visible()
    assert [find_item(henan, code).status for code in ("2.1.1", "2.1.3")] == ["in_progress", "not_started"]
    assert find_item(henan, "2.1.2").notes == ""


def test_it_works_without_javascript(
    browser: Browser, base_url: str, page_as: PageAs, henan: Checklist, admin: User, tmp_path: Path
) -> None:
    path = taken_away(page_as(admin), tmp_path)
    edit(path)
    context = browser.new_context(java_script_enabled=False, base_url=base_url, locale="zh-CN")
    page = context.new_page()
    page.goto("/")
    page.get_by_label("用户名").fill(admin.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    bring_back(page, path)
    page.get_by_label("变更理由").fill("等待编制批复")
    page.get_by_role("button", name="确认写入").click()

    expect(page.locator(".messages")).to_be_visible()
    assert find_item(henan, "2.1.1").status == "done"
    context.close()


@pytest.mark.any_engine
def test_the_page_says_that_it_is_working(page_as: PageAs, admin: User, tmp_path: Path) -> None:
    page = page_as(admin)
    path = taken_away(page, tmp_path)
    page.goto("/checklists/henan/import/")
    page.get_by_label("文件").set_input_files(path)
    expect(page.locator("progress")).to_be_hidden()

    # The form stays on the page, so that the text shown meanwhile can be checked.
    page.evaluate("() => document.addEventListener('submit', (event) => event.preventDefault())")
    page.get_by_role("button", name="预览修改").click()

    expect(page.locator("progress")).to_be_visible()
    expect(page.get_by_text("正在读取并比对")).to_be_visible()
    expect(page.get_by_role("button", name="预览修改")).to_be_disabled()


@pytest.mark.any_engine
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_either_page(
    page_as: PageAs, admin: User, henan: Checklist, tmp_path: Path, theme: str
) -> None:
    page = page_as(admin)
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    path = taken_away(page, tmp_path)
    edit(path)
    change(find_item(henan, "2.1.1"), by=admin, status=Status.IN_PROGRESS)
    change(find_item(henan, "2.1.4"), by=admin, status=Status.IN_PROGRESS)
    page.goto("/checklists/henan/import/")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    bring_back(page, path)
    page.locator("details.fold summary").click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
