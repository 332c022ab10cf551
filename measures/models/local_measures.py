"""Measures that a unit adds to those of its catalogue, and corrects until their first update."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Self

from django.contrib.auth.models import User
from django.db.models import Max

from measures.choices import Audited, Cadence
from measures.database.locks import audited_transaction
from measures.models.audit import audit, only_differing
from measures.models.catalogue import Measure, Section
from measures.models.checklists import Checklist
from measures.models.local_codes import LOCAL_FROM, LOCAL_LAST
from measures.models.tracking import Item
from measures.querysets.catalogue import LANGUAGE_SUFFIXES
from measures.texts import fingerprint_of


class NoCodeLeft(Exception):
    """The unit has used up the numbers that a section keeps for it."""


class TooLateToCorrect(Exception):
    """The measure's item has an update, an entry or an application, which refer to the present text."""


class CorrectedMeanwhile(Exception):
    """Somebody else corrected it after it was read."""


@dataclass(frozen=True)
class Wording:
    """The texts and the cadence of a local measure."""

    title: str
    detail: str
    cadence: Cadence

    @classmethod
    def of(cls, measure: Measure) -> Self:
        return cls(measure.title, measure.detail, Cadence(measure.cadence))

    @property
    def digest(self) -> str:
        """A short text that differs if the wording does."""
        return fingerprint_of((self.title, self.detail, self.cadence.value))

    def columns(self) -> dict[str, str]:
        """The columns of a measure: its text as it was written, in the place of each language."""
        texts = {"title": self.title, "detail": self.detail}
        columns = {f"{name}_{suffix}": text for name, text in texts.items() for suffix in LANGUAGE_SUFFIXES}
        return columns | {"cadence": self.cadence}


def next_local_code(checklist: Checklist, section: Section) -> str:
    """The code of the next measure that the unit adds to this section. Raises NoCodeLeft.

    Numbers are never reused, because no measure is ever deleted or moved to another section.
    """
    number = LOCAL_FROM + checklist.local_measures.filter(section=section).count()
    if number > LOCAL_LAST:
        raise NoCodeLeft(section.code)
    return f"{section.code}.{number}"


@audited_transaction()
def add_measure(
    checklist: Checklist,
    section: Section,
    *,
    title: str,
    detail: str,
    cadence: Cadence,
    at: datetime,
    by: User,
) -> Item:
    """Create a measure of this checklist only, and its item, not started.

    It gets the next local code of its section. Its text is stored in the language that it was written in.
    Raises NoCodeLeft.
    """
    code = next_local_code(checklist, section)
    last = section.measures.filter(checklist=None).aggregate(last=Max("position"))["last"] or 0
    wording = Wording(title, detail, cadence)
    measure = Measure.objects.create(
        section=section,
        code=code,
        position=last + int(code.rpartition(".")[2]) / 1000,
        checklist=checklist,
        added_at=at,
        **wording.columns(),
    )
    item = Item.objects.create(checklist=checklist, measure=measure, pillar_id=measure.section.pillar_id)
    audit(Audited.MEASURE_ADDED, by=by, at=at, checklist=checklist, about=measure, after=asdict(wording))
    return item


@audited_transaction()
def correct_measure(item: Item, wording: Wording, *, seen: str, at: datetime, by: User) -> bool:
    """Change the text of a local measure whose item has no history yet; return whether it differed.

    `seen` is the digest of the wording that the user has read. Nobody can write to the item at the same
    time, because this transaction holds the ledger alone. Raises TooLateToCorrect and CorrectedMeanwhile.
    """
    if not Item.objects.without_history().filter(pk=item.pk, measure__checklist=item.checklist_id).exists():
        raise TooLateToCorrect(str(item.pk))
    measure = Measure.objects.select_for_update(of=("self",)).get(pk=item.measure_id)
    old = Wording.of(measure)
    if old == wording:
        return False
    if old.digest != seen:
        raise CorrectedMeanwhile(measure.code)
    columns = wording.columns()
    for name, value in columns.items():
        setattr(measure, name, value)
    measure.save(update_fields=columns)
    before, after = only_differing(asdict(old), asdict(wording))
    audit(
        Audited.MEASURE_CORRECTED,
        by=by,
        at=at,
        checklist=item.checklist,
        about=measure,
        before=before,
        after=after,
    )
    return True
