"""The sheet with which somebody begins who opens many checklists: headings, and how they are filled in."""

import csv
import io

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.sheets.units import HEADINGS
from measures.sheets.write import HEADING, LIST_FONT, TEXT, guarded

WIDTHS = (28, 24, 24)


def _hints() -> list[str]:
    return [
        _("The unit's name, as shown in reports."),
        _("Lowercase letters a–z, digits and hyphens, such as xinxiang. Use each address only once."),
        _("The address or the name of the unit above, in this sheet or on the site. Empty: directly below."),
    ]


def write_units_xlsx() -> bytes:
    """Three columns of text, each with a note at its heading."""
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True})
    book.set_properties({"comments": settings.GENERATOR})
    sheet = book.add_worksheet(pgettext("sheet", "Units"))
    text = book.add_format(LIST_FONT | TEXT)
    for place, (label, hint) in enumerate(zip(HEADINGS.values(), _hints(), strict=True)):
        sheet.set_column(place, place, WIDTHS[place], text)
        sheet.write_string(0, place, str(label), book.add_format(LIST_FONT | HEADING))
        sheet.write_comment(0, place, hint, {"font_size": 10, "x_scale": 2})
    sheet.freeze_panes(1, 0)
    book.close()
    return output.getvalue()


def write_units_csv() -> bytes:
    """Write only the headings."""
    text = io.StringIO()
    csv.writer(text).writerow([guarded(str(label)) for label in HEADINGS.values()])
    return text.getvalue().encode("utf-8-sig")
