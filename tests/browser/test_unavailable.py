"""The database is busy when somebody saves: their words stay on the page, and a button sends them again."""

import sqlite3
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from measures.models import Checklist, Item
from tests.browser.conftest import PageAs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOTES = "一、已召开动员会。\n二、<b>责任</b>到岗到人。"


def test_what_was_typed_is_sent_again_with_one_button(
    page_as: PageAs, administrator: User, checklist: Checklist, live_server: LiveServer
) -> None:
    error = OperationalError("database is locked")
    error.__cause__ = sqlite3.OperationalError("database is locked")

    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    page = page_as(administrator)
    page.goto("/checklists/henan/items/1.1.1/")
    page.get_by_label("备注").fill(NOTES)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(Item, "change", fail)
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("heading", name="暂时不能使用")).to_be_visible()
    expect(page.get_by_label("您填写的内容")).to_have_value(NOTES)

    page.get_by_role("button", name="再次提交").click()

    expect(page.get_by_role("status")).to_contain_text("已保存")
    assert checklist.items.get(measure__code="1.1.1").notes == NOTES
