"""Builds a progress report from the ledger. Only this package's builders know models; writers do not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby

from django.conf import settings
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measures.choices import Status
from measures.database.prepared import prepared
from measures.lights import Lit, days_late, end_of_day, local_day
from measures.models import Application, Checklist, Entry, Item, Update
from measures.models.past_words import put_words_back
from measures.progress import NOTHING_DUE, Counts, OnTime, add_up
from measures.querysets.ledger import ItemQuerySet
from measures.reports.applications import application_rows, applications_between
from measures.reports.chasers import chaser_rows, lits_as_chased
from measures.reports.entries import entries_between, entry_rows, has_entries, reporting_of
from measures.reports.evidence import evidence_rows, evidence_up_to, evidence_words
from measures.reports.milestones import milestone_rows
from measures.reports.model import Completeness, Report, ReportRow
from measures.reports.moves import find_moves, journal_rows
from measures.reports.reasons import reasons_of
from measures.reports.summary import summarise
from measures.reports.text.tell import tell
from measures.reports.timeline import build_timeline
from measures.texts import as_counted

__all__ = ["Report", "ReportRow", "build_report"]

Before = Mapping[int, Item]


def build_report(
    items: ItemQuerySet,
    *,
    checklist: Checklist,
    as_of: date,
    since: date | None = None,
    made_at: datetime,
    made_by: str,
    filters: tuple[tuple[str, str], ...] = (),
    view: str = "",
) -> Report:
    """The report of these items, which `as_of` has put back to the end of that day, in the active language.

    At most ten queries, and seven more with `since`, however many items and updates there are.
    """
    found = list(items.for_report().in_order())
    for item in found:
        item.checklist = checklist
    if items.has_past_words:
        put_words_back((item.measure for item in found), as_of)
    before: Before = {}
    updates: Sequence[Update] = ()
    entries: Sequence[Entry] = ()
    applications: Sequence[Application] = ()
    reporting = None
    if since is not None:
        before = {item.pk: item for item in _written_before(checklist.pk, end_of_day(since))}
        updates = _updates_between(found, since, as_of)
        entries = entries_between(found, since, as_of)
        applications = applications_between(found, since, as_of)
        if has_entries(checklist, as_of):
            reporting = reporting_of(found, before, updates, entries, as_of)
    last = Entry.objects.last_about(found, as_of)
    reasons, lits = reasons_of(found, as_of), lits_as_chased(found, as_of)
    evidence = evidence_up_to(found, as_of)
    named = evidence_words(evidence)
    pillars = _by_pillar(found, before, as_of)
    edition = checklist.catalogue_on(as_of)
    report = Report(
        title=_("Progress report"),
        organisation=checklist.name,
        catalogue=edition.title,
        edition=date_format(edition.date),
        period=checklist.period,
        language=get_language() or "",
        as_of=as_of,
        since=since,
        made_at=made_at,
        made_by=made_by,
        filters=filters,
        view=view,
        summary=(),
        whole=add_up("", _("Total"), pillars),
        pillars=pillars,
        owners=_by_owner(found, before, as_of),
        timeline=build_timeline(items, checklist=checklist, as_of=as_of, since=since, whole=not filters),
        completeness=_completeness(found, since),
        rows=tuple(
            replace(
                _row(item, as_of, last.get(item.pk), lits[item.pk], reasons.get(item.pk, "")),
                evidence=named.get(item.pk, ""),
            )
            for item in found
        ),
        moves=find_moves(found, before, updates, as_of=as_of, since=since) if since else (),
        journal=journal_rows(updates),
        entries=entry_rows(entries, found, as_of),
        applications=application_rows(applications, found, as_of),
        chasers=chaser_rows(found, since, as_of) if since else (),
        milestones=milestone_rows(found, as_of),
        evidence=evidence_rows(evidence, found, as_of),
        reporting=reporting,
        superior=checklist.parent.name if checklist.parent else "",
        generator=settings.GENERATOR,
        levels=tuple(edition.own_level_names),
    )
    return replace(report, summary=summarise(report), text=tell(report))


@prepared
def _written_before(checklist: int, until: datetime) -> QuerySet[Item]:
    return Item.objects.everything.filter(checklist=checklist).written_before(until)


def _updates_between(items: Iterable[Item], since: date, as_of: date) -> list[Update]:
    """What was written about these items after the one day and by the end of the other, in time order."""
    about = {item.pk: item for item in items}
    updates = _updates_about(list(about), end_of_day(since), end_of_day(as_of)) if about else []
    for update in updates:
        update.item = about[update.item_id]
    return updates


@prepared
def _updates_about(items: list[int], since: datetime, until: datetime) -> QuerySet[Update]:
    made = Update.objects.filter(item__pk__in=items, at__gte=since, at__lt=until)
    return made.with_state().order_by("at", "id")


def _counts(code: str, title: str, items: Iterable[Item], before: Before, on: date) -> Counts:
    """How many of these items have each status, how many are late, and what they were before."""
    items = list(items)
    now = dict.fromkeys(Status, 0)
    earlier = dict.fromkeys(Status, 0)
    for item in items:
        now[Status(item.status)] += 1
        if before:
            earlier[Status(before[item.pk].status)] += 1
    late = sum(item.days_late(on) > 0 for item in items)
    on_time = sum((_on_time(item, on) for item in items), NOTHING_DUE)
    return Counts(code, title, now, late, before=earlier if before else None, on_time=on_time)


def _on_time(item: Item, on: date) -> OnTime:
    if item.done_on:
        return OnTime.of_done(item.due, item.first_due, item.done_on)
    late_at_first = days_late(item.status, item.first_due, on) > 0
    return OnTime(of=int(item.days_late(on) > 0), of_first=int(late_at_first))


def _by_pillar(items: Iterable[Item], before: Before, on: date) -> tuple[Counts, ...]:
    """Pillars, each with its sections; the items are in the article's order."""
    pillars = []
    for pillar, in_pillar in groupby(items, key=lambda item: item.measure.section.pillar):
        sections = [
            _counts(section.code, section.title, in_section, before, on)
            for section, in_section in groupby(in_pillar, key=lambda item: item.measure.section)
        ]
        counts = add_up(pillar.code, pillar.title, sections)
        # A catalogue with one level of parts has sections without a title, which nobody is shown.
        pillars.append(replace(counts, parts=tuple(part for part in counts.parts if part.title)))
    return tuple(pillars)


def _by_owner(items: Iterable[Item], before: Before, on: date) -> tuple[Counts, ...]:
    """Owners as people count and spell, then what is nobody's."""
    owned: dict[str, list[Item]] = {}
    for item in items:
        owned.setdefault(item.owner.name if item.owner else "", []).append(item)
    nobodys = owned.pop("", None)
    counts = [_counts("", name, owned[name], before, on) for name in sorted(owned, key=as_counted)]
    if nobodys:
        counts.append(_counts("", _("No owner"), nobodys, before, on))
    return tuple(counts)


def _completeness(items: Sequence[Item], since: date | None) -> Completeness:
    updated = None
    if since is not None:
        after = end_of_day(since)
        updated = sum(item.updated_at is not None and item.updated_at >= after for item in items)
    return Completeness(
        total=len(items),
        with_owner=sum(item.owner is not None for item in items),
        with_due=sum(item.due is not None for item in items),
        updated=updated,
    )


def _row(item: Item, on: date, last: Entry | None, lit: Lit, reason: str) -> ReportRow:
    section = item.measure.section
    return ReportRow(
        code=item.measure.code,
        title=item.measure.marked_title,
        pillar=str(section.pillar),
        section=str(section) if section.title else "",
        **item.plain_state(),
        light=lit.light,
        light_reason=lit.reason,
        updated=item.updated_at,
        updated_by=item.update_by_name or "",
        reason=reason,
        days_late=item.days_late(on),
        first_due=item.first_due,
        extensions=item.extensions,
        done_on=item.done_on,
        days_late_when_done=item.days_late_when_done,
        closed_by=item.closed_by,
        last_entry_on=local_day(item.last_entry_at) if item.last_entry_at else None,
        last_entry=last.as_text if last else "",
        milestone_count=item.milestone_count,
        milestones_done=item.milestones_done,
    )
