"""A ledger as an office keeps it, with as many rows as a test wants."""

import re
from datetime import datetime
from html import unescape

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.takeover.builder import SheetMaker, workbook

NAME = "重点任务台账.xlsx"
TITLE = "云岚市2026年重点任务推进台账"
HEADINGS = [
    "序号",
    "重点任务",
    "具体措施",
    "牵头单位",
    "配合单位",
    "责任领导",
    "联系人",
    "完成时限",
    "9月进展",
    "10月进展",
]
HEADINGS += ["存在问题", "办理状态", "总投资", "备注"]
UNITS = ["市教育局", "市水利局", "市交通运输局"]
STATUSES = ["推进中", "已完成", "受阻", "未启动"]
DUES: list[object] = ["6月底前", "2026年9月30日", datetime(2026, 12, 31), "长期坚持", "会后15个工作日内"]


def office_sheet(count: int) -> SheetMaker:
    sheet = SheetMaker("台账")
    sheet.aside(TITLE, merge="A:N")
    sheet.aside(*HEADINGS)
    for number in range(1, count + 1):
        sheet.item(
            number,
            "学校建设" if number <= count / 2 else "河道治理",
            f"第{number}处改造完成验收并移交使用",
            UNITS[number % 3],
            UNITS[(number + 1) % 3],
            "分管副市长",
            f"欧阳小明 1380000{number % 10_000:04d}",
            DUES[number % 5],
            f"9月完成了{number}%",
            f"10月又完成了{number}米" if number % 2 else "",
            "资金未到位" if number % 4 == 0 else "",
            STATUSES[number % 4],
            number * 10,
            "每月调度" if number == 1 else "",
        )
    sheet.aside("填表人：李四", "", "", "审核人：")
    return sheet


def office_ledger(count: int = 12) -> bytes:
    return workbook(office_sheet(count))


def office_text(count: int = 5) -> str:
    """The same as cells that were copied."""
    rows = office_sheet(count).cells
    return "\n".join("\t".join("" if cell is None else str(cell) for cell in row) for row in rows)


def fields_of(page: str) -> dict[str, str]:
    """Every field of the form, as a browser would send it."""
    form = page[page.index('<form method="post" id="ledger"') :]
    found: dict[str, str] = {}
    for tag in re.finditer(r"<input[^>]*>", form):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag[0]))
        if "name" in said and said["name"] != "csrfmiddlewaretoken":
            found[said["name"]] = unescape(said.get("value", ""))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else ""
    return found


def take_over_and_undo() -> None:
    """What a superuser does through the pages, all of it."""
    client = Client()
    client.force_login(User.objects.create_superuser("operator"))
    preview = client.post("/takeover/", {"file": SimpleUploadedFile(NAME, office_ledger())})["Location"]
    fields = fields_of(client.get(preview).content.decode())
    slug = client.post(preview, {**fields, "apply": "1"})["Location"].split("/")[2]
    assert client.post(f"/checklists/{slug}/ledger/undo/").status_code == 302
