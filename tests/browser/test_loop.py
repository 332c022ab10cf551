"""Three people live the loop in a browser: the office, the lead unit and a cooperating unit."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from measures.choices import Role
from measures.models import Checklist
from tests.make import PASSWORD, find_item, make_catalogue, make_checklist, make_owner, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CODE = "1.1.1"
ITEM = f"/checklists/henan/items/{CODE}/"
LEAD, HELPER = "干部教育处", "人才工作处"
Enter = Callable[[str], Page]


@pytest.fixture
def henan(transactional_db: None) -> Checklist:
    """A checklist that the office signs off, with a lead unit and another one."""
    made = make_checklist("henan", "河南", make_catalogue(pillars=1, sections=1))
    made.signs_off = made.extends_by_request = True
    made.save()
    make_user("bangongshi", made, Role.ADMINISTRATOR)
    make_user("jiaoyuchu", made, Role.EDITOR, make_owner(made, LEAD))
    make_user("rencaichu", made, Role.EDITOR, make_owner(made, HELPER))
    return made


@pytest.fixture
def enter(browser: Browser, base_url: str, henan: Checklist) -> Iterator[Enter]:
    """Signs a person in, in a browser of their own, as they would: enter("bangongshi")."""
    with ExitStack() as opened:

        def signed_in(name: str) -> Page:
            context = browser.new_context(base_url=base_url, locale="zh-CN", timezone_id="Asia/Shanghai")
            page = opened.enter_context(closing(context)).new_page()
            page.goto("/")
            page.get_by_label("用户名").fill(name)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            return page

        yield signed_in


def said(page: Page) -> str:
    """What the page says after an act."""
    return page.get_by_role("status").first.inner_text()


def ask(page: Page, kind: str, reason: str, new_due: str = "") -> None:
    form = page.get_by_role("form", name="向主管单位申请")
    form.get_by_label("申请事由").select_option(kind)
    if new_due:
        form.get_by_label("申请延期至").fill(new_due)
    form.get_by_label("办理结果或理由").fill(reason)
    form.get_by_role("button", name="提交申请").click()


def test_three_people_bring_an_item_to_its_end(enter: Enter, henan: Checklist) -> None:
    today = timezone.localdate()
    due, later = (today + timedelta(days) for days in (-3, 14))
    office, lead, helper = map(enter, ("bangongshi", "jiaoyuchu", "rencaichu"))

    # 立项、交办：the office says who leads, who helps, and by when.
    office.goto(ITEM)
    state = office.get_by_role("form", name="办理情况")
    state.get_by_label("状态", exact=True).select_option("推进中")
    state.get_by_label("责任单位").select_option(LEAD)
    state.get_by_text("未指定单位").click()
    state.get_by_role("group", name="配合单位").get_by_label(HELPER).check()
    state.get_by_label("完成时限").fill(due.isoformat())
    state.get_by_role("button", name="保存").click()
    # The due date is past, which the page asks about once.
    state.get_by_role("checkbox", name="仍使用该日期").check()
    state.get_by_role("button", name="保存").click()
    assert "已保存" in said(office)

    # 反馈：the cooperating unit finds the item among its own, says what it did, and can change nothing else.
    helper.goto("/checklists/henan/")
    helper.get_by_role("region", name="我的事项：人才工作处").get_by_role("link", name=CODE).click()
    expect(helper.get_by_role("form", name="办理情况")).to_have_count(0)
    expect(helper.get_by_role("form", name="向主管单位申请")).to_have_count(0)
    helper.get_by_label("本期进展").fill("已提供师资名单。")
    helper.get_by_role("button", name="保存填报").click()
    expect(helper.get_by_role("region", name="进展填报")).to_contain_text("已提供师资名单。")

    # The lead unit sees it, reports, and may neither finish the item nor move its due date.
    lead.goto(ITEM)
    expect(lead.get_by_text("已提供师资名单。").first).to_be_visible()
    state = lead.get_by_role("form", name="办理情况")
    assert "已完成" not in state.get_by_label("状态", exact=True).inner_text()
    expect(state.get_by_label("完成时限")).to_have_count(0)
    lead.get_by_label("本期进展").fill("培训方案已印发。")
    lead.get_by_label("存在问题").fill("场地未落实。")
    lead.get_by_role("button", name="保存填报").click()

    # 延期：asked for, returned with a reason, asked for again, granted.
    ask(lead, "延期", "场地改造未完工。", later.isoformat())
    expect(lead.get_by_role("region", name="申请")).to_contain_text("待办理")
    office.goto("/checklists/henan/")
    office.get_by_role("link", name="1 待审批申请").click()
    office.get_by_text("退回…").click()
    office.get_by_role("listitem").get_by_label("理由", exact=True).fill("请说明何时完工。")
    office.get_by_role("button", name="退回", exact=True).click()
    lead.reload()
    expect(lead.get_by_role("region", name="申请")).to_contain_text("请说明何时完工。")
    ask(lead, "延期", "场地两周内完工。", later.isoformat())
    office.goto("/checklists/henan/applications/")
    office.get_by_role("button", name="同意", exact=True).click()
    lead.reload()
    expect(lead.get_by_role("form", name="办理情况")).to_contain_text(
        f"{later.year}年{later.month}月{later.day}日"
    )

    # 销号：the lead unit asks, the office grants what it has ticked, and the day asked counts.
    ask(lead, "销号", "培训已办结，参训40人。")
    office.goto("/checklists/henan/applications/")
    office.get_by_label(f"勾选{CODE}").check()
    office.get_by_role("button", name="同意所选申请").click()
    expect(office.get_by_text("没有待办理的申请。")).to_be_visible()
    lead.reload()
    expect(lead.locator(".page-head .chip").first).to_have_text("已完成")

    # 通报：everybody reads how it came about, then and on any day.
    helper.goto(ITEM)
    for words in ("场地未落实。", "请说明何时完工。", "培训已办结，参训40人。"):
        expect(helper.locator("main")).to_contain_text(words)
    helper.goto(f"{ITEM}?as_of={(today - timedelta(1)).isoformat()}")
    expect(helper.locator("main")).not_to_contain_text("培训已办结")
    item = find_item(henan, CODE)
    assert (item.status, item.due, item.done_on, item.extensions) == ("done", later, today, 1)
    assert item.entries.count() == 2
