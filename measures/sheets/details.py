"""What an export says about itself: whose rows it holds, as of which day, and the keys of what it names.

The heading of its last column says the first, the cells of that column the second. Both survive a change of
format, and a CSV file has them too.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from measures.ledger.columns import Column
from measures.ledger.facts import Facts
from measures.models import Catalogue, Checklist

DETAILS = pgettext_lazy("sheet", "Export details")
UNIT_ADDRESS = Column(
    "address", pgettext_lazy("sheet", "Unit’s address"), lambda facts, on: facts.slug, 12, ("slug",)
)
FILTERS_LIMIT = 200  # characters
HEADING = re.compile(r"[^(（]*[(（]([a-z0-9-]+); *([^;]*); *(\d{4}-\d\d-\d\d); *(.*?)[)）]?", re.DOTALL)
OWNER_KEY = re.compile(r"([1-9][0-9]{0,17}) (.+)", re.DOTALL)


@dataclass(frozen=True)
class ExportDetails:
    """Where a file comes from. `edition` is empty where its checklists have several catalogues."""

    slug: str
    edition: str
    day: date
    filters: str


def edition_of(catalogue: Catalogue) -> str:
    """The edition of a catalogue in one word, such as `demo@2026-10-08`."""
    return f"{catalogue.slug}@{catalogue.date.isoformat()}"


def edition_below(checklist: Checklist) -> str:
    """The edition that this checklist and all below it have; empty where they have several."""
    found = Catalogue.objects.filter(checklists__path__startswith=checklist.path).distinct()[:2]
    editions = [edition_of(catalogue) for catalogue in found]
    return editions[0] if len(editions) == 1 else ""


def details_heading(checklist: Checklist, edition: str, on: date, filters: Sequence[str]) -> str:
    """The heading of the column of details. `export_details` reads it."""
    kept = (_(", ").join(filters) or _("all items")).replace("\n", " ")[:FILTERS_LIMIT]
    return f"{DETAILS} ({checklist.slug}; {edition}; {on.isoformat()}; {kept})"


def details_column(checklist: Checklist, on: date, filters: Sequence[str]) -> Column:
    """The column for a file of this checklist and those below it: its heading says it all."""
    heading = details_heading(checklist, edition_below(checklist), on, filters)
    return Column("details", heading, lambda facts, on: "", 9, ())


def details_of(facts: Facts) -> str:
    """The key of a row's owner with the name at the export; empty for a row of nobody."""
    return f"{facts.owner_id} {facts.owner}" if facts.owner_id and facts.owner else ""


def export_details(headings: Iterable[object]) -> ExportDetails | None:
    """What the headings of a file say about it; None where they say nothing."""
    for cell in headings:
        if found := HEADING.fullmatch(str(cell or "").strip()):
            slug, edition, day, filters = found.groups()
            try:
                return ExportDetails(slug, edition.strip(), date.fromisoformat(day), filters)
            except ValueError:
                return None
    return None


def owner_key(cell: object) -> tuple[str, int] | None:
    """A name at the export and its key, from a cell of the column of details."""
    found = OWNER_KEY.fullmatch(str(cell or ""))
    return (found[2], int(found[1])) if found else None


def mismatch(export: ExportDetails, checklist: Checklist, *, by_row: bool) -> str:
    """Why a file of this export is no file of this checklist; empty where it is one.

    `by_row`: each row names its checklist, so that the file may come from one above.
    """
    if export.slug != checklist.slug and not by_row:
        return foreign(export.slug)
    edition = edition_of(checklist.catalogue)
    if export.edition not in ("", edition) and not followed(checklist, export.edition):
        return _(
            "This file was exported with another edition of the catalogue (%(then)s; now %(now)s), so its "
            "codes may mean other measures. Download the list again, and copy your changes into it."
        ) % {"then": export.edition, "now": edition}
    return ""


def followed(checklist: Checklist, edition: str) -> bool:
    """Whether the checklist followed this edition before an upgrade: codes of its files are understood."""
    former = checklist.editions.select_related("catalogue") if checklist.upgraded_at else ()
    return any(edition_of(one.catalogue) == edition for one in former)


def foreign(slug: str) -> str:
    return _("This file was exported from another checklist (%(slug)s).") % {"slug": slug}
