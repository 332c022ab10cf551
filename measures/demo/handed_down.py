"""What the demo's office hands down to the cities: one measure is corrected, another one withdrawn."""

from datetime import datetime

from django.contrib.auth.models import User

from measures.demo.plots import Days
from measures.models import Assignment, Checklist, Measure


def hand_down_and_change(top: Checklist, days: Days, *, by: User) -> None:
    """Both within the last days, after the cities have reported."""
    _correct(top, days, by=by)
    _withdraw(top, days, by=by)


def _correct(top: Checklist, days: Days, *, by: User) -> None:
    first, later = "请报送本市选派干部参加培训的计划。", "请报送本市选派干部参加培训的计划，并附班次和名额。"
    given = _hand_down(top, "2.3.5", days, ("zhengzhou", "luoyang", "nanyang", "kaifeng"), text=first, by=by)
    _accept(given, "zhengzhou", version=1, at=days.moment(-7, 430))
    _accept(given, "luoyang", version=1, at=days.moment(-7, 435))
    kaifeng, its_office = _unit("kaifeng")
    reason = "计划须经市委研究，时间不足"
    given.send_back(kaifeng, version=1, by=its_office, at=days.moment(-7, 440), reason=reason)
    given.correct(
        due=days.at_work(42),
        text=later,
        reason="部分市反映时间偏紧，完成时限统一延后",
        version=1,
        by=by,
        at=days.moment(-5, 450),
    )
    _accept(given, "zhengzhou", version=2, at=days.moment(-4, 460))


def _withdraw(top: Checklist, days: Days, *, by: User) -> None:
    text = "请报送本市推荐对象名单。"
    given = _hand_down(top, "4.2.6", days, ("zhengzhou", "luoyang", "zhoukou"), text=text, by=by)
    _accept(given, "zhengzhou", version=1, at=days.moment(-7, 445))
    units = [step.checklist for step in given.steps.in_force().select_related("checklist")]
    given.withdraw(units, reason="推荐工作改为统一部署，不再另行报送", by=by, at=days.moment(-4, 470))


def _hand_down(
    top: Checklist, code: str, days: Days, slugs: tuple[str, ...], *, text: str, by: User
) -> Assignment:
    measure = Measure.objects.get(code=code, checklist=None, section__pillar__catalogue=top.catalogue)
    to = Checklist.objects.filter(slug__in=slugs).order_by("path")
    return Assignment.hand_down(
        top, measure, to, due=days.at_work(28), text=text, by=by, at=days.moment(-8, 420)
    )


def _accept(given: Assignment, slug: str, *, version: int, at: datetime) -> None:
    checklist, office = _unit(slug)
    given.accept(checklist, version=version, by=office, at=at)


def _unit(slug: str) -> tuple[Checklist, User]:
    """A city's checklist, and its office, whose account has the same name."""
    return Checklist.objects.get(slug=slug), User.objects.get(username=slug)
