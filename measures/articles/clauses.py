"""One clause of a sentence: what verb it has, who is asked, and whether it asks, tells what for, or neither."""

import re
from dataclasses import dataclass, replace
from enum import Enum

from measures.articles import words

CONNECTIVE = re.compile(
    "同时|此外|另外|其次|首先|再次|最后|总之|特别是|尤其是|特别要|并且|而且|从而|进而|以及|因此|为此|对此|据此|一方面|另一方面"
    "|[一二三四五六七八九十]{1,2}(?:是|要)(?!否)|第[一二三四五六七八九十](?!书)|其[一二三四五]|并(?!购|联|网|轨|案|存)|还|又(?!快)|也|既|而|且|再|则|即|或"
)
MODAL = re.compile(
    "(?:务必要|必须要|应当要|都要|就要|还要|也要|更要|一定要|必须|应当|应该|务必|不得|不准|不可|不能|严禁|禁止|不许|一律不|原则上不"
    "|(?<![重主需首必纲摘概简将只次紧扼索])要(?![求素点闻件害地领闻义务职道案])"
    "|(?<![相反适供响对效感呼])应(?![急届用对变答邀聘召运收付力激战])"
    "|(?<![必莫])须(?![知])|(?<![急必所内供军])需(?![求要])|需要|(?<!即)将(?=[新再继于进在继全持加大组会]))"
)
FORBIDS = re.compile("不得|不准|不可|不能|严禁|禁止|不许|一律不|原则上不|杜绝|坚决不|不再|防止|严控")
ACHIEVED = re.compile(
    "(?<![为除解明知末罢])了(?![解然结如却断])|"
    + "|".join(words.ACHIEVED)
    + "|增长[\\d.]+%(?!左右|以上|以内)"
)
EQUATES = re.compile(
    "^[^要应须]{1,30}?(?<![尤特还于凡只但若总一二三四五六七八九十可正都])(?:是(?![否非])|即为|称为|是指|系指|意味着|在于|取决于)"
)
JUDGES = re.compile(
    "(?<![还但总若只])是[^是]{1,30}(?:的|关键|基础|前提|保障|要求|途径|举措|任务|工程|责任|使命|问题|内容)$"
)
TIME = re.compile(
    r"(?:每|逐)(?:个)?(?:学期|季度|半年|两年|三年|年|季|月|周|天|日)(?:度)?(?:至少|不少于|原则上)?[一二两三四\d]*次?|"
    r"(?:到|于|在)?(?:20\d\d|今明两|今|明)年(?:底|末|内|上半年|下半年|[一二三四]季度|\d+月(?:底|份)?)?(?:之)?(?:前|以前)?|(?:年|月|季度)(?:底|末)(?:之)?前"
)
# Words that lead a phrase of circumstance; the act may come after it in the same clause.
PREPOSITION = re.compile("|".join(sorted(words.FRAME, key=len, reverse=True)))
DISPOSES = re.compile("把|将|使(?=[^用])|对|向|给|给予|由|与|同")
DISPOSED = re.compile(
    "作为|放在|放到|摆在|摆到|摆上|纳入|列入|列为|转化为|转为|变为|变成|落到|落实到|贯穿|融入|建成|打造成|建设成|打造为|作|派到|延伸|推荐|移送|报送|抄送|用于|用在|送到|交由|分解|细化|压实|覆盖|给|到"
)
GROUP = re.compile("(?:" + "|".join(map(re.escape, sorted(words.BODIES, key=len, reverse=True))) + ")$")
STRONG_PAIR = re.compile("[抓做用管建配办选育引讲压筑织守扛落稳扎走][好实优精深强牢紧细准住到成密足严活]")
ANY_STRONG = re.compile(
    "|".join(sorted((word for word in words.STRONG if len(word) > 1), key=len, reverse=True))
)
# After one of these a word that is on no list is taken for a verb, unless it leads a phrase.
MANNERS = tuple(
    "大力 积极 主动 进一步 切实 认真 加快 着力 扎实 及时 定期 坚决 努力 尽快 抓紧 广泛 深入 全力 逐步 有序 稳步 严厉 从严 妥善 严格 持续 全面".split()
)
UNKNOWN_VERB = re.compile("(?!把|将|对|向|给|由|与|同|为|以|在|从|围绕|按照|的|○|“)[\u4e00-\u9fff]{4,}")
LONGEST_WORD = 5
VERBS = words.STRONG | words.RESULT | words.STANCE
INNER_END = re.compile("(?:" + "|".join(words.INNER) + ")[”’]?$")
SPLIT_OBJECT = re.compile("(?:部门|单位|企业|政府|机构|学校|医院)$")
PERSONS = re.compile(
    "^(?:各级)?(?:广大|全体|各级)?(?:年轻|基层|领导|一线)?(?:党员|干部|群众|全社会|人民|大家|市民|职工|青年)"
)


class Kind(Enum):
    """What a clause does: asks for an act, tells its effect, or how; is background; or goes on with the last."""

    ACT = "act"
    EFFECT = "effect"
    STANCE = "stance"
    BACKGROUND = "background"
    OPEN = "open"  # a phrase such as 对…的干部 whose act is in a later clause
    MORE = "more"  # nouns that go on with the clause before


@dataclass(frozen=True)
class Clause:
    """`head` is where its verb begins and `end` where it ends, as positions in the sentence."""

    kind: Kind
    start: int  # without connectives before it
    head: int
    end: int
    verb: str = ""
    modal: bool = False
    forbids: bool = False
    needs: bool = False  # says 需要
    shared: tuple[int, int] = (0, 0)  # the words of an earlier clause that govern this one


def read_clause(shown: str, start: int, end: int) -> Clause:
    """The clause at this place in the sentence; `shown` is it folded, with quotations hidden."""
    at = _after(CONNECTIVE, shown, start, end)
    begin = at
    text = shown[at:end]
    forbids = bool(FORBIDS.search(text))
    if not (modal := MODAL.match(text)):
        at, verb = _verb(shown, at, end)
        if verb:
            return _told(Clause(_kind(verb, shown[at:end]), begin, at, end, verb, False, forbids), shown)
    if modal := modal or _modal_with_subject(text):
        return _after_modal(shown, begin, end, modal, forbids)
    if EQUATES.match(text) or ACHIEVED.search(text):
        return Clause(Kind.BACKGROUND, begin, begin, end)
    return _phrase(shown, begin, at, end, False, forbids)


def _after_modal(shown: str, begin: int, end: int, modal: re.Match[str], forbids: bool) -> Clause:
    after, verb = _verb(shown, _after(CONNECTIVE, shown, begin + modal.end(), end), end)
    if forbids and re.search("不得|不准|不可|不能|严禁|禁止|不许|不$", modal[0]):
        return Clause(Kind.ACT, begin, begin, end, modal[0], True, True)
    needs = modal[0].endswith("需要")
    if verb and not _leads(shown, after, end):
        return Clause(_kind(verb, shown[after:end]), begin, after, end, verb, not needs, forbids, needs)
    return replace(_phrase(shown, begin, after, end, not needs, forbids), needs=needs)


def _told(clause: Clause, shown: str) -> Clause:
    """The same, or background if it tells what has been achieved."""
    if ACHIEVED.search(shown[clause.head : clause.end]) and clause.verb not in (
        "力争",
        "确保",
        "争取",
        "达到",
        "实现",
    ):
        return Clause(Kind.BACKGROUND, clause.start, clause.head, clause.end, clause.verb)
    if JUDGES.search(shown[clause.head : clause.end]):
        return Clause(Kind.BACKGROUND, clause.start, clause.head, clause.end)
    return clause


def _modal_with_subject(text: str) -> re.Match[str] | None:
    found = MODAL.search(text[:60])
    if not found or found.start() > 40:
        return None
    return re.compile(f".{{{found.start()}}}{re.escape(found[0])}").match(text)


def _after(pattern: re.Pattern[str], shown: str, at: int, end: int) -> int:
    while at < end and (found := pattern.match(shown, at, end)) and found.end() > at:
        at = found.end()
    while at < end and shown[at] in " \u3000":
        at += 1
    return at


def _verb(shown: str, at: int, end: int) -> tuple[int, str]:
    """Where the verb begins, after adverbs and times, and the verb; empty if there is none."""
    begin = at
    while at < end:
        if found := TIME.match(shown, at, end):
            at = found.end()
            continue
        # 突出对…的监督: the object begins with 对.
        if shown[at + 2 : at + 3] == "对" and shown[at : at + 2] in VERBS:
            break
        word = next(
            (shown[at : at + n] for n in range(8, 0, -1) if shown[at : min(at + n, end)] in words.ADVERBS), ""
        )
        follows, rest = _own_verb(shown, at + len(word), end) if word else (at, "")
        if word and (rest or _own_verb(shown, at, end)[1] == "" or TIME.match(shown, at + len(word), end)):
            at += len(word) + (shown[at + len(word) : at + len(word) + 1] == "地")
            continue
        if word and (_is_adverb(shown, at + len(word), end) or DISPOSES.match(shown, at + len(word), end)):
            at += len(word)
            continue
        break
    found = _own_verb(shown, at, end)
    if (
        not found[1]
        and at - begin > 1
        and shown[begin:at].endswith(MANNERS)
        and UNKNOWN_VERB.match(shown, at, end)
    ):
        return at, shown[at : at + 2]
    return found


def _is_adverb(shown: str, at: int, end: int) -> bool:
    return any(shown[at : min(at + n, end)] in words.ADVERBS for n in range(8, 1, -1))


def _own_verb(shown: str, at: int, end: int) -> tuple[int, str]:
    for length in range(LONGEST_WORD, 0, -1):
        word = shown[at : min(at + length, end)]
        if len(word) == length and word in VERBS:
            return at, word
    if found := STRONG_PAIR.match(shown, at, end):
        return at, found[0]
    return at, ""


def _kind(verb: str, text: str) -> Kind:
    rest = text[len(verb) :]
    if verb in words.RESULT:
        return Kind.EFFECT
    if verb in words.STANCE:
        return (
            Kind.STANCE
            if verb in ("坚持", "秉持", "立足", "着眼", "牢记", "遵循", "高举", "紧扣", "始终坚持", "保持")
            or INNER_END.search(rest)
            else Kind.ACT
        )
    return Kind.ACT


def _leads(shown: str, at: int, end: int) -> bool:
    return bool(DISPOSES.match(shown, at, end)) and not _own_verb(shown, at, end)[1]


def _phrase(shown: str, begin: int, at: int, end: int, modal: bool, forbids: bool) -> Clause:
    """A clause whose verb comes after a phrase: 对…开展, 把…纳入, 各部门牵头, 在…中突出."""
    text = shown[at:end]
    if re.match("把|将", text) and (found := re.search(DISPOSED, text[2:])):
        kind = Kind.EFFECT if INNER_END.search(text) and "转化" in text else Kind.ACT
        return Clause(kind, begin, at, end, text[2 + found.start() : 2 + found.end()], modal, forbids)
    if re.match("由", text) and re.search("负责|牵头|会同|组织|承担|实施|解释", text):
        kind = Kind.BACKGROUND if "负责解释" in text else Kind.ACT
        return Clause(kind, begin, at, end, "由", modal, forbids)
    leads = PREPOSITION.match(text) or DISPOSES.match(text)
    anywhere = re.match("向|对|给|与|由|同", text)
    for found in re.finditer(
        "."
        if anywhere
        else "[的中上下内外前后里时]|方面|基础上|等|部门|单位|企业|干部|人员|[」”○》]|级|地|县|市|省|区|镇|乡|村|会|局|委|组|社区|方式|要求|原则|规定|式|人|者|家",
        text,
    ):
        if found.end() < 2 and not leads:
            continue
        place, verb = _verb(shown, at + found.end(), end)
        if verb in words.DOERS if leads else (verb in words.STRONG or STRONG_PAIR.fullmatch(verb)):
            if (leads and not _lists(text, place - at)) or GROUP.search(text[: found.end()]) or modal:
                start = begin if re.match("对|向|为|给|由|与|在", text) or not leads else place
                return Clause(_kind(verb, shown[place:end]), start, place, end, verb, modal, forbids)
    if re.match("对|凡|因|确因", text):
        place = _late_verb(text)
        if place:
            return Clause(Kind.ACT, begin, at, end, text[place : place + 2], modal, forbids)
        return Clause(Kind.OPEN, begin, at, end, "对", modal, forbids)
    if modal and not leads:
        return Clause(Kind.ACT, begin, at, end, text[:2], True, forbids)
    if leads:
        return Clause(Kind.STANCE if modal else Kind.BACKGROUND, begin, at, end, leads[0], modal)
    if forbids and re.match("坚决不|不再|一律", text):
        return Clause(Kind.ACT, begin, at, end, text[:2], modal, True)
    return Clause(Kind.MORE, begin, at, end)


def _lists(text: str, place: int) -> bool:
    """Whether the verb is one of a list that the phrase goes on with: 围绕推进改革、完善制度."""
    return place > 0 and (text[place - 1] == "、" or (place < 6 and "、" in text[place:]))


def _late_verb(text: str) -> int:
    """Where an act begins in 对…的干部及时合理使用, whose verb is its last word."""
    found = re.search(
        "(?:一票否决|坚决不用|从严处理|依规问责|真容错|(?:及时|合理|大胆|优先|依法|严肃|从重|严格|适时|依规|一律)+[^的]{2,14})$",
        text,
    )
    if found:
        return found.start()
    last = re.search("(?:" + "|".join(w for w in words.STRONG if len(w) == 2) + ")$", text)
    return last.start() if last and last.start() > 3 else 0
