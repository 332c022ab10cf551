"""The units that answer for items in the demo, and which answers for what."""

import re

from measures.models import Measure

# Each with the name under which it signs in.
UNITS = {
    "干部一处": "ganbu1",
    "干部二处": "ganbu2",
    "干部教育处": "editor",
    "干部监督处": "jiandu",
    "公务员处": "gongwuyuan",
    "人才工作处": "rencai",
    "组织一处": "zuzhi1",
    "组织二处": "zuzhi2",
    "考核办公室": "kaohe",
    "研究室": "yanjiu",
}

# Words in a title take precedence over its section.
BY_WORD = [
    ("组织生活|各级党组织", "组织一处"),
    ("联系群众|民情|民生|群众问题|驻村", "组织二处"),
    ("人才|专家|高校|专业干部|课程", "人才工作处"),
    ("公务员|走访慰问|休养|心理|关爱|激励手段", "公务员处"),
    ("考核|考评|实绩", "考核办公室"),
    ("文件会议|痕迹|甩锅|先进典型|调研", "研究室"),
    ("监督|整治|提醒|问责|诬告|举报|纠治", "干部监督处"),
]
BY_SECTION = {
    "1.1": "干部教育处",
    "1.2": "干部教育处",
    "1.3": "干部一处",
    "2.1": "干部教育处",
    "2.2": "干部二处",
    "2.3": "干部二处",
    "3.1": "考核办公室",
    "3.2": "干部一处",
    "3.3": "干部监督处",
    "4.1": "干部监督处",
    "4.2": "公务员处",
    "4.3": "干部监督处",
}
# The supervision office has not handed these out yet.
NOBODYS = {"1.3.2", "2.3.1", "3.1.13", "3.3.2", "4.2.4", "4.3.5"}


def unit_of(measure: Measure) -> str | None:
    """The name of the unit that answers for this measure; none for the few that nobody has."""
    if measure.code in NOBODYS:
        return None
    for words, unit in BY_WORD:
        if re.search(words, measure.title_zh_hans):  # type: ignore[attr-defined]
            return unit
    return BY_SECTION[measure.code.rpartition(".")[0]]
