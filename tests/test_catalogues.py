"""A catalogue of any shape: loaded from a sheet with every fault at once, published, written again."""

import io
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from measures.catalogues.from_json import read_json
from measures.catalogues.from_sheet import read_sheets
from measures.catalogues.gather import outline_of
from measures.catalogues.store import CatalogueRefused, store
from measures.catalogues.write import outline_json, outline_xlsx
from measures.choices import Role
from measures.models import Catalogue, Checklist, Measure, Membership, Section
from tests.make import NOW

pytestmark = pytest.mark.any_engine

HEADINGS = ["章", "节", "编号", "措施", "要求", "推进方式", "出处", "关键词"]
ROWS: list[list[object]] = [
    ["场所", "出入口", "1.1.1", "门口贴限载牌", "逐门查看。", "一次性", "第一条", "限载、门口"],
    ["场所", "出入口", "1.1.2", "出口常年畅通", "每月走一遍。", "常态化", "第一条", "出口"],
    ["场所", "仓库", "1.2.1", "货架按重量分层", "抽查三处。", "定期开展", "第二条", "货架"],
    ["人员", "培训", "2.1.1", "新员工先培训再上岗", "查签到表。", "一次性", "第三条", "培训"],
    ["人员", "培训", "2.1.2", "每季度演练一次", "查记录。", "定期开展", "第三条", "演练"],
]


type Changes = Mapping[tuple[int, str], object]
type Change = Callable[[Worksheet], None] | None


def sheet_of(rows: list[list[object]], headings: list[object] | None = None, change: Change = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in [headings or list(HEADINGS), *rows]:
        sheet.append(row)
    if change:
        change(sheet)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def rows_with(changes: Changes) -> list[list[object]]:
    """The rows of a good sheet, with some cells changed: by row number and letter."""
    rows: list[list[object]] = [list(row) for row in ROWS]
    for (number, letter), value in changes.items():
        rows[number - 2]["ABCDEFGH".index(letter)] = value
    return rows


def faults_in(content: bytes) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in read_sheets(content)[1]]


@pytest.mark.no_database
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({(3, "D"): None}, [(3, "D")]),
        ({(3, "C"): "1.1.1"}, [(3, "C")]),
        ({(2, "C"): "1.1.2", (3, "C"): "1.1.1"}, [(3, "C")]),
        ({(4, "F"): "偶尔"}, [(4, "F")]),
        ({(4, "F"): None}, [(4, "F")]),
        ({(3, "A"): "人员"}, [(3, "A")]),
        ({(3, "B"): "出入口 "}, [(3, "B")]),
        ({(3, "C"): "１．１．２"}, [(3, "C")]),
        ({(3, "C"): datetime(2001, 1, 2)}, [(3, "C")]),
        ({(3, "C"): None}, [(3, "C")]),
        ({(5, "C"): "2.1.0.9"}, [(5, "C")]),
        ({(3, "E"): "=1+1"}, [(3, "E")]),
        ({(6, "D"): "长" * 201}, [(6, "D")]),
        ({(3, "A"): None}, [(3, "A")]),
        ({(3, "C"): "1.1.901"}, [(3, "C")]),
        ({(3, "G"): None, (3, "H"): None}, []),
    ],
)
def test_a_fault_is_named_by_its_cell_and_nothing_else_is(
    changes: Changes, expected: list[tuple[int, str]]
) -> None:
    assert faults_in(sheet_of(rows_with(changes))) == expected


@pytest.mark.no_database
def test_all_faults_are_named_at_once() -> None:
    changes: Changes = {(2, "D"): None, (4, "F"): "?", (6, "E"): "=1"}

    assert [row for row, _column in faults_in(sheet_of(rows_with(changes)))] == [2, 4, 6]


@pytest.mark.no_database
def test_rows_that_are_hidden_or_blank_or_after_a_gap_are_named_and_not_lost() -> None:
    rows: list[list[object]] = [*ROWS[:2], [" ", "\u3000"], *ROWS[2:4], [], list(ROWS[4])]

    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[2].hidden = True

    assert faults_in(sheet_of(rows, change=hide)) == [(2, "A:H"), (4, "A:H"), (8, "A:H")]


@pytest.mark.no_database
def test_merged_parts_belong_to_all_their_rows() -> None:
    rows = rows_with({(3, "A"): None, (4, "A"): None})

    assert faults_in(sheet_of(rows, change=lambda sheet: sheet.merge_cells("A2:A4"))) == []


@pytest.mark.no_database
@pytest.mark.parametrize(
    "headings",
    [
        ["章", "節", "編號", "措施", "要求", "推進方式", "出處", "關鍵詞"],
        ["Chapter", "Article", "Code", "Measure", "Detail", "Cadence", "Source", "Key terms"],
        ["目标", "任务", "条号", "事项", "工作要求", "频次", "依据", "关键字"],
    ],
)
def test_headings_are_understood_by_their_meaning(headings: list[object]) -> None:
    outline, faults = read_sheets(sheet_of(list(map(list, ROWS)), headings))

    assert not faults
    assert [next(iter(names.values())) for names in outline.levels[:2]] == headings[:2]


@pytest.mark.no_database
def test_a_column_without_a_heading_is_named_and_still_read() -> None:
    headings: list[object] = [*HEADINGS[:3], None, *HEADINGS[4:]]

    assert faults_in(sheet_of(list(map(list, ROWS)), headings)) == [(1, "D")]


def flat() -> bytes:
    rows: list[list[object]] = [
        [area, f"{letter}-{number}", f"做到{letter}{number}", "一次性"]
        for letter, area in (("A", "用电"), ("B", "用火"))
        for number in range(1, 12)
    ]
    return sheet_of(rows, ["领域", "编号", "措施", "频次"])


def deep() -> bytes:
    rows: list[list[object]] = [
        [f"第{part}章 部分", f"第{one}节 小节", kind, f"第{number}条", f"第{number}项", "查记录。", "常态化"]
        for number, (part, one, kind) in zip(
            "一二三四五六七八九十",
            [(p, s, k) for p in "一二" for s in "一二三" for k in ("甲类", "乙类")],
            strict=False,
        )
    ]
    return sheet_of(rows, ["章", "节", "类别", "条号", "措施", "要求", "推进方式"])


def loaded(content: bytes, slug: str) -> Catalogue:
    outline, faults = read_sheets(content)
    assert not faults
    outline.slug, outline.title, outline.day = slug, {outline.languages[0]: slug}, NOW.date()
    return store(outline, at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(("make", "depth"), [(flat, 1), (deep, 3)])
def test_a_catalogue_of_another_depth_keeps_its_order_in_lists_and_reports(
    make: Callable[[], bytes], depth: int, administrator: User
) -> None:
    made = loaded(make(), "other")
    checklist = Checklist(slug="works", name="厂区", catalogue=made, period="2026").open(at=NOW)
    codes = [line.code for line in outline_of(made).measures]
    client = Client()
    Membership.objects.create(user=administrator, checklist=checklist, role=Role.ADMINISTRATOR)
    client.force_login(administrator)

    assert made.depth == depth
    shown = client.get("/checklists/works/items/?columns=code,title,pillar,section").content.decode()
    assert [code for code in codes if f"/items/{code}/" in shown or code in shown] == codes
    for page in ("", "items/", f"items/{codes[-1]}/", "report/", "units/", "items/by-section/"):
        assert client.get(f"/checklists/works/{page}").status_code == 200, page
    for kind in ("csv", "xlsx", "docx"):
        assert client.get(f"/checklists/works/report/?format={kind}").status_code == 200
    assert checklist.items.count() == len(codes)
    assert {item.pillar_id for item in checklist.items.all()} == set(
        made.pillars.values_list("pk", flat=True)
    )


@pytest.mark.django_db
def test_levels_have_their_own_names_and_a_part_in_between_can_be_filtered_by(administrator: User) -> None:
    made = loaded(deep(), "other")
    checklist = Checklist(slug="works", name="厂区", catalogue=made, period="2026").open(at=NOW)
    Membership.objects.create(user=administrator, checklist=checklist, role=Role.ADMINISTRATOR)
    client = Client()
    client.force_login(administrator)

    shown = client.get("/checklists/works/items/?columns=code,pillar,section").content.decode()
    assert ">章<" in shown.replace("\n", "").replace("  ", "")
    assert "Pillar" not in shown
    between = Section.objects.get(pillar__catalogue=made, code="第一节")
    inside = [one.code for one in Measure.objects.filter(section__parent=between)]
    found = client.get("/checklists/works/items/", {"section": "第一节"}).content.decode()
    codes = [line.code for line in outline_of(made).measures]
    assert [code for code in codes if f"/{code}/" in unquote(found)] == inside


@pytest.mark.django_db
@pytest.mark.parametrize("make", [flat, deep, lambda: sheet_of(list(map(list, ROWS)))])
def test_what_is_downloaded_loads_again_as_the_same(make: Callable[[], bytes]) -> None:
    outline = outline_of(loaded(make(), "other"))

    again, faults = read_json(outline_json(outline))
    assert (again, faults) == (outline, [])
    sheet, faults = read_sheets(outline_xlsx(outline))
    assert faults == []
    assert (sheet.slug, sheet.title, sheet.levels) == (outline.slug, outline.title, outline.levels)
    assert [line.code for line in sheet.measures] == [line.code for line in outline.measures]
    assert [part.title for part in sheet.parts] == [part.title for part in outline.parts]


@pytest.mark.django_db
def test_a_published_edition_takes_better_words_and_no_other_meaning() -> None:
    good = list(map(list, ROWS))
    loaded(sheet_of(good), "safety")
    before = set(Measure.objects.values_list("pk", "code"))

    loaded(sheet_of(rows_with({(2, "D"): "门口贴好限载牌"})), "safety")

    assert Measure.objects.filter(code="1.1.1", title_zh_hans="门口贴好限载牌").exists()
    assert Measure.objects.get(code="1.1.1").past_wordings.get().texts["title_zh_hans"] == ROWS[0][3]
    assert set(Measure.objects.values_list("pk", "code")) == before
    others: tuple[Changes, ...] = ({(2, "F"): "常态化"}, {(6, "C"): "2.1.3"})
    for changes in others:
        with pytest.raises(CatalogueRefused):
            loaded(sheet_of(rows_with(changes)), "safety")


@pytest.mark.django_db
def test_the_operator_sees_all_faults_then_a_draft_then_publishes(administrator: User) -> None:
    operator, other = Client(), Client()
    operator.force_login(User.objects.create_superuser("operator", password="x"))
    other.force_login(administrator)

    def send(content: bytes) -> object:
        file = SimpleUploadedFile("safety.xlsx", content)
        return operator.post("/catalogues/load/", {"file": file, "title": "安全生产"}, follow=True)

    wrong = operator.post(
        "/catalogues/load/", {"file": SimpleUploadedFile("a.xlsx", sheet_of(rows_with({(3, "D"): None})))}
    )
    assert wrong.status_code == 422
    assert '<th scope="row">D</th>' in wrong.content.decode()
    assert not Catalogue.objects.filter(slug="safety").exists()

    send(sheet_of(list(map(list, ROWS))))
    assert operator.get("/catalogues/safety/").status_code == 200
    assert other.get("/catalogues/safety/").status_code == 404
    assert other.post("/catalogues/safety/publish/").status_code == 403
    send(sheet_of(list(map(list, ROWS[:3]))))
    assert Measure.objects.filter(section__pillar__catalogue__slug="safety").count() == 3

    operator.post("/catalogues/safety/publish/")
    assert other.get("/catalogues/safety/").status_code == 200
    assert operator.post("/catalogues/safety/delete/").status_code == 404


@pytest.mark.django_db
def test_a_draft_is_deleted_whole() -> None:
    made = loaded(deep(), "other")
    Catalogue.objects.filter(pk=made.pk).update(is_draft=True)
    client = Client()
    client.force_login(User.objects.create_superuser("operator", password="x"))

    client.post("/catalogues/other/delete/")

    assert not Section.objects.filter(pillar__catalogue=made.pk).exists()
    assert not Catalogue.objects.filter(pk=made.pk).exists()


@pytest.mark.django_db
def test_the_command_prints_each_fault_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "safety.xlsx"
    file.write_bytes(sheet_of(rows_with({(3, "D"): None, (4, "F"): "?"})))
    with pytest.raises(SystemExit) as ended:
        call_command("load_catalogue", str(file))

    assert ended.value.code == 1
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == ["Sheet 3 D", "Sheet 4 F"]

    file.write_bytes(sheet_of(list(map(list, ROWS))))
    call_command("load_catalogue", str(file))
    assert Catalogue.objects.get(slug="safety").languages == ["zh-hans"]
