"""What somebody types is not lost: sessions that end under a form, pages left by mistake, input methods."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from measures.choices import Role
from measures.models import Checklist, Session
from tests.browser.conftest import PageAs
from tests.make import PASSWORD, change, find_item, make_checklist, make_user

pytestmark = [pytest.mark.browser, pytest.mark.any_engine, pytest.mark.django_db(transaction=True)]

ITEM = "/checklists/henan/items/1.1.1/"
LIST = "/checklists/henan/items/?view=none"
TEXT = "11月：已组织专题学习3期。"
BACK = "已重新填入"


@pytest.fixture
def henan(transactional_db: None) -> Checklist:
    return make_checklist("henan", "河南")


@pytest.fixture
def admin(henan: Checklist) -> User:
    return make_user("guanliyuan", henan, Role.ADMINISTRATOR)


@pytest.fixture
def page(admin: User, page_as: PageAs) -> Page:
    return page_as(admin)


def sign_in(page: Page, name: str = "guanliyuan") -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.locator("body[data-user]")).to_be_attached()


def sign_out_elsewhere(context: BrowserContext) -> Page:
    """In another tab, which is given back."""
    other = context.new_page()
    other.goto("/checklists/henan/")
    other.locator("details.menu", has_text="退出登录").locator("summary").click()
    other.get_by_role("button", name="退出登录").click()
    expect(other.get_by_label("用户名")).to_be_visible()
    return other


def notes(page: Page) -> str:
    return page.locator("textarea[name=notes]").input_value()


def test_what_was_typed_comes_back_after_signing_out_in_another_tab(
    henan: Checklist, page: Page, context: BrowserContext
) -> None:
    page.goto(ITEM)
    page.locator("textarea[name=notes]").fill(TEXT)
    sign_out_elsewhere(context)

    page.get_by_role("button", name="保存").click()
    expect(page.locator("textarea.typed").first).to_have_value(TEXT)
    page.locator("main a.button").click()
    sign_in(page)

    expect(page.get_by_text(BACK)).to_be_visible()
    assert notes(page) == TEXT
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text(BACK)).to_have_count(0)
    page.reload()
    expect(page.get_by_text(BACK)).to_have_count(0)
    assert find_item(henan).notes == TEXT


def test_what_was_typed_comes_back_after_the_session_ended_on_the_server(
    henan: Checklist, page: Page
) -> None:
    page.goto(ITEM)
    page.locator("textarea[name=notes]").fill(TEXT)
    Session.objects.all().delete()

    page.get_by_role("button", name="保存").click()
    page.locator("main a.button").click()
    sign_in(page)

    expect(page.get_by_text(BACK)).to_be_visible()
    assert notes(page) == TEXT


def test_what_was_typed_comes_back_after_signing_in_again_in_another_tab(
    henan: Checklist, page: Page, context: BrowserContext
) -> None:
    page.goto(ITEM)
    page.locator("textarea[name=notes]").fill(TEXT)
    sign_in(sign_out_elsewhere(context))

    page.get_by_role("button", name="保存").click()
    page.locator("main a.button").click()

    expect(page.get_by_text(BACK)).to_be_visible()
    assert notes(page) == TEXT


def test_another_account_gets_the_text_to_copy_in_this_tab_alone(
    henan: Checklist, page: Page, context: BrowserContext
) -> None:
    make_user("lingyiren", henan, Role.ADMINISTRATOR)
    page.goto(ITEM)
    page.locator("textarea[name=notes]").fill(TEXT)
    other = sign_out_elsewhere(context)

    page.get_by_role("button", name="保存").click()
    page.locator("main a.button").click()
    sign_in(page, "lingyiren")

    assert notes(page) == ""
    expect(page.locator("main .note textarea").first).to_have_value(TEXT)
    other.goto(ITEM)
    expect(other.locator("main .note textarea")).to_have_count(0)
    page.get_by_role("button", name="不再保留").click()
    page.reload()
    expect(page.locator("main .note textarea")).to_have_count(0)


def edit_row(page: Page) -> None:
    page.goto(f"{LIST}&columns=code,title,status,notes")
    page.locator("tbody[data-row='1.1.1'] td.section, tbody[data-row='1.1.1'] td.code").first.dblclick()
    page.locator("tbody.editing textarea[name=notes]").fill(TEXT)


def test_a_row_can_be_saved_after_signing_in_again_in_another_tab(
    henan: Checklist, page: Page, context: BrowserContext
) -> None:
    edit_row(page)
    other = sign_out_elsewhere(context)

    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-failed-note]")).to_contain_text("登录已失效")
    sign_in(other)
    page.locator("tbody.editing textarea[name=notes]").press("Control+Enter")

    expect(page.locator("tbody.saved")).to_be_attached()
    assert find_item(henan).notes == TEXT


def test_a_row_is_not_saved_for_another_account(
    henan: Checklist, page: Page, context: BrowserContext
) -> None:
    make_user("lingyiren", henan, Role.ADMINISTRATOR)
    edit_row(page)
    sign_in(sign_out_elsewhere(context), "lingyiren")

    page.keyboard.press("Control+Enter")

    expect(page.locator("[data-failed-note]")).to_contain_text("其他账号")
    expect(page.locator("tbody.editing textarea[name=notes]")).to_have_value(TEXT)
    assert find_item(henan).version == 1


@pytest.mark.parametrize("where", ["page", "row"])
def test_leaving_a_half_typed_form_asks_first(henan: Checklist, page: Page, where: str) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    if where == "row":
        edit_row(page)
    else:
        page.goto(ITEM)
        page.locator("textarea[name=notes]").press_sequentially("半")

    page.get_by_role("link", name="报告", exact=True).click()
    page.wait_for_timeout(300)

    assert asked == ["beforeunload"]
    assert "/items/" in page.url


def test_leaving_after_saving_does_not_ask(henan: Checklist, page: Page) -> None:
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto(ITEM)
    page.locator("textarea[name=notes]").press_sequentially("半")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="报告", exact=True).click()

    expect(page).to_have_url(re.compile("/report/"))
    assert asked == []


def test_the_enter_of_an_input_method_saves_nothing(henan: Checklist, page: Page) -> None:
    edit_row(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)

    for composing in ({"keyCode": 229}, {"isComposing": True}):
        page.locator("tbody.editing input[name=reason]").evaluate(
            "(field, how) => field.dispatchEvent(new KeyboardEvent('keydown',"
            " { key: 'Enter', bubbles: true, ...how }))",
            composing,
        )

    page.wait_for_timeout(200)
    assert sent == []


@pytest.mark.parametrize("cell", ["code", "title", "section", "entry"])
def test_a_double_click_on_any_cell_edits_the_row(henan: Checklist, page: Page, cell: str) -> None:
    page.goto(LIST)
    target = page.locator(f"tbody[data-row='1.1.2'] td.{cell}")
    (target.locator("a") if cell == "title" else target).dblclick()

    expect(page.locator("tbody.editing[data-row='1.1.2']")).to_be_visible()


def test_one_click_on_a_title_opens_the_item(henan: Checklist, page: Page) -> None:
    page.goto(LIST)
    page.locator("tbody[data-row='1.1.2'] td.title a").click()

    expect(page).to_have_url(re.compile("/items/1.1.2/"))


def test_typing_keeps_the_session_alive(henan: Checklist, admin: User, page: Page) -> None:
    change(find_item(henan), by=admin, notes="6月")
    page.clock.install()
    page.goto(ITEM)
    page.clock.fast_forward(61_000)

    with page.expect_request("**/alive/") as asked:
        page.locator("textarea[name=notes]").press_sequentially("半")

    answer = asked.value.response()
    assert answer
    assert answer.status == 204
