"""Measures that a unit adds to those of its catalogue."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Max

from measures.choices import Audited, Cadence
from measures.database.locks import audited_transaction
from measures.models.audit import audit
from measures.models.catalogue import Measure, Section
from measures.models.checklists import Checklist
from measures.models.local_codes import LOCAL_FROM, LOCAL_LAST
from measures.models.tracking import Item
from measures.querysets.catalogue import LANGUAGE_SUFFIXES


class NoCodeLeft(Exception):
    """The unit has used up the numbers that a section keeps for it."""


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

    It gets the next local number of its section; numbers are never reused, because no measure is ever
    deleted. Its text is stored in the language that it was written in. Raises NoCodeLeft.
    """
    number = LOCAL_FROM + checklist.local_measures.filter(section=section).count()
    if number > LOCAL_LAST:
        raise NoCodeLeft(section.code)
    last = section.measures.filter(checklist=None).aggregate(last=Max("position"))["last"] or 0
    texts = {
        f"{name}_{suffix}": text
        for name, text in (("title", title), ("detail", detail))
        for suffix in LANGUAGE_SUFFIXES
    }
    measure = Measure.objects.create(
        section=section,
        code=f"{section.code}.{number}",
        position=last + number / 1000,
        cadence=cadence,
        checklist=checklist,
        added_at=at,
        **texts,
    )
    item = Item.objects.create(checklist=checklist, measure=measure, pillar_id=measure.section.pillar_id)
    after = {"title": title, "detail": detail, "cadence": cadence}
    audit(Audited.MEASURE_ADDED, by=by, at=at, checklist=checklist, about=measure, after=after)
    return item
