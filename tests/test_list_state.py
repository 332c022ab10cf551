"""What the address of a list says: read in one place, and kept by every form and link of the list."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict

from measures.models import Checklist
from measures.views.list_state import ListState
from tests.make import SignIn
from tests.test_structure import ROOT, sources

LIST = "/checklists/henan/items/"
LIST_MODULES = (
    "measures/ledger/",
    "measures/templatetags/rows.py",
    "measures/views/access.py",
    "measures/views/downloads.py",
    "measures/views/items/",
    "measures/views/list_state.py",
)
READERS = {
    "measures/views/list_state.py": {"of"},
    # These read what is not the list's: the ticked items from the admin, which chasers are shown, the day and
    # how much of an item's page, what is kept on the way to an item's address of today, and the list to go
    # back to.
    "measures/views/items/chasers.py": {"_chaser_page", "chasers", "notice"},
    "measures/views/items/edition.py": {"meant_item"},
    "measures/views/items/item.py": {"item"},
    "measures/views/items/selected.py": {"items_to_chase", "selected_items"},
    "measures/views/items/journal.py": {"journal_context"},
    "measures/views/items/page.py": {"item_page", "_evidence", "_loop"},
    "measures/views/items/uploads.py": {"_apply"},
}


def readers(tree: ast.AST, function: str = "") -> Iterator[str]:
    """The names of the functions that read an address, each as often as it does."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Attribute) and node.attr == "GET":
            yield function
        yield from readers(node, node.name if isinstance(node, ast.FunctionDef) else function)


@pytest.mark.no_database
def test_one_place_alone_reads_the_lists_address() -> None:
    found: dict[str, set[str]] = {}
    for path, tree in sources("measures"):
        if path.as_posix().startswith(LIST_MODULES) and (names := set(readers(tree))):
            found[path.as_posix()] = names

    assert found == READERS, "Read the list's address through views/list_state.py: ListState."


@pytest.mark.no_database
def test_no_template_reads_an_address() -> None:
    templates = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "measures").rglob("*.html")]
    wrong = [
        str(path.relative_to(ROOT))
        for path in templates
        if re.search(r"request\.(GET|POST)\b", Path(path).read_text(encoding="utf-8"))
    ]

    assert len(templates) > 50
    assert wrong == [], "Let the view pass the value."


@pytest.fixture
def desk(checklist: Checklist, administrator: User) -> ListState:
    address = (
        "pillar=2&status=done&status=blocked&columns=code&columns=due&sort=-due&page=3&edit=1.1.1&view=4"
    )
    return ListState(QueryDict(address), checklist, administrator)


def test_columns_may_come_one_by_one_or_in_one_text(desk: ListState, checklist: Checklist) -> None:
    joined = ListState(QueryDict("columns=code,due"), checklist, desk.user)

    assert desk.columns == joined.columns
    assert [column.name for column in desk.columns] == ["code", "due"]


def test_other_columns_keep_all_but_the_view(desk: ListState) -> None:
    kept = "?pillar=2&status=done&status=blocked&sort=-due&page=3&edit=1.1.1"
    assert QueryDict(desk.with_columns(["title"])[1:]) == QueryDict(f"{kept[1:]}&columns=title")


def test_without_filters_the_days_and_the_units_below_stay(checklist: Checklist, administrator: User) -> None:
    address = QueryDict("pillar=2&sort=-due&as_of=2026-11-25&below=1&view=4")
    assert ListState(address, checklist, administrator).unfiltered == "?view=none&as_of=2026-11-25&below=1"


def test_every_column_stays_when_one_filters(administrator: User, sign_in: SignIn) -> None:
    page = sign_in(administrator).get(f"{LIST}?columns=code&columns=due").content.decode()
    assert '<input type="hidden" name="columns" value="code,due">' in page
