"""Persons in the cells of units: 县发改局 张伟."""

import re

from measures.takeover.texts import HAN, in_one_script, kept
from measures.takeover.units import UNIT_NAME

# The family names of nine persons in ten; units and things seldom begin with them and are as short.
FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢"
    "安齐易乔伍庞颜倪庄聂章鲁岳翟申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛曲冉蓝路游辛靳"
)
NAME = rf"(?:[{FAMILY}]|欧阳|司马|上官|诸葛|夏侯|皇甫|令狐)[\u4e00-\u9fff·]{{1,2}}"
POST = (
    r"(?:党[组委]|总?支部)?(?:副?书记|副?[局处科院校部所镇乡县市区股站队司组]长|副?主任|副?秘书长|同志|委员"
    r"|经理|主席)"
)
PERSON = re.compile(rf"(?:{POST})?(?:{NAME})(?:{POST})?")
GLUED = re.compile(rf"(?<=[局委办处科室部院所会镇乡府司队站社校心])(?:{POST})?(?:{NAME})$")
PIECE = re.compile(r"[^\s、，,;；/／|:：()（）]+")
SPACED = re.compile(rf"(?<![\u4e00-\u9fff])([{FAMILY}])[\s\u3000]+([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
PHONE = re.compile(r"[\d*+][\d*+-]{3,}\d")
EMPTY = re.compile(r"[(（]\s*[、，,:：]*\s*[)）]")
LOOSE = re.compile(r"\s*[:：/／|\-—]+\s*(?=[\n、，,;；]|$)|^\s*[:：/／|]+\s*")


def is_person(text: str) -> bool:
    """Whether a cell says the name of a person and nothing else, be it with the post."""
    words = SPACED.sub(r"\1\2", text).strip()
    return bool(PERSON.fullmatch(words)) and not UNIT_NAME.search(words)


def without_persons(text: str) -> tuple[str, str]:
    """The text without persons and their numbers, and these, with their numbers behind them."""
    words = SPACED.sub(r"\1\2", text)
    persons: list[str] = []
    left: list[str] = []
    end = 0
    for found in PIECE.finditer(words):
        piece = found[0]
        glued = GLUED.search(piece)
        left.append(words[end : found.start()])
        end = found.end()
        if PERSON.fullmatch(piece) and not UNIT_NAME.search(piece):
            persons.append(piece)
        elif PHONE.fullmatch(in_one_script(piece)) and persons:
            persons[-1] += f" {piece}"
        elif glued and not UNIT_NAME.search(piece):
            persons.append(glued[0])
            left.append(piece[: glued.start()])
        else:
            left.append(piece)
    left.append(words[end:])
    if not persons:
        return text, ""
    units = kept(LOOSE.sub("", EMPTY.sub("", "".join(left))))
    return units.strip("、，,;；/ "), "、".join(persons)


def names_persons(texts: list[str]) -> bool:
    """Whether most of these cells of units name a person as well."""
    told = [text for text in texts if HAN.search(text)]
    found = [parts for text in told if (parts := without_persons(text))[0] and parts[1]]
    return len(told) >= 2 and len(found) >= 0.6 * len(told)
