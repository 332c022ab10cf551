"""A unit corrects a measure that it added, until the first update, entry or application of its item."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.choices import ApplicationKind, Audited, Cadence, Side, Via
from measures.models import (
    Application,
    AuditRecord,
    Checklist,
    Entry,
    Measure,
    Wording,
    correct_measure,
)
from tests.make import NOW, TODAY, SignIn, change, make_checklist, make_owner
from tests.sheets import ENGLISH
from tests.test_local_measures import LOCAL, add

pytestmark = pytest.mark.slow

CORRECT = f"{LOCAL}1.1.901/correct/"
RIGHT = {"title": "巡回宣讲团", "detail": "每月一次", "cadence": "once"}


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def test_a_typo_is_corrected_and_the_trail_holds_both_texts(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    item = add(checklist, administrator)
    for page in (LOCAL, item.get_absolute_url()):
        assert CORRECT in client.get(page).content.decode()

    form = client.get(CORRECT)
    empty = client.post(CORRECT, RIGHT | {"title": " ", "seen": form.context["seen"]})
    saved = client.post(CORRECT, RIGHT | {"seen": empty.context["seen"]})

    assert form.context["form"].initial["title"] == "巡回宣讲"
    assert (empty.status_code, set(empty.context["form"].errors)) == (422, {"title"})
    assert saved.headers["Location"] == item.get_absolute_url()
    measure = Measure.objects.get(code="1.1.901")
    assert {measure.title_en, measure.title_zh_hans, measure.title_zh_hant} == {"巡回宣讲团"}  # type: ignore[attr-defined]
    assert (measure.detail, measure.cadence, measure.added_at) == ("每月一次", Cadence.ONCE, NOW)
    record = AuditRecord.objects.first()
    assert record
    assert (record.action, record.about) == (Audited.MEASURE_CORRECTED, "1.1.901 巡回宣讲团")
    before = {"title": "巡回宣讲", "detail": "每季一次", "cadence": "recurring"}
    assert (json.loads(record.before), json.loads(record.after)) == (before, RIGHT)


@pytest.mark.parametrize("act", ["update", "entry", "application"])
def test_it_is_too_late_after_the_first_update_entry_or_application(
    checklist: Checklist, administrator: User, client: Client, act: str
) -> None:
    item = add(checklist, administrator)
    seen = client.get(CORRECT).context["seen"]
    if act == "update":
        change(item, by=administrator, due=TODAY)
    else:
        # Only the row: on the site an item gets an owner, and so an update, before its first entry.
        row: dict[str, Any] = {"item": item, "side": Side.OFFICE, "at": NOW, "by": administrator}
        if act == "entry":
            unit = make_owner(checklist)
            Entry.objects.create(**row, unit=unit, progress="x", counts_on=TODAY, via=Via.PAGE)
        else:
            Application.objects.create(**row, kind=ApplicationKind.CLOSE, reason="x")

    late = client.post(CORRECT, RIGHT | {"seen": seen}, headers=ENGLISH)

    assert late.status_code == 409
    page = late.content.decode()
    assert "It is too late to correct this measure" in page
    for text in ("巡回宣讲团", "每月一次", "每季一次"):
        assert f"<td>{text}</td>" in page
    assert "<textarea" not in client.get(CORRECT).content.decode()
    for other in (LOCAL, item.get_absolute_url()):
        assert CORRECT not in client.get(other).content.decode()
    measure = Measure.objects.get(code="1.1.901")
    assert measure.title == "巡回宣讲"


def test_of_two_who_correct_it_the_second_sees_both_texts(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    item = add(checklist, administrator)
    seen = client.get(CORRECT).context["seen"]
    first = Wording("巡回宣讲队", "每季一次", Cadence.RECURRING)
    assert correct_measure(item, first, seen=seen, at=NOW, by=administrator)

    second = client.post(CORRECT, RIGHT | {"seen": seen}, headers=ENGLISH)
    assert second.status_code == 409
    assert "<td>巡回宣讲队</td><td>巡回宣讲团</td>" in second.content.decode()
    client.post(CORRECT, RIGHT | {"seen": second.context["seen"]})

    assert Measure.objects.get(code="1.1.901").title == "巡回宣讲团"


def test_only_an_administrator_corrects_only_the_measures_of_an_open_checklist_itself(
    checklist: Checklist,
    administrator: User,
    viewer: User,
    editor: User,
    stranger: User,
    sign_in: SignIn,
) -> None:
    item = add(checklist, administrator)
    add(make_checklist("beside", "旁边", checklist.catalogue), administrator, "1.2")
    for user, status in ((viewer, 403), (editor, 403), (stranger, 404)):
        c = sign_in(user)
        assert c.get(CORRECT).status_code == c.post(CORRECT, RIGHT).status_code == status
        if status == 403:
            for page in (LOCAL, item.get_absolute_url()):
                assert CORRECT not in c.get(page).content.decode()
    c = sign_in(administrator)
    for code in ("1.1.1", "1.2.901"):
        assert c.post(f"{LOCAL}{code}/correct/", RIGHT).status_code == 404

    Checklist.objects.filter(pk=checklist.pk).update(status="closed")
    assert c.post(CORRECT, RIGHT).status_code == 403
    assert CORRECT not in c.get(item.get_absolute_url()).content.decode()
    assert Measure.objects.filter(title="巡回宣讲团").count() == 0
