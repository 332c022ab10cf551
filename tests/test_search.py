"""Search finds words anywhere, however short, with the same results on every engine."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.database import text_index
from measures.models import Checklist, Item
from tests.make import change, find_item, make_checklist
from tests.proofs import share

# What makes trouble: marks of LIKE and of FTS5, letters of two cases, characters outside the first plane.
# None of them occurs in the texts of the measures that tests create.
ALPHABET = "容错纠正名qQxXÉé%_\\'*-^:()𠮷"
NOTES = st.text(f"{ALPHABET} \n", max_size=12)
WORDS = st.text(ALPHABET, min_size=1, max_size=4)


def folded(text: str) -> str:
    return "".join(one.lower() if one.isascii() else one for one in text)


def write(item: Item, by: User, notes: str, *, target: str | None = None) -> None:
    item.refresh_from_db()
    wanted = item.target if target is None else target
    change(item, by=by, at=timezone.now(), notes=notes, target=wanted)


def codes(checklist: Checklist, text: str) -> set[str]:
    """The items that contain the word, found by the index and by reading each."""
    by_index = set(checklist.items.matching(text, indexed=True).values_list("measure__code", flat=True))
    assert by_index == set(checklist.items.matching(text).values_list("measure__code", flat=True))
    return by_index


def asked_for(text: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        list(Item.objects.matching(text, indexed=True))
    return [one["sql"] for one in asked.captured_queries]


@pytest.mark.proof
@settings(
    max_examples=share(3_000), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=NOTES, after=NOTES, word=WORDS.filter(lambda word: len(word) > 1))
def test_notes_are_found_by_any_part_of_them_and_not_by_what_stood_there_before(
    checklist: Checklist, administrator: User, before: str, after: str, word: str
) -> None:
    item = find_item(checklist, "1.1.1")
    for notes in (before, after):
        write(item, administrator, notes)

    assert codes(checklist, word) == ({"1.1.1"} if folded(word) in folded(after) else set())


@pytest.mark.parametrize("length", [2, 99, 100, 101, 102, 199, 200, 201, 202, 10_000])
def test_every_pair_of_long_notes_is_in_the_index(
    checklist: Checklist, administrator: User, length: int
) -> None:
    notes = "".join(chr(0x4E00 + place) for place in range(length))
    write(find_item(checklist, "1.1.1"), administrator, notes)

    for start in {0, 98, 99, 100, 198, 199, length - 2} & set(range(length - 1)):
        assert codes(checklist, notes[start : start + 2]) == {"1.1.1"}


def test_targets_are_found_like_notes_and_not_by_what_they_were_before(
    checklist: Checklist, administrator: User
) -> None:
    item = find_item(checklist, "1.1.1")
    write(item, administrator, "容错", target="印发 Q办法")
    assert codes(checklist, "办法 容错") == codes(checklist, "q办") == {"1.1.1"}

    write(item, administrator, "容错", target="形成清单")
    assert codes(checklist, "办法") == set()
    assert codes(checklist, "清单") == {"1.1.1"}
    assert codes(checklist, "错形") == set()


def test_each_word_may_stand_somewhere_else(checklist: Checklist, administrator: User) -> None:
    write(find_item(checklist, "1.1.1"), administrator, "已印发容错办法。")
    write(find_item(checklist, "1.1.2"), administrator, "已印发。")

    assert codes(checklist, "容错 1.1") == {"1.1.1"}
    assert codes(checklist, "已印发 词") == {"1.1.1", "1.1.2"}
    assert codes(checklist, "容错 词 没有") == set()
    assert codes(checklist, "错") == {"1.1.1"}
    assert codes(checklist, "法容") == set()
    assert len(codes(checklist, "  ")) == 12


def test_the_notes_of_a_past_day_are_searched_as_they_stood_then(
    checklist: Checklist, administrator: User
) -> None:
    item, now = find_item(checklist, "1.1.1"), timezone.now()
    change(item, by=administrator, at=now - timedelta(days=3), notes="容错")
    item.refresh_from_db()
    change(item, by=administrator, at=now, notes="纠错")
    past = checklist.items.as_of(timezone.localdate() - timedelta(days=2))

    assert past.matching("容错", indexed=True).get() == item
    assert not past.matching("纠错", indexed=True)


def test_words_of_very_many_measures_are_found_as_well(
    checklist: Checklist, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = codes(checklist, "支柱 词"), codes(checklist, "词 1.2.")
    monkeypatch.setattr("measures.querysets.catalogue.MANY_MEASURES", 2)

    assert (codes(checklist, "支柱 词"), codes(checklist, "词 1.2.")) == few
    assert len(few[1]) == 3


def test_a_search_asks_one_question_for_each_word_and_two_more_however_many_items(
    checklist: Checklist, administrator: User
) -> None:
    write(find_item(checklist, "1.1.1"), administrator, "已印发容错办法。")
    one = asked_for("容错")
    for number in range(3):
        make_checklist(f"unit{number}", "县", checklist.catalogue, parent=checklist)

    assert len(one) == len(asked_for("容错")) == 3
    assert len(asked_for("容错 已印发 词")) == 4  # a single character is in no pair


def test_a_word_of_most_notes_is_found_without_the_index(
    checklist: Checklist, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in ("1.1.1", "1.1.2", "1.2.1"):
        write(find_item(checklist, code), administrator, "调研，已印发。")
    write(find_item(checklist, "1.2.1"), administrator, "调研")
    monkeypatch.setattr("measures.database.text_index.COMMON", 2)

    assert codes(checklist, "调研") == {"1.1.1", "1.1.2", "1.2.1"}
    assert not any("pairs" in sql for sql in asked_for("调研")[-1:])
    assert codes(checklist, "调研 印发") == {"1.1.1", "1.1.2"}
    monkeypatch.setattr("measures.database.text_index.COMMON", 3)
    assert "pairs" in asked_for("调研")[-1]


@pytest.mark.proof
@settings(
    max_examples=share(2_000), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(notes=NOTES, word=WORDS.filter(lambda word: len(word) > 1))
def test_common_words_are_found_in_the_same_notes_as_rare_ones(
    checklist: Checklist, administrator: User, notes: str, word: str
) -> None:
    write(find_item(checklist, "1.1.1"), administrator, notes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("measures.database.text_index.COMMON", -1)
        assert codes(checklist, word) == ({"1.1.1"} if folded(word) in folded(notes) else set())


def test_items_that_were_there_before_the_index_are_found(checklist: Checklist, administrator: User) -> None:
    write(find_item(checklist, "1.1.1"), administrator, "容错")
    connection.check_constraints()
    text_index.install(None, connection.schema_editor())

    assert codes(checklist, "容错") == {"1.1.1"}


def test_items_that_go_leave_nothing_in_the_index(checklist: Checklist, administrator: User) -> None:
    item = find_item(checklist, "1.1.1")
    Item.objects.filter(pk=item.pk).update(notes="容错")
    Item(pk=item.pk).delete()
    item.notes = ""
    item.save(force_insert=True)

    assert not Item.objects.filter(text_index.HoldsPairs(F("notes"), "容错"))
