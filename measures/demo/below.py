"""The demo's cities and counties: some ahead, some late, two that have not reported."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User

from measures.choices import Role, Side, Status, Via
from measures.demo import words
from measures.demo.plots import Days, due_of, rng_of
from measures.ledger.plans import carry_out
from measures.models import Batch, Change, Checklist, Measure, Membership, NewEntry, Owner, write_entries
from measures.models.people import person_name


@dataclass(frozen=True)
class Place:
    """A checklist below the demo's: which share of its items is taken up, and of those how many are done.

    `days` are those on which its office sends in what it has: the first hands out, the others report.
    """

    slug: str
    name: str
    taken_up: float
    done: float
    days: tuple[int, ...] = (-150, -75, -10)
    below: "tuple[Place, ...]" = ()


PLACES = (
    Place(
        "zhengzhou",
        "郑州",
        0.95,
        0.75,
        below=(
            Place("gongyi", "巩义", 0.9, 0.7),
            Place("xinmi", "新密", 0.8, 0.55),
            Place("dengfeng", "登封", 0.85, 0.4, (-140, -60)),
        ),
    ),
    Place(
        "luoyang",
        "洛阳",
        0.9,
        0.65,
        below=(
            Place("yanshi", "偃师", 0.9, 0.6),
            Place("luanchuan", "栾川", 0.7, 0.35),
            Place("yiyang", "宜阳", 0.0, 0.0, ()),
        ),
    ),
    Place(
        "nanyang",
        "南阳",
        0.75,
        0.4,
        below=(
            Place("dengzhou", "邓州", 0.6, 0.3, (-140, -70)),
            Place("xixia", "西峡", 0.8, 0.55),
            Place("fangcheng", "方城", 0.0, 0.0, ()),
        ),
    ),
    Place("kaifeng", "开封", 0.85, 0.55),
    Place("xinyang", "信阳", 0.7, 0.5, (-145, -80, -18)),
    Place("zhoukou", "周口", 0.55, 0.25, (-120, -50)),
)


def open_below(top: Checklist, days: Days) -> None:
    """Open the checklists of these places below this one, each with an office that has reported."""
    measures = {measure.pk: measure for measure in Measure.objects.all()}
    for place in PLACES:
        _open(place, top, days, measures)


def _open(place: Place, parent: Checklist, days: Days, measures: Mapping[int, Measure]) -> None:
    name = f"{place.name}（演示）"
    checklist = Checklist(
        slug=place.slug, name=name, catalogue=parent.catalogue, parent=parent, period=parent.period
    )
    checklist.open(at=days.moment(-170))
    office = User.objects.create(username=place.slug, first_name=f"{place.name}督查室")
    Membership.objects.create(user=office, checklist=checklist, role=Role.ADMINISTRATOR)
    unit = Owner.objects.create(checklist=checklist, name="组织部")
    for number in place.days:
        at = days.moment(number, rng_of(place.slug).randint(0, 400))
        is_first = number == place.days[0]
        reason = "按任务分工表导入完成时限" if is_first else "按季度报送表导入进展情况"
        if is_first:
            changes = list(_handed_out(checklist, unit, days, measures))
            carry_out(changes, checklist=checklist, by=office, at=at, via=Via.IMPORT, reason=reason)
        else:
            reported = list(_reported(checklist, place, days, number, measures))
            batch = Batch.objects.create(
                checklist=checklist,
                via=Via.IMPORT,
                by=office,
                by_name=person_name(office),
                at=at,
                reason=reason,
            )
            write_entries(reported, side=Side.OFFICE, by=office, at=at, via=Via.IMPORT, batch=batch)
    for lower in place.below:
        _open(lower, checklist, days, measures)


def _handed_out(
    checklist: Checklist, unit: Owner, days: Days, measures: Mapping[int, Measure]
) -> Iterator[Change]:
    """The first table that the office sends in: whose each item is, and when it is due."""
    for key, measure, version in checklist.items.values_list("pk", "measure", "version"):
        yield Change(key, version, {"owner": unit, "due": due_of(measures[measure], days)})


def _reported(
    checklist: Checklist, place: Place, days: Days, number: int, measures: Mapping[int, Measure]
) -> Iterator[NewEntry]:
    """A later table: how far each item is that the unit has taken up."""
    is_last = number == place.days[-1]
    for item in checklist.items.all():
        measure = measures[item.measure_id]
        rng = rng_of(f"{place.slug} {measure.code}")
        if rng.random() < place.taken_up:
            done = is_last and rng.random() < place.done
            kind = words.kind_of(measure)
            sentences = kind.ends if done else (kind.goes_on if item.last_entry_at else kind.begins)
            finished = Status.STANDING if kind is words.PRACTICE else Status.DONE
            yield NewEntry.on(
                item,
                progress=words.filled(rng.choice(sentences), measure, rng),
                values={"status": finished if done else Status.IN_PROGRESS},
            )
