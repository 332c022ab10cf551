"""Whose ledger it is, where its title says so: 青岚县2026年重点工作任务分解表 is that of 青岚县."""

import re

# Ends of the names of places, offices and enterprises; the title goes on with a year or with what it lists.
ORGANISATION = re.compile(
    r"(?:20\d\d年(?:度)?)?"
    r"([\u3400-\u9fff]{2,20}?(?:省|市|县|縣|区|區|旗|镇|鎮|乡|鄉|街道|局|委|部|厅|廳|处|處|办|辦|办公室|辦公室|中心|公司|集团|集團"
    r"|学校|學校|大学|大學|医院|醫院|学院|學院|研究院))"
    r"(?=20\d\d|关于|關於|年度|重点|重點|重大|工作|任务|任務|督查|督办|督辦|整改|问题|問題|项目|項目|台账|臺賬|清单|清單|落实|落實|改革|民生)"
)


def organisation_of(title: str) -> str:
    """The name at the beginning of a title; empty where there is none."""
    found = ORGANISATION.match(title.strip())
    return found[1] if found else ""
