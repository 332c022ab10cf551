"""Evidence in a real browser: a unit adds a file, and a reader saves it instead of seeing it."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import expect

from measures.models import Item
from tests.browser.conftest import PageAs
from tests.evidence_make import PDF

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_unit_adds_a_file_and_a_browser_saves_it(
    given: Item, editor: User, page_as: PageAs, tmp_path: Path, evidence_folder: Path
) -> None:
    source = tmp_path / "会议纪要.pdf"
    source.write_bytes(PDF)
    wrong = tmp_path / "会议纪要.html"
    wrong.write_bytes(b"<script>alert(1)</script>")
    page = page_as(editor)
    page.goto("/checklists/henan/items/1.1.1/")
    page.get_by_text("添加佐证材料…").click()
    expect(page.get_by_text("不得上传涉密和敏感个人信息。")).to_be_visible()

    page.get_by_label("文件").set_input_files(wrong)
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.get_by_text("不接收此类文件")).to_be_visible()
    page.get_by_label("文件").set_input_files(source)
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.get_by_role("link", name="会议纪要.pdf")).to_be_visible()
    assert not Axe().run(page).response["violations"]
    with page.expect_download() as saved:
        page.get_by_role("link", name="会议纪要.pdf").click()

    assert saved.value.suggested_filename == "会议纪要.pdf"
    assert Path(saved.value.path()).read_bytes() == PDF
