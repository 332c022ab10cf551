"""Reports made by hand, for tests of what writes them: rich ones, and no database."""

import io
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import docx

from measures.choices import OPEN_STATUSES, Light, Status
from measures.progress import Counts, add_up
from measures.reports.choice import EVERYTHING
from measures.reports.model import Completeness, JournalRow, Move, MoveKind, Report, ReportRow, TimePoint
from tests.reports_loop import make_applications, make_entries

ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = date(2026, 9, 30)
SINCE = date(2026, 6, 30)
MADE_AT = datetime(2026, 10, 8, 9, 30, 15, 123456, tzinfo=ZONE)

PILLARS = ["强化思想淬炼", "树立鲜明导向", "提升能力本领", "健全保障机制"]
SECTIONS = ["理想信念教育", "正确政绩观", "典型示范引领"]
OWNERS = ["干部一处", "干部监督处", "公务员管理处", "干部教育培训处", ""]
TITLES = [
    "把学习贯彻纳入各级党委（党组）理论学习中心组年度学习计划，每季度至少安排一次专题研讨",
    "开展“担当作为好干部”评选",
    "对不担当不作为典型问题点名道姓通报曝光",
    "建立容错纠错案例库并动态更新",
]
NOTES = [
    "已印发通知，十八个省辖市全部制定配套措施。\n下一步：十月上旬开展督导。",
    "第一批 32 名人选已考察，拟于国庆节后公示。",
    "",
    "会同有关部门研究修改稿，因上位文件尚未出台暂缓报送。",
]
# What people type to see what happens.
HOSTILE = [
    '=HYPERLINK("http://example.com","点我")',
    "<script>alert('一')</script> & ]]> {{ 7*7 }} {% now %}",
    '#import "x" *粗* _斜_ $x$ @ref \\ [括号] `代码`',
    "控制\x0b字符\x01与\t制表\r\n换行\r回车",
    "𠮷野家 😀 龘 𰻝 مرحبا",
]
STATUSES = [
    Status.DONE,
    Status.IN_PROGRESS,
    Status.STANDING,
    Status.BLOCKED,
    Status.NOT_STARTED,
    Status.IN_PROGRESS,
    Status.DROPPED,
]
TRADITIONAL = str.maketrans(
    "强化树立鲜导当为担处监员务训开满点进状态", "強化樹立鮮導當為擔處監員務訓開滿點進狀態"
)


def make_row(code: str = "1.1.1", place: int = 0, **what_matters: Any) -> ReportRow:
    """A row in the middle of things; `place` varies what the test doesn't name."""
    status = what_matters.get("status", STATUSES[place % len(STATUSES)])
    due = what_matters.get("due", AS_OF + timedelta(days=place % 40 - 15) if place % 5 else None)
    late = max(0, (AS_OF - due).days) if due and status in OPEN_STATUSES else 0
    touched = status != Status.NOT_STARTED
    pillar, section, _measure = (int(part) - 1 for part in code.split("."))
    values: dict[str, Any] = {
        "code": code,
        "title": TITLES[place % len(TITLES)],
        "pillar": f"{pillar + 1} {PILLARS[pillar % len(PILLARS)]}",
        "section": f"{pillar + 1}.{section + 1} {SECTIONS[section % len(SECTIONS)]}",
        "status": status,
        "owner": OWNERS[place % len(OWNERS)],
        "due": due,
        "notes": NOTES[place % len(NOTES)] if touched else "",
        "light": Light.RED if late or status == Status.BLOCKED else Light.GREEN,
        "light_reason": f"逾期 {late} 天" if late else "",
        "updated": MADE_AT - timedelta(days=10 + place % 50, minutes=place) if touched else None,
        "updated_by": "张建国" if touched else "",
        "reason": "上位文件尚未出台" if status == Status.BLOCKED else "",
        "days_late": late,
    }
    return ReportRow(**values | what_matters)


def make_rows(pillars: int = 4, sections: int = 3, measures: int = 10) -> tuple[ReportRow, ...]:
    codes = (
        f"{p}.{s}.{m}"
        for p in range(1, pillars + 1)
        for s in range(1, sections + 1)
        for m in range(1, measures + 1)
    )
    rows = [make_row(code, place) for place, code in enumerate(codes)]
    for place, text in enumerate(HOSTILE[: len(rows)]):
        values = {"notes": text, "title": f"{text}"[:60].replace("\r", " "), "owner": text[:20]}
        rows[place] = make_row(rows[place].code, place, status=Status.BLOCKED, reason=text, **values)
    return tuple(rows)


def count(rows: tuple[ReportRow, ...], code: str, title: str, parts: tuple[Counts, ...] = ()) -> Counts:
    """The counts of these rows, as they are and as they were."""
    by_status = {status: sum(row.status == status for row in rows) for status in Status}
    # One fewer was done before, one more not started.
    before = dict(by_status)
    if before[Status.DONE]:
        before[Status.DONE] -= 1
        before[Status.NOT_STARTED] += 1
    return Counts(code, title, by_status, sum(row.is_overdue for row in rows), parts, before)


def make_counts(rows: tuple[ReportRow, ...]) -> tuple[Counts, ...]:
    """By pillar, with their sections."""
    pillars = []
    for pillar in dict.fromkeys(row.pillar for row in rows):
        inside = tuple(row for row in rows if row.pillar == pillar)
        sections = tuple(
            count(tuple(row for row in inside if row.section == name), name[:3], name[4:])
            for name in dict.fromkeys(row.section for row in inside)
        )
        pillars.append(count(inside, pillar[:1], pillar[2:], sections))
    return tuple(pillars)


def make_moves(rows: tuple[ReportRow, ...]) -> tuple[Move, ...]:
    """Some of each kind; lateness has no maker."""
    moves = []
    for number, kind in enumerate(MoveKind):
        for row in rows[number::17]:
            by_hand: dict[str, Any] = {
                "at": MADE_AT - timedelta(days=20),
                "by": "李敏",
                "reason": f"{row.notes}",
            }
            values = by_hand if kind != MoveKind.LATE else {}
            moves.append(Move(kind, row.code, row.title, row.owner, "未启动", "推进中", **values))
    return tuple(moves)


def make_journal(rows: tuple[ReportRow, ...], updates: int) -> tuple[JournalRow, ...]:
    return tuple(
        JournalRow(
            at=MADE_AT - timedelta(days=30 - number, microseconds=place),
            code=row.code,
            title=row.title,
            by="张建国",
            via="页面",
            status=STATUSES[(place + number) % len(STATUSES)],
            owner=row.owner,
            due=row.due,
            notes=row.notes,
            reason=row.reason,
        )
        for place, row in enumerate(rows)
        for number in range(updates)
    )


def make_report(measures: int = 10, updates: int = 1, **what_matters: Any) -> Report:
    """河南's report of the third quarter: every status, move and hostile text in it.

    4 pillars × 3 sections × `measures` items, each with `updates` in the period.
    """
    rows = what_matters.get("rows", make_rows(measures=measures))
    counted = make_counts(rows)
    values: dict[str, Any] = {
        "title": "进展情况报告",
        "organisation": "河南",
        "catalogue": "激励干部担当作为措施库",
        "edition": "2026-1",
        "period": "2026年第三季度",
        "language": "zh-hans",
        "as_of": AS_OF,
        "since": SINCE,
        "made_at": MADE_AT,
        "made_by": "张建国",
        "filters": (("责任单位", "干部一处"), ("状态", "受阻")),
        "view": "重点督办",
        "summary": (
            f"截至2026年9月30日，清单共有事项{len(rows)}项，其中已完成和长期坚持合计占应推进事项的四成以上。",
            "分方面看，“强化思想淬炼”推进最快，“健全保障机制”相对滞后。",
        ),
        "whole": count(rows, "", "合计", counted),
        "pillars": counted,
        "owners": tuple(
            count(tuple(row for row in rows if row.owner == owner), "", owner)
            for owner in dict.fromkeys(row.owner for row in rows)
        ),
        "timeline": tuple(
            TimePoint(
                date(2026, month, 28),
                {status: len(rows) // 6 + month * place for place, status in enumerate(Status)},
            )
            for month in range(4, 10)
        ),
        "completeness": Completeness(
            len(rows),
            sum(bool(row.owner) for row in rows),
            sum(row.due is not None for row in rows),
            len(rows) // 3,
        ),
        "rows": rows,
        "moves": make_moves(rows),
        "journal": make_journal(rows, updates),
        "entries": make_entries(rows, MADE_AT),
        "applications": make_applications(rows, MADE_AT),
        "choice": EVERYTHING,
    }
    return Report(**values | what_matters)


def make_small_report(**what_matters: Any) -> Report:
    """Nothing to compare with, nothing late, nothing written: three items, none started."""
    rows = tuple(
        make_row(f"1.1.{number}", status=Status.NOT_STARTED, due=None, owner="") for number in (1, 2, 3)
    )
    counted = Counts("1", PILLARS[0], {s: 3 if s == Status.NOT_STARTED else 0 for s in Status})
    plain = {
        "rows": rows,
        "since": None,
        "moves": (),
        "journal": (),
        "entries": (),
        "applications": (),
        "timeline": (),
        "owners": (),
        "pillars": (counted,),
        "whole": add_up("", "合计", [counted]),
        "completeness": Completeness(3, 0, 0, None),
        "filters": (),
        "view": "",
    }
    return make_report(**plain | what_matters)


def make_template(*paragraphs: str, header: str = "", rows: tuple[str, ...] = (), title: str = "") -> bytes:
    """A Word document with these paragraphs; `rows` are in a table with one column."""
    word = docx.Document()
    for text in paragraphs:
        word.add_paragraph(text)
    if rows:
        table = word.add_table(rows=0, cols=1)
        for text in rows:
            table.add_row().cells[0].text = text
    if header:
        word.sections[0].header.paragraphs[0].text = header
    word.core_properties.title = title
    output = io.BytesIO()
    word.save(output)
    return output.getvalue()
