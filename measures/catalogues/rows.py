"""One row of a sheet, as read."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from measures.catalogues.codes import prefixes
from measures.catalogues.outline import Texts
from measures.choices import Cadence
from measures.models.catalogue import CODE_FORM
from measures.models.local_codes import LOCAL_CODE

# Addresses below /items/ that are not measures.
RESERVED = {"bulk", "columns", "by-section"}


@dataclass
class MeasureRow:
    """A measure. Its parts are names by level and language; what could not be read is empty."""

    number: int
    code: str = ""
    parts: dict[int, Texts] = field(default_factory=dict)
    title: Texts = field(default_factory=dict)
    detail: Texts = field(default_factory=dict)
    terms: dict[str, list[str]] = field(default_factory=dict)
    cadence: Cadence | None = None
    source: str = ""
    needs_evidence: bool = False
    is_doubled: bool = False
    unread: set[int] = field(default_factory=set)

    def part(self, level: int, language: str) -> str:
        return self.parts.get(level, {}).get(language, "")

    def prefixes(self, depth: int) -> tuple[str, ...]:
        return prefixes(self.code, depth)


def code_fault(code: str) -> str:
    """What is wrong with a code by itself; empty for nothing."""
    if not re.match(CODE_FORM, code) or code.lower() in RESERVED:
        return _("A code has letters, digits, Chinese characters, dots, hyphens and round brackets only.")
    if re.search(LOCAL_CODE, code):
        return _("Numbers from 901 are reserved for local measures.")
    return ""
