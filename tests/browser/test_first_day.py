"""The first day of a checklist: twelve units with one person each, and 122 items handed out."""

import time

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from measures.choices import Role
from measures.models import Catalogue, Checklist
from tests.browser.conftest import PageAs
from tests.make import make_checklist, make_user

pytestmark = [pytest.mark.browser, pytest.mark.any_engine, pytest.mark.django_db(transaction=True)]

PAGE_LOADS = 12


@pytest.fixture
def empty(transactional_db: None, settings: object) -> Checklist:
    call_command("loaddata", "catalogue", verbosity=0)
    return make_checklist("henan", "河南", Catalogue.objects.get())


def test_twelve_units_are_set_up_and_120_items_handed_out_in_twelve_pages(
    page_as: PageAs, empty: Checklist, capsys: pytest.CaptureFixture[str], settings: object
) -> None:
    settings.SECURITY_PROFILE = "asvs"  # type: ignore[attr-defined]
    page: Page = page_as(make_user("administrator", empty, Role.ADMINISTRATOR))
    loads: list[str] = []
    page.on("domcontentloaded", lambda loaded: loads.append(loaded.url))
    began = time.monotonic()

    page.goto("/checklists/henan/")
    page.get_by_role("link", name="一并添加单位和人员").click()
    rows = "\n".join(f"第{number}处\t人员{number}\tuser{number}" for number in range(1, 13))
    page.locator("[name=pasted]").fill(rows)
    page.locator("form[data-wait] button.main").click()
    page.locator("form[data-wait] button.main").click()
    expect(page.locator(".slip")).to_have_count(12)
    page.get_by_role("link", name="河南").click()
    page.get_by_role("link", name="按重点任务分派").click()
    for place, choice in enumerate(page.locator("select[name^=unit-]").all()):
        choice.select_option(index=1 + place)
    page.locator("[name=due]").fill("2099-12-31")
    page.locator("main button.main").click()
    page.locator("[name=sure]").check()
    page.locator("main button.main").click()
    expect(page.locator(".messages")).to_contain_text("122")

    took = time.monotonic() - began
    assert not empty.items.filter(owner=None).exists()
    assert not empty.items.filter(due=None).exists()
    assert empty.memberships.filter(role=Role.EDITOR).values("owner").distinct().count() == 12
    with capsys.disabled():
        print(f"\n{len(loads)} page loads, {took:.1f} s")  # noqa: T201
    assert len(loads) <= PAGE_LOADS
