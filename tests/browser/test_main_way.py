"""The whole way in a real browser: sign in, filter by pillar, annotate, read back in list and report."""

import csv
import io
import re
from pathlib import Path

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from measures.choices import Role
from measures.models import Catalogue, Checklist
from tests.browser.conftest import PageAs
from tests.make import PASSWORD, change, find_item, make_checklist, make_owner, make_user
from tests.sheets import by_heading

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Latin words that officials do use: file formats, and the names of the language switch.
LATIN_ALLOWED = {"ZIP", "DOCX", "PDF", "JSON", "English", "XLSX", "CSV", "Taizhang"}


@pytest.fixture
def henan(transactional_db: None) -> Checklist:
    """The real catalogue, opened for Henan."""
    call_command("loaddata", "catalogue", verbosity=0)
    return make_checklist("henan", "河南", Catalogue.objects.get())


@pytest.fixture
def admin(henan: Checklist) -> User:
    user = make_user("guanliyuan", henan, Role.ADMINISTRATOR)
    user.first_name, user.last_name = "芳", "王"
    user.save()
    return user


def test_from_sign_in_to_the_report(page: Page, henan: Checklist, admin: User, tmp_path: Path) -> None:
    make_owner(henan, "干部教育处")
    page.goto("/")
    page.get_by_label("用户名").fill("guanliyuan")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="河南")).to_be_visible()

    page.get_by_role("link", name="河南", exact=True).click()
    page.get_by_role("link", name="事项", exact=True).click()
    page.get_by_label("方面").select_option("2 精准赋能")
    page.get_by_role("button", name="筛选", exact=True).click()
    codes = page.locator("td.code").all_inner_texts()
    assert codes
    assert all(code.startswith("2.") for code in codes)
    assert len(codes) == henan.items.filter(measure__section__pillar__code="2").count()

    page.get_by_role("link", name="2.1.1", exact=True).click()
    page.get_by_label("状态").select_option("推进中")
    page.get_by_label("责任单位").select_option("干部教育处")
    page.get_by_label("完成时限").fill("2026-12-31")
    page.get_by_label("备注").fill("已印发通知\n=1+1")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存。")).to_be_visible()
    expect(page.locator(".journal")).to_contain_text("王芳")

    page.goto("/checklists/henan/items/?pillar=2")
    row = page.locator("tr", has=page.get_by_role("link", name="2.1.1", exact=True))
    for text in ("推进中", "干部教育处", "2026-12-31"):
        expect(row).to_contain_text(text)

    page.goto("/checklists/henan/report/?pillar=2")
    page.locator("#items > summary").click()
    expect(
        page.locator("article tr", has=page.get_by_role("link", name="2.1.1", exact=True))
    ).to_contain_text("已印发通知")
    page.get_by_text("其他格式").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载CSV").click()
    assert download.value.suggested_filename.startswith("河南-进展情况报告-2-精准赋能-")
    rows = csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"), newline=""))
    in_csv = next(row for row in rows if row["编号"] == "2.1.1")
    assert (in_csv["状态"], in_csv["责任单位"], in_csv["完成时限"]) == ("推进中", "干部教育处", "2026-12-31")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载XLSX").click()
    download.value.save_as(tmp_path / "report.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx")["事项"]
    in_xlsx = next(row for row in by_heading(sheet.values) if row["编号"] == "2.1.1")
    assert (in_xlsx["状态"], in_xlsx["责任单位"], in_xlsx["备注"]) == (
        "推进中",
        "干部教育处",
        "已印发通知\n=1+1",
    )


def test_two_people_at_one_item_lose_nothing(
    page_as: PageAs, browser: Browser, base_url: str, henan: Checklist, admin: User
) -> None:
    second = make_user("fuguanliyuan", henan, Role.ADMINISTRATOR)
    mine = page_as(admin)
    mine.goto("/checklists/henan/items/1.1.1/")
    mine.get_by_label("备注").fill("我写的进展")
    change(find_item(henan), by=second, notes="同事写的进展")

    mine.get_by_role("button", name="保存").click()

    conflict = mine.get_by_role("alert").first
    expect(conflict).to_contain_text("fuguanliyuan修改了此事项")
    expect(conflict).to_contain_text("同事写的进展")
    expect(mine.get_by_label("备注")).to_have_value("我写的进展")
    assert find_item(henan).notes == "同事写的进展"

    mine.get_by_role("button", name="保存").click()
    expect(mine.get_by_text("已保存。")).to_be_visible()
    assert find_item(henan).notes == "我写的进展"


def pages_of(henan: Checklist) -> list[str]:
    root = f"/checklists/{henan.slug}"
    return [
        "/checklists/",
        f"{root}/",
        f"{root}/items/",
        f"{root}/items/?pillar=9&per_page=x",
        f"{root}/items/?status=done",
        f"{root}/items/1.1.1/",
        f"{root}/report/",
        "/password/",
        "/no-such-page/",
    ]


@pytest.fixture
def lively(henan: Checklist, admin: User) -> Checklist:
    unit = make_owner(henan, "监督处")
    change(
        find_item(henan, "1.1.1"), by=admin, owner=unit, due="2026-01-01", status="blocked", notes="受阻原因"
    )
    change(find_item(henan, "1.1.1"), by=admin, notes="受阻原因\n已上报", reason="补充")
    return henan


@pytest.mark.any_engine
def test_pages_of_a_new_checklist_are_chinese_fit_and_complain_of_nothing(
    page_as: PageAs, lively: Checklist, admin: User
) -> None:
    page = page_as(admin)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    for address in pages_of(lively):
        page.goto(address)
        text = page.locator("body").inner_text().replace(admin.username, "")
        meant = " ".join(page.locator("[translate=no]").all_inner_texts())
        words, names = (set(re.findall(r"[A-Za-z]{2,}", one)) for one in (text, meant))
        assert not words - LATIN_ALLOWED - names, (address, words)
        assert page.locator("html").get_attribute("lang") == "zh-hans"
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        if address == "/no-such-page/":  # said of the page itself
            complaints[:] = [text for text in complaints if "404" not in text]

    assert not complaints


@pytest.mark.any_engine
def test_language_and_theme_are_the_readers_own(page_as: PageAs, lively: Checklist, admin: User) -> None:
    page = page_as(admin)
    page.goto("/checklists/henan/items/?pillar=2")

    page.get_by_text("语言", exact=True).click()
    page.get_by_role("button", name="繁體中文").click()
    expect(page.get_by_role("heading", name="事項")).to_be_visible()
    assert page.url.endswith("/items/?pillar=2")
    page.get_by_text("語言", exact=True).click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Items")).to_be_visible()
    expect(page.locator("td.title").first).to_contain_text(re.compile("[a-z]{3,}"))

    page.get_by_text("Theme", exact=True).click()
    page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 23, 30)"


def test_everything_works_without_javascript(
    browser: Browser, base_url: str, henan: Checklist, admin: User
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=base_url, locale="zh-CN")
    page = context.new_page()
    page.goto("/")
    page.get_by_label("用户名").fill(admin.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.goto("/checklists/henan/items/3.1.4/")
    page.get_by_label("状态").select_option("已完成")
    page.get_by_role("button", name="保存").click()
    page.goto("/checklists/henan/items/?status=done")

    assert page.locator("td.code").all_inner_texts() == ["3.1.4"]
    context.close()


@pytest.mark.any_engine
def test_a_person_finds_the_content_by_keyboard(page_as: PageAs, lively: Checklist, admin: User) -> None:
    page = page_as(admin)
    page.goto("/checklists/henan/items/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#content")).to_be_focused()
