"""Ways through the list: back to it as it was filtered, ticks over several pages, filters applied at once."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import FilePayload, Page, expect

from measures.choices import Role
from measures.models import Checklist
from tests.browser.conftest import PageAs
from tests.make import find_item, make_checklist, make_user
from tests.sheets import sheet_of

pytestmark = [pytest.mark.browser, pytest.mark.any_engine, pytest.mark.django_db(transaction=True)]

LIST = "/checklists/henan/items/?view=none"


@pytest.fixture
def henan(transactional_db: None) -> Checklist:
    return make_checklist("henan", "河南")


@pytest.fixture
def page(henan: Checklist, page_as: PageAs) -> Page:
    admin: User = make_user("guanliyuan", henan, Role.ADMINISTRATOR)
    return page_as(admin)


def test_after_a_bulk_edit_one_is_back_on_the_list_as_it_was_filtered_and_can_undo(
    henan: Checklist, page: Page
) -> None:
    page.goto(f"{LIST}&section=1.1&per_page=2&page=2")
    page.get_by_label("勾选1.1.3").check()
    page.get_by_role("button", name="批量修改…").click()
    page.get_by_label("状态").select_option("推进中")
    page.get_by_role("button", name="预览修改").click()
    page.get_by_role("button", name="修改1项").click()

    expect(page).to_have_url(re.compile("section=1.1&per_page=2&page=2"))
    expect(page.locator("[data-ticked]")).to_have_text("")
    assert find_item(henan, "1.1.3").status == "in_progress"
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.get_by_text("已修改1项。")).to_be_visible()
    assert find_item(henan, "1.1.3").status == "not_started"


def test_after_an_upload_one_is_back_on_the_list_as_it_was_filtered(henan: Checklist, page: Page) -> None:
    page.goto(f"{LIST}&section=1.1")
    page.get_by_role("link", name="上传表格…").click()
    content = sheet_of(["编号", "状态"], ["1.1.2", "已完成"])
    page.locator("input[type=file]").set_input_files(
        FilePayload(name="台账.xlsx", mimeType="", buffer=content)
    )
    page.get_by_role("button", name="预览修改").click()
    page.get_by_role("button", name="确认写入").click()

    expect(page).to_have_url(re.compile("/items/.*section=1.1"))
    expect(page.get_by_role("button", name="撤销", exact=True)).to_be_visible()


def test_ticks_stay_on_other_pages_and_are_counted(henan: Checklist, page: Page) -> None:
    page.goto(f"{LIST}&per_page=5")
    page.get_by_label("勾选1.1.2").check()
    page.get_by_role("link", name="下一页").click()
    page.get_by_label("勾选1.2.3").check()

    expect(page.locator("[data-ticked]")).to_have_text("2")
    expect(page.locator("[data-ticked-on-others]")).to_be_visible()
    page.get_by_role("link", name="上一页").click()
    expect(page.get_by_label("勾选1.1.2")).to_be_checked()
    page.get_by_role("button", name="批量修改…").click()
    expect(page.locator("ul.codes li")).to_have_count(2)

    page.goto(f"{LIST}&per_page=5&pillar=1")
    expect(page.locator("[data-ticked]")).to_have_text("")


def test_a_filter_applies_when_it_is_chosen_and_a_pillar_narrows_the_sections(
    henan: Checklist, page: Page
) -> None:
    page.goto(f"{LIST}&section=1.1")

    page.locator("select[name=pillar]").select_option("2")

    expect(page).to_have_url(re.compile("pillar=2"))
    expect(page.locator("tbody[data-row]")).to_have_count(6)
    shown = page.locator("select[name=section] option:not([hidden])").all_inner_texts()
    assert [text.split(" ")[0] for text in shown[1:]] == ["2.1", "2.2"]
