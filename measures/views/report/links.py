"""What the page of a report needs to lead from its figures to the items that they count."""

from django.http import QueryDict
from django.utils.translation import gettext as _

from measures.ledger.filters import NO_OWNER
from measures.models import Checklist
from measures.reports import Report

# What a report's address says beside its filters.
OWN = ("since", "format", "rows", "template", "title", "to", "signed", "parts", "report", "view", "page")


def figure_links(checklist: Checklist, report: Report | None, address: QueryDict) -> dict[str, object]:
    """The filters and the day that a list of the report's items keeps, and the owners' keys by name."""
    if report is None:
        return {}
    kept = address.copy()
    for name in OWN:
        kept.pop(name, None)
    kept["as_of"] = report.as_of.isoformat()
    keys = {owner.name: str(owner.pk) for owner in checklist.owners.all()}
    return {"list_query": kept.urlencode(), "owner_keys": {**keys, _("No owner"): NO_OWNER}}
