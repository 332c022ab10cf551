"""Work at the desk in a real browser: editing in the row, by keyboard, many at once, and undo."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from measures.choices import Role, Status
from measures.models import Catalogue, Checklist
from tests.browser.conftest import PageAs
from tests.make import change, find_item, make_checklist, make_owner, make_user

pytestmark = [pytest.mark.browser, pytest.mark.any_engine, pytest.mark.django_db(transaction=True)]

LIST = "/checklists/henan/items/?section=2.1"


@pytest.fixture
def henan(transactional_db: None) -> Checklist:
    call_command("loaddata", "catalogue", verbosity=0)
    made = make_checklist("henan", "河南", Catalogue.objects.get())
    make_owner(made, "干部教育处")
    return made


@pytest.fixture
def admin(henan: Checklist) -> User:
    return make_user("guanliyuan", henan, Role.ADMINISTRATOR)


@pytest.fixture
def desk(page_as: PageAs, admin: User) -> Page:
    """The list of section 2.1, open."""
    page = page_as(admin)
    page.goto(LIST)
    return page


def row(page: Page, code: str) -> Locator:
    return page.locator(f'tbody[data-row="{code}"]')


def test_a_row_is_edited_where_it_stands(desk: Page, henan: Checklist) -> None:
    row(desk, "2.1.2").get_by_role("link", name="编辑2.1.2").click()
    row(desk, "2.1.2").get_by_label("状态").select_option("推进中")
    row(desk, "2.1.2").get_by_label("责任单位").select_option("干部教育处")
    row(desk, "2.1.2").get_by_label("完成时限").fill("2027-03-01")
    row(desk, "2.1.2").get_by_label("备注").fill("已拟定方案")
    row(desk, "2.1.2").get_by_role("button", name="保存").click()

    expect(row(desk, "2.1.2").locator(".status")).to_have_text("推进中")
    expect(row(desk, "2.1.2")).to_contain_text("2027-03-01")
    expect(desk.locator("[data-said]")).to_have_text("2.1.2 已保存")
    assert desk.url.endswith(LIST)
    item = find_item(henan, "2.1.2")
    assert (item.status, str(item.due), item.notes) == ("in_progress", "2027-03-01", "已拟定方案")


def test_the_keyboard_alone_does_it(desk: Page, henan: Checklist) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("e")
    expect(row(desk, "2.1.2").get_by_label("状态")).to_be_focused()
    row(desk, "2.1.2").get_by_label("状态").select_option("已完成")
    desk.keyboard.press("Enter")

    expect(row(desk, "2.1.2").locator(".status")).to_have_text("已完成")
    expect(row(desk, "2.1.3").locator("tr").first).to_be_focused()
    assert find_item(henan, "2.1.2").status == Status.DONE

    desk.keyboard.press("Enter")
    row(desk, "2.1.3").get_by_label("备注").fill("不要保存")
    desk.keyboard.press("Escape")
    expect(row(desk, "2.1.3").locator("textarea")).to_have_count(0)
    expect(row(desk, "2.1.3").locator("tr").first).to_be_focused()
    assert find_item(henan, "2.1.3").notes == ""


def test_letters_typed_into_a_field_are_text_and_not_keys(desk: Page) -> None:
    desk.keyboard.press("f")
    expect(desk.get_by_label("搜索", exact=True)).to_be_focused()

    desk.keyboard.type("jkex")

    expect(desk.get_by_label("搜索", exact=True)).to_have_value("jkex")


def test_single_letter_keys_can_be_turned_off(desk: Page) -> None:
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).to_be_visible()
    desk.get_by_label("在本机启用单字母快捷键").uncheck()
    desk.get_by_role("button", name="关闭").click()

    for key, field in (("f", "搜索"), ("/", "全站搜索")):
        desk.keyboard.press(key)
        expect(desk.get_by_role("searchbox", name=field, exact=True)).not_to_be_focused()


def test_the_slash_leads_to_the_search_of_everything_from_any_page(desk: Page) -> None:
    desk.keyboard.press("/")
    desk.keyboard.type("2.1.2/1")
    expect(desk.get_by_role("searchbox", name="全站搜索")).to_have_value("2.1.2/1")

    desk.set_viewport_size({"width": 360, "height": 740})
    desk.get_by_role("heading", name="事项").click()
    desk.keyboard.press("/")
    desk.wait_for_url("**/search/")
    desk.keyboard.press("/")
    desk.keyboard.type("2.1.2")
    desk.keyboard.press("Enter")
    desk.get_by_role("link", name="举办“中原大讲堂”").click()
    desk.wait_for_url("**/items/2.1.2/")


def test_an_error_stands_in_the_row_with_what_was_typed(desk: Page, henan: Checklist) -> None:
    row(desk, "2.1.2").get_by_role("link", name="编辑2.1.2").click()
    row(desk, "2.1.2").get_by_label("状态").select_option("受阻")
    row(desk, "2.1.2").get_by_label("备注").fill("经费未到位")
    row(desk, "2.1.2").get_by_role("button", name="保存").click()

    expect(row(desk, "2.1.2").get_by_role("alert")).to_contain_text("尚未保存")
    expect(row(desk, "2.1.2")).to_contain_text("须说明理由")
    expect(row(desk, "2.1.2").get_by_label("备注")).to_have_value("经费未到位")
    assert find_item(henan, "2.1.2").version == 1

    row(desk, "2.1.2").get_by_label("变更理由").fill("等待经费批复")
    desk.keyboard.press("Enter")
    expect(row(desk, "2.1.2").locator(".status")).to_have_text("受阻")
    assert find_item(henan, "2.1.2").updates.get().reason == "等待经费批复"


def test_anothers_change_shows_both_values_to_choose_from(desk: Page, henan: Checklist) -> None:
    colleague = make_user("tongshi", henan, Role.ADMINISTRATOR)
    row(desk, "2.1.2").get_by_role("link", name="编辑2.1.2").click()
    row(desk, "2.1.2").get_by_label("备注").fill("我写的")
    row(desk, "2.1.2").get_by_label("状态").select_option("推进中")
    change(find_item(henan, "2.1.2"), by=colleague, notes="同事写的", due=date(2027, 5, 1))

    row(desk, "2.1.2").get_by_role("button", name="保存").click()

    conflict = row(desk, "2.1.2").get_by_role("alert")
    expect(conflict).to_contain_text("tongshi")
    expect(conflict).to_contain_text("同事写的")
    expect(row(desk, "2.1.2").get_by_label("备注")).to_have_value("我写的")
    assert find_item(henan, "2.1.2").notes == "同事写的"

    for name in ("完成时限", "备注"):
        conflict.locator(".versus-line", has_text=name).get_by_role("button", name="采用现有内容").click()
    row(desk, "2.1.2").get_by_role("button", name="保存").click()
    expect(row(desk, "2.1.2").locator(".status")).to_have_text("推进中")
    item = find_item(henan, "2.1.2")
    assert (item.notes, str(item.due), item.status) == ("同事写的", "2027-05-01", "in_progress")


def test_a_save_that_gets_no_answer_keeps_what_was_typed(desk: Page) -> None:
    row(desk, "2.1.2").get_by_role("link", name="编辑2.1.2").click()
    row(desk, "2.1.2").get_by_label("备注").fill("写了很久的一段")
    desk.context.set_offline(True)
    row(desk, "2.1.2").get_by_role("button", name="保存").click()

    expect(row(desk, "2.1.2").get_by_role("alert")).to_contain_text("服务器没有响应")
    expect(row(desk, "2.1.2").get_by_label("备注")).to_have_value("写了很久的一段")

    desk.context.set_offline(False)
    row(desk, "2.1.2").get_by_role("button", name="保存").click()
    expect(row(desk, "2.1.2").locator("textarea")).to_have_count(0)


def test_many_are_changed_together_and_undone(desk: Page, henan: Checklist) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.get_by_label("勾选2.1.3").check()
    expect(desk.locator("[data-ticked]")).to_have_text("2")
    desk.get_by_role("button", name="批量修改…").click()
    desk.get_by_label("状态").select_option("推进中")
    desk.get_by_label("责任单位").select_option("干部教育处")
    desk.get_by_role("button", name="预览修改").click()
    expect(desk.get_by_role("heading", name="将作的修改")).to_be_visible()
    assert find_item(henan, "2.1.1").version == 1

    desk.get_by_role("button", name="修改2项").click()
    expect(desk.get_by_text("已修改2项。")).to_be_visible()
    assert henan.items.filter(status="in_progress").count() == 2

    desk.get_by_role("button", name="撤销", exact=True).click()
    expect(desk.get_by_text("已修改2项。")).to_be_visible()
    assert henan.items.filter(status="in_progress").count() == 0


def test_the_box_above_ticks_the_whole_page(desk: Page) -> None:
    desk.get_by_label("勾选本页全部").check()

    expect(desk.locator("[data-ticked]")).to_have_text("13")


def test_without_javascript_a_row_is_edited_by_plain_forms(
    desk: Page, henan: Checklist, page_as: PageAs, admin: User
) -> None:
    browser = desk.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    context.add_cookies(desk.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(desk.url)

    row(page, "2.1.2").get_by_role("link", name="编辑2.1.2").click()
    row(page, "2.1.2").get_by_label("状态").select_option("已完成")
    row(page, "2.1.2").get_by_role("button", name="保存").click()

    assert page.url == desk.url
    expect(row(page, "2.1.2").locator(".status")).to_have_text("已完成")
    context.close()


def test_an_editor_edits_only_the_rows_of_their_owner(page_as: PageAs, henan: Checklist, admin: User) -> None:
    unit = henan.owners.get()
    change(find_item(henan, "2.1.1"), by=admin, owner=unit)
    page = page_as(make_user("tianbao", henan, Role.EDITOR, unit))
    page.goto(LIST)

    assert page.locator("a.edit").count() == 1
    row(page, "2.1.1").get_by_role("link", name="编辑2.1.1").click()
    expect(row(page, "2.1.1").get_by_label("责任单位")).to_be_disabled()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_row_being_edited_fits_the_screen(desk: Page, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 800})
    row(desk, "2.1.2").get_by_role("link", name="编辑2.1.2").click()
    expect(row(desk, "2.1.2").get_by_label("备注")).to_be_visible()

    assert desk.evaluate("document.documentElement.scrollWidth") <= width
