"""A reporting period in a real browser: submitted, returned, submitted again, accepted and reopened."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from measures.choices import PeriodKind, Role, Status
from measures.models import Checklist, Period
from tests.browser.conftest import PageAs
from tests.make import (
    change,
    find_item,
    make_catalogue,
    make_checklist,
    make_owner,
    make_periods,
    make_user,
    write_entry,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def henan(transactional_db: None) -> Checklist:
    make_checklist("henan", "河南", make_catalogue())
    Checklist.objects.update(opened_at=timezone.now() - timedelta(100))
    return Checklist.objects.get()


@pytest.fixture
def admin(henan: Checklist) -> User:
    user = make_user("guanliyuan", henan, Role.ADMINISTRATOR)
    owner, at = make_owner(henan), timezone.now() - timedelta(3)
    for item in henan.items.select_related("measure"):
        found = find_item(henan, item.measure.code)
        change(found, by=user, at=at, status=Status.IN_PROGRESS, owner=owner)
        write_entry(find_item(henan, item.measure.code), user, at=at)
    change(find_item(henan, "1.1.2"), by=user, at=at, owner=None)
    return user


@pytest.fixture
def period(henan: Checklist) -> Period:
    yesterday = timezone.localdate() - timedelta(1)
    return make_periods(henan, PeriodKind.BY_HAND, [(yesterday - timedelta(9), yesterday)])[0]


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def test_submitting_says_that_it_takes_a_while_and_is_not_done_twice(
    page_as: PageAs, admin: User, period: Period
) -> None:
    page = page_as(admin)
    page.goto(period.get_absolute_url())
    expect(page.locator("[data-wait-words]")).to_be_hidden()
    # No content leaves the browser on the page, as if the answer were still awaited.
    page.route("**/submit/", lambda route: route.fulfill(status=204))
    page.get_by_label("说明").fill("单位调整中")
    press(page, "仍要提交")

    expect(page.locator("[data-wait-words]")).to_contain_text("正在生成并留存报告")
    expect(page.get_by_role("button", name="仍要提交")).to_be_disabled()


def test_the_whole_way_of_a_period(page_as: PageAs, admin: User, period: Period) -> None:
    page = page_as(admin)
    page.goto("/checklists/henan/periods/")
    page.get_by_role("link", name="提交…").click()

    expect(page.locator("#do")).to_contain_text("1个事项有缺项")
    expect(page.locator("#do").get_by_role("link", name="1.1.2")).to_be_visible()
    press(page, "仍要提交")
    expect(page.locator("h1").first).not_to_contain_text("已提交")
    expect(page.locator("#do")).to_contain_text("必填：请说明缺漏的原因。")
    page.get_by_label("说明").fill("单位调整中")
    press(page, "仍要提交")
    expect(page.locator(".messages")).to_contain_text("已提交")

    press(page, "退回")
    expect(page.locator("#do")).to_contain_text("请填写理由")
    page.get_by_label("理由").fill("请明确责任单位")
    press(page, "退回")
    expect(page.locator("h1").first).to_contain_text("已退回")

    page.get_by_label("说明").fill("下月明确")
    press(page, "仍要提交")
    press(page, "审定并关闭")
    expect(page.locator("h1").first).to_contain_text("已审定")
    expect(page.locator(".steps")).to_contain_text("由本级自行审定")
    page.get_by_text("其他格式").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    assert download.value.suggested_filename == f"河南-进展情况报告-{period.ends}-第1版.xlsx"

    page.get_by_label("理由").fill("数据有误")
    press(page, "重新开放")
    expect(page.locator("h1").first).to_contain_text("填报中")
    expect(page.locator(".steps li")).to_have_count(5)
    assert Period.objects.get().revision == 2

    page.get_by_role("link", name="与其他报告对比").click()
    expect(page.locator(".heads")).to_contain_text("今天")
    page.get_by_label("后一份报告").select_option(index=1)
    press(page, "对比")
    assert "b=" in page.url
    expect(page.locator("main")).to_contain_text("均无变化")
