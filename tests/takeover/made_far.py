"""Traditional characters, and text in place of a workbook, each with what is true of it."""

from tests.takeover.builder import SheetMaker, Truth
from tests.takeover.made import TASKS, Made, whole


def years_of_the_republic() -> Made:
    """Traditional characters and years of the Republic; difficulties; ends as yes or no."""
    sheet = SheetMaker("管考表")
    sheet.aside("○○縣政府一一五年度重要施政計畫執行情形管考表", merge="A:J")
    sheet.aside(
        "編號",
        "計畫項目",
        "年度目標值",
        "主管單位",
        "協辦單位",
        "承辦人",
        "預定完成期限",
        "執行情形",
        "落後原因",
        "是否結案",
    )
    names = [
        "智慧停車建置計畫",
        "偏鄉長照據點擴增計畫",
        "校園午餐廚房改善計畫",
        "易淹水地區排水改善計畫",
        "觀光步道整建計畫",
    ]
    dues = [
        ("115年3月31日", "2026-03-31"),
        ("115/08/15", "2026-08-15"),
        ("民國115年10月底前", "2026-10-31"),
        ("115.12", "2026-12-31"),
        ("116年6月", "2027-06-30"),
    ]
    for part, words in enumerate(["壹、建設類", "貳、社福類"]):
        sheet.section(words, merge="A:J")
        for place in range(part * 3, min(5, part * 3 + 3)):
            due, day = dues[place]
            sheet.item(
                f"{place + 1:03}",
                names[place],
                f"完成率{60 + place}%",
                "交通局" if place % 2 else "社會處",
                "工務處、財政處" if place else "無",
                "陳科員 分機123",
                due,
                f"已完成{place + 1}處施工並辦理驗收" if place != 3 else "",
                "用地取得延宕" if place == 2 else "",
                "是" if place in {0, 1} else "否",
                level1=words,
                number=f"{place + 1:03}",
                measure=names[place],
                target=f"完成率{60 + place}%",
                lead="交通局" if place % 2 else "社會處",
                supporting=["工務處", "財政處"] if place else [],
                contact="陳科員 分機123",
                due=day,
                due_text=due,
                progress=f"已完成{place + 1}處施工並辦理驗收" if place != 3 else "",
                problems="用地取得延宕" if place == 2 else "",
                status="done" if place in {0, 1} else "not_started" if place == 3 else "in_progress",
            )
    sheet.aside("製表單位：研考處", "", "", "", "", "", "", "", "", "第1頁")
    sheet.means(
        "number",
        "measure",
        "target",
        "lead",
        "supporting",
        "contact",
        "due",
        "progress",
        "problems",
        "status",
    )
    return whole("施政計畫管考.xlsx", 2026, sheet, language="zh-Hant")


def semicolons() -> Made:
    """CSV in GB18030 with semicolons, a title line, line breaks in cells and an empty record."""
    heading = "事项编号;立项日期;督办事项;主办单位;会办单位;分管领导;办理期限;办理进展;办理状态;所属专项"
    lines = ["县委督查室交办事项办理情况（2026年）", heading]
    rows: list[Truth] = []
    for place, task in enumerate(TASKS):
        due, day = [
            ("6月12日前", "2026-06-12"),
            ("2026.9", "2026-09-30"),
            ("长期", None),
            ("即知即改", None),
            ("三季度", "2026-09-30"),
            ("2026年年中", "2026-06-30"),
        ][place]
        state, status = [
            ("已销号", "done"),
            ("在办", "in_progress"),
            ("持续推进", "standing"),
            ("已办结", "done"),
            ("暂缓", "blocked"),
            ("未启动", "not_started"),
        ][place]
        progress = f"第一步完成摸底；\n第二步形成清单{place}份"
        level = "要情专报" if place < 3 else "民生专报"
        known = f"DB{place + 1:03};2026/1/{place + 5};{task};县发改局;县财政局、县司法局;周书记;{due}"
        lines.append(f'{known};"{progress}";{state};{level}')
        rows.append(
            {
                "row": len(lines),
                "number": f"DB{place + 1:03}",
                "measure": task,
                "lead": "县发改局",
                "supporting": ["县财政局", "县司法局"],
                "leader": "周书记",
                "due": day,
                "due_text": due,
                "progress": progress,
                "status": status,
                "level1": "要情专报" if place < 3 else "民生专报",
            }
        )
        if place == 2:
            lines.append(";;;;;;;;;")
    truth: Truth = {
        "file": "交办事项.csv",
        "language": "zh-Hans",
        "year": 2026,
        "sheets": {
            "交办事项": {
                "rows": rows,
                "ignored_rows": [1, 2],
                "columns": {
                    "A": "number",
                    "C": "measure",
                    "D": "lead",
                    "E": "supporting",
                    "F": "leader",
                    "G": "due",
                    "H": "progress",
                    "I": "status",
                    "J": "level1",
                },
                "extra": {"B": "立项日期"},
            }
        },
    }
    return "交办事项.csv", "\r\n".join(lines).encode("gb18030"), truth
