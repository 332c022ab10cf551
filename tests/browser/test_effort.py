"""What the desk costs its user: keystrokes from sign-in to a saved change, and kilobytes of a list."""

import gzip
import re
import time
from collections.abc import Callable

import brotli
import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from measures.demo import set_passwords
from measures.models import Checklist
from tests.make import PASSWORD, find_item

pytestmark = [pytest.mark.browser, pytest.mark.any_engine, pytest.mark.django_db(transaction=True)]

CODE, NOTE = "2.1.2", "11月例会已研究。"


class Keyboard:
    """Counts the keys that are pressed; words that must be typed anyway count apart."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0
        self.typed = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.pressed += len(keys)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.typed += len(text)

    def tab_to(self, reached: Callable[[], bool]) -> None:
        for _ in range(20):
            if reached():
                return
            self.press("Tab")
        raise AssertionError("Twenty tabs lead nowhere.")


def test_an_entry_takes_few_keys_from_sign_in(
    browser: Browser, base_url: str, demo: Checklist, capsys: pytest.CaptureFixture[str]
) -> None:
    set_passwords(PASSWORD)
    context = browser.new_context(base_url=base_url, locale="zh-CN")
    page = context.new_page()
    page.goto("/")
    keys = Keyboard(page)
    began = time.monotonic()

    def on(selector: str) -> Callable[[], bool]:
        return lambda: bool(page.evaluate("s => document.activeElement.matches(s)", selector))

    keys.tab_to(on("[name=username]"))
    keys.type("editor")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url(f"{base_url}/")
    # The first figure leads to the unit's items.
    keys.tab_to(on("a[href*='/items/?owner=']"))
    keys.press("Enter")
    page.wait_for_url("**/items/?owner=*")
    signed_in = keys.pressed
    keys.press("f")
    keys.type(CODE)
    keys.press("Enter")
    page.wait_for_url(f"**q={CODE}**")
    keys.press("j", "e")
    expect(page.locator("[name=entry-progress]")).to_be_focused()
    keys.type(NOTE)
    keys.press("Control+Enter")
    expect(page.locator("[data-said]")).to_contain_text(CODE)

    took = time.monotonic() - began
    item = find_item(demo, CODE)
    assert item.entries.latest("pk").progress == NOTE
    with capsys.disabled():
        print(f"\n{keys.pressed} keys ({signed_in} to the list), {keys.typed} letters, {took:.1f} s")  # noqa: T201
    assert keys.pressed <= 20
    context.close()


def test_a_list_with_all_its_files_weighs_little(demo: Checklist, capsys: pytest.CaptureFixture[str]) -> None:
    """Compressed as WhiteNoise sends files and as a proxy sends pages."""
    client = Client(headers={"Accept-Language": "zh-CN"})
    client.force_login(User.objects.get(username="administrator"))
    page = client.get("/checklists/henan/items/").content
    files = dict.fromkeys(re.findall(rb'(?:href|src)="/static/([^"]+)"', page))

    weights = {"page": len(gzip.compress(page, 6))}
    for name in files:
        found = finders.find(name.decode())
        assert found, name
        with open(found, "rb") as file:
            weights[name.decode()] = len(brotli.compress(file.read()))

    with capsys.disabled():
        total = sum(weights.values()) / 1024
        print(f"\n{total:.1f} KB compressed, {len(page) / 1024:.0f} KB the page plain: {weights}")  # noqa: T201
    assert len(weights) > 5
    assert total < 150
