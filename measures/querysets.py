"""The verbs with which everything else asks for rows. Time is always an argument.

Nothing here imports a model: a queryset knows its own as `self.model`.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NoReturn, Self

from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils.translation import get_language

from measures.choices import OPEN_STATUSES, OPERATOR, Light, Status
from measures.lights import Thresholds, light_case, start_of_day

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

DUE_SOON = timedelta(days=30)


class NaturalKeyManager(models.Manager):
    """Finds rows by what fixtures call them: the values of some lookups, in order."""

    def __init__(self, *lookups: str) -> None:
        super().__init__()
        self.lookups = lookups

    def get_by_natural_key(self, *key: str) -> Any:
        return self.get(**dict(zip(self.lookups, key, strict=True)))


def in_language(field: str, language: str | None = None) -> str:
    """The column that holds a catalogue text in a language (the active one): title → title_zh_hans."""
    return f"{field}_{(language or get_language() or 'zh-hans').replace('-', '_')}"


class ChecklistQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """Those that the user has a role in, and all below them. The operator, a superuser, reads all."""
        if getattr(user, "is_superuser", False):
            return self
        above = (
            self.model._default_manager.filter(memberships__user=user.pk)
            .annotate(lower=ExpressionWrapper(OuterRef("path"), output_field=TextField()))
            .filter(lower__startswith=F("path"))
        )
        return self.filter(Exists(above))

    def with_progress(self, *, on: date) -> Self:
        """With `total`, `finished` (done or standing) and `late` (overdue on this day) of their own items."""
        finished = Q(items__status__in=(Status.DONE, Status.STANDING))
        late = Q(items__due__lt=on, items__status__in=OPEN_STATUSES)
        return self.annotate(
            total=Count("items"),
            finished=Count("items", filter=finished),
            late=Count("items", filter=late),
        )


class ItemQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """The items of the checklists that the user may read."""
        checklists = self.model._meta.get_field("checklist").related_model
        return self.filter(checklist__in=checklists.objects.visible_to(user))

    def overdue(self, *, on: date) -> Self:
        """Those on which something is still owed after their due date."""
        return self.filter(due__lt=on, status__in=OPEN_STATUSES)

    def due_soon(self, *, on: date) -> Self:
        """Those on which something is owed within the next 30 days, today included."""
        return self.filter(due__gte=on, due__lte=on + DUE_SOON, status__in=OPEN_STATUSES)

    def updated_since(self, day: date) -> Self:
        """Those that somebody has updated on this day or later."""
        return self.filter(updated_at__gte=start_of_day(day))

    def matching(self, text: str) -> Self:
        """Those in which every word of the text stands: in code, title, detail, notes or key terms.

        All three languages are searched, whichever the reader has.
        """
        found = self.annotate(
            terms=Cast("measure__key_terms", TextField()),
            terms_zh_hant=Cast("measure__key_terms_zh_hant", TextField()),
            terms_en=Cast("measure__key_terms_en", TextField()),
        )
        columns = ["notes", "terms", "terms_zh_hant", "terms_en"]
        for language in ("en", "zh_hans", "zh_hant"):
            columns += [f"measure__title_{language}", f"measure__detail_{language}"]
        for word in text.split():
            anywhere = Q(measure__code__startswith=word)
            for column in columns:
                anywhere |= Q(**{f"{column}__icontains": word})
            found = found.filter(anywhere)
        return found

    def with_light(self, *, on: date, thresholds: Thresholds) -> Self:
        """With `light`, and `light_order` from worst to calmest, as of this day."""
        order = [When(light=light, then=Value(place)) for place, light in enumerate(Light)]
        return self.annotate(light=light_case(on=on, thresholds=thresholds)).annotate(
            light_order=Case(*order, output_field=IntegerField())
        )

    def in_light(self, *lights: Light) -> Self:
        """Those with one of these lights; wants `with_light` before it."""
        return self.filter(light__in=lights)

    def counted_by_light(self) -> dict[Light, int]:
        """How many have each light; wants `with_light` before it."""
        found = dict(self.order_by().values_list("light").annotate(count=Count("pk")))
        return {light: found.get(light, 0) for light in Light}

    def worst_first(self) -> Self:
        """By light, then by due date: what is overdue longest comes first. Wants `with_light` before it."""
        return self.order_by("light_order", F("due").asc(nulls_last=True), "measure__position")

    def counted_by_section(self, *, on: date) -> Self:
        """Rows of pillar and section (code, title), status, `count`, `overdue`; in the article's order."""
        pillar, section = "measure__section__pillar", "measure__section"
        return (
            self.order_by()
            .values(
                "status",
                pillar_code=F(f"{pillar}__code"),
                pillar_title=F(in_language(f"{pillar}__title")),
                section_code=F(f"{section}__code"),
                section_title=F(in_language(f"{section}__title")),
            )
            .annotate(
                count=Count("pk"),
                overdue=Count("pk", filter=Q(due__lt=on, status__in=OPEN_STATUSES)),
            )
            .order_by("pillar_code", "section_code")
        )

    def in_order(self) -> Self:
        """In the order of the article."""
        return self.order_by("measure__position")

    def for_list(self) -> Self:
        """With what a list shows of each item, and a failure in place of a query for anything more."""
        return self.select_related("checklist", "measure__section__pillar", "owner").fetch_mode(
            models.FETCH_RAISE
        )

    def with_status_order(self) -> Self:
        """With `status_order`: statuses in the order in which people think of them."""
        order = [When(status=status, then=Value(place)) for place, status in enumerate(Status)]
        return self.annotate(status_order=Case(*order, output_field=IntegerField()))


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete what is only ever added."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows are added and read; every way of changing them is shut."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model._meta.verbose_name_plural}: never changed or deleted.")

    update = bulk_update = delete = update_or_create = _refuse


class UpdateQuerySet(AppendOnlyQuerySet):
    """The journal's entries."""

    def since(self, day: date) -> Self:
        """Those made on this day or later."""
        return self.filter(at__gte=start_of_day(day))

    def with_previous(self) -> Self:
        """With `previous_id`: the key of the update before each, of the same item; None for its first."""
        before = self.model._default_manager.filter(item=OuterRef("item"), pk__lt=OuterRef("pk"))
        return self.annotate(previous_id=Subquery(before.order_by("-pk").values("pk")[:1]))

    def newest_of(self, items: Iterable[int]) -> dict[int, int]:
        """The key of the newest update of each of these items, by the item's key."""
        found = self.filter(item__in=items).values("item").annotate(newest=Max("pk")).order_by()
        return {row["item"]: row["newest"] for row in found}


class AuditQuerySet(AppendOnlyQuerySet):
    """The audit trail. `create` and its like are shut too: `audit` chains each record to the one before."""

    create = bulk_create = get_or_create = AppendOnlyQuerySet._refuse

    def of_trees(self, paths: Iterable[str], people: Any, *, site_wide: bool) -> Self:
        """Those of the checklists at and below these paths.

        `site_wide` adds the records of no checklist that are acts of these people, of the operator, or of
        nobody known.
        """
        checklists = self.model._meta.get_field("checklist").related_model
        below = Q(pk__in=[])
        for path in paths:
            below |= Q(path__startswith=path)
        wanted = Q(checklist__in=checklists.objects.filter(below).values("pk"))
        if site_wide:
            whose = Q(by=None) | Q(by__in=people) | Q(by_role__startswith=OPERATOR)
            wanted |= Q(checklist=None) & whose
        return self.filter(wanted)

    def matching(self, text: str) -> Self:
        """Those in which every word of the text stands: in name, object, address, or what changed."""
        found = self
        for word in text.split():
            anywhere = Q()
            for column in ("by_name", "about", "address", "checklist_slug", "before", "after"):
                anywhere |= Q(**{f"{column}__icontains": word})
            found = found.filter(anywhere)
        return found

    def between(self, first: date | None, last: date | None) -> Self:
        """Those of these days, both included; None leaves an end open."""
        found = self.filter(at__gte=start_of_day(first)) if first else self
        return found.filter(at__lt=start_of_day(last + timedelta(days=1))) if last else found


class SavedViewQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """One's own, and those that others share. Wants rows of a checklist that the user reads."""
        return self.filter(Q(user=user.pk) | Q(is_shared=True)).order_by("name", "pk")
