"""CSV and pasted cells → texts and records, in whichever encoding and with whichever separator."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from measures.sheets.guard import FILE_LIMIT, SheetError, unreadable

SEPARATORS = ",;\t|"
# Records that tell which separator a file has.
TOLD_BY = 500


def decoded(content: bytes) -> list[str]:
    """The text as each encoding reads it that may be meant, the likeliest first. Raises SheetError.

    Excel and WPS save CSV in the system's own encoding.
    """
    encodings = _encodings(content)
    texts = []
    for encoding in encodings:
        try:
            text = content.decode(encoding).rstrip("\0")
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            texts.append(text)
        if encoding == "utf-8-sig":
            break
    if not texts:
        raise SheetError(_("This is neither an XLSX file nor a CSV file in UTF-8 or GB18030."))
    return sorted(texts, key=_common, reverse=True)


def _encodings(content: bytes) -> list[str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    # Without a mark: every second byte of what is no Chinese is nothing, and few of the others are.
    low, high = content[0::2].count(0), content[1::2].count(0)
    if b"\0" in content.rstrip(b"\0"):
        for encoding, there, elsewhere in (("utf-16-le", high, low), ("utf-16-be", low, high)):
            if there > 3 * elsewhere and any(sign.encode(encoding) in content for sign in SEPARATORS):
                return [encoding]
    return ["utf-8-sig", "gb18030", "big5hkscs"]


def records(text: str, separator: str) -> Iterator[list[str]]:
    """Each record, however many lines it has. Raises SheetError."""
    csv.field_size_limit(FILE_LIMIT)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error as error:
        raise SheetError(unreadable()) from error


def separator_of(text: str) -> str:
    """The separator by which most records have cells, and as many of them as the others."""
    return max(SEPARATORS, key=lambda separator: _parted(text, separator))


def _parted(text: str, separator: str) -> tuple[int, int]:
    widths = [sum(map(bool, record)) for record in islice(records(text, separator), TOLD_BY)]
    widths = [width for width in widths if width]
    usual = max(set(widths), key=widths.count, default=0)
    return sum(width > 1 for width in widths) * min(usual, 3), usual


def _common(text: str) -> int:
    """How many of the characters are ones that offices use: what tells Big5 from GB18030."""
    return sum(1 for sign in text if sign in COMMON)


COMMON = set(
    "的一是在不了有和人大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面方后多定行学法所"
    "民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天"
    "政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很"
    "為個國時來們會後發動學過說產種對經進體機當點從業應開還無關條結問線間樣與數辦責單項務領導協標題處縣區備註號長續狀態"
    "、。，；：（）局委办市县镇责任单位序号完成时限备注"
)
