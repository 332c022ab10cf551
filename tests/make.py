"""Makes what a test needs and doesn't care about."""

import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from measures.choices import Cadence, PeriodKind, Role, Side, Via
from measures.models import (
    Catalogue,
    Checklist,
    Entry,
    Item,
    Measure,
    Membership,
    NewEntry,
    Owner,
    Period,
    Pillar,
    Section,
    Update,
    write_entries,
)
from measures.models.periods import Span

SignIn = Callable[[User], Client]

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
PASSWORD = "a password that only tests use"
# Queries that giving a file away costs: it is counted, and recorded. PostgreSQL locks the trail and reads its
# end in one.
GIVING_AWAY = 3 + 3


def in_three(**texts: str) -> dict[str, str]:
    """title="板块 1" → title_en="Title 板块 1" and two more: told apart by language, alike enough to read."""
    columns: dict[str, str] = {}
    for field, text in texts.items():
        columns |= {
            f"{field}_en": f"{field.capitalize()} {text}",
            f"{field}_zh_hans": f"简 {text}",
            f"{field}_zh_hant": f"繁 {text}",
        }
    return columns


def make_catalogue(pillars: int = 2, sections: int = 2, measures: int = 3, slug: str = "test") -> Catalogue:
    """A catalogue of pillars × sections in each × measures in each of those: 12 measures unless told."""
    catalogue = Catalogue.objects.create(slug=slug, date=TODAY, **in_three(title=slug, issuer="办公室"))
    made: list[Measure] = []
    for p in range(1, pillars + 1):
        pillar = Pillar.objects.create(
            catalogue=catalogue, code=str(p), **in_three(title=f"支柱 {p}", summary=f"支柱 {p}")
        )
        for s in range(1, sections + 1):
            section = Section.objects.create(
                pillar=pillar, code=f"{p}.{s}", **in_three(title=f"板块 {p}.{s}", summary=f"板块 {p}.{s}")
            )
            for m in range(1, measures + 1):
                code = f"{p}.{s}.{m}"
                made.append(
                    Measure(
                        section=section,
                        code=code,
                        position=len(made) + 1,
                        source=code,
                        key_terms=[f"词 {code}"],
                        key_terms_zh_hant=[f"詞 {code}"],
                        key_terms_en=[f"term {code}"],
                        cadence=Cadence.ONCE,
                        **in_three(title=f"措施 {code}", detail=f"详情 {code}"),
                    )
                )
    Measure.objects.bulk_create(made)
    return catalogue


def make_checklist(
    slug: str = "henan",
    name: str = "河南",
    catalogue: Catalogue | None = None,
    parent: Checklist | None = None,
) -> Checklist:
    """An open checklist, with an item for each measure; a new small catalogue unless there is one."""
    catalogue = catalogue or Catalogue.objects.first() or make_catalogue()
    made = Checklist(slug=slug, name=name, catalogue=catalogue, parent=parent)
    # Whoever may change an item may end it: the rules have tests of their own.
    made.signs_off = made.extends_by_request = False
    return made.open(at=NOW)


def make_owner(checklist: Checklist, name: str = "干部一处") -> Owner:
    return Owner.objects.create(checklist=checklist, name=name)


def make_user(
    name: str, checklist: Checklist | None = None, role: Role | None = None, owner: Owner | None = None
) -> User:
    """A user with PASSWORD and, where both are named, that role in that checklist."""
    user = User.objects.create_user(name, password=PASSWORD)
    if checklist is not None and role is not None:
        Membership.objects.create(user=user, checklist=checklist, role=role, owner=owner)
    return user


def find_item(checklist: Checklist, code: str = "1.1.1") -> Item:
    """The checklist's item for the measure of this code."""
    return checklist.items.select_related("measure", "owner", "checklist").get(measure__code=code)


def change(
    item: Item,
    *,
    by: User,
    at: datetime = NOW,
    via: Via = Via.PAGE,
    reason: str = "为测试",
    **values: Any,
) -> Update | None:
    """`item.change` at the version that the item has: change(item, by=editor, status=Status.DONE)."""
    return item.change(values, version=item.version, by=by, at=at, via=via, reason=reason)


def code_of(user: User) -> str:
    """What the user's phone shows now."""
    device = TOTPDevice.objects.get(user=user)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time()
    return f"{totp.token():06d}"


def run_together(calls: list[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def make_periods(checklist: Checklist, kind: PeriodKind, wanted: Iterable[Span]) -> list[Period]:
    """`Period.make`, now and by nobody."""
    return Period.make(checklist, kind, wanted, at=timezone.now())


def make_year(checklist: Checklist, kind: PeriodKind, year: int) -> list[Period]:
    """`Period.make_year`, now and by nobody."""
    return Period.make_year(checklist, kind, year, at=timezone.now())


def write_entry(item: Item, by: User, *, side: Side = Side.LEAD, at: datetime = NOW, **said: Any) -> Entry:
    """An entry about the item, which says something unless told."""
    new = NewEntry.on(item, **({"progress": "开了会"} | said))
    return write_entries([new], side=side, by=by, at=at, via=Via.PAGE)[0]
