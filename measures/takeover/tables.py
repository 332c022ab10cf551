"""Where in a sheet its tables are: rows of headings, over one or several rows, and what they say."""

import re
from dataclasses import dataclass

from measures.takeover.grid import Grid
from measures.takeover.headings import Means, guesses, is_known
from measures.takeover.texts import HAN, in_one_script, squeezed

HEADING_ROWS = 4
STRONG = {Means.NUMBER, Means.MEASURE, Means.LEAD, Means.SUPPORTING, Means.DUE, Means.LEADER, Means.CONTACT}
STRONG |= {Means.REMARK, Means.LEVEL, Means.STATUS}
NUMBERED = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+(?:[、.．]|$)|[（(][一二三四五六七八九十\d]+[)）]|第[一二三四五六七八九十\d]+[部章节类])"
)


@dataclass(frozen=True)
class HeadingBlock:
    """A block of rows that head columns. `names` has for each column its texts from top to bottom."""

    first: int
    last: int
    names: dict[int, tuple[str, ...]]

    @property
    def key(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        return tuple((column, tuple(map(squeezed, names))) for column, names in sorted(self.names.items()))

    def title(self, column: int) -> str:
        """The column's heading as one text, its parts joined."""
        return "/".join(
            "".join(name.split()) if HAN.search(name) else " ".join(name.split())
            for name in self.names.get(column, ())
        )


def headings_of(grid: Grid) -> list[HeadingBlock]:
    """Every block of headings, in the order of the rows."""
    found: list[HeadingBlock] = []
    last = 0
    for row in grid.rows:
        if row <= last or not _heads(grid, row) or not _comes_again(grid, row, found):
            continue
        first, last = _upwards(grid, row, last), _downwards(grid, row)
        found.append(HeadingBlock(first, last, _names(grid, first, last)))
    return found


def _comes_again(grid: Grid, row: int, found: list[HeadingBlock]) -> bool:
    """Whether a row below other headings is one of headings as well: items can be as short as these."""
    if not found:
        return True
    texts = [squeezed(text) for text in grid.shown(row).values()]
    earlier = {squeezed(name) for block in found for names in block.names.values() for name in names}
    if sum(text in earlier for text in texts) >= 0.6 * len(texts):
        return True
    known = sum(is_known(text) for text in texts)
    if re.fullmatch(r"序号|编号|項次|序號|編號|项次|no\.?|#", in_one_script(texts[0])) and known >= 0.5 * len(
        texts
    ):
        return True
    return (
        len(texts) >= 3
        and known >= 0.7 * len(texts)
        and all(len(text) <= 14 for text in texts)
        and not any(re.search(r"[，,；;。]|\d", text) for text in texts)
    )


def _heads(grid: Grid, row: int) -> bool:
    """Whether this row's texts are headings: most are words that head columns, and mean different things."""
    texts = {column: text for column, text in grid.shown(row).items() if not _is_wide(grid, row, column)}
    if len(texts) < 2 or any(len(squeezed(text)) > 40 for text in texts.values()):
        return False
    known = [text for text in texts.values() if is_known(text) and not re.search(r"[:：]\s*\S", text)]
    roles = {guess.role for text in known for guess in guesses(text, ())[:1]}
    distinct = len({squeezed(text) for text in texts.values()})
    if len(known) < 2 or distinct < 0.6 * len(texts) or _looks_like_item(grid, row, texts):
        return False
    periods = len({guess.detail for text in known for guess in guesses(text, ())[:1] if guess.detail})
    told = len(roles & STRONG) >= 2 or (len(roles) >= 2 and periods >= 2)
    return told and (len(known) >= 0.5 * len(texts) or len(known) >= 4)


def _looks_like_item(grid: Grid, row: int, texts: dict[int, str]) -> bool:
    first = squeezed(texts[min(texts)])
    if re.match(r"[\d.]+$|[A-Z]{1,4}-?\d+$|\d+[.、．]", first) or NUMBERED.match(first):
        return True
    months = [text for column, text in grid.filled(row).items() if text != texts.get(column, text)]
    if len(months) == 1:
        return True  # one month is a due date; a row of headings has several
    return any(re.search(r"\d{4}-\d\d-\d\d$", text) for text in texts.values()) or any(
        "。" in text for text in texts.values()
    )


def _is_wide(grid: Grid, row: int, column: int) -> bool:
    merge = grid.merge_at(row, column)
    return merge is not None and merge.width >= max(3, grid.last_column - 1)


def _downwards(grid: Grid, row: int) -> int:
    """The last row of the block that begins here: as far as cells reach down, and rows of parts below."""
    last = row
    while last - row < HEADING_ROWS:
        below = max(
            [
                merge.last_row
                for merge in grid.merges
                if row <= merge.first_row <= last
                and merge.last_row - row < HEADING_ROWS
                and merge.first_column <= grid.last_column
            ],
            default=last,
        )
        below = max(below, last)
        if below == last:
            if not _continues(grid, row, last + 1):
                break
            below = last + 1
        last = below
    return last


def _continues(grid: Grid, first: int, row: int) -> bool:
    """Whether a row below headings parts them further."""
    texts = grid.shown(row)
    if (
        not texts
        or _is_wide(grid, row, min(texts))
        or any(len(squeezed(text)) > 16 for text in texts.values())
    ):
        return False
    if _looks_like_item(grid, row, texts):
        return False
    above = grid.shown(row - 1)
    wide = {
        column
        for top in range(first, row)
        for column, _text in grid.shown(top).items()
        if (merge := grid.merge_at(top, column)) and merge.width > 1
    }
    number = min(above, default=0)
    if number in texts or not (wide or any(column not in above for column in texts)):
        return False
    # Below a heading that reaches over several columns, or beside one where the row above has nothing.
    parted = [column for column in texts if column not in above or column in wide]
    known = [text for text in texts.values() if is_known(text)]
    if len(parted) == len(texts):
        return len(known) >= 0.5 * len(texts)
    return bool(wide) and len(known) == len(texts)


def _upwards(grid: Grid, row: int, after: int) -> int:
    """The first row of the block: rows above whose merged cells group these columns belong to it."""
    first = row
    columns = grid.shown(row)
    while first - 1 > after and row - first < HEADING_ROWS - 1:
        texts = grid.shown(first - 1)
        groups = [
            column for column in texts if (merge := grid.merge_at(first - 1, column)) and merge.width > 1
        ]
        if len(texts) < 2 or not groups or any(len(squeezed(text)) > 16 for text in texts.values()):
            break
        if any(re.search(r"[:：]\s*\S|\d{4}", text) for text in texts.values()) or len(columns) < len(texts):
            break
        first -= 1
    return first


def _names(grid: Grid, first: int, last: int) -> dict[int, tuple[str, ...]]:
    names: dict[int, list[str]] = {}
    for row in range(first, last + 1):
        reach = 0
        texts = grid.shown(row)
        text = ""
        for column in range(1, grid.last_column + 1):
            if column in texts:
                text = texts[column]
                merge = grid.merge_at(row, column)
                reach = merge.last_column if merge else column
                if not merge and row < last:
                    reach = _reach(grid, row, last, column, texts)
            if column <= reach and (text := text) and text not in names.setdefault(column, []):
                names[column].append(text)
    return {column: tuple(found) for column, found in names.items() if found}


def _reach(grid: Grid, row: int, last: int, column: int, texts: dict[int, str]) -> int:
    """How far to the right an unmerged heading stands over its parts."""
    reach = column
    below = {place for under in range(row + 1, last + 1) for place in grid.shown(under)}
    while reach + 1 not in texts and reach + 1 in below and column in below:
        reach += 1
    return reach


def is_note(text: str) -> bool:
    """Whether a row of one text is not a heading of a part: a note, a signature, who filled in the sheet."""
    words = in_one_script(text)
    return bool(NOTE.search(words)) or bool(re.search(r"签[字名章]|盖章|审核人|填表人|制表人", words))


NOTE = re.compile(
    r"^(?:[*※]|[(（]?注[:：\d.、]|备注|说明[:：]?|填表|填报|制表|审[核批签]|填写|编制[:：人单]|联系(?:人|电话|方式)|单位负责人"
    r"|负责人|主要负责人|分管领导|报送[:：人单时]|报出|统计[:：人截时]|数据(?:来源|截|统计)|截[至止]|日期|打印|校对|附[:：注件]"
    r"|本表|以上|此表|资料来源|来源[:：]|复核|经办|抄送|印发|表格|共\d|第\d+页|图例|prepared|approved|reviewed|signed"
    r"|notes?\b|source|date|legend|key[: ]|page \d|total number|status key|rag)"
)
TOTAL = re.compile(
    r"^(?:本页|全部|本?类|分项)?(?:合计|小计|总计|共计|累计|总数|合计数)(?:[:：(（\d].*|[项件个条]?数?)?$"
    r"|^(?:grand |sub-?)?total\b|.{0,12}(?:小计|合计)$"
)


def is_total(texts: dict[int, str]) -> bool:
    """Whether one of the first texts of a row says that it adds up others."""
    return any(
        TOTAL.search(in_one_script(text)) and len(squeezed(text)) <= 20
        for text in [texts[column] for column in sorted(texts)][:3]
    )


def looks_numbered(text: str) -> str:
    """The style in which a heading of a part is numbered, or nothing."""
    words = squeezed(text)
    for style, pattern in STYLES:
        if re.match(pattern, words):
            return style
    return ""


STYLES = [
    ("第一部分", r"第[一二三四五六七八九十\d]+(?:部分|篇|编|章|类|板块)"),
    ("一、", r"[一二三四五六七八九十]{1,3}(?:[、.．,]|$)"),
    ("（一）", r"[(（][一二三四五六七八九十]{1,3}[)）]"),
    ("第一节", r"第[一二三四五六七八九十\d]+(?:节|条|项)"),
    ("1.", r"\d{1,2}[.、．](?!\d)"),
    ("(1)", r"[(（]\d{1,2}[)）]"),
    ("A.", r"(?:[A-Z]|[IVX]{1,4})[.):]|(?:Part|Section|Theme|Pillar|Chapter)\s*\w+"),
]
