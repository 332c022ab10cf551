"""The second half of the loop in a browser: chased, answered, returned for want of evidence, closed."""

import hashlib
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from measures.choices import EvidenceRule, Role, Status
from measures.models import Application, ChasedItem, Chaser, Checklist, Evidence, Item
from tests.browser.conftest import PageAs
from tests.evidence_make import PDF, PNG
from tests.make import change, find_item, make_catalogue, make_checklist, make_owner, make_user

pytestmark = [pytest.mark.browser, pytest.mark.any_engine, pytest.mark.django_db(transaction=True)]

CODE = "1.1.1"
ITEM = f"/checklists/henan/items/{CODE}/"
UNITS = ("干部一处", "干部二处", "干部教育处", "干部监督处", "公务员处")


@pytest.fixture
def office(transactional_db: None) -> User:
    """The administrator of a checklist that asks for evidence, with 20 items of five units at work."""
    made = make_checklist("henan", "河南", make_catalogue(pillars=1, sections=4, measures=5))
    made.signs_off = made.extends_by_request = True
    made.evidence_to_close = EvidenceRule.ALWAYS
    made.save()
    office = make_user("bangongshi", made, Role.ADMINISTRATOR)
    units = [make_owner(made, name) for name in UNITS]
    for place, item in enumerate(made.items.in_order().select_related("measure")):
        found, unit = find_item(made, item.measure.code), units[place // 4]
        change(found, by=office, at=timezone.now(), owner=unit, status=Status.IN_PROGRESS)
    make_user("yichu", made, Role.EDITOR, units[0])
    return office


def add(page: Page, *paths: Path) -> None:
    for path in paths:
        page.get_by_text("添加佐证材料…").click()
        page.get_by_label("文件", exact=True).set_input_files(path)
        page.get_by_role("button", name="添加", exact=True).click()
        expect(page.get_by_role("link", name=path.name)).to_be_visible()


def ask_to_close(page: Page, reason: str) -> None:
    form = page.get_by_role("form", name="向主管单位申请")
    form.get_by_label("申请事由").select_option("销号")
    form.get_by_label("办理结果或理由").fill(reason)
    form.get_by_role("button", name="提交申请").click()


def test_twenty_items_are_chased_and_one_is_closed_with_its_evidence(
    office: User, page_as: PageAs, evidence_folder: Path, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("印发通知.pdf", "会议现场.png", "签收单.pdf")]
    for path, content in zip(files, (PDF, PNG, PDF + b"%"), strict=True):
        path.write_bytes(content)

    # 催办：all twenty at once; each unit gets one chaser.
    page = page_as(office)
    page.goto("/checklists/henan/items/?view=none")
    page.locator("input[name=scope][value=filter]").check()
    page.get_by_role("button", name="催办…").click()
    page.get_by_label("级别").select_option("督办")
    page.get_by_label("回复时限").fill((timezone.localdate() + timedelta(7)).isoformat())
    page.get_by_label("催办内容").fill("请报送办结情况和佐证材料。")
    page.get_by_role("button", name="催办5个单位").dblclick()
    expect(page.get_by_text("请报送办结情况和佐证材料。").first).to_be_visible()
    assert (Chaser.objects.count(), ChasedItem.objects.count()) == (5, 20)

    # 阅知、填报：one unit reads it and answers.
    unit = page_as(User.objects.get(username="yichu"))
    unit.goto("/checklists/henan/")
    unit.get_by_role("link", name="查看并回复").click()
    unit.get_by_role("rowheader").get_by_role("link", name=UNITS[0]).click()
    unit.get_by_role("button", name="我已阅知").click()
    unit.get_by_role("rowheader").get_by_role("link", name=CODE).first.click()
    unit.get_by_label("本期进展").fill("办法已印发实施。")
    unit.get_by_role("button", name="保存填报").click()
    expect(unit.get_by_role("region", name="进展填报")).to_contain_text("办法已印发实施。")

    # 销号：refused at first, with what was typed kept, since nothing shows the result.
    ask_to_close(unit, "办法已印发，各项要求落实到位。")
    expect(unit.get_by_text("尚无材料佐证办理结果。")).to_be_visible()
    form = unit.get_by_role("form", name="向主管单位申请")
    expect(form.get_by_label("办理结果或理由")).to_have_value("办法已印发，各项要求落实到位。")
    unit.goto(ITEM)
    add(unit, *files[:2])
    ask_to_close(unit, "办法已印发，各项要求落实到位。")
    expect(unit.get_by_role("region", name="申请")).to_contain_text("待办理")

    # 退回：the office wants the list of signatures as well.
    page = page_as(office)
    page.goto("/checklists/henan/applications/")
    page.get_by_text("退回…").click()
    page.get_by_role("listitem").get_by_label("理由", exact=True).fill("缺签收单。")
    page.get_by_role("button", name="退回", exact=True).click()
    unit = page_as(User.objects.get(username="yichu"))
    unit.goto(ITEM)
    expect(unit.get_by_role("region", name="申请")).to_contain_text("缺签收单。")
    add(unit, files[2])
    ask_to_close(unit, "已补签收单。")

    # 同意、归档：the dossier has every file, under the hash with which it was added.
    page = page_as(office)
    page.goto("/checklists/henan/applications/")
    page.get_by_role("button", name="同意", exact=True).click()
    page.goto(ITEM)
    expect(page.locator(".page-head .chip").first).to_have_text("已完成")
    with page.expect_download() as saved:
        page.get_by_role("link", name="归档（ZIP）").click()
    assert saved.value.suggested_filename.startswith("河南-1-1-1-归档材料")
    with zipfile.ZipFile(saved.value.path()) as archive:
        lines = archive.read("sha256sums.txt").decode().splitlines()
        assert len(lines) == 4
        for line in lines:
            digest, _space, name = line.partition("  ")
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    hashes = {line[:64] for line in lines}
    assert hashes >= set(Evidence.objects.values_list("sha256", flat=True))
    item = find_item(Checklist.objects.get(), CODE)
    assert (item.status, Application.objects.count()) == (Status.DONE, 2)
    assert Item.objects.filter(status=Status.DONE).count() == 1
