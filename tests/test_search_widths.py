"""Searching and sorting as people write: full width, signs, numerals in names, codes in the audit trail."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from measures.choices import Role
from measures.models import Batch, Checklist, Measure
from measures.texts import as_counted, spellings
from tests import test_bulk
from tests.make import SignIn, change, find_item, make_owner, make_user
from tests.sheets import ENGLISH

LIST = "/checklists/henan/items/"


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def found(client: Client, text: str) -> list[str]:
    page = client.get(LIST, {"q": text, "view": "none"}, headers=ENGLISH)
    return [row.facts.code for row in page.context["rows"]]


@pytest.mark.parametrize(
    "text", ["１．１．１", "1.1.1", "ｔｅｒｍ　１．１．１", "会议３场", "会议3场", "ABC", "ＡＢＣ"]
)
def test_a_word_is_found_in_full_and_in_half_width(
    checklist: Checklist, administrator: User, client: Client, text: str
) -> None:
    change(find_item(checklist), by=administrator, notes="会议３场，ＡＢＣ")

    assert found(client, text) == ["1.1.1"]


@pytest.mark.parametrize("text", ['"', "[", '", "', "]", '1.1.1"'])
def test_the_signs_between_stored_key_terms_find_nothing(
    checklist: Checklist, client: Client, text: str
) -> None:
    Measure.objects.update(key_terms=["一", "1.1.1"])

    assert found(client, text) == []


def test_such_a_sign_is_found_where_somebody_wrote_it(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    change(find_item(checklist, "1.1.2"), by=administrator, notes='印发"三张清单"')

    assert found(client, '"') == ["1.1.2"]


NAMES = ["干部一处", "干部二处", "干部三处", "干部十处", "干部十一处", "干部二十处", "人才处", "组织处"]


def test_owners_are_sorted_as_people_count_and_spell(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    for name in reversed(NAMES):
        make_owner(checklist, name)

    page = client.get(f"{LIST}?view=none", headers=ENGLISH).content.decode()
    options = re.findall(r"<option[^>]*>([^<]*处)</option>", page)

    # As the owner, as a unit that leads or cooperates, and as one that cooperates.
    assert options == NAMES * 3
    assert sorted(["第10组", "第9组", "a组"], key=as_counted) == ["a组", "第9组", "第10组"]


def test_the_column_of_owners_sorts_the_same(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    for code, name in zip(("1.1.1", "1.1.2", "1.1.3"), ("干部三处", "干部二处", "干部一处"), strict=True):
        change(find_item(checklist, code), by=administrator, owner=make_owner(checklist, name))

    page = client.get(f"{LIST}?view=none&sort=owner", headers=ENGLISH)
    back = client.get(f"{LIST}?view=none&sort=-owner", headers=ENGLISH)

    assert [row.facts.code for row in page.context["rows"]][:3] == ["1.1.3", "1.1.2", "1.1.1"]
    assert [row.facts.code for row in back.context["rows"]][:3] == ["1.1.1", "1.1.2", "1.1.3"]


def test_the_spellings_of_a_word() -> None:
    assert spellings("１.1") == ["１.1", "1.1", "１．１"]
    assert spellings("学习") == ["学习"]


# The list


def test_the_list_says_which_rows_are_on_the_page(checklist: Checklist, client: Client) -> None:
    first = client.get(f"{LIST}?view=none&per_page=5", headers=ENGLISH).content.decode()
    last = client.get(f"{LIST}?view=none&per_page=5&page=3", headers=ENGLISH).content.decode()
    one = client.get(f"{LIST}?view=none", headers=ENGLISH).content.decode()

    assert "1–5 on this page" in first
    assert "11–12 on this page" in last
    assert "1–12 on this page" not in one


def test_the_column_of_notes_shows_the_newest_lines(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    change(find_item(checklist), by=administrator, notes="6月：启动。\n\n9月：推进。\n11月：办结。")

    page = client.get(f"{LIST}?view=none&columns=code,notes", headers=ENGLISH).content.decode()

    assert "<div>11月：办结。\n9月：推进。</div>" in page


# The audit trail


def test_an_items_code_finds_the_batches_that_changed_it(
    checklist: Checklist, administrator: User, client: Client, sign_in: SignIn
) -> None:
    change(find_item(checklist, "1.1.3"), by=administrator, notes="单独")
    test_bulk.apply(client, test_bulk.preview(client, "1.1.1,1.1.2", status="done"))
    client.post(reverse("undo", args=["henan", Batch.objects.get().pk]))
    auditor = sign_in(make_user("auditor", checklist, Role.AUDITOR))

    def actions(text: str) -> list[str]:
        page = auditor.get("/audit/", {"q": text}, headers=ENGLISH)
        return [
            row["record"].action for row in page.context["rows"] if row["record"].action.endswith("changed")
        ]

    assert actions("1.1.1") == ["batch_changed", "batch_changed"]
    assert actions("１．１．１") == ["batch_changed", "batch_changed"]
    assert actions("1.1.3") == ["item_changed"]
    assert actions("1.2.1") == []
