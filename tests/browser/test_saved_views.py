"""A saved view in a real browser: filter, choose columns, save it under a name, and open it first."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import expect

from measures.choices import Role
from measures.models import Catalogue, Checklist
from tests.browser.conftest import PageAs
from tests.make import make_checklist, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/checklists/henan/items/"


@pytest.fixture
def henan(transactional_db: None) -> Checklist:
    call_command("loaddata", "catalogue", verbosity=0)
    return make_checklist("henan", "河南", Catalogue.objects.get())


@pytest.fixture
def admin(henan: Checklist) -> User:
    return make_user("guanliyuan", henan, Role.ADMINISTRATOR)


def test_a_view_is_saved_under_a_name_and_opens_first(page_as: PageAs, admin: User) -> None:
    page = page_as(admin)
    page.goto(LIST)
    page.get_by_label("重点任务").select_option("2.1 加强专业训练")
    page.get_by_role("button", name="筛选").first.click()
    page.get_by_text("视图", exact=True).click()
    page.get_by_role("link", name="选择列…").click()
    page.get_by_role("link", name="隐藏“最近填报”").click()
    page.get_by_role("link", name="使用这些列").click()
    page.get_by_text("视图", exact=True).click()
    page.get_by_role("link", name="保存当前视图…").click()
    page.get_by_label("名称").fill("专业训练")
    page.get_by_label("设为我的默认视图").check()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("事项：专业训练")

    page.goto(LIST)

    expect(page.get_by_role("heading", level=1)).to_have_text("事项：专业训练")
    expect(page.locator("tbody[data-row]")).to_have_count(13)
    expect(page.locator("thead")).not_to_contain_text("最近填报")
    page.get_by_text("视图", exact=True).click()
    page.get_by_role("link", name="全部事项").click()
    expect(page.get_by_role("status").first).to_contain_text("显示122项")
