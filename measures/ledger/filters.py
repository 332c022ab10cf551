"""The filters of the list, shared by report and exports. A bad value is an error, never "all rows"."""

from collections.abc import Mapping
from datetime import date, timedelta

import django_filters
from django.forms import BoundField, MultipleChoiceField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.choices import Light, Status
from measures.forms.widgets import CheckboxSelectMultiple, DateInput, Select, TextInput
from measures.ledger.parts import shown_parts
from measures.ledger.readable import POSSIBLE_DAYS, ReadableFilter
from measures.lights import Thresholds, end_of_day
from measures.models import Checklist, Item
from measures.models.levels import names_of_levels
from measures.models.people import names_of_units
from measures.models.special_days import thresholds_of, working_days
from measures.querysets.checklists import ChecklistQuerySet
from measures.querysets.ledger import ItemQuerySet
from measures.querysets.waiting import (
    RETURNED,
    SOON,
    Silences,
    milestone_due,
    milestone_returned,
    owes_answer,
    owes_entry,
    silent,
    unconfirmed,
)

NO_OWNER = "none"
A_WEEK, A_MONTH = timedelta(days=7), timedelta(days=30)
DUE_CHOICES = [
    ("overdue", _("Overdue")),
    ("week", _("Next 7 days")),
    ("soon", _("Next 30 days")),
    ("none", _("No due date")),
]

MILESTONE_CHOICES = [
    ("missed", pgettext_lazy("milestone state", "Missed")),
    ("returned", pgettext_lazy("milestone state", "Returned")),
]
UPDATED_CHOICES = [("week", _("Last 7 days")), ("month", _("Last 30 days")), ("never", _("Never"))]
UPDATED_DAYS = {"week": 7, "month": 30}
WAITS_CHOICES = [
    ("chased", _("Chased, not answered")),
    ("returned", _("Application returned")),
    ("milestone", _("Milestone due within 7 working days")),
    ("entries", _("Entry due for this period")),
    ("receipt", _("Receipt not confirmed")),
    ("silent", _("No entry for a long time")),
]
# templates/shared/filters.html always shows these. All others are collapsed under "More filters".
SHOWN_AT_ONCE = ("q", "pillar", "section", "owner")


class ItemFilter(ReadableFilter):
    """What items can be filtered by. The form and the panel "More filters" keep the order here."""

    q = django_filters.CharFilter(
        label=_("Search"),
        method="search",
        max_length=200,
        widget=TextInput(attrs={"type": "search", "placeholder": _("Code, words, key terms, target, notes")}),
    )
    pillar = django_filters.ChoiceFilter(
        label=_("Pillar"), method="in_pillar", empty_label=_("All pillars"), widget=Select
    )
    section = django_filters.ChoiceFilter(
        label=_("Section"), method="in_section", empty_label=_("All sections"), widget=Select
    )
    # Each item is found once as it is: DISTINCT would sort all of them by all of their columns.
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=Status.choices, widget=CheckboxSelectMultiple, distinct=False
    )
    owner = django_filters.ChoiceFilter(
        label=_("Owner"), method="answered_by", empty_label=_("All owners"), widget=Select
    )
    unit = django_filters.ChoiceFilter(
        label=_("Lead or cooperating unit"), method="involving", empty_label=_("All owners"), widget=Select
    )
    cooperating = django_filters.ChoiceFilter(
        label=_("Cooperating unit"), method="helped_by", empty_label=_("All owners"), widget=Select
    )
    light = django_filters.MultipleChoiceFilter(
        label=pgettext_lazy("traffic", "Light"),
        choices=Light.choices,
        widget=CheckboxSelectMultiple,
        distinct=False,
    )
    due = django_filters.ChoiceFilter(
        label=_("Due"), choices=DUE_CHOICES, method="falling_due", empty_label=_("Any time"), widget=Select
    )
    due_from = django_filters.DateFilter(
        label=_("Due from"), field_name="due", lookup_expr="gte", widget=DateInput
    )
    due_to = django_filters.DateFilter(
        label=_("Due to"), field_name="due", lookup_expr="lte", widget=DateInput
    )
    milestone = django_filters.ChoiceFilter(
        label=_("Milestone"),
        choices=MILESTONE_CHOICES,
        method="with_milestone",
        empty_label=_("All items"),
        widget=Select,
    )
    updated = django_filters.ChoiceFilter(
        label=_("Updated"),
        choices=UPDATED_CHOICES,
        method="updated_lately",
        empty_label=_("Any time"),
        widget=Select,
    )
    silent_since = django_filters.DateFilter(
        label=_("No entry since"), method="not_heard_since", widget=DateInput, **POSSIBLE_DAYS
    )

    waits = django_filters.ChoiceFilter(
        label=_("What waits"), choices=WAITS_CHOICES, method="waiting", empty_label=_("All"), widget=Select
    )

    class Meta:
        model = Item
        fields: list[str] = []

    def __init__(
        self,
        data: Mapping[str, object],
        *,
        checklist: Checklist,
        on: date,
        replayed: bool = False,
        units: ChecklistQuerySet | None = None,
    ) -> None:
        """Filter the items as they are now or, with `replayed`, as they were at the end of the day `on`.

        `units` are the checklists whose items are filtered, where they are not this one alone. The owner
        filter then offers no owners, because each unit has its own.
        """
        below = units is not None
        every = checklist.items if units is None else Item.objects
        items = every.as_of(on).there_by(on) if replayed else every.all()
        items = items if units is None else items.of_units(units)
        super().__init__(data, queryset=with_lights(items, checklist, data, on=on, units=units))
        self.on, self.below = on, below
        self.until = end_of_day(on) if replayed else None
        self.checklist, self.units = checklist, units
        self.pillars: dict[str, int] = {}
        self.sections: dict[str, tuple[list[int], int]] = {}
        # What the catalogue calls its parts; empty for the usual words.
        self.level_names: list[str] = []
        self.languages: list[str] = []
        self._offer_parts(checklist.edition_on(on if replayed else None))
        named = [] if below else [(str(pk), name) for pk, name in names_of_units(checklist.pk)]
        self.filters["owner"].extra["choices"] = [(NO_OWNER, _("No owner")), *named]
        self.filters["unit"].extra["choices"] = self.filters["cooperating"].extra["choices"] = named

    def _offer_parts(self, catalogue: int) -> None:
        """Set the choices of pillar and section, in the article's order, and their keys."""
        pillars, sections = {}, {}
        named: list[dict[str, str]] = []
        above: dict[int, tuple[str, int | None]] = {}
        for one in shown_parts(catalogue):
            pillars[one.pillar_code] = f"{one.pillar_code} {one.pillar_title}"
            self.pillars[one.pillar_code], self.sections[one.code] = one.pillar, ([one.key], one.pillar)
            named, self.languages = one.levels, one.languages
            if one.title:
                sections[one.code] = f"{one.code} {one.title}"
            above[one.key] = (one.code, one.parent)
        for key, (_code, outer) in above.items():
            place = outer
            while place in above:
                code, place = above[place]
                self.sections[code][0].append(key)
        if named:
            self._name_parts(names_of_levels(named))
        self.filters["pillar"].extra["choices"] = list(pillars.items())
        self.filters["section"].extra["choices"] = list(sections.items())

    def _name_parts(self, names: list[str]) -> None:
        self.level_names = names
        for name, level in (("pillar", names[0]), ("section", " / ".join(names[1:-1]))):
            self.filters[name].label = level
            self.filters[name].extra["empty_label"] = _("All: %(level)s") % {"level": level}

    @property
    def section_name(self) -> str:
        """What the catalogue calls the parts that measures belong to; empty for the usual word."""
        return self.level_names[-2] if self.level_names else ""

    def in_pillar(self, items: ItemQuerySet, name: str, value: str) -> ItemQuerySet:
        return items.filter(pillar=self.pillars[value])

    def in_section(self, items: ItemQuerySet, name: str, value: str) -> ItemQuerySet:
        sections, pillar = self.sections[value]
        # The pillar follows from the section; said as well, its index serves.
        return items.filter(measure__section__in=sections, pillar=pillar)

    def search(self, items: ItemQuerySet, name: str, value: str) -> ItemQuerySet:
        return items.matching(value, indexed=self.below)

    def involving(self, items: ItemQuerySet, name: str, value: str) -> ItemQuerySet:
        return items.involving(int(value))

    def helped_by(self, items: ItemQuerySet, name: str, value: str) -> ItemQuerySet:
        return items.with_cooperator(int(value))

    def answered_by(self, items: ItemQuerySet, name: str, value: str) -> ItemQuerySet:
        return items.filter(owner=None if value == NO_OWNER else int(value))

    def falling_due(self, items: ItemQuerySet, name: str, value: str) -> ItemQuerySet:
        if value == "overdue":
            return items.overdue(on=self.on)
        if value == "week":
            return items.due_within(A_WEEK, on=self.on)
        if value == "soon":
            return items.due_within(A_MONTH, on=self.on)
        return items.filter(due=None)

    def with_milestone(self, items: ItemQuerySet, name: str, value: str) -> ItemQuerySet:
        if value == "returned":
            return items.filter(milestone_returned(self.until))
        return items.milestone_missed(on=self.on)

    def updated_lately(self, items: ItemQuerySet, name: str, value: str) -> ItemQuerySet:
        if value == "never":
            return items.filter(updated_at=None)
        return items.updated_since(self.on - timedelta(days=UPDATED_DAYS[value]))

    def waiting(self, items: ItemQuerySet, name: str, value: str) -> ItemQuerySet:
        if value == "chased":
            return items.filter(owes_answer(self.until))
        if value == "returned":
            return items.filter(RETURNED)
        if value == "milestone":
            return items.filter(milestone_due(working_days().away(self.on, SOON)))
        if value == "entries":
            return items.filter(owes_entry(self.on, self.until))
        if value == "receipt":
            return items.filter(unconfirmed(self.until))
        thresholds = thresholds_in(self.checklist, self.units)
        return items.filter(silent(*Silences.of(thresholds, self.on)))

    def not_heard_since(self, items: ItemQuerySet, name: str, value: date) -> ItemQuerySet:
        return items.without_entry_since(value)

    @property
    def folded(self) -> list[BoundField]:
        """The fields in the panel "More filters"."""
        return [field for field in self.form if field.name not in SHOWN_AT_ONCE]

    @property
    def folded_boxes(self) -> list[BoundField]:
        """Those of several checkboxes."""
        return [field for field in self.folded if isinstance(field.field, MultipleChoiceField)]

    @property
    def folded_lines(self) -> list[BoundField]:
        """Those of one line."""
        return [field for field in self.folded if field not in self.folded_boxes]

    @property
    def folded_in_use(self) -> int:
        """How many of the filters in the panel "More filters" are in use."""
        return sum(bool(field.value()) for field in self.folded)


def with_lights(
    items: ItemQuerySet,
    checklist: Checklist,
    data: Mapping[str, object],
    *,
    on: date,
    units: ChecklistQuerySet | None,
) -> ItemQuerySet:
    """The items with their lights, each by its own checklist, where the address filters or sorts by them."""
    if "light" not in data and "light" not in str(data.get("sort", "")):
        return items
    if units is None:
        return items.with_light(on=on, thresholds=checklist.thresholds)
    return items.with_lights_of_units(on=on, units=thresholds_in(checklist, units))


def thresholds_in(checklist: Checklist, units: ChecklistQuerySet | None) -> list[Thresholds]:
    """When lights warn in these units or, without any, in the checklist alone."""
    if units is None:
        return [checklist.thresholds]
    columns = ("due_soon_days", "silence_days", "counts_working_days")
    found = set(units.order_by().values_list(*columns).distinct())
    return [thresholds_of(*one) for one in sorted(found)]
