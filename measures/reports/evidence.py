"""The evidence about a report's items: files by name and hash, and links."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from measures.choices import Side
from measures.database.prepared import prepared
from measures.lights import end_of_day
from measures.models import Evidence, Item
from measures.reports.loop_rows import EvidenceRow

NAMED = 5  # pieces of one item in a cell


def evidence_up_to(items: Iterable[Item], as_of: date) -> list[Evidence]:
    """What had been added and not withdrawn by the end of the day, oldest first. One query."""
    keys = [item.pk for item in items]
    return _valid(keys, end_of_day(as_of)) if keys else []


@prepared
def _valid(items: list[int], until: datetime) -> QuerySet[Evidence]:
    added = Evidence.objects.filter(item__pk__in=items, at__lt=until)
    return added.not_withdrawn(until).with_removal().select_related("unit").order_by("at", "id")


def evidence_rows(
    evidence: Iterable[Evidence], items: Iterable[Item], as_of: date
) -> tuple[EvidenceRow, ...]:
    """The evidence as rows of the report."""
    about, until = {item.pk: item for item in items}, end_of_day(as_of)
    return tuple(
        EvidenceRow(
            code=about[one.item_id].measure.code,
            title=about[one.item_id].measure.marked_title,
            unit=one.unit.name,
            at=one.at,
            by=one.by_name,
            by_office=one.side == Side.OFFICE,
            name=one.name,
            link=one.link,
            size=one.size,
            sha256=one.sha256,
            destroyed=_is_destroyed(one, until),
        )
        for one in evidence
    )


def evidence_words(evidence: Iterable[Evidence]) -> Mapping[int, str]:
    """By the key of an item, the names with short hashes and the links of its newest pieces of evidence."""
    pieces: dict[int, list[Evidence]] = {}
    for one in evidence:
        pieces.setdefault(one.item_id, []).append(one)
    return {key: _listed(of_item) for key, of_item in pieces.items()}


def _is_destroyed(evidence: Evidence, until: datetime) -> bool:
    return evidence.removed_at is not None and evidence.removed_at < until


def _listed(pieces: Sequence[Evidence]) -> str:
    named = [f"{one.name} ({one.short_hash})" if one.is_file else one.link for one in pieces[-NAMED:]]
    more = len(pieces) - len(named)
    if more:
        named.append(_("and %(count)d more") % {"count": more})
    return "\n".join(named)
