"""The audit trail in a real browser: found by keyboard, readable on a phone, nothing that axe finds."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import expect

from measures.choices import Status
from measures.models import Checklist
from tests.browser.conftest import PageAs
from tests.make import change, find_item

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(checklist: Checklist, administrator: User) -> Checklist:
    change(find_item(checklist), by=administrator, status=Status.IN_PROGRESS, notes="开了会")
    Client().post("/sign-in/", {"username": "张三", "password": "x"})
    return checklist


def test_an_auditor_finds_a_change_and_goes_to_its_item(
    page_as: PageAs, busy: Checklist, auditor: User
) -> None:
    page = page_as(auditor)
    page.goto("/checklists/")
    page.get_by_text("auditor", exact=True).click()
    page.get_by_role("link", name="审计记录").click()
    expect(page.get_by_text("张三")).to_be_visible()

    page.get_by_label("搜索", exact=True).fill("开了会")
    page.keyboard.press("Enter")

    expect(page.get_by_text("张三")).to_have_count(0)
    page.get_by_role("link", name="1.1.1 简 措施 1.1.1").click()
    expect(page).to_have_url("/checklists/henan/items/1.1.1/")


@pytest.mark.any_engine
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_fits_and_axe_finds_nothing(
    page_as: PageAs, busy: Checklist, auditor: User, theme: str, width: int
) -> None:
    page = page_as(auditor)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.goto("/audit/")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
