"""Filters that describe in words what they filter by, and find nothing by a bad value."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import django_filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import Form
from django.utils.formats import date_format

# Beyond these, a day has no moment in every time zone.
POSSIBLE_DAYS: dict[str, Any] = {
    "validators": [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
}


@dataclass(frozen=True)
class Chosen:
    """One filter in use, in words."""

    name: str
    value: str
    label: str
    text: str


@dataclass(frozen=True)
class Chip:
    """One filter in use, with the query string that is left without it."""

    chosen: Chosen
    without: str


class Filters(dict[str, django_filters.Filter]):
    """The filters of a class. Each of its filter sets copies them: not all that is within them, as usual."""

    def __deepcopy__(self, memo: object) -> dict[str, django_filters.Filter]:
        return {name: _fresh(one) for name, one in self.items()}


def _fresh(one: django_filters.Filter) -> django_filters.Filter:
    """A filter of which label and arguments can be changed for one request."""
    made = copy(one)
    made.extra = dict(one.extra)
    made.method = one.method  # makes a method that asks the filter set of the copy
    return made


class ReadableFilter(django_filters.FilterSet):
    """A filter that finds nothing if a value is invalid, and can describe its filters in words."""

    @classmethod
    def get_filters(cls) -> Filters:
        return Filters(super().get_filters())

    @cached_property
    def form(self) -> Form:
        """With the fields that the filters have made for this request. Django would copy each once more."""
        made = Form(self.data, prefix=self.form_prefix)
        made.fields = {name: one.field for name, one in self.filters.items()}
        return made

    def items(self) -> Any:
        """What the filter finds; nothing where a value is not valid (`FilterSet.qs` would drop the value)."""
        return self.qs if self.is_valid() else self.queryset.none()

    def chosen(self) -> Iterator[Chosen]:
        """The filters in use, in words, in the order of the form."""
        if not self.is_valid():
            return
        for name, field in self.form.fields.items():
            value = self.form.cleaned_data.get(name)
            if not value:
                continue
            label = str(field.label)
            choices = {str(key): str(text) for key, text in getattr(field, "choices", [])}
            if isinstance(value, date):
                yield Chosen(name, value.isoformat(), label, date_format(value))
            elif isinstance(value, list):
                for one in value:
                    yield Chosen(name, one, label, choices[one])
            else:
                yield Chosen(name, value, label, choices.get(value, value))

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters in use. A page that is left without one is the first, and no saved view's."""
        return [Chip(chosen, self._without(chosen)) for chosen in self.chosen()]

    def _without(self, chosen: Chosen) -> str:
        rest = self.data.copy()
        for passing in ("page", "view", "edit"):
            rest.pop(passing, None)
        rest.setlist(chosen.name, [value for value in rest.getlist(chosen.name) if value != chosen.value])
        return f"?{rest.urlencode()}"
