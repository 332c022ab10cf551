"""The list's columns and how each sorts.

A template of ours draws the rows: the packaged one takes four times the time.
"""

import django_tables2 as tables
from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.models import Item, Owner
from measures.models.state import FIELDS, Kind, StateField
from measures.querysets.catalogue import in_language
from measures.querysets.ledger import ItemQuerySet
from measures.texts import as_counted


class SortedColumn(tables.Column):
    """A column that sorts by one field, empty values last either way, equal ones in the article's order."""

    def __init__(self, field: str, *, translated: bool = False, **options: object) -> None:
        super().__init__(**options)
        self.field = field
        self.translated = translated

    def order(self, queryset: ItemQuerySet, is_descending: bool) -> tuple[ItemQuerySet, bool]:
        field = F(in_language(self.field) if self.translated else self.field)
        ordered = field.desc(nulls_last=True) if is_descending else field.asc(nulls_last=True)
        return queryset.order_by(ordered, "measure__position"), True


class StatusColumn(SortedColumn):
    """Sorted as people think of statuses, not by their names."""

    def order(self, queryset: ItemQuerySet, is_descending: bool) -> tuple[ItemQuerySet, bool]:
        return super().order(queryset.with_status_order(), is_descending)


class TextColumn(SortedColumn):
    """Sorted with the empty text as an empty value."""

    def order(self, queryset: ItemQuerySet, is_descending: bool) -> tuple[ItemQuerySet, bool]:
        sorted_by = f"{self.field}_or_null"
        queryset = queryset.alias(**{sorted_by: NullIf(F(self.field), Value(""))})
        field = F(sorted_by).desc(nulls_last=True) if is_descending else F(sorted_by).asc(nulls_last=True)
        return queryset.order_by(field, "measure__position"), True


class OwnerColumn(SortedColumn):
    """Sorted as people count and spell: 二处 before 三处. The names of one checklist are read for it."""

    def order(self, queryset: ItemQuerySet, is_descending: bool) -> tuple[ItemQuerySet, bool]:
        owners = Owner.objects.filter(checklist__in=queryset.order_by().values("checklist"))
        ranked = sorted(owners.values_list("pk", "name"), key=lambda owner: as_counted(owner[1]))
        ranks = [When(owner=key, then=Value(rank)) for rank, (key, _name) in enumerate(ranked)]
        rank = Case(*ranks, default=None, output_field=IntegerField())
        ordered = rank.desc(nulls_last=True) if is_descending else rank.asc(nulls_last=True)
        return queryset.order_by(ordered, "measure__position"), True


def _written(one: StateField, *, as_people_count: bool) -> tables.Column:
    """The column of a field that people write."""
    if one.kind == Kind.STATUS:
        return StatusColumn("status_order", verbose_name=one.label)
    if one.kind == Kind.OWNER and as_people_count:
        return OwnerColumn(one.lookup, verbose_name=one.label)
    column = TextColumn if one.is_text else SortedColumn
    return column(one.lookup, verbose_name=one.label)


# Nobody sorts by a long text or by several units.
SHORT = [one for one in FIELDS if one.is_column and not one.is_long]


class ItemTable(tables.Table):
    code = SortedColumn("measure__position", verbose_name=_("Code"), empty_values=())
    title = SortedColumn("measure__title", translated=True, verbose_name=_("Title"), empty_values=())
    section = SortedColumn("measure__section__code", verbose_name=_("Section"), empty_values=())
    light = SortedColumn("light_order", verbose_name=pgettext_lazy("traffic", "Light"), empty_values=())
    # By the date of the next one, so that the missed ones come first.
    milestones = SortedColumn("next_milestone", verbose_name=_("Milestones"), empty_values=())
    updated = SortedColumn("updated_at", verbose_name=_("Updated"), empty_values=())
    last_entry = SortedColumn("last_entry_at", verbose_name=_("Last entry"), empty_values=())

    as_people_count = True

    def __init__(self, *args: object, **options: object) -> None:
        written = [(one.name, _written(one, as_people_count=self.as_people_count)) for one in SHORT]
        super().__init__(*args, extra_columns=written, **options)

    @property
    def items(self) -> ItemQuerySet:
        """The items in the order asked for."""
        found: ItemQuerySet = self.data.data
        return found

    class Meta:
        model = Item
        fields: tuple[str, ...] = ()
        sequence = (
            "code",
            "title",
            "section",
            "light",
            *(one.name for one in SHORT),
            "milestones",
            "updated",
            "last_entry",
        )
        order_by = "code"


class TreeTable(ItemTable):
    """The same for items of many checklists: ties are sorted by key, as in the index."""

    # Reading the owners of a whole province would take longer than the list.
    as_people_count = False

    class Meta(ItemTable.Meta):
        order_by = "due"

    @property
    def items(self) -> ItemQuerySet:
        items = super().items
        return items.order_by(*items.query.order_by[:-1], "pk")
