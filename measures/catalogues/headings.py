"""What the headings of a sheet mean, in simplified and traditional characters and in English."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from measures.catalogues.cells import CellGrid
from measures.catalogues.outline import LANGUAGES, SheetFault
from measures.texts import half_width

CODES, TITLE, DETAIL, CADENCE, SOURCE, TERM, EVIDENCE = (
    "code",
    "title",
    "detail",
    "cadence",
    "source",
    "key_terms",
    "needs_evidence",
)
WORDS = {
    CODES: "编号 編號 编码 編碼 代码 代碼 措施编号 措施編號 举措编号 條號 条号 code number no "
    "no. measurecode",
    TITLE: "措施 举措 舉措 措施名称 措施名稱 举措名称 舉措名稱 标题 標題 名称 名稱 事项 事項 title "
    "measure measuretitle name action",
    DETAIL: "要求 内容 內容 具体内容 具體內容 具体要求 具體要求 措施内容 措施內容 工作要求 说明 說明 "
    "detail details requirement requirements description text",
    CADENCE: "推进方式 推進方式 频次 頻次 开展方式 開展方式 周期 週期 cadence frequency howoften",
    SOURCE: "出处 出處 来源 來源 依据 依據 条款 條款 source locator reference",
    TERM: "关键词 關鍵詞 关键字 關鍵字 主题词 主題詞 keyterms keywords keyterm terms",
    EVIDENCE: "需要佐证 需要佐證 需佐证 需佐證 是否需要佐证 是否需要佐證 needsevidence evidence",
}
IGNORED = {"序号", "序號", "备注", "備註", "注", "remarks", "notes"}
PART_WORDS = (
    "支柱 方面 板块 板塊 领域 領域 编 編 篇 章 节 節 部分 重点任务 重點任務 任务 任務 重点工作 重點工作 目标 "
    "目標 专题 專題 类别 類別 大类 大類 小类 小類 项目 項目 pillar section "
    "part chapter goal target area theme "
    "objective division category"
)
PARTS = set(PART_WORDS.split())
MEANINGS = {word: field for field, words in WORDS.items() for word in words.split()}
IN_LANGUAGE = re.compile(r"(.+?)[(\[](.+?)[)\]]")
LANGUAGE_WORDS = {
    "zh-hans": ["简体", "简体中文", "簡體", "中文", "simplified", "zh-hans", "simplifiedchinese", "chinese"],
    "zh-hant": ["繁体", "繁體", "繁体中文", "繁體中文", "traditional", "zh-hant", "traditionalchinese"],
    "en": ["英文", "英语", "英語", "english", "en"],
}
TRADITIONAL = set("編號處關鍵詞標題內節點務體進頻據條領項專類")


@dataclass
class Columns:
    """Which column holds what. Texts go by field and language; parts by level and language."""

    row: int
    language: str
    fields: dict[tuple[str, str], int] = field(default_factory=dict)
    levels: list[str] = field(default_factory=list)
    parts: dict[tuple[int, str], int] = field(default_factory=dict)
    measure: str = ""
    # Ends the reading of rows.
    is_lacking: bool = False

    def of(self, name: str) -> int:
        return self.fields.get((name, ""), 0)

    @property
    def languages(self) -> list[str]:
        used = {language for _field, language in (*self.fields, *self.parts) if language}
        return [self.language, *(one for one in LANGUAGES if one in used and one != self.language)]


def meaning(heading: object) -> tuple[str, str]:
    """The field that a heading names, or "" for none, and the language in its brackets."""
    base, language = split_language(str(heading or ""))
    return MEANINGS.get(without_signs(base), ""), language


def split_language(heading: str) -> tuple[str, str]:
    found = IN_LANGUAGE.fullmatch(half_width(heading).strip())
    if found:
        for language, words in LANGUAGE_WORDS.items():
            if found[2].strip().lower().replace(" ", "") in words:
                return found[1].strip(), language
    return heading.strip(), ""


def without_signs(heading: str) -> str:
    return re.sub(r"[\s*_:：]", "", half_width(heading)).lower()


def rank(cells: dict[int, object]) -> int:
    """How many columns a row names, if it were the headings."""
    return len({meaning(cell)[0] for cell in cells.values()} - {""})


def heading_row(grid: CellGrid) -> int:
    """The row of the headings; 0 if no row names two columns."""
    first = sorted(grid.cells)[:20]
    best = max(first, key=lambda number: (rank(dict(grid.cells[number])), -number), default=0)
    return best if best and rank(dict(grid.cells[best])) > 1 else 0


def sheet_columns(grid: CellGrid, faults: list[SheetFault]) -> Columns:
    """What each column means; faults for headings that are missing, doubled, unknown or hidden."""
    reader = HeadingReader(grid, faults)
    reader.read()
    return reader.columns


class HeadingReader:
    """Reads the row of headings of one sheet."""

    def __init__(self, grid: CellGrid, faults: list[SheetFault]) -> None:
        self.grid, self.faults = grid, faults
        self.row = heading_row(grid)
        self.heads = grid.cells[self.row]
        self.columns = Columns(self.row, _language_of([str(value) for value in self.heads.values()]))
        codes = (place for place in sorted(self.heads) if meaning(self.heads[place]) == (CODES, ""))
        self.code_at = next(codes, 0)

    def fault(self, text: str, place: int = 0) -> None:
        last = 0 if place else self.grid.width
        self.faults.append(SheetFault(self.row, place or 1, text, self.grid.name, last))

    def read(self) -> None:
        spare = []
        for place in range(1, self.grid.width + 1):
            text = str(self.heads.get(place) or "").strip()
            rows = (cells for number, cells in self.grid.cells.items() if number > self.row)
            below = any(_shows(cells.get(place)) for cells in rows)
            if place in self.grid.hidden_columns and (text or below):
                self.fault(_("This column is hidden. Show it, or delete it."), place)
            if text:
                self._take(place, text)
            elif below:
                self.fault(_("This column has no heading. Write one above it."), place)
                spare.append(place)
        self._complete(spare)

    def _take(self, place: int, text: str) -> None:
        columns = self.columns
        named, language = meaning(text)
        base, _language = split_language(text)
        if named:
            key = (named, (language or columns.language) if named in {TITLE, DETAIL, TERM} else "")
            if key in columns.fields:
                self.fault(_("There are two columns with this heading."), place)
                return
            columns.fields[key] = place
            if named == TITLE and not columns.measure:
                columns.measure = base
        elif without_signs(base) in IGNORED:
            return
        elif base in columns.levels:
            of_part = (columns.levels.index(base), language or columns.language)
            if of_part in columns.parts:
                self.fault(_("There are two columns with this heading."), place)
            else:
                columns.parts[of_part] = place
        elif place < self.code_at or without_signs(base) in PARTS:
            columns.parts[len(columns.levels), language or columns.language] = place
            columns.levels.append(base)
        else:
            said = _("This heading is not known. Use one of those of the empty sheet, or delete the column.")
            self.fault(said, place)

    def _complete(self, spare: list[int]) -> None:
        """Read a column without a heading as the one that is missing; name each missing altogether."""
        columns = self.columns
        needed = [(CODES, ""), (TITLE, columns.language), (CADENCE, "")]
        missing = [key for key in needed if key not in columns.fields]
        if len(missing) == 1 and len(spare) == 1:
            columns.fields[missing[0]] = spare[0]
            missing = []
        elif not columns.levels and spare and spare[0] < columns.of(CODES):
            columns.parts[0, columns.language] = spare[0]
            columns.levels.append("")
        said = {
            CODES: _("There is no column of codes (编号)."),
            TITLE: _("There is no column of measures (措施)."),
            CADENCE: _("There is no column that says how often (推进方式)."),
        }
        for name, _language in missing:
            self.fault(said[name])
        if not columns.levels:
            self.fault(_("There is no column of parts, such as 章 or 方面, before the codes."))
        elif len(columns.levels) > 4:
            self.fault(_("A catalogue has at most four levels of parts."))
        columns.is_lacking = bool(missing) or not 1 <= len(columns.levels) <= 4


def _shows(value: object) -> bool:
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


def _language_of(headings: list[str]) -> str:
    own = [split_language(one)[0] for one in headings if not split_language(one)[1]]
    if own and sum(one.isascii() for one in own) * 2 > len(own):
        return "en"
    return "zh-hant" if any(set(one) & TRADITIONAL for one in own) else "zh-hans"
