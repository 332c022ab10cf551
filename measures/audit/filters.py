"""What the audit trail is searched by."""

from datetime import date

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.choices import Audited
from measures.forms.widgets import DateInput
from measures.ledger.readable import POSSIBLE_DAYS, ReadableFilter
from measures.models import AuditRecord, Checklist
from measures.querysets.append_only import AuditQuerySet


class AuditFilter(ReadableFilter):
    """`q`, `who`, `action`, `checklist` (its address), `day_from`, `day_to`.

    Looking for words reads every record: the trail has no index of words, as the notes of items have. So
    without a first day it looks through the newest alone.
    """

    searched = 200_000

    q = django_filters.CharFilter(
        label=_("Search"),
        method="search",
        max_length=200,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Object, name, address, what changed")}
        ),
    )
    who = django_filters.CharFilter(
        label=pgettext_lazy("audit", "Who"), field_name="by_name", lookup_expr="icontains", max_length=150
    )
    action = django_filters.ChoiceFilter(
        label=_("Action"), choices=Audited.choices, empty_label=_("All actions")
    )
    checklist = django_filters.ChoiceFilter(
        label=_("Checklist"), field_name="checklist_slug", empty_label=_("All checklists")
    )
    day_from = django_filters.DateFilter(
        label=_("From day"), method="from_day", widget=DateInput, **POSSIBLE_DAYS
    )
    day_to = django_filters.DateFilter(label=_("To day"), method="to_day", widget=DateInput, **POSSIBLE_DAYS)

    class Meta:
        model = AuditRecord
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, records: AuditQuerySet, checklists: list[Checklist]) -> None:
        super().__init__(data, queryset=records)
        self.filters["checklist"].extra["choices"] = [(one.slug, one.name) for one in checklists]

    @property
    def is_bounded(self) -> bool:
        """Whether only the newest records are searched for words."""
        given = self.form.cleaned_data if self.is_valid() else {}
        return bool((given.get("q") or given.get("who")) and not given.get("day_from"))

    def filter_queryset(self, queryset: AuditQuerySet) -> AuditQuerySet:
        found: AuditQuerySet = super().filter_queryset(queryset)
        return found.among_newest(self.searched) if self.is_bounded else found

    def search(self, records: AuditQuerySet, name: str, value: str) -> AuditQuerySet:
        return records.matching(value)

    def from_day(self, records: AuditQuerySet, name: str, value: date) -> AuditQuerySet:
        return records.between(value, None)

    def to_day(self, records: AuditQuerySet, name: str, value: date) -> AuditQuerySet:
        return records.between(None, value)
