"""The notice of a chaser (提醒单, 催办单, 督办单) as a document, in the layout of official documents."""

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from measures.choices import ChaserLevel, Status
from measures.lights import local_day
from measures.models import ChasedItem, Chaser, Checklist, Item
from measures.reports import formats
from measures.reports.formats import Format
from measures.reports.outline import Document, Table, TableColumn, TableLine, Text, TextRole
from measures.reports.write_docx import package
from measures.reports.write_pdf import typeset
from measures.texts import Label

type NoticeWriter = Callable[[Document], bytes]

NOTICES_AT_ONCE = 40  # in one ZIP: a PDF takes about half a second
TITLES: dict[ChaserLevel, Label] = {
    ChaserLevel.BLUE: gettext_lazy("Reminder notice"),
    ChaserLevel.YELLOW: gettext_lazy("Chaser notice"),
    ChaserLevel.RED: gettext_lazy("Supervision notice"),
}
NOTICE_FORMATS: dict[str, Format[NoticeWriter]] = formats.table_of(
    formats.docx(package), formats.pdf(typeset)
)


def notices_of(chasers: Sequence[Chaser], checklist: Checklist, *, made_by: str) -> list[Document]:
    """The notice of each of these chasers, which were sent on one day, with their items as of that day.

    In the active language. Three queries, however many they are.
    """
    if not chasers:
        return []
    rows = list(ChasedItem.objects.filter(chaser__in=chasers).order_by("item__measure__position"))
    then = checklist.items.as_of(local_day(chasers[0].at)).filter(pk__in=[one.item_id for one in rows])
    items = {item.pk: item for item in then.select_related("measure", "checklist")}
    named: dict[int, list[Item]] = {chaser.pk: [] for chaser in chasers}
    for one in rows:
        named[one.chaser_id].append(items[one.item_id])
    return [_notice(chaser, named[chaser.pk], checklist, made_by) for chaser in chasers]


def _notice(chaser: Chaser, items: Sequence[Item], checklist: Checklist, made_by: str) -> Document:
    made = Document(
        title=str(TITLES[ChaserLevel(chaser.level)]),
        subtitle=(checklist.name,),
        language=get_language() or "",
        author=made_by,
        organisation=checklist.name,
        made_at=chaser.at,
        generator=settings.GENERATOR,
    )
    asked = ngettext(
        "Your unit leads the %(count)d item below. Report on it in the ledger by %(day)s.",
        "Your unit leads the %(count)d items below. Report on them in the ledger by %(day)s.",
        len(items),
    )
    made.add(Text(_("%(unit)s:") % {"unit": chaser.unit.name}, TextRole.ADDRESSEE))
    made.add(Text(asked % {"count": len(items), "day": date_format(chaser.answer_by)}))
    made.add(*(Text(line) for line in chaser.text.splitlines() if line.strip()))
    made.add(_table(items, chaser))
    sent = timezone.localtime(chaser.at)
    made.add(Text(checklist.name, TextRole.SIGNATURE), Text(date_format(sent.date()), TextRole.SIGNATURE))
    words = _("Sent by %(name)s at %(at)s.") % {"name": chaser.by_name, "at": f"{sent:%Y-%m-%d %H:%M}"}
    made.add(Text(words, TextRole.NOTE))
    return made


def _table(items: Iterable[Item], chaser: Chaser) -> Table:
    columns = (
        TableColumn(_("Code"), 15, "center"),
        TableColumn(_("Title"), 67),
        TableColumn(_("Status"), 20, "center"),
        TableColumn(_("Due"), 24, "center"),
        TableColumn(_("State on that day"), 30, "center"),
    )
    on = local_day(chaser.at)
    lines = (
        TableLine(
            (
                item.measure.code,
                item.measure.marked_title,
                str(Status(item.status).label),
                item.due.isoformat() if item.due else "",
                item.lit(on).reason,
            )
        )
        for item in items
    )
    return Table(columns, tuple(lines))


def notices_zip(units: Sequence[str], made: Sequence[Document], kind: Format[NoticeWriter]) -> bytes:
    """A file for each notice, named after its unit and numbered in their order."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as file:
        for number, (unit, document) in enumerate(zip(units, made, strict=True), 1):
            stem = slugify(f"{number:02}-{document.title}-{unit}", allow_unicode=True)[:100]
            # A fixed date, so that the same notices give the same file.
            file.writestr(zipfile.ZipInfo(f"{stem}.{kind.name}"), kind.write(document), zipfile.ZIP_DEFLATED)
    return output.getvalue()
