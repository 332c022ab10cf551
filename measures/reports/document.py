"""The report as a document: text, list of annexes, signature and annexes, in the order of GB/T 9704."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.reports.choice import Annex
from measures.reports.full import add_figures, add_items, add_moves
from measures.reports.language import day, full_title, joined
from measures.reports.ledger_annex import add_ledger
from measures.reports.levels import figures_title
from measures.reports.model import Report
from measures.reports.outline import Document, Table, TableColumn, TableLine, Text, TextRole
from measures.reports.text.model import Chapter, Trouble
from measures.reports.text.problems import TROUBLE_WIDTHS, trouble_cells
from measures.reports.text.tell import told_text
from measures.reports.wanting import add_wanting


def document(report: Report) -> Document:
    """The whole document, in the active language."""
    made = Document(
        title=full_title(report),
        subtitle=_subtitle(report),
        language=report.language,
        author=report.made_by,
        organisation=report.organisation,
        made_at=report.made_at,
        generator=report.generator,
    )
    if to := report.choice.to or report.superior:
        made.add(Text(pgettext("addressee", "%(name)s:") % {"name": to}, TextRole.ADDRESSEE))
    for chapter in told_text(report):
        if chapter.part.value in report.choice.parts:
            _add_chapter(made, chapter)
    titles = annex_titles(report)
    if titles:
        made.add(Text(_annexes(list(titles.values())), TextRole.ANNEXES))
    _add_signature(made, report)
    several = len(titles) > 1
    for annex, title in titles.items():
        made.start_annex(title, number=several, wide=annex == Annex.LEDGER)
        if annex == Annex.LEDGER:
            add_ledger(made, report)
        elif annex == Annex.FIGURES:
            add_figures(made, report)
        else:
            if report.since is not None:
                add_moves(made, report)
            add_wanting(made, report)
            add_items(made, report)
    return made


def annex_titles(report: Report) -> dict[Annex, str]:
    """The annexes that the reader chose, with their titles."""
    titles = {
        Annex.LEDGER: _("Ledger of the items"),
        Annex.FIGURES: figures_title(report.levels),
        Annex.HISTORY: _("What moved, and every item in full"),
    }
    return {annex: title for annex, title in titles.items() if annex.value in report.choice.parts}


def _annexes(titles: list[str]) -> str:
    if len(titles) == 1:
        return pgettext("official document", "Annex: %(title)s") % {"title": titles[0]}
    lines = [f"{number}. {title}" for number, title in enumerate(titles, 1)]
    return pgettext("official document", "Annexes: %(titles)s") % {"titles": "\n".join(lines)}


def chapter_words(chapter: Chapter) -> str:
    """The chapter as plain text, a line a paragraph."""
    return "\n".join(
        paragraph.lead + joined(*(one.text for one in paragraph.sentences))
        for paragraph in chapter.paragraphs
    )


def _add_chapter(made: Document, chapter: Chapter) -> None:
    made.start_chapter(str(chapter.part.label))
    for place, paragraph in enumerate(chapter.paragraphs):
        text = joined(*(sentence.text for sentence in paragraph.sentences))
        made.add(Text(text, lead=paragraph.lead))
        if place == 0 and chapter.troubles:
            made.add(_troubles(chapter.troubles))


def trouble_headings() -> tuple[str, ...]:
    return _("Code"), _("Title"), _("Owner"), _("Problem"), _("Reason given by the unit")


def _troubles(rows: tuple[Trouble, ...]) -> Table:
    columns = tuple(
        TableColumn(heading, width, "center" if place in (0, 3) else "left")
        for place, (heading, width) in enumerate(zip(trouble_headings(), TROUBLE_WIDTHS, strict=True))
    )
    return Table(columns, tuple(TableLine(trouble_cells(row)) for row in rows), small=True)


def _subtitle(report: Report) -> tuple[str, ...]:
    if report.revision is None or report.revision < 2:
        return ()
    words = _("Revision %(number)d") % {"number": report.revision}
    return (pgettext("under a title", "(%(words)s)") % {"words": words},)


def _add_signature(made: Document, report: Report) -> None:
    on = timezone.localtime(report.made_at).date()
    made.add(Text(report.choice.signed or report.organisation, TextRole.SIGNATURE))
    made.add(Text(day(on), TextRole.SIGNATURE))
