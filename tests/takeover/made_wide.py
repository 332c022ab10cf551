"""Wide ledgers: months, quarters and statuses side by side, each with what is true of it."""

from tests.takeover.builder import SheetMaker
from tests.takeover.made import TASKS, Made, whole


def quarters_and_months() -> Made:
    """Planned nodes by quarter beside what was done by month, with difficulties of the month."""
    sheet = SheetMaker("项目")
    sheet.aside("2026年省市重点工程形象进度表", merge="A:N")
    sheet.aside(
        "序号",
        "工程名称",
        "建设规模",
        "建设单位",
        "包联领导",
        "年度投资\n（亿元）",
        "进度计划",
        "",
        "8月",
        "",
        "9月",
        "",
        "拟竣工时间",
        "说明",
    )
    sheet.aside(
        "",
        "",
        "",
        "",
        "",
        "",
        "三季度节点",
        "四季度节点",
        "完成情况",
        "困难问题",
        "完成情况",
        "困难问题",
        "",
        "",
    )
    sheet.merge(*[f"{c}2:{c}3" for c in "ABCDEFMN"], "G2:H2", "I2:J2", "K2:L2")
    for part, words in enumerate(["（一）能源类", "（二）交通类"]):
        sheet.section(words, merge="A:N")
        for place in range(3):
            number = part * 3 + place + 1
            name = [
                "北港风电场扩建",
                "储能电站一期",
                "热网互联",
                "环城快速路",
                "客运枢纽迁建",
                "跨河大桥加固",
            ][number - 1]
            last = f"主体完成{number * 10}%" if place else ""
            sheet.item(
                number,
                name,
                f"总装机{number}0万千瓦",
                "省交投集团、市城投公司",
                "孙常务副市长",
                2.5 * number,
                "基础完工",
                "主体封顶",
                f"完成桩基{number}处",
                "无",
                last,
                "",
                "2026年12月" if place else "2027年6月底",
                "",
                level1=words,
                number=str(number),
                measure=name,
                lead="省交投集团",
                supporting=["市城投公司"],
                leader="孙常务副市长",
                due="2026-12-31" if place else "2027-06-30",
                due_text="2026年12月" if place else "2027年6月底",
                progress=last or f"完成桩基{number}处",
                progress_by_period={"8月": f"完成桩基{number}处", **({"9月": last} if last else {})},
                remark="",
            )
    sheet.aside("", "合计", "", "", "", 52.5)
    sheet.means(
        "number",
        "measure",
        "=建设规模",
        "lead",
        "leader",
        "=年度投资（亿元）",
        "=进度计划/三季度节点",
        "=进度计划/四季度节点",
        "progress:8月",
        "=8月/困难问题",
        "progress:9月",
        "=9月/困难问题",
        "due",
        "remark",
    )
    return whole("形象进度.xlsx", 2026, sheet)


def ticks() -> Made:
    """√ and ○ in columns of statuses, with a legend below, and who answers for the work by post."""
    sheet = SheetMaker("打勾")
    sheet.aside("机关党委二〇二六年工作任务对账单", merge="A:J")
    sheet.aside("项次", "工作任务", "", "责任分工", "", "完成期限", "办理状态", "", "", "简要说明")
    sheet.aside("", "工作板块", "工作事项", "牵头", "协助", "", "办结", "在办", "未办", "")
    sheet.merge("A2:A3", "B2:C2", "D2:E2", "F2:F3", "G2:I2", "J2:J3")
    for place, task in enumerate(TASKS):
        mark = [("√", "", ""), ("", "○", ""), ("", "", "√"), ("√", "", ""), ("", "○", ""), ("", "", "")][
            place
        ]
        status = ["done", "in_progress", "not_started", "done", "in_progress", None][place]
        due, day = [
            ("6.30", "2026-06-30"),
            ("2026/7/8", "2026-07-08"),
            ("年内", "2026-12-31"),
            ("已完成", None),
            ("第1季度", "2026-03-31"),
            ("待定", None),
        ][place]
        sheet.item(
            place + 1,
            ["思想建设", "", "", "组织建设", "", ""][place],
            task,
            "宣传部",
            "组织部；办公室" if place % 2 else "—",
            due,
            *mark,
            "",
            level1="思想建设" if place < 3 else "组织建设",
            number=str(place + 1),
            measure=task,
            lead="宣传部",
            supporting=["组织部", "办公室"] if place % 2 else [],
            due=day,
            due_text=due,
            status=status,
            remark="",
        )
    sheet.aside("注：√表示确认，○表示进行中。")
    sheet.means(
        "number",
        "level1",
        "measure",
        "lead",
        "supporting",
        "due",
        "status:done",
        "status:in_progress",
        "status:not_started",
        "remark",
    )
    return whole("对账单.xlsx", 2026, sheet)
