"""Ledgers whose words are the difficulty, each with what is true of it."""

from datetime import datetime

from tests.takeover.builder import SheetMaker
from tests.takeover.made import TASKS, Made, whole


def summary_and_colours() -> Made:
    """A summary with the units side by side, then the list, with lights in words beside the statuses."""
    summary = SheetMaker("统计")
    summary.aside("各单位任务办理情况统计")
    summary.aside("项目", "县住建局", "县教育局", "县水利局", "合计")
    summary.aside("任务数", 2, 2, 2, 6)
    summary.aside("办结数", 1, 0, 1, 2)
    summary.aside("办结率", "50%", "0%", "50%", "33%")
    sheet = SheetMaker("明细")
    sheet.aside("河东县为民办实事清单")
    sheet.aside("2026年第2期", "", "", "", "", "", "", "单位：万元")
    sheet.aside(
        "实事编号",
        "实事名称",
        "实施内容",
        "实施单位",
        "资金安排",
        "完成时间",
        "红黄绿灯",
        "推进状态",
        "完成比例",
        "本期工作情况",
    )
    for place, task in enumerate(TASKS):
        state, status = [
            ("已完成", "done"),
            ("推进缓慢", "in_progress"),
            ("停工", "blocked"),
            ("未开工", "not_started"),
            ("调整取消", "dropped"),
            ("有序推进", "in_progress"),
        ][place]
        due, day = [
            ("2026年8月", "2026-08-31"),
            (20260915, "2026-09-15"),
            ("10月下旬", "2026-10-31"),
            ("2026/11/5", "2026-11-05"),
            ("——", None),
            ("开学前", None),
        ][place]
        sheet.item(
            f"SS-{place + 1:02}",
            f"实事{'甲乙丙丁戊己'[place]}",
            task,
            "县住建局、县教育局" if place % 2 else "县水利局",
            120.5 + place,
            due,
            "绿黄红红黄绿"[place],
            state,
            f"{place * 20}%",
            f"已召开协调会{place + 1}次，落实建设用地",
            level1=f"实事{'甲乙丙丁戊己'[place]}",
            number=f"SS-{place + 1:02}",
            measure=task,
            lead="县住建局" if place % 2 else "县水利局",
            supporting=["县教育局"] if place % 2 else [],
            due=day,
            due_text=str(due),
            status=status,
            progress=f"已召开协调会{place + 1}次，落实建设用地",
        )
    sheet.means(
        "number",
        "level1",
        "measure",
        "lead",
        "=资金安排",
        "due",
        "=红黄绿灯",
        "status",
        "=完成比例",
        "progress",
    )
    return whole("为民实事2026.xlsx", 2026, summary, sheet)


def words_in_one_cell() -> Made:
    """No column of numbers: they begin the tasks. Who leads and who helps stands in one cell."""
    sheet = SheetMaker("分工")
    sheet.aside("市政府工作报告重点任务责任分工", merge="A:E")
    sheet.aside("(2026年)", merge="A:E")
    sheet.aside("主要任务", "责任分工", "完成时限", "进展情况", "备考")
    units = [
        ("市工信局牵头，市商务局、市科技局配合", "市工信局", ["市商务局", "市科技局"]),
        ("市住建局（牵头）、市城管局、各区（县）", "市住建局", ["市城管局", "各区（县）"]),
        ("牵头单位：市民政局\n配合单位：市卫健委、市残联", "市民政局", ["市卫健委", "市残联"]),
        ("市教育局/市体育局", "市教育局", ["市体育局"]),
        ("市交通运输局会同市公安局", "市交通运输局", ["市公安局"]),
        ("市审批局", "市审批局", []),
    ]
    dues = [
        ("上半年完成招标，11月底前完工", "2026-11-30"),
        ("同上", "2026-11-30"),
        ("2026年5月—10月", "2026-10-31"),
        ("常态化开展", None),
        ("印发后20个工作日内", None),
        ("今年9月30日前", "2026-09-30"),
    ]
    for place, task in enumerate(TASKS):
        if place in {0, 3}:
            sheet.section("第一部分　产业发展" if place == 0 else "第二部分　民生改善")
        said, lead, supporting = units[place]
        due, day = dues[place]
        sheet.item(
            f"{place + 1}．{task}",
            said,
            due,
            "正在按计划推进" if place else "完成率达到65%，其余正在办理",
            "",
            level1="第一部分　产业发展" if place < 3 else "第二部分　民生改善",
            number=str(place + 1),
            measure=task,
            lead=lead,
            supporting=supporting,
            due=day,
            due_text=dues[0][0] if due == "同上" else due,
            status="standing" if place == 3 else None,
            progress="正在按计划推进" if place else "完成率达到65%，其余正在办理",
            remark="",
        )
    sheet.aside("说明：排在首位的为牵头单位。")
    sheet.aside("联系人：吴敏　电话：0512-6000000")
    sheet.means("measure", "lead", "due", "progress", "remark")
    return whole("报告分工.xlsx", 2026, sheet)


def english_audit() -> Made:
    """Findings over their actions, days in several English ways, and a note in a comment's place."""
    sheet = SheetMaker("Open actions")
    sheet.aside("Corporate Services – internal audit action log")
    sheet.aside("Reporting year 2026", "", "", "", "", "", "Updated: 12 October 2026")
    sheet.aside(
        "Action no.",
        "Audit",
        "Finding",
        "Agreed action",
        "Risk rating",
        "Accountable director",
        "Owner",
        "Contributors",
        "Target date",
        "Current status",
        "Latest update",
        "Barriers",
        "Next steps",
    )
    rows = [
        ("Mid-August 2026", "2026-08-20", "Implemented", "done"),
        ("31/10/2026", "2026-10-31", "Overdue", "in_progress"),
        ("September 2026", "2026-09-30", "Yet to start", "not_started"),
        ("Quarterly", None, "Continuous", "standing"),
        (datetime(2026, 12, 4), "2026-12-04", "Paused", "blocked"),
        ("By 15 November", "2026-11-15", "Superseded", "dropped"),
    ]
    for place, (due, day, state, status) in enumerate(rows):
        audit = "Payroll" if place < 3 else "Fleet"
        finding = f"Controls over {'payments' if place < 3 else 'fuel cards'} were weak"
        sheet.item(
            f"{audit[0]}{place + 1}",
            audit,
            finding if place in {0, 3} else "",
            f"Reconcile the monthly report of type {place + 1} and sign it",
            "Medium",
            "Director of Resources",
            "Payroll team" if place < 3 else "Fleet team",
            "Finance; HR" if place % 2 else "None",
            due,
            state,
            f"Sample of {place + 4} records tested",
            "n/a" if place else "Staff vacancy",
            "Report to the board",
            level1=audit,
            level2=finding,
            number=f"{audit[0]}{place + 1}",
            measure=f"Reconcile the monthly report of type {place + 1} and sign it",
            leader="Director of Resources",
            lead="Payroll team" if place < 3 else "Fleet team",
            supporting=["Finance", "HR"] if place % 2 else [],
            due=day,
            due_text="2026-12-04" if place == 4 else due,
            status=status,
            progress=f"Sample of {place + 4} records tested",
            problems="n/a" if place else "Staff vacancy",
            next_steps="Report to the board",
        )
    sheet.aside("Total", "", "", "6 actions")
    sheet.aside("Prepared by: Audit Office")
    sheet.merge("C4:C6", "C7:C9")
    sheet.means(
        "number",
        "level1",
        "level2",
        "measure",
        "=Risk rating",
        "leader",
        "lead",
        "supporting",
        "due",
        "status",
        "progress",
        "problems",
        "next_steps",
    )
    return whole("audit_actions.xlsx", 2026, sheet, language="en")
