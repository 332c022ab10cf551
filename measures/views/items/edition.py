"""An item and its editions: which one an address means, what it answered, and the new wording confirmed."""

from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from measures.choices import AnswerKind, Side
from measures.database.prepared import prepared
from measures.forms.days import DayForm
from measures.ledger.about import has, with_kinds
from measures.models import Answered, AssignmentStep, Checklist, Item
from measures.models.past_words import put_words_back
from measures.querysets.ledger import ItemQuerySet
from measures.rights.roles import Action, Rights
from measures.views.access import SignedInRequest, opening_and_today

JOINED = ("measure__section__pillar__catalogue", "owner", "updated_by")
TO_SAVE = ("measure", "owner")


def meant_item(request: SignedInRequest, checklist: Checklist, code: str) -> dict[str, object]:
    """How to find the item that an address means: of today's edition, of that of `as_of`, or of the one after
    an `@`. No query for today's; 404 where there was none.
    """
    code, _at, edition = code.partition("@")
    if edition:
        return {"pk": _of_edition(checklist, code, edition)}
    asks = "as_of" in request.GET
    past = DayForm(request.GET, **opening_and_today(checklist)).past if asks else None
    if past is None or checklist.edition_on(past) == checklist.catalogue_id:
        return {"measure__code": code}
    then = checklist.items.as_of(past).there_by(past)
    return {"pk": get_object_or_404(then, measure__code=code).pk}


def _of_edition(checklist: Checklist, code: str, edition: str) -> int:
    """The item that answers or answered this measure: one in force before any that is retired."""
    of = "section__pillar__catalogue__slug"
    now = Q(measure__code=code, **{f"measure__{of}": edition})
    then = Q(answers__measure__code=code, **{f"answers__measure__{of}": edition})
    found = checklist.items.everything.filter(now | then).order_by("retired_at", "pk")
    keys: list[tuple[int, object]] = list(found.values_list("pk", "retired_at"))
    if not keys:
        raise Http404
    return next((key for key, retired in keys if retired is None), keys[-1][0])


def former_address(checklist: Checklist, code: str) -> str:
    """The address of the item that last had this code in a former edition; empty where none had."""
    if checklist.upgraded_at is None or "@" in code:
        return ""
    had = Answered.objects.filter(item__checklist=checklist, measure__code=code).order_by("-at", "-id")
    newest = had.select_related("measure__section__pillar__catalogue").first()
    return checklist.address_of(newest.measure) if newest else ""


def item_by_key(checklist: Checklist, **which: object) -> Item:
    """The item of any edition, with what its page shows of it; 404 for none."""
    return get_object_or_404(checklist.items.everything.select_related(*JOINED).with_cooperating(), **which)


def item_of_today(checklist: Checklist, *, measure__code: object) -> Item:
    """The same of today's edition, by its code; with `about.has`, and the codes `before` and `after` it."""
    seen = timezone.now()
    found = _only(_item_by_code(checklist.pk, str(measure__code), True), checklist)
    found.seen_at = seen
    return found


def item_to_save(checklist: Checklist, *, measure__code: object) -> Item:
    """The same with no more than a change asks about it: its page is not shown."""
    return _only(_item_by_code(checklist.pk, str(measure__code), False), checklist)


def _only(found: list[Item], checklist: Checklist) -> Item:
    if not found:
        raise Http404
    found[0].checklist = checklist
    return found[0]


@prepared
def _item_by_code(checklist: int, code: str, with_page: bool) -> QuerySet[Item]:
    items = Item.objects.filter(checklist=checklist, measure__code=code).with_cooperating()
    if not with_page:
        return items.select_related(*TO_SAVE)
    position = OuterRef("measure__position")
    beside = {"before": _before(checklist, position), "after": _after(checklist, position)}
    codes = {name: Subquery(others.values("measure__code")[:1]) for name, others in beside.items()}
    found: QuerySet[Item] = with_kinds(items.select_related(*JOINED)).annotate(**codes)
    return found


def item_then(item: Item, past: date) -> Item:
    """The item with its measure, as both were at the end of the day."""
    found = item.checklist.items.as_of(past)
    then = found.select_related("measure__section__pillar__catalogue").get(pk=item.pk)
    if found.has_past_words:
        put_words_back([then.measure], past)
    return then


def neighbours(shown: Item, past: date | None, read: Item) -> dict[str, str | None]:
    """The codes of the items before and after it in its edition. `read`: the item of today."""
    position = shown.measure.position
    if past and shown.checklist.edition_on(past) != shown.checklist.catalogue_id:
        others = shown.checklist.items.as_of(past).there_by(past).values_list("measure__code", flat=True)
        return {
            "before": others.filter(measure__position__lt=position).order_by("-measure__position").first(),
            "after": others.filter(measure__position__gt=position).order_by("measure__position").first(),
        }
    known = vars(read)
    if "before" in known:
        return {"before": known["before"], "after": known["after"]}
    before = _before(shown.checklist_id, position).values_list("measure__code", flat=True)
    after = _after(shown.checklist_id, position).values_list("measure__code", flat=True)
    return {"before": before.first(), "after": after.first()}


def _before(checklist: int, position: float | OuterRef) -> ItemQuerySet:
    others = Item.objects.filter(checklist=checklist, measure__position__lt=position)
    return others.order_by("-measure__position")


def _after(checklist: int, position: float | OuterRef) -> ItemQuerySet:
    others = Item.objects.filter(checklist=checklist, measure__position__gt=position)
    return others.order_by("measure__position")


def shown_as_of(shown: Item, day: DayForm) -> date | None:
    """The past day to show; a retired item is read as it is now, and nobody changes it."""
    return day.past or (day.today if shown.retired_at else None)


def edition_context(shown: Item, rights: Rights, past: date | None) -> dict[str, object]:
    """The edition, and what upgrades made of the item: what it answered, where it comes from or went."""
    measure = shown.measure
    edition = measure.section.pillar.catalogue
    if shown.checklist.upgraded_at is None:
        return {"address": measure.code, "catalogue": edition}
    history = _history(shown.pk)
    came = [row for row in history if row.kind not in (AnswerKind.FIRST, AnswerKind.CONFIRMED)]
    newest = came[0] if came else None
    if newest and newest.origin_id:
        [newest.origin] = _origin(newest.origin_id)
    before = next((row for row in history if newest and row.pk < newest.pk and row.measure_id), None)
    is_todays = shown.retired_at is None and edition.pk == shown.checklist.catalogue_id
    return {
        "catalogue": edition,
        "address": measure.code if is_todays else f"{measure.code}@{edition.slug}",
        "came": newest,
        "came_from": before if before and newest and before.measure_id != newest.measure_id else None,
        "parts": [row.item for row in _parts(shown.pk)] if has(shown, "parts") else [],
        "confirms": past is None and shown.to_confirm and may_confirm(shown, rights),
    }


@prepared
def _history(item: int) -> QuerySet[Answered]:
    rows = Answered.objects.filter(item=item).select_related("measure__section__pillar__catalogue")
    return rows.order_by("-at", "-id")[:20]


@prepared
def _origin(key: int) -> QuerySet[Item]:
    return Item.objects.everything.filter(pk=key).select_related("measure", "checklist")


@prepared
def _parts(item: int) -> QuerySet[Answered]:
    parts = Answered.objects.filter(origin=item, in_force=True, kind=AnswerKind.SPLIT)
    return parts.select_related("item__measure", "item__checklist")


def may_confirm(shown: Item, rights: Rights) -> bool:
    """The lead unit confirms; of an item that nobody leads, the office."""
    if rights.writing_side(shown) == Side.LEAD:
        return True
    office = shown.checklist.is_open and rights.may(Action.CHANGE_ANY_ITEM, shown.checklist)
    return office and shown.owner_id is None


@prepared
def assignments_about(checklist: int, item: int, measure: int) -> QuerySet[AssignmentStep]:
    """The steps, newest first, of assignments of the measures that an item answers or answered.

    These are its measure, those that it answered in former editions, and those merged into it.
    """
    theirs = Q(item=item) | Q(origin=item, kind=AnswerKind.MERGED)
    answered = Answered.objects.filter(theirs).values("measure")
    asked = Q(assignment__measure=measure) | Q(assignment__measure__in=answered)
    return AssignmentStep.objects.filter(asked, checklist=checklist).with_terms().order_by("-pk")
