"""The text of a report, 一 to 四: what it says is computed from its figures or quoted from entries."""

import math

from measures.reports.model import Report
from measures.reports.summary import overall
from measures.reports.text.ahead import ahead_of
from measures.reports.text.model import Chapter, Paragraph, TextPart
from measures.reports.text.problems import problems_of, table_lines
from measures.reports.text.progress import progress_of
from measures.reports.text.quotes import lines_taken, width

# Three pages have 66 lines; title, addressee, headings, list of annexes and signature take the rest.
LINES = 51
TITLE_LINES, TITLE_LINE = 2, 19
# What the other chapters leave to these at least.
FOR_PROGRESS, FOR_AHEAD = 10, 6


def tell(report: Report) -> tuple[Chapter, ...]:
    """The four chapters in the active language. Together they fit on three pages."""
    first = Chapter(TextPart.OVERALL, (Paragraph(overall(report)),))
    # A long name takes lines of the title.
    title = math.ceil((width(report.organisation) + width(report.catalogue) + 11) / TITLE_LINE)
    left = LINES - 1.3 * max(0, title - TITLE_LINES) - _lines(first)
    problems = problems_of(report, max(8.0, left - FOR_PROGRESS - FOR_AHEAD))
    ahead = ahead_of(report, FOR_AHEAD)
    progress = progress_of(report, max(0.0, left - _lines(problems) - _lines(ahead)))
    return first, progress, problems, ahead


def told_text(report: Report) -> tuple[Chapter, ...]:
    """The report's text; that of a report kept from before it was added is made from its data."""
    return report.text or tell(report)


def _lines(chapter: Chapter) -> float:
    return table_lines(chapter.troubles) + sum(
        lines_taken(paragraph.lead + "".join(one.text for one in paragraph.sentences))
        for paragraph in chapter.paragraphs
    )
