"""A template to begin with: the usual report, with fields instead of its figures."""

from datetime import UTC, datetime

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from measures.choices import Status
from measures.reports.outline import Document, LineKind, Table, TableColumn, TableLine, Text, TextRole
from measures.reports.write_docx import package

MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)


def start_template() -> bytes:
    """A Word document that `validate_template` lets pass, in the active language."""
    made = Document(
        title=pgettext("title of a report", "%(organisation)s %(title)s")
        % {"organisation": "{{ organisation }}", "title": "{{ title }}"},
        subtitle=(
            pgettext("under a title", "(%(words)s)") % {"words": _("As of %(day)s") % {"day": "{{ as_of }}"}},
        ),
        language=get_language() or "",
        author="",
        organisation="",
        made_at=MADE_AT,
    )
    made.start_chapter(_("Overall"))
    made.add(Text("{{ summary }}"), Text("{{ completeness }}"))
    made.start_chapter(_("Progress"))
    made.add(_pillars())
    made.start_chapter(_("Overdue or blocked"))
    made.add(_rows("attention", _("Title and reason"), "{{ row.title }}\n{{ row.reason }}"))
    made.start_chapter(_("All items"))
    text = "{{ row.title }}\n{{ row.notes }}\n{{ row.last_entry }}"
    made.add(_rows("items", _("Title and notes"), text))
    made.add(Text("{{ organisation }}", TextRole.SIGNATURE), Text("{{ made_on }}", TextRole.SIGNATURE))
    return package(made)


def _pillars() -> Table:
    columns = (
        TableColumn(_("Pillar"), 49),
        TableColumn(_("Items"), 14, "center"),
        *(TableColumn(str(status.label), 13, "center") for status in Status),
        TableColumn(_("Done or standing"), 15, "center"),
    )
    counts = [f"{{{{ row.{status.value} }}}}" for status in Status]
    cells = ("{{ row.code }} {{ row.title }}", "{{ row.total }}", *counts, "{{ row.well_share }}")
    return Table(columns, _walked("pillars", cells))


def _rows(name: str, heading: str, text: str) -> Table:
    columns = (
        TableColumn(_("Code"), 13, "center"),
        TableColumn(heading, 78, lead=True),
        TableColumn(_("Owner"), 26),
        TableColumn(_("Status"), 17, "center"),
        TableColumn(_("Due"), 22, "center"),
    )
    return Table(
        columns,
        _walked(name, ("{{ row.code }}", text, "{{ row.owner }}", "{{ row.status }}", "{{ row.due }}")),
    )


def _walked(name: str, cells: tuple[str, ...]) -> tuple[TableLine, ...]:
    """A row for each of a list: the rows with the loop's beginning and end vanish."""
    return (
        TableLine((f"{{%tr for row in {name} %}}",), LineKind.GROUP),
        TableLine(cells),
        TableLine(("{%tr endfor %}",), LineKind.GROUP),
    )
