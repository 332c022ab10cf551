"""The units that a cell names: who leads, and who cooperates."""

import re
from dataclasses import dataclass

from measures.takeover.texts import HAN, in_one_script, kept, says_nothing

PARTS = re.compile(
    r"[、，,;；\n/／|｜]+|\s{2,}|(?<=[局委办处科股室部院所会镇乡府司队站社校区县市心道])\s+(?=\S)|会同|(?=[①-⑳])|(?<=[局委办处科厅部府心院室司道])[和及与](?=[县市省区州各镇乡]|有关|相关)"
)
OFFICE = r"(?:责任)?(?:单位|部门|处室|科室|机关|地区|team|unit|department|s)*"
LEADS = rf"(?:总?牵头|主办|主责|责任|承办|主管|主体|负责|主要|lead|primary|owner){OFFICE}"
HELPS = (
    r"(?:配合|协办|协同|协助|参与|参加|会办|联办|support(?:ing)?|with|assist(?:ing)?|contribut(?:or|ing))"
    + OFFICE
)
LABEL = re.compile(rf"(?P<lead>{LEADS})\s*[:：]|(?P<help>{HELPS})\s*[:：]", re.IGNORECASE)
IN_BRACKETS = re.compile(rf"[(（]\s*(?:(?P<lead>{LEADS})|(?P<help>{HELPS}))\s*[)）]", re.IGNORECASE)
LABEL_AND_BRACKETS = re.compile(
    rf"(?:^|(?<=[;；,，。\s]))({LEADS}|{HELPS})[(（]([^()（）]+)[)）]", re.IGNORECASE
)
# Numbers and marks before a name.
BEFORE = re.compile(r"^(?:\d{1,2}[.、．)）]|[①-⑳★☆*※●▲◆])\s*")
AFTER = re.compile(
    r"(?P<lead>总?牵头(?:负责|抓总|落实|办理)?|主办|主责|负责)$"
    r"|(?P<help>(?:共同|分别)?(?:配合|协办|协同|协助|参与|参加)(?:做好|落实|实施)?)$"
)
# Of what a unit does, or that there are more: no part of its name.
BEHIND = re.compile(
    r"(?:等(?:有关|相关)?(?:部门|单位)?)?(?:(?:按照?|依照?)(?:各自)?(?:职责|职能)(?:分工)?(?:负责|落实|配合)?|等)$"
    r"|等(?:有关|相关)?(?:部门|单位)$"
)
HELPED = re.compile(r"^([^()（）]+)[(（]([^()（）]+?)(?:共同|分别)?(?:配合|协办|协助|参与)[)）]$")
UNIT_NAME = re.compile(
    r"(?:局|委|办|处|科|股|室|部|院|所|会|镇|乡|街道|街|府|司|队|站|社|校|区|县|市|心|组|支部|集团|大学|单位|部门|厅|署|馆"
    r"|企业|园|村|银行|分行|机关|段|厂|矿|库|妇联|侨联|残联|文联|科协|工商联|党校|档案局|等)(?:[(（][^)）]*[)）])?$"
)


@dataclass(frozen=True)
class ReadUnits:
    """`lead` is one unit, or none; `supporting` are the others."""

    lead: str = ""
    supporting: tuple[str, ...] = ()


def is_unit_like(text: str) -> bool:
    """Whether all that a cell says are names of units."""
    if len(text) > 120 or says_nothing(text):
        return False
    if LABEL.search(text) or IN_BRACKETS.search(text):
        return True
    parts = _parts(text)
    return bool(parts) and all(len(part) <= 20 for part in parts) and bool(UNIT_NAME.search(parts[0]))


def read_units(text: str) -> ReadUnits:
    """The first unit is the lead, unless the words say otherwise."""
    if says_nothing(text) or in_one_script(text) in {"无", "none", "n/a", "na"}:
        return ReadUnits()
    text = LABEL_AND_BRACKETS.sub(r"\1：\2", text)
    if LABEL.search(text):
        return _labelled(text)
    if found := HELPED.match(text):
        return ReadUnits(found[1].strip(), tuple(_parts(found[2])))
    leads: list[str] = []
    others: list[str] = []
    named = False
    pending: list[str] = []
    for part in _parts(text):
        name, role = _role(part)
        named |= bool(role)
        if role == "lead":
            # 「A、B牵头」: those before it that nothing else was said of lead as well.
            leads += [*pending, name]
            pending = []
        elif role == "help":
            others += [*pending, name]
            pending = []
        elif name:
            pending.append(name)
    if not named:
        return ReadUnits(pending[0] if pending else "", tuple(pending[1:]))
    everyone = [*leads, *(others if leads else []), *pending] if leads else [*pending, *others]
    return ReadUnits(everyone[0] if everyone else "", tuple(everyone[1:]))


def _role(part: str) -> tuple[str, str]:
    if found := IN_BRACKETS.search(part):
        return kept(part[: found.start()] + part[found.end() :]), "lead" if found["lead"] else "help"
    found = AFTER.search(part)
    if found and found.start():
        name = BEHIND.sub("", kept(part[: found.start()]))
        return name.removeprefix("由"), "lead" if found["lead"] else "help"
    return part, ""


def _labelled(text: str) -> ReadUnits:
    leads: list[str] = []
    others: list[str] = []
    marks = list(LABEL.finditer(text))
    before = _parts(text[: marks[0].start()])
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        names = _parts(text[mark.end() : after.start() if after else len(text)])
        (leads if mark["lead"] else others).extend(names)
    everyone = [*before, *leads, *others] if leads or before else ["", *others]
    return ReadUnits(everyone[0] if everyone else "", tuple(everyone[1:]))


def unit_names(text: str) -> list[str]:
    """The units of a cell in which none leads."""
    if says_nothing(text) or in_one_script(text) in {"无", "none", "n/a", "na"}:
        return []
    found = read_units(text)
    return [name for name in (found.lead, *found.supporting) if name]


def _parts(text: str) -> list[str]:
    """The text at the signs that part units, but not at those inside brackets."""
    covered = list(text)
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "(（") - (sign in ")）" and depth > 0)
        if depth and sign not in "(（":
            covered[place] = "\0"
    hidden, parts, start = "".join(covered), [], 0
    for mark in PARTS.finditer(hidden):
        parts.append(text[start : mark.start()])
        start = mark.end()
    parts.append(text[start:])
    names = [kept(part).strip(" .。：:") for part in parts]
    names = [BEFORE.sub("", name) for name in names]
    names = [squeezed_name(BEHIND.sub("", name) or name) for name in names if not says_nothing(name)]
    return [name for name in names if name]


def squeezed_name(name: str) -> str:
    """A name without spaces between Chinese characters."""
    return "".join(name.split()) if HAN.search(name) else " ".join(name.split())
