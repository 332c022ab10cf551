"""Who leads the items of each section, and until when: for items that have nobody or no date yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from measures.choices import OPEN_STATUSES
from measures.forms.days import DayField, SureForm
from measures.forms.units import Named
from measures.forms.widgets import Select
from measures.models import Item, Owner, Section
from measures.models.state import StateValue


@dataclass
class SectionToHandOut:
    """A section of the article with how many of its items have no lead unit, or no due date."""

    section: Section
    items: int = 0
    without_lead: int = 0
    without_due: int = 0


def lacks_due(item: Item) -> bool:
    """Whether the item has something left to do and no date for it."""
    return item.due is None and item.status in OPEN_STATUSES


def sections_to_hand_out(items: Iterable[Item]) -> list[SectionToHandOut]:
    """The sections of these items, in their order."""
    found: dict[int, SectionToHandOut] = {}
    for item in items:
        section = item.measure.section
        one = found.setdefault(section.pk, SectionToHandOut(section))
        one.items += 1
        one.without_lead += item.owner_id is None
        one.without_due += lacks_due(item)
    return list(found.values())


class BySectionForm(SureForm):
    """A lead unit and a due date for each section, and one date for all sections without their own."""

    due = DayField(
        label=_("Due date of all"),
        required=False,
        help_text=_("Holds for every line below without its own date."),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        sections: Iterable[SectionToHandOut],
        named: Named,
        today: date,
    ) -> None:
        super().__init__(data)
        self.sections, self.named, self.today = list(sections), named, today
        units = [("", "–"), *((str(key), name) for key, name in named())]
        for one in self.sections:
            key, title = one.section.pk, str(one.section)
            label = _("Lead unit of %(section)s") % {"section": title}
            self.fields[f"unit-{key}"] = forms.ChoiceField(
                choices=units, required=False, widget=Select(attrs={"aria-label": label}), label=label
            )
            self.fields[f"due-{key}"] = DayField(
                required=False, label=_("Due date of %(section)s") % {"section": title}
            )
            self.fields[f"due-{key}"].widget.attrs["aria-label"] = self.fields[f"due-{key}"].label

    def clean(self) -> None:
        super().clean()
        for name in self.fields:
            if name.startswith("due"):
                self.ask_about(name, self.today)
        if not self.errors and not any(value for name, value in self.cleaned_data.items() if name != "sure"):
            raise forms.ValidationError(_("Choose a unit or a due date in at least one line."))

    @property
    def rows(self) -> list[tuple[SectionToHandOut, forms.BoundField, forms.BoundField]]:
        """Each section with its two fields."""
        return [(one, self[f"unit-{one.section.pk}"], self[f"due-{one.section.pk}"]) for one in self.sections]

    def values_for(self, item: Item, units: Mapping[str, Owner]) -> dict[str, StateValue]:
        """What the item gets: only what it does not have."""
        cleaned, key = self.cleaned_data, item.measure.section_id
        values: dict[str, StateValue] = {}
        unit = units.get(cleaned.get(f"unit-{key}") or "")
        if unit and item.owner_id is None:
            values["owner"] = unit
        due = cleaned.get(f"due-{key}") or cleaned.get("due")
        if due and lacks_due(item):
            values["due"] = due
        return values
