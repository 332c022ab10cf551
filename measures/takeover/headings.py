"""What the words of a heading say about its column: the parts that it may play, best first."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from measures.takeover.statuses import status_of_words
from measures.takeover.texts import BRACKETED, HAN, heading_text, in_one_script, lines_in, words_file


class Means(StrEnum):
    """The part that a column plays."""

    NUMBER = "number"
    LEVEL = "level"
    MEASURE = "measure"
    LEAD = "lead"
    SUPPORTING = "supporting"
    LEADER = "leader"
    CONTACT = "contact"
    DUE = "due"
    STATUS = "status"
    PROGRESS = "progress"
    PROBLEMS = "problems"
    NEXT_STEPS = "next_steps"
    TARGET = "target"
    REMARK = "remark"
    EXTRA = "extra"


@dataclass(frozen=True)
class Guess:
    """One part that a heading may mean, how sure that is, and for a task how fine it is.

    `detail` is the period of a progress column, or the status of a column of ticks.
    """

    role: Means
    sure: float
    fine: int = 0
    detail: str = ""


MONTH = (
    r"20\d\d[./-](?:1[0-2]|0?[1-9])(?![\d./-])"
    r"|(?:20\d\d年?)?(?:\d{1,2}[-—–~至到])?"
    r"(?:(?:1[0-2]|[1-9])月|(?:十[一二]?|[一二三四五六七八九])月)(?:份|底|末)?"
)
QUARTER = r"(?:20\d\d年?)?第?[一二三四1-4]季度?(?:末|底)?|q[1-4](?: ?20\d\d)?|(?:20\d\d)? ?q[1-4]"
ENGLISH_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?(?:[ -]?(?:20)?\d\d)?"
)
PERIOD = re.compile(
    rf"(?P<quarter>{QUARTER})|(?P<month>{MONTH})(?:\d{{1,2}}[日号])?"
    rf"|(?<![a-z])(?P<english>{ENGLISH_MONTH})(?![a-z])|(?P<half>[上下]半年)|(?P<week>第[一二三四五\d]{{1,2}}周)"
)
# What is left of a heading beside its period, where it heads the progress of that period.
OF_PERIOD = re.compile(
    r"^(?:截至|截止|至|及|的|当月|本月|工作|任务|项目|最新|推进|落实|完成|办理|整改|实际|进展|进度|情况|简况|动态|成效"
    r"|更新|填报|汇报|progress|update|updates|report|status|for|to|as at|in|of|the|[ ,:：/()年度前日号\d-])*$"
)
PLANNED = re.compile(r"目标|节点|计划|安排|任务(?!.*进展)|里程碑|序时|预期|指标|target|plan|milestone|budget")
MONEY = re.compile(r"资金|投资|金额|预算|经费|费用|造价|万元|亿元|budget|cost|amount|spend|funding|£|\$|元$")

# Before a period: the work up to then. It is a period only where several such columns follow each other.
UP_TO = "~"

RULES = words_file("headings.txt")
WHOLE = {heading: parts for parts, words in lines_in("phrases.txt") for heading in words.split("|")}
LONGEST = 80  # no heading in two languages is longer
# Headings in two languages: 责任单位 Lead unit.
LATIN_WORDS = re.compile(r"[A-Za-z](?:[A-Za-z\s'’./&,-]*[A-Za-z.])?")
HAN_WORDS = re.compile(rf"[^A-Za-z\s]*{HAN.pattern}[^A-Za-z\s]*")
SUM = re.compile(r"(?:金额|资金|投资额?|经费|费用|造价)$")
NOT_MONEY = re.compile(r"任务|事项|措施|内容|项目名称|单位$|情况|问题")
BOTH = re.compile(r"(?:单位|部门).{0,2}(?:及|和|、|/|与).{0,4}(?:责任人|负责人|联系人)")
PART_OF_PERSON = re.compile(
    r"^(?:姓名|名字|电话|手机|手机号码?|联系电话|职务|职位|办公电话|name|phone|tel|email|post|title)$"
)


def guesses(heading: str, parents: tuple[str, ...]) -> list[Guess]:
    """What a heading, below these others, may mean. Empty where nobody can tell."""
    return list(next((found for one in in_each_language(heading) if (found := _guessed(one, parents))), []))


def in_each_language(heading: str) -> list[str]:
    """What a heading in two languages says in each, the Chinese first; of another the heading itself."""
    if len(heading) > LONGEST:
        return [heading]
    latin = " ".join(LATIN_WORDS.findall(heading))
    chinese = "".join(HAN_WORDS.findall(heading)).strip("()（）/|-—:：")
    if len(re.sub(r"[^A-Za-z]", "", latin)) < 4 or len(HAN.findall(chinese)) < 2:
        return [heading]
    return [chinese, latin, heading]


@lru_cache(maxsize=2048)
def _guessed(heading: str, parents: tuple[str, ...]) -> list[Guess]:
    leaf, above = heading_text(heading), [heading_text(parent) for parent in parents]
    if not leaf:
        return []
    dated = _with_period(heading, leaf)
    found = _of_person(leaf, above) or _of_period(dated, above) or _ticks(leaf, above, in_one_script(heading))
    if (
        not found
        and MONEY.search(in_one_script(heading))
        and (SUM.search(leaf) or not NOT_MONEY.search(leaf))
    ):
        found = [Guess(Means.EXTRA, 0.9)]
    if not found and BOTH.search(leaf):
        found = [Guess(Means.LEAD, 0.7)]
    return found or _by_rules(leaf) or (_by_rules("".join([*above, leaf])) if above else [])


def _with_period(heading: str, leaf: str) -> str:
    """The heading with the month or quarter that stands in its brackets, if it names none outside them."""
    inside = " ".join(BRACKETED.findall(in_one_script(heading))).strip("()[]【】〔〕 ")
    return f"{leaf}{inside}" if inside and not PERIOD.search(leaf) and PERIOD.fullmatch(inside) else leaf


def _of_person(leaf: str, above: list[str]) -> list[Guess]:
    if not above or not PART_OF_PERSON.search(leaf):
        return []
    for parent in reversed(above):
        parts = {guess.role for guess in _by_rules(parent)}
        if Means.LEADER in parts:
            return [Guess(Means.LEADER if leaf in {"姓名", "name", "名字"} else Means.EXTRA, 0.8)]
        if Means.CONTACT in parts or Means.LEAD in parts:
            return [Guess(Means.EXTRA if leaf in {"职务", "职位", "post", "title"} else Means.CONTACT, 0.8)]
    return []


def _of_period(leaf: str, above: list[str]) -> list[Guess]:
    """The progress of one month or quarter, or what was planned for it."""
    here = PERIOD.search(leaf)
    names = [leaf, *reversed(above)]
    for name in [leaf] if here else list(reversed(above)):
        found = PERIOD.search(name)
        if not found or (
            found["english"]
            and not re.fullmatch(rf"(?:{ENGLISH_MONTH})(?: (?:progress|update|status))?", name)
        ):
            continue
        if found["half"] and not here:
            continue  # 上半年 over months, which name themselves
        rest = name[: found.start()] + name[found.end() :]
        if not OF_PERIOD.match(rest) and not (PLANNED.search(rest) or MONEY.search(rest)):
            continue
        whole = "/".join(names)
        beside = leaf if not here else rest
        others = {guess.role for guess in _by_rules(beside)} if beside else set()
        if (
            PLANNED.search(whole)
            or MONEY.search(whole)
            or others & {Means.PROBLEMS, Means.NEXT_STEPS, Means.TARGET, Means.DUE}
        ):
            return [Guess(Means.EXTRA, 0.7)]
        if here and (re.search(r"^截[至止]", leaf) or re.match(r"\d{1,2}[-—–~至到]", found[0])):
            return [Guess(Means.PROGRESS, 0.8, detail=f"{UP_TO}{period_name(found)}")]
        return [Guess(Means.PROGRESS, 0.9, detail=period_name(found))]
    return []


def period_name(found: re.Match[str]) -> str:
    """9月份 → 9月, and the year where it is named."""
    name = found[0]
    if found["month"]:
        return re.sub(r"(?<=月).*$", "", name)
    return (
        name.upper()
        if name.startswith("q") or re.match(r"20\d\d ?q", name)
        else name.title()
        if found["english"]
        else name
    )


TICKED = re.compile(r"状态|情况|进度|进展|完成|落实|办理|销号|status|progress|结果")


STATUS_WORDS = re.compile(
    r"(?:已|未|尚未|正在|正|全部|按期|正常|有序|序时|基本|部分|推进|整改|办理|进行|持续|长期|推动|在)*"
    r"(?:完成|办结|销号|启动|开展|推进|进行|办理|整改|受阻|停滞|坚持|滞后|逾期|终止|取消|实施|开始|办|结|开工|完工|竣工"
    r"|到位|落实|缓慢)(?:中)?"
    r"|done|completed?|in progress|not started|blocked|closed|open|ongoing|on hold|cancelled"
)


def _ticks(leaf: str, above: list[str], plain: str) -> list[Guess]:
    """A column whose heading is a status: 已完成, 推进中, 未启动."""
    if leaf in {"是", "否"} and above:
        return [Guess(Means.STATUS, 0.6, detail="done" if leaf == "是" else "no")]
    status = status_of_words(leaf) if len(leaf) <= 12 else None
    under = any(TICKED.search(parent) for parent in above)
    is_short = under and len(leaf) <= 6 and not re.search(r"情况|说明|进展$|进度$|原因|时间", leaf)
    stands_alone = STATUS_WORDS.fullmatch(plain) and (under or re.match(r"[已未正尚在]|.*中$|[a-z]", leaf))
    if is_short and not stands_alone:
        # 推进中的困难 begins like a status, and is none.
        is_short = not {guess.role for guess in _by_rules(leaf)} - {Means.STATUS, Means.PROGRESS}
    if status and (is_short or stands_alone):
        return [Guess(Means.STATUS, 0.9 if under else 0.7, detail=status.value)]
    return []


def _by_rules(text: str) -> list[Guess]:
    if whole := WHOLE.get(text) or WHOLE.get(text.rstrip("?")):
        return [guess for one in whole.split() for guess in _read(one)]
    for meant, pattern in RULES:
        if pattern.search(text):
            return [guess for one in meant.split() for guess in _read(one)]
    return []


def _read(meant: str) -> list[Guess]:
    name, sure, fine = (*meant.split(":"), "", "")[:3]
    role = Means.MEASURE if name == "task" else Means(name)
    return [Guess(role, float(sure or 0.95), int(fine or 0))]


def is_known(heading: str) -> bool:
    """Whether a text reads as a heading: short, and one of the words that head columns."""
    texts = [heading_text(one) for one in in_each_language(heading)]
    return 0 < len(texts[0]) <= 24 and bool(guesses(heading, ()) or PART_OF_PERSON.search(texts[0]))
