"""A second edition of the small catalogue, and what became of each measure: one of every kind, and more."""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.utils import translation

from measures.editions.mapping import MappedPair, save_mapping
from measures.editions.pairs import PairKind
from measures.models import Catalogue, Checklist, EditionMapping, Item, Measure
from measures.reports import FORMATS, build_report
from tests.make import NOW, make_catalogue

KINDS: list[tuple[tuple[str, ...], tuple[str, ...], PairKind]] = [
    (("1.1.1",), ("1.1.1",), PairKind.UNCHANGED),
    (("1.1.2",), ("1.1.3",), PairKind.RENUMBERED),
    (("1.1.3",), ("2.1.3",), PairKind.MOVED),
    (("1.2.1",), ("1.2.1",), PairKind.REWORDED),
    (("1.2.2",), ("1.2.2", "1.2.3"), PairKind.SPLIT),
    (("1.2.3", "2.1.1"), ("2.1.1",), PairKind.MERGED),
    (("2.1.2",), (), PairKind.RETIRED),
    (("2.1.3",), ("2.1.2",), PairKind.MOVED_REWORDED),
    ((), ("1.1.2",), PairKind.NEW),
    *(((f"2.2.{number}",), (f"2.2.{number}",), PairKind.UNCHANGED) for number in (1, 2, 3)),
]
PAIRS = [MappedPair(old, new, kind, certain=True) for old, new, kind in KINDS]
DAY = timedelta(days=1)
BEFORE, LATER = NOW + DAY, NOW + 3 * DAY


def make_next_edition(slug: str = "second") -> Catalogue:
    """Like the small catalogue, with titles of its own, so that each word tells whose it is."""
    made = make_catalogue(slug=slug)
    for measure in Measure.objects.shared_by(made):
        for name in ("title_en", "title_zh_hans", "title_zh_hant"):
            setattr(measure, name, f"{getattr(measure, name)} {slug}")
        measure.save()
    return made


def make_mapping(old: Catalogue, new: Catalogue, by: User, at: datetime = NOW) -> EditionMapping:
    return save_mapping(old, new, PAIRS, revision=0, by=by, at=at)


def csv_of(checklist: Checklist, day: date, since: date | None = None) -> bytes:
    checklist = Checklist.objects.get(pk=checklist.pk)
    with translation.override("zh-hans"):
        report = build_report(
            checklist.items.as_of(day).there_by(day),
            checklist=checklist,
            as_of=day,
            since=since,
            made_at=NOW,
            made_by="甲",
        )
        return FORMATS["csv"].write(report)


def now(checklist: Checklist) -> dict[str, Item]:
    items = checklist.items.select_related("measure", "owner").in_order()
    return {item.measure.code: item for item in items}
