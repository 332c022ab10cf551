"""A template to begin with: the usual report, with fields instead of its figures."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from measures.choices import Status
from measures.models.levels import Levels, pillar_word
from measures.reports.document import trouble_headings
from measures.reports.levels import figures_title
from measures.reports.outline import Document, LineKind, Table, TableColumn, TableLine, Text, TextRole
from measures.reports.template_fields import TROUBLE
from measures.reports.text.model import TextPart
from measures.reports.text.problems import TROUBLE_WIDTHS
from measures.reports.write_docx import package

MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)


def start_template(levels: Levels = ()) -> bytes:
    """A Word document that `validate_template` lets pass, in the active language.

    `levels`: what the catalogue calls its parts.
    """
    made = Document(
        title="{{ headline }}",
        subtitle=(),
        language=get_language() or "",
        author="",
        organisation="",
        made_at=MADE_AT,
    )
    made.add(
        Text(pgettext("addressee", "%(name)s:") % {"name": "{{ addressee }}"}, TextRole.ADDRESSEE),
    )
    for part in TextPart:
        made.start_chapter(str(part.label))
        made.add(Text(f"{{{{ text_{part.value} }}}}"))
        if part == TextPart.PROBLEMS:
            made.add(_troubles())
    annexes = pgettext("official document", "Annex: %(title)s") % {"title": "{{ annexes }}"}
    made.add(Text(annexes, TextRole.ANNEXES))
    made.add(Text("{{ signed }}", TextRole.SIGNATURE), Text("{{ made_on }}", TextRole.SIGNATURE))
    made.start_annex(_("Ledger of the items"), number=True, wide=True)
    made.add(_ledger())
    made.start_annex(figures_title(levels), number=True)
    made.add(_pillars(levels))
    return package(made)


def _troubles() -> Table:
    columns = tuple(
        TableColumn(heading, width) for heading, width in zip(trouble_headings(), TROUBLE_WIDTHS, strict=True)
    )
    return Table(columns, _walked("troubles", _cells(TROUBLE)), small=True)


def _ledger() -> Table:
    columns = (
        TableColumn(_("Code"), 13, "center"),
        TableColumn(_("Title"), 62),
        TableColumn(_("Owner"), 42),
        TableColumn(_("Due"), 26, "center"),
        TableColumn(_("Status"), 15, "center"),
        TableColumn(_("Progress in this period"), 89),
    )
    cells = _cells(("code", "title", "owner", "due", "status", "entry"))
    return Table(columns, _walked("ledger", cells), small=True)


def _cells(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{{{{ row.{name} }}}}" for name in names)


def _pillars(levels: Levels) -> Table:
    columns = (
        TableColumn(pillar_word(levels), 49),
        TableColumn(_("Items"), 14, "center"),
        *(TableColumn(str(status.label), 13, "center") for status in Status),
        TableColumn(_("Done or standing"), 15, "center"),
    )
    counts = [f"{{{{ row.{status.value} }}}}" for status in Status]
    cells = ("{{ row.code }} {{ row.title }}", "{{ row.total }}", *counts, "{{ row.well_share }}")
    return Table(columns, _walked("pillars", cells))


def _walked(name: str, cells: tuple[str, ...]) -> tuple[TableLine, ...]:
    """A row for each of a list: the rows with the loop's beginning and end vanish."""
    return (
        TableLine((f"{{%tr for row in {name} %}}",), LineKind.GROUP),
        TableLine(cells),
        TableLine(("{%tr endfor %}",), LineKind.GROUP),
    )
