"""A catalogue of two levels is written from nothing, by keyboard, published, and a checklist opened of it."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from measures.choices import Role
from measures.models import Catalogue, Membership
from tests.browser.conftest import PageAs
from tests.make import make_catalogue, make_checklist

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.any_engine]


def test_a_catalogue_is_written_published_and_followed(page_as: PageAs) -> None:
    operator = User.objects.create_superuser("operator", password="x")
    above = make_checklist("henan", "河南", make_catalogue())
    Membership.objects.create(user=operator, checklist=above, role=Role.ADMINISTRATOR)
    page = page_as(operator)
    page.goto("/catalogues/")
    page.get_by_role("link", name="新建措施库").click()
    page.locator('[name="title_zh_hans"]').fill("安全生产")
    page.locator('[name="levels_zh_hans"]').fill("章 / 节 / 条")
    page.locator('[name="slug"]').fill("safety")
    page.get_by_role("button", name="建立草稿").click()

    def add(name: str, titles: str) -> None:
        expect(page.locator(".adding")).to_contain_text(name)
        expect(page.locator(".adding textarea")).to_be_focused()
        page.keyboard.type(titles)
        page.keyboard.press("Control+Enter")
        expect(page.locator("a.edit", has_text=titles.splitlines()[-1])).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(".adding")).to_have_count(0)

    add("章", "场所")
    page.locator("a.edit", has_text="场所").press("n")
    add("节", "出入口")
    page.locator("a.edit", has_text="出入口").press("n")
    add("条", "门口贴牌\n出口畅通")
    page.locator("a.edit", has_text="出口畅通").press("Alt+ArrowUp")
    expect(page.locator(".measure .title").first).to_have_text("出口畅通")
    expect(page.locator("a.edit:focus")).to_contain_text("出口畅通")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator('.opened [name="title_zh_hans"]')).to_be_focused()
    page.keyboard.type("每个")
    page.keyboard.press("Control+Enter")
    expect(page.locator("a.edit:focus")).to_contain_text("每个")
    page.get_by_role("button", name="重新编号").click()
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("main")).to_contain_text("已发布")

    assert not Catalogue.objects.get(slug="safety").is_draft
    page.goto("/checklists/henan/below/")
    form = page.locator('form[aria-labelledby="open-one"]')
    form.locator('[name="name"]').fill("洛阳")
    form.locator('[name="slug"]').fill("luoyang")
    form.locator('[name="catalogue"]').select_option(str(Catalogue.objects.get(slug="safety").pk))
    form.locator("button.main").click()
    page.goto("/checklists/luoyang/items/")
    expect(page.locator("main")).to_contain_text("出口畅通")
