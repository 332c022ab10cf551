"""Ten ledgers of ten layouts, each with what is true of it."""

from collections.abc import Callable
from datetime import datetime

from tests.takeover.builder import SheetMaker, Truth, workbook

type Made = tuple[str, bytes, Truth]
type Maker = Callable[[], Made]

TASKS = [
    "制定年度法治建设工作计划并组织实施",
    "开展重点行业安全生产专项检查",
    "推动老旧管网更新改造18公里",
    "完善社区养老服务网络，新增日间照料中心6个",
    "实施农村公路养护工程，完成里程120公里",
    "建立企业诉求快速响应机制",
]


def whole(name: str, year: int, *sheets: SheetMaker, language: str = "zh-Hans", hidden: str = "") -> Made:
    truth: Truth = {
        "file": name,
        "language": language,
        "year": year,
        "sheets": {sheet.name: sheet.truth for sheet in sheets},
    }
    return name, workbook(*sheets, hidden=hidden), truth


def units_below_one_task() -> Made:
    """Headings over three rows; one task over the rows of its units, all merged."""
    sheet = SheetMaker("任务台账")
    sheet.aside("附件2")
    sheet.aside("云岚市2027年度重大改革任务推进台账", merge="A:N")
    sheet.aside("（数据截至2027年4月30日）", *[""] * 12, "密级：内部")
    sheet.aside(
        "序\n号",
        "改革领域",
        "改革任务",
        "工作目标",
        "责任体系",
        "",
        "",
        "",
        "时间安排",
        "推进情况",
        "",
        "",
        "",
        "备注",
    )
    sheet.aside(
        "",
        "",
        "",
        "",
        "市级领导",
        "责任单位",
        "联络员",
        "",
        "",
        "当前进展",
        "推进中的困难",
        "下一步打算",
        "评价等次",
        "",
    )
    sheet.aside("", "", "", "", "", "", "姓名", "电话", "", "", "", "", "", "")
    sheet.merge(
        *[f"{c}4:{c}6" for c in "ABCDIN"],
        "E4:H4",
        "J4:M4",
        "E5:E6",
        "F5:F6",
        "G5:H5",
        *[f"{c}5:{c}6" for c in "JKLM"],
    )
    dues = [
        ("2027年6月底前", "2027-06-30"),
        ("下半年", "2027-12-31"),
        ("四季度", "2027-12-31"),
        ("长期任务", None),
    ]
    units = ["市发展改革委", "市财政局", "高新区管委会"]
    start = 7
    for number, (due, day) in enumerate(dues, 1):
        for place, unit in enumerate(units):
            first = place == 0
            level = "经济体制改革" if number <= 2 else "社会体制改革"
            sheet.item(
                number if first else "",
                level if first and number in {1, 3} else "",
                TASKS[number] if first else "",
                "形成可推广的制度成果" if first else "",
                "赵副市长" if first else "",
                unit,
                f"林{'甲乙丙'[place]}",
                f"0571-8{number}{place}00123",
                due if first else "",
                f"已完成第{place + 1}轮调研并形成初稿",
                "无" if place else "跨部门数据共享不畅",
                "下月提交专题会议审议",
                "良好",
                "",
                level1=level,
                number=str(number),
                measure=TASKS[number],
                target="形成可推广的制度成果",
                leader="赵副市长",
                lead=unit,
                supporting=[],
                contact=f"林{'甲乙丙'[place]} 0571-8{number}{place}00123",
                due=day,
                due_text=due,
                status="standing" if day is None else None,
                progress=f"已完成第{place + 1}轮调研并形成初稿",
                problems="无" if place else "跨部门数据共享不畅",
                next_steps="下月提交专题会议审议",
                remark="",
            )
        sheet.merge(*[f"{c}{start}:{c}{start + 2}" for c in "ACDEI"])
        start += 3
    sheet.merge("B7:B12", "B13:B18")
    sheet.aside("填报人：　　　　　　审核人：　　　　　　分管负责人签字：", merge="A:N")
    sheet.means(
        "number",
        "level1",
        "measure",
        "target",
        "leader",
        "lead",
        "contact",
        "contact",
        "due",
        "progress",
        "problems",
        "next_steps",
        "=推进情况/评价等次",
        "remark",
    )
    return whole("改革台账.xlsx", 2027, sheet)


def tables_by_part() -> Made:
    """Each part has its own headings and its own sum; the one unit is named above all."""
    sheet = SheetMaker("Sheet1")
    sheet.aside("平湖镇人居环境整治任务清单（2026年）")
    sheet.aside("填报单位：平湖镇人民政府", "", "", "填报时间：2026.7.15")
    for part, words in enumerate(["一、村庄清洁", "二、污水治理", "三、道路提升"]):
        sheet.section(words, merge="A:F")
        sheet.aside("编号", "整治内容", "完成时限", "目前状况", "存在的困难", "附注")
        for place in range(3):
            number = f"{part + 1}-{place + 1}"
            state, status = [("已完工", "done"), ("施工中", "in_progress"), ("尚未开工", "not_started")][
                place
            ]
            due, day = [
                ("7月15日", "2026-07-15"),
                ("九月底", "2026-09-30"),
                ("2026年11月上旬", "2026-11-10"),
            ][place]
            sheet.item(
                number,
                TASKS[part + place],
                due,
                state,
                "征地受影响" if place == 1 else "",
                "",
                level1=words,
                number=number,
                measure=TASKS[part + place],
                lead="平湖镇人民政府",
                supporting=[],
                due=day,
                due_text=due,
                status=status,
                problems="征地受影响" if place == 1 else "",
                remark="",
            )
        sheet.aside("小计", "3项")
    sheet.aside("合计", "9项")
    sheet.unit = "平湖镇人民政府"
    sheet.means("number", "measure", "due", "status", "problems", "remark")
    return whole("人居环境.xlsx", 2026, sheet)


def sheets_by_division() -> Made:
    """A sheet for each division, which is named by the sheet alone; instructions; a hidden list of words."""
    sheets = []
    notes = SheetMaker("使用说明")
    notes.aside("一、本台账由各科室填写，局办公室汇总。")
    notes.aside("二、完成情况请从下拉框选择。")
    sheets.append(notes)
    for name in ["法规科", "安全监管科", "综合科"]:
        sheet = SheetMaker(name)
        sheet.aside(f"{name}年度重点工作台账", merge="A:H")
        sheet.aside(
            "序号", "工作类型", "重点工作", "配合科室", "节点要求", "工作动态", "完成情况", "佐证材料"
        )
        for place, task in enumerate(TASKS[:4]):
            due, day = [
                ("3月底", "2026-03-31"),
                (datetime(2026, 5, 20), "2026-05-20"),
                ("全年", "2026-12-31"),
                ("每月", None),
            ][place]
            state, status = [
                ("已办结", "done"),
                ("正常推进", "in_progress"),
                ("滞后", "in_progress"),
                ("常态化", "standing"),
            ][place]
            sheet.item(
                place + 1,
                "常规" if place < 2 else "专项",
                task,
                "综合科、财务科" if place else "",
                due,
                f"本月共开展{place + 2}次，印发通报1期",
                state,
                "见附件",
                level1="常规" if place < 2 else "专项",
                number=str(place + 1),
                measure=task,
                lead=name,
                supporting=["综合科", "财务科"] if place else [],
                due=day,
                due_text="2026-05-20" if place == 1 else due,
                status=status,
                progress=f"本月共开展{place + 2}次，印发通报1期",
            )
        sheet.aside("科室负责人（签字）：", "", "", "", "填表人：")
        sheet.unit = name
        sheet.means("number", "level1", "measure", "supporting", "due", "progress", "status", "=佐证材料")
        sheets.append(sheet)
    words = SheetMaker("选项")
    words.aside("完成情况", "工作类型")
    for pair in [("已办结", "常规"), ("正常推进", "专项"), ("滞后", ""), ("常态化", "")]:
        words.aside(*pair)
    return whole("2026年科室台账.xlsx", 2026, *sheets, words, hidden="选项")
