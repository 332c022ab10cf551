"""The document in an item's dossier: the measure, its state, and all that was written about the item."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from measures.ledger.chasers import ShownChased, chasers_of_item
from measures.ledger.evidence import ShownEvidence
from measures.ledger.journal import JournalEntry, journal_of
from measures.ledger.loop import ShownEntry, entries_of
from measures.models import Application, Decision, Item
from measures.models.entries import ENTRY_TEXTS
from measures.models.state import FIELDS
from measures.reports.loop_words import labelled
from measures.reports.outline import Document, Table, TableColumn, TableLine, Text, TextRole


class DossierDocument:
    """What it says is read when this is made; `build` words it in the active language."""

    def __init__(
        self, item: Item, evidence: Sequence[ShownEvidence], *, made_by: str, made_at: datetime
    ) -> None:
        self.item, self.evidence = item, evidence
        self.made_by, self.made_at = made_by, made_at
        self.entries = entries_of(item, everything=True).shown[::-1]
        asked = Application.objects.filter(item=item).select_related("decision")
        self.applications = list(asked.order_by("pk"))
        self.chasers = chasers_of_item(item)[::-1]
        updates = item.updates.with_state().order_by("-at", "-id")
        self.journal = list(journal_of(updates))[::-1]

    def build(self, names: Mapping[int, str], absent: Mapping[int, str]) -> Document:
        """The document. `names` are those of the files beside it by the key of their evidence, and `absent`
        says why some of them are not there.
        """
        item, measure = self.item, self.item.measure
        made = Document(
            title=_("Dossier"),
            subtitle=(item.checklist.name, f"{measure.code} {measure.marked_title}"),
            language=get_language() or "",
            author=self.made_by,
            organisation=item.checklist.name,
            made_at=self.made_at,
            generator=settings.GENERATOR,
        )
        made.start_chapter(_("What it asks for"))
        made.add(*(Text(line) for line in measure.detail.splitlines() if line.strip()))
        catalogue = measure.section.pillar.catalogue
        made.add(Text(labelled(_("Catalogue"), f"{catalogue.title}, {date_format(catalogue.date)}")))
        made.start_chapter(pgettext("of an item", "State"))
        made.add(_facts(self._state()))
        chapters: list[tuple[str, Iterable[tuple[str, str, str]]]] = [
            (pgettext("sheet", "Entries"), map(_entry, self.entries)),
            (_("Applications"), map(_application, self.applications)),
            (_("Chasers"), map(_chaser, self.chasers)),
            (_("Evidence"), (_piece(one, names, absent) for one in self.evidence)),
            (_("Journal"), map(_update, self.journal)),
        ]
        for heading, rows in chapters:
            made.start_chapter(heading)
            lines = tuple(TableLine(row) for row in rows)
            made.add(Table(_columns(), lines) if lines else Text(_("None.")))
        words = _("Made by %(name)s at %(at)s.") % {"name": self.made_by, "at": _minute(self.made_at)}
        made.add(Text(words, TextRole.NOTE))
        return made

    def _state(self) -> Iterator[tuple[str, str]]:
        for one, value in zip(FIELDS, self.item.state().values(), strict=True):
            yield str(one.label), one.in_words(value)


def _facts(facts: Iterable[tuple[str, str]]) -> Table:
    columns = (TableColumn(_("Field"), 36), TableColumn(_("Value"), 120))
    return Table(columns, tuple(TableLine((label, value or "–")) for label, value in facts))


def _columns() -> tuple[TableColumn, ...]:
    return (
        TableColumn(_("When"), 26, "center"),
        TableColumn(_("Unit and person"), 34),
        TableColumn(_("What it says"), 96),
    )


def _minute(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _entry(one: ShownEntry) -> tuple[str, str, str]:
    entry = one.entry
    said = [
        labelled(str(label), text) for name, label in ENTRY_TEXTS.items() if (text := getattr(entry, name))
    ]
    said += [_("Nothing new")] if entry.nothing_new else []
    if one.withdrawal:
        said.append(_withdrawn(one.withdrawal.by_name, one.withdrawal.at, one.withdrawal.reason))
    return _minute(entry.at), f"{entry.unit.name}\n{entry.by_name}", "\n".join(said)


def _withdrawn(by: str, at: datetime, reason: str) -> str:
    words = _("Withdrawn by %(name)s at %(at)s: %(reason)s")
    return words % {"name": by, "at": _minute(at), "reason": reason}


def _application(asked: Application) -> tuple[str, str, str]:
    said = [asked.get_kind_display()]
    if asked.new_due:
        said.append(labelled(_("New due date"), f"{asked.due} → {asked.new_due}"))
    said.append(labelled(_("Result or reason"), asked.reason))
    decision: Decision | None = getattr(asked, "decision", None)
    if decision:
        words = f"{decision.get_state_display()}, {decision.by_name}, {_minute(decision.at)}"
        said.append(labelled(_("Decision"), words))
        said += [decision.reason] if decision.reason else []
    else:
        said.append(_("waits for a decision"))
    return _minute(asked.at), asked.by_name, "\n".join(said)


def _chaser(one: ShownChased) -> tuple[str, str, str]:
    chaser = one.chaser
    said = [chaser.get_level_display(), chaser.text]
    said.append(labelled(_("Answer by"), date_format(chaser.answer_by)))
    if one.answer:
        said.append(labelled(_("Answered at"), _minute(one.answer.at)))
    if one.withdrawal:
        said.append(labelled(_("Withdrawn"), f"{one.withdrawal.by_name} {_minute(one.withdrawal.at)}"))
        said.append(labelled(_("Reason"), one.withdrawal.reason))
    return _minute(chaser.at), f"{chaser.unit.name}\n{chaser.by_name}", "\n".join(said)


def _piece(one: ShownEvidence, names: Mapping[int, str], absent: Mapping[int, str]) -> tuple[str, str, str]:
    piece = one.evidence
    said = [piece.link] if piece.link else [names[piece.pk], f"SHA-256: {piece.sha256}"]
    if piece.pk in absent:
        said.append(absent[piece.pk])
    if piece.removed_because:
        said.append(piece.removed_because)
    if piece.entry:
        said.append(_("to the entry of %(day)s") % {"day": _minute(piece.entry.at)})
    if piece.application_id:
        said.append(_("to an application"))
    if one.withdrawal:
        said.append(_withdrawn(one.withdrawal.by_name, one.withdrawal.at, one.withdrawal.reason))
    return _minute(piece.at), f"{piece.unit.name}\n{piece.by_name}", "\n".join(said)


def _update(one: JournalEntry) -> tuple[str, str, str]:
    said = []
    for difference in one.differences:
        if difference.is_long:
            lines = (f"{sign} {line}" for sign, line in difference.lines)
            said.append(labelled(difference.label, "\n" + "\n".join(lines)))
        else:
            words = f"{difference.before or '–'} → {difference.after or '–'}"
            said.append(labelled(difference.label, words))
    if one.update.reason:
        said.append(labelled(pgettext("of an act", "Reason"), one.update.reason))
    return _minute(one.update.at), f"{one.update.by_name}\n{one.update.get_via_display()}", "\n".join(said)
