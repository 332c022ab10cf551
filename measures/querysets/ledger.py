"""The verbs with which everything else asks for rows. Time is always an argument.

Nothing here imports a model: a queryset knows its own as `self.model`.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, StrIndex, Upper
from django.db.models.lookups import GreaterThan

from measures.choices import OPEN_STATUSES, WELL_STATUSES, Status
from measures.database.text_index import HoldsPairs, is_common
from measures.lights import end_of_day, late, missed_milestone, start_of_day
from measures.querysets import cooperation
from measures.querysets.catalogue import in_language
from measures.querysets.cooperation import COOPERATING
from measures.querysets.editions import EditionedQuerySet, part_lookup
from measures.querysets.loop import DERIVED_FIELDS, loop_columns
from measures.querysets.loop_counts import counts_on_time
from measures.querysets.waiting import falls_due
from measures.texts import spellings

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User

    from measures.models.catalogue import Measure
    from measures.models.checklists import Checklist
    from measures.models.tracking import Item
    from measures.models.updates import Update
    from measures.models.uses import Use
    from measures.querysets.checklists import ChecklistQuerySet


class ItemQuerySet(EditionedQuerySet):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """The items of the checklists that the user may read."""
        checklists: type[Checklist] = apps.get_model("measures.Checklist")
        return self.filter(checklist__in=checklists.objects.visible_to(user))

    def of_units(self, units: "ChecklistQuerySet") -> Self:
        """Items of these checklists."""
        # Often these are all of them. Then skip a condition on each of a million rows.
        if _are_all(units):
            return self.all()
        return self.filter(checklist__in=units.values("pk"))

    def as_of(self, day: date) -> Self:
        """The same items as of the end of this day, replayed only from their updates.

        Every verb, filter and column after this one reads that state, and so do the items fetched, which
        also have `update_by_name` and `update_reason`. They are for reading: nobody changes the past.
        """
        until = end_of_day(day)
        return self._replayed(until, loop_columns(until)).of_editions(until)

    def written_before(self, until: datetime) -> Self:
        """As `as_of`, just before a moment, but only what people write, and `asked_in_time`.

        Codes, words and what else an item derives from the loop are as they are now.
        """
        return self._replayed(until, loop_columns(until, ["asked_in_time"]))

    def _replayed(self, until: datetime, loop: Mapping[str, Combinable]) -> Self:
        updates: type[Update] = apps.get_model("measures.Update")
        newest = updates.objects.filter(item=OuterRef("pk"), at__lt=until).newest_first().values("pk")[:1]
        past = self.annotate(
            then=FilteredRelation("updates", condition=Q(updates__pk=Subquery(newest))),
            update_by_name=F("then__by_name"),
            # Of a change of this item alone: a batch's reason is that of many.
            update_reason=Case(When(then__batch=None, then=F("then__reason")), default=Value("")),
            **{COOPERATING: cooperation.after("then__pk")},
        )
        columns = {**self.model.past_columns(), **loop}
        replaced = [field for field in self.model._meta.concrete_fields if field.name in columns]
        keys = {field.name for field in replaced if field.is_relation}
        past = past.defer(*(field.name for field in replaced if not field.is_relation))
        # annotate() rejects the name of a field, which is usually a mistake. Here the annotation is meant to
        # hide the field: queries find it before the field, and the items get its value.
        for name, column in columns.items():
            past.query.add_annotation(column, name, select=name not in keys)
        return past.prefetch_related(*keys)

    def with_cooperating(self) -> Self:
        """With the units that cooperate, for `State.cooperating`; after `as_of`, those of that day."""
        if COOPERATING in self.query.annotations:
            return self
        return self.annotate(**{COOPERATING: cooperation.now()})

    def with_cooperator(self, unit: int) -> Self:
        """Items on which this unit cooperates."""
        return self.filter(cooperation.with_unit(unit, past=self._is_past))

    def involving(self, unit: int) -> Self:
        """Items that this unit leads or on which it cooperates."""
        return self.filter(Q(owner=unit) | cooperation.with_unit(unit, past=self._is_past))

    @property
    def _is_past(self) -> bool:
        return "update_reason" in self.query.annotations

    def locked(self, *joined: str) -> Self:
        """Lock these rows until the transaction ends, not the rows that are joined to them."""
        return self.select_for_update(of=("self",)).select_related(*joined)

    def without_history(self) -> Self:
        """Items that have no update, entry, application, milestone, chaser or evidence yet."""
        return self.filter(
            updates=None, entries=None, applications=None, milestones=None, chased=None, evidence=None
        )

    def derive(self, names: Collection[str] = DERIVED_FIELDS) -> None:
        """Write these of DERIVED_FIELDS from the loop's rows: the last step of each act that changes them."""
        if foreign := set(names) - set(DERIVED_FIELDS):
            raise ValueError(f"An item does not derive {', '.join(sorted(foreign))}.")
        self.update(**loop_columns(names=names))

    def there_by(self, day: date) -> Self:
        """After `as_of`: only those that were there: neither added later, nor retired by then."""
        there = self.filter(Q(measure__added_at=None) | Q(measure__added_at__lt=end_of_day(day)))
        return there.in_force()

    def statuses_at(self, days: Iterable[date]) -> list[tuple[Status, ...]]:
        """Return each item's status at the end of each of these days. One query."""
        updates: type[Update] = apps.get_model("measures.Update")
        columns = {}
        for place, day in enumerate(days):
            newest = (
                updates.objects.filter(item=OuterRef("pk")).up_to(day).newest_first().values("status")[:1]
            )
            columns[f"at_{place}"] = Coalesce(Subquery(newest), Value(Status.NOT_STARTED))
        found = self.order_by().annotate(**columns).values_list(*columns)
        return [tuple(Status(status) for status in row) for row in found]

    def overdue(self, *, on: date) -> Self:
        """Items that are unfinished after their due date."""
        return self.filter(late(on))

    def due_within(self, span: timedelta, *, on: date) -> Self:
        """Unfinished items that are due from this day until so long after it."""
        return self.filter(falls_due(on, on + span))

    def milestone_missed(self, *, on: date) -> Self:
        """Items with a milestone that was not done by its date; not those that are done or dropped."""
        return self.filter(missed_milestone(on))

    def updated_since(self, day: date) -> Self:
        """Items that somebody has updated on this day or later."""
        return self.filter(updated_at__gte=start_of_day(day))

    def matching(self, text: str, *, indexed: bool = False) -> Self:
        """Items with every word of the text in their code, title, detail, target, notes or key terms.

        Searches all three languages, in full and half width. A separate query finds the measures, because
        they are few and an index finds the items of their keys. With `indexed`, targets and notes
        are searched by an index too: faster among very many items, but slower than reading the few of one
        checklist.
        """
        words = list(dict.fromkeys(text.split()))
        if not words:
            return self.all()
        catalogue: type[Measure] = apps.get_model("measures.Measure")
        spelt = {word: spellings(word) for word in words}
        measures = catalogue.objects.saying([one for spelling in spelt.values() for one in spelling])
        found = self
        for spelling in spelt.values():
            anywhere = Q()
            for one in spelling:
                anywhere |= Q(measure_id__in=measures[one]) | self._written(one, indexed=indexed)
            found = found.filter(anywhere)
        return found

    def _written(self, word: str, *, indexed: bool) -> Q:
        # Most words are Chinese and have no case: folding every text would be the slowest part.
        cased = word.upper() != word.lower()
        verb = "icontains" if cased else "contains"
        holds = Q(**{f"notes__{verb}": word}) | Q(**{f"target__{verb}": word})
        # The texts of a past day are in updates, which have no index of pairs.
        if not indexed or len(word) == 1 or "notes" in self.query.annotations:
            return holds
        if is_common(self.db, word):
            # PostgreSQL estimates that a long word in LIKE is rare, and then sorts all matches.
            return _holding("notes", word, cased) | _holding("target", word, cased)
        return Q(HoldsPairs(F("notes"), word)) & holds

    def counted_by_section(self, *, on: date) -> "models.QuerySet[Item, tuple[object, ...]]":
        """How many items of each section have each status, as `SectionCount`, in the article's order."""
        pillar, section = "measure__section__pillar", "measure__section"
        found = (
            self.order_by()
            .values_list(
                f"{pillar}__code",
                in_language(f"{pillar}__title"),
                f"{section}__code",
                in_language(f"{section}__title"),
                "status",
            )
            .annotate(count=Count("pk"), overdue=Count("pk", filter=late(on)), **counts_on_time(on))
        )
        parts = (f"{part}__{name}" for part in (pillar, section) for name in ("position", "code"))
        return found.order_by(*parts)

    def counted_by_owner(self, *, on: date) -> "models.QuerySet[Item, tuple[object, ...]]":
        """How many items of each owner have each status, as `OwnerCount`; None: of those without an owner."""
        found = self.order_by().values_list("owner", "owner__name", "status")
        counts = {"items": Count("pk"), "overdue": Count("pk", filter=late(on))}
        return found.annotate(**counts, **counts_on_time(on))

    def without_entry_since(self, day: date) -> Self:
        """Items about which no unit has reported on this day or later."""
        return self.filter(Q(last_entry_at=None) | Q(last_entry_at__lt=start_of_day(day)))

    def counted_by_unit(
        self, *, on: date, since: datetime, by: str = "pillar"
    ) -> "models.QuerySet[Item, tuple[int, ...]]":
        """Rows of checklist, pillar (or section, as `by` says), and six counts: items, dropped, done or
        standing, overdue on this day, unfinished and without an entry `since` then, with an entry since.

        One GROUP BY. What it counts is the checklist, so that an index alone can answer.
        """
        unfinished = Q(status__in=(*OPEN_STATUSES, Status.STANDING))
        silent = Q(last_entry_at=None) | Q(last_entry_at__lt=since)
        found = self.order_by().values_list("checklist", part_lookup(self, by))
        return found.annotate(
            count=Count("*"),
            dropped=Count("checklist", filter=Q(status=Status.DROPPED)),
            well=Count("checklist", filter=Q(status__in=WELL_STATUSES)),
            late=Count("checklist", filter=late(on)),
            silent=Count("checklist", filter=unfinished & silent),
            reported=Count("checklist", filter=Q(last_entry_at__gte=since)),
        )

    def in_order(self) -> Self:
        """In the order of the article."""
        return self.order_by("measure__position")

    def for_list(self) -> Self:
        """With what a list shows of each item, and a failure in place of a query for anything more."""
        return self.for_report().select_related("checklist")

    def for_report(self) -> Self:
        """As `for_list`, without their checklist, which is the same for all of them."""
        joined = self.select_related("measure__section__pillar", "owner")
        return joined.with_cooperating().fetch_mode(models.FETCH_RAISE)

    def with_status_order(self) -> Self:
        """With `status_order`: statuses in the order in which people think of them."""
        order = [When(status=status, then=Value(place)) for place, status in enumerate(Status)]
        return self.annotate(status_order=Case(*order, output_field=IntegerField()))


def _are_all(units: "ChecklistQuerySet") -> bool:
    """Return whether no other checklists exist. One query counts both: Django takes long to make two."""
    try:
        sql, values = units.order_by().values("pk").distinct().query.get_compiler(units.db).as_sql()
    except EmptyResultSet:
        return False
    with connections[units.db].cursor() as cursor:
        every = f'SELECT COUNT(*) FROM "{units.model._meta.db_table}"'  # noqa: S608 - a table of ours
        cursor.execute(f"SELECT COUNT(*) = ({every}) FROM ({sql}) AS these", values)  # noqa: S608 - made by Django
        return bool(cursor.fetchone()[0])


def _holding(text: str, word: str, cased: bool) -> Q:
    place = StrIndex(Upper(text), Upper(Value(word))) if cased else StrIndex(text, Value(word))
    return Q(GreaterThan(place, 0))


class UseQuerySet(models.QuerySet["Use"]):
    def of(self, user: "User", action: str, *, since: datetime) -> list[datetime]:
        """When the user did this, from that time on; oldest first."""
        found = self.filter(user=user, action=action, at__gt=since)
        return list(found.order_by("at").values_list("at", flat=True))

    def count_in(self, user: "User", action: str, *, at: datetime, within: timedelta) -> None:
        """Note one more, and forget what no longer counts."""
        self.filter(user=user, action=action, at__lte=at - within).delete()
        self.create(user=user, action=action, at=at)
