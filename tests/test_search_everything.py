"""The search in the header: it finds what its user may read, of every kind, and nothing else."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.choices import ChecklistStatus, Role
from measures.models import Checklist, Owner
from tests.make import NOW, SignIn, change, find_item, make_checklist, make_owner, make_user, write_entry
from tests.sheets import ENGLISH

KINDS = ("items", "entries", "units", "checklists")
Found = dict[str, list[str]]


def titles(client: Client, text: str, **more: str) -> Found:
    """What is found of each kind: the code of an item or of an entry's item, or a name."""
    page = client.get("/search/", {"q": text} | more, headers=ENGLISH)
    assert page.status_code == 200
    groups = {kind: group for kind, _title, group in page.context["groups"]}
    return {kind: [hit.code or hit.title for hit in groups[kind].hits] for kind in KINDS if kind in groups}


@pytest.fixture
def written(checklist: Checklist, owner: Owner, administrator: User, editor: User) -> Checklist:
    """容错 is in an item's notes, another's target, an entry, a unit's name and that of 容错县 below."""
    change(find_item(checklist, "1.1.1"), by=administrator, notes="已印发容错办法。", owner=owner)
    change(find_item(checklist, "1.2.1"), by=administrator, target="容错清单", owner=owner)
    write_entry(find_item(checklist, "1.1.1"), editor, progress="开了会", problems="容错的口径不一")
    make_owner(checklist, "容错纠错办公室")
    make_checklist("rongcuo", "容错县", checklist.catalogue, parent=checklist)
    return checklist


EVERYTHING = {
    "items": ["1.1.1", "1.2.1"],
    "entries": ["1.1.1"],
    "units": ["容错纠错办公室"],
    "checklists": ["容错县"],
}


def test_each_role_finds_items_entries_units_and_checklists(
    written: Checklist, administrator: User, editor: User, viewer: User, auditor: User, sign_in: SignIn
) -> None:
    for user in (administrator, editor, viewer, auditor):
        assert titles(sign_in(user), "容错") == EVERYTHING


def test_nobody_finds_what_is_in_checklists_of_others(
    written: Checklist, stranger: User, superuser: User, sign_in: SignIn
) -> None:
    below = make_user("below", Checklist.objects.get(slug="rongcuo"), Role.VIEWER)

    assert titles(sign_in(stranger), "容错") == {}
    assert titles(sign_in(make_user("nobody")), "容错") == {}
    assert titles(sign_in(below), "容错") == {"checklists": ["容错县"]}
    assert "河南" not in sign_in(below).get("/search/?q=容错").content.decode()
    assert titles(sign_in(superuser), "容错") == EVERYTHING
    assert Client().get("/search/?q=容错").status_code == 302


def test_every_result_leads_to_a_page_that_its_finder_may_open(
    written: Checklist, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)
    groups = client.get("/search/", {"q": "容错"}).context["groups"]

    for kind, _title, group in groups:
        for hit in group.hits:
            page = client.get(hit.address)
            assert page.status_code == 200
            if kind == "entries":
                assert f'id="{urlsplit(hit.address).fragment}"' in page.content.decode()
    ((name, address),) = groups[0][2].lists
    assert (name, parse_qs(urlsplit(address).query)["q"]) == ("河南", ["容错"])
    assert client.get(address).context["page"].paginator.found == 2


def test_a_withdrawn_entry_is_not_found(
    written: Checklist, administrator: User, editor: User, sign_in: SignIn
) -> None:
    find_item(written).entries.get().withdraw(by=administrator, at=NOW, reason="填错")

    assert "entries" not in titles(sign_in(editor), "容错")


def test_all_words_must_be_there_wherever_they_are_and_however_wide(
    written: Checklist, editor: User, sign_in: SignIn
) -> None:
    client = sign_in(editor)

    assert titles(client, "口径 开了会") == {"entries": ["1.1.1"]}
    assert titles(client, "  口径   没有此词 ") == {}
    assert titles(client, "１．２．１ 容错") == {"items": ["1.2.1"]}
    assert titles(client, "容错 县") == {"checklists": ["容错县"]}


def test_the_words_are_marked_where_they_are_and_no_text_becomes_html(
    written: Checklist, editor: User, sign_in: SignIn
) -> None:
    write_entry(find_item(written, "1.2.1"), editor, next_steps=f"{'长' * 200}容错<b>&{'长' * 200}")

    page = sign_in(editor).get("/search/?q=容错", headers=ENGLISH).content.decode()

    assert re.search("Next steps: …长{16}<mark>容错</mark>&lt;b&gt;&amp;长+…", page)
    assert "已印发<mark>容错</mark>办法。" in page
    assert "Problems: <mark>容错</mark>的口径不一" in page
    hostile = sign_in(editor).get("/search/", {"q": "<b>&"}).content.decode()
    assert "<mark>&lt;b&gt;&amp;</mark>" in hostile


@pytest.mark.any_engine
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("容", "Write at least one word of two characters or more."),
        ("容 错 1", "Write at least one word of two characters or more."),
        ("词 " * 8 + "容错", "Write at most 8 words."),
        ("容" * 101, "at most 100 characters"),
        ("容错\0", "Null characters"),
    ],
)
def test_bad_input_is_explained_beside_the_field_and_kept_in_it(
    written: Checklist, editor: User, sign_in: SignIn, text: str, said: str
) -> None:
    answer = sign_in(editor).get("/search/", {"q": text}, headers=ENGLISH)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert said in re.search('<ul class="errors".*?</ul>', page, re.DOTALL)[0]  # type: ignore[index]
    assert text.replace("\0", "") in page.replace("\0", "")
    assert "<mark>" not in page


@pytest.mark.any_engine
def test_an_unknown_kind_is_refused_and_no_words_find_nothing(
    written: Checklist, editor: User, sign_in: SignIn
) -> None:
    client = sign_in(editor)

    assert client.get("/search/?q=容错&only=people").status_code == 422
    for address in ("/search/", "/search/?q=", "/search/?q=%20%20"):
        assert client.get(address).context["groups"] == []


def test_more_than_a_few_of_a_kind_are_shown_alone_up_to_a_limit(
    checklist: Checklist, viewer: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(viewer)
    for number in range(12):
        make_owner(checklist, f"容错{number:02}组")

    first = client.get("/search/", {"q": "容错"}, headers=ENGLISH)
    assert len(titles(client, "容错")["units"]) == 10
    assert 'href="?q=%E5%AE%B9%E9%94%99&amp;only=units"' in first.content.decode()
    assert len(titles(client, "容错", only="units")["units"]) == 12
    monkeypatch.setattr("measures.views.site.search.FOUND_AT_MOST", 11)
    last = client.get("/search/", {"q": "容错", "only": "units"}, headers=ENGLISH).content.decode()
    assert "There are more. Add a word to find fewer." in last


def test_readers_of_very_many_checklists_find_their_own_items_first(
    written: Checklist, administrator: User, stranger: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = Checklist.objects.get(slug="rongcuo")
    change(find_item(county, "1.1.2"), by=administrator, notes="容错", due=NOW.date())
    monkeypatch.setattr("measures.ledger.search.FEW", 1)

    assert titles(sign_in(administrator), "容错") == EVERYTHING | {"items": ["1.1.1", "1.2.1", "1.1.2"]}
    assert titles(sign_in(stranger), "容错") == {}


def test_of_entries_they_search_the_newest_alone_and_are_told(
    written: Checklist, editor: User, viewer: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for progress in ("容错二", "容错三"):
        write_entry(find_item(written, "1.2.1"), editor, progress=progress)
    client = sign_in(viewer)
    assert titles(client, "容错")["entries"] == ["1.2.1", "1.2.1", "1.1.1"]
    assert "newest" not in client.get("/search/?q=容错", headers=ENGLISH).content.decode()

    monkeypatch.setattr("measures.ledger.search.FEW", 1)
    monkeypatch.setattr("measures.ledger.search.SEARCHED", 2)

    assert titles(client, "容错")["entries"] == ["1.2.1", "1.2.1"]
    page = client.get("/search/?q=容错", headers=ENGLISH).content.decode()
    assert "Of progress entries, only the newest 2 of the site are searched." in page


def test_a_search_takes_as_many_queries_however_much_there_is(
    written: Checklist, administrator: User, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)

    def counted() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert set(titles(client, "容错")) == set(KINDS)
        return len(asked)

    few = counted()
    for number in range(4):
        county = make_checklist(f"xian-{number}", f"容错{number}县", written.catalogue, parent=written)
        lead = make_owner(county, "容错组")
        acts_for = make_user(f"editor-{number}", county, Role.EDITOR, lead)
        for code in ("1.1.1", "1.1.2", "2.1.1"):
            change(find_item(county, code), by=administrator, notes="容错", owner=lead)
            write_entry(find_item(county, code), acts_for, progress="容错")

    assert counted() == few <= 13


def test_a_closed_checklist_is_found_and_said_to_be_closed(
    written: Checklist, administrator: User, viewer: User, sign_in: SignIn
) -> None:
    county = Checklist.objects.get(slug="rongcuo")
    county.turn(ChecklistStatus.CLOSED, at=NOW, by=administrator, reason="并入河南")

    groups = sign_in(viewer).get("/search/?q=容错", headers=ENGLISH).context["groups"]

    assert groups[-1][2].hits[0].about == ("河南", "Closed")


@pytest.mark.any_engine
def test_the_search_is_in_the_header_of_every_page_but_that_of_signing_in(
    checklist: Checklist, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)
    for address in ("/", "/checklists/henan/items/", "/checklists/henan/items/1.1.1/", "/gone/"):
        page = client.get(address).content.decode()
        assert page.count('class="search"') == page.count('class="search-link"') == 1, address
    # Its own page has the field once, in the page.
    assert client.get("/search/").content.decode().count("data-search") == 1
    assert "data-search" not in Client().get("/sign-in/").content.decode()
