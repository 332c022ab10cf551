"""From the sheet that an office keeps to its report and back, as a new user goes."""

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.arrivals import Site
from tests.browser.arrivals_accounts import taking_over
from tests.takeover.office import NAME, office_ledger

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.any_engine]


def test_a_ledger_comes_in_is_corrected_reported_and_goes_back(page: Page, demo_site: Site) -> None:
    taking_over(page, demo_site)
    page.locator("[name=file]").set_input_files(
        {"name": NAME, "mimeType": "application/octet-stream", "buffer": office_ledger(20)}
    )
    page.get_by_role("button", name="读取台账").click()

    page.get_by_label("总投资").select_option(label="工作目标")
    page.get_by_role("button", name="应用更正").first.click()
    expect(page.get_by_label("总投资")).to_have_value("target")
    page.get_by_role("button", name="导入台账").click()
    expect(page.locator("h1")).to_have_text("台账已导入")
    page.get_by_role("link", name="本月报告").click()

    expect(page.locator("main")).to_contain_text("9月完成了2%")
    page.go_back()
    with page.expect_download() as started:
        page.get_by_role("link", name="按原版式下载台账").click()
    content = Path(started.value.path()).read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet.cell(3, 3).value == "第1处改造完成验收并移交使用"
