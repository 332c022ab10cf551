"""Reports of periods: built from the ledger, frozen as data in every language, and read back from it."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import get_language, override

from measures.models import FrozenReport, Period, Submission
from measures.reports.as_json import from_data, to_data
from measures.reports.build import build_report
from measures.reports.check import items_missing_something, missing
from measures.reports.model import Report


def period_report(period: Period, *, made_at: datetime, made_by: str) -> Report:
    """A period's report, in the active language: as of its last day, since the day before its first."""
    checklist = period.checklist
    built = build_report(
        checklist.items.as_of(period.ends).there_by(period.ends),
        checklist=checklist,
        as_of=period.ends,
        since=period.starts - timedelta(days=1),
        made_at=made_at,
        made_by=made_by,
    )
    return replace(built, period=str(period), revision=period.revision)


def freeze(period: Period, *, made_at: datetime, made_by: str) -> Submission:
    """What `Period.submit` takes: the report as data, once for each language of the site."""
    data = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            report = period_report(period, made_at=made_at, made_by=made_by)
        data[language] = to_data(report)
    catalogue = period.checklist.catalogue_on(period.ends)
    return Submission(
        data=data,
        edition=catalogue.slug,
        edition_date=catalogue.date,
        well=report.whole.well,
        in_force=report.whole.in_force,
        missing=items_missing_something(missing(report)),
    )


def thaw(frozen: FrozenReport) -> Report:
    """The report as it was submitted, in the active language. One query, for that language only."""
    language = get_language() or settings.LANGUAGE_CODE
    kept = FrozenReport.objects.filter(pk=frozen.pk).values_list(f"data__{language}", flat=True)
    return from_data(kept.get())
