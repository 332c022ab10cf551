"""Two editions of a catalogue are compared: what became of each measure, and what is certain."""

import json
import time
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.core.management import call_command

from measures.editions.compare import compare
from measures.editions.differences import TextChange, text_differences
from measures.editions.pairs import Compared, Edition, MeasureWording, Pair, PairKind, corrected_pair
from measures.editions.read import (
    UnreadableEdition,
    edition_from_file,
    edition_from_rows,
    edition_of_catalogue,
)
from measures.management.commands.compare_editions import pairs_as_json, pairs_as_table
from measures.models import Catalogue
from tests.editions_make import Become, lookalike, next_edition

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
HENAN = edition_from_file(FIXTURES / "editions" / "henan-cadres.json")


def named(pairs: list[Pair]) -> set[Become]:
    return {Become(pair.old, pair.new, pair.kind) for pair in pairs}


def edition(*measures: Compared) -> Edition:
    return Edition("later", tuple(replace(one, position=number) for number, one in enumerate(measures)))


@pytest.mark.no_database
def test_an_edition_compared_with_itself_has_changed_nowhere_and_is_certain() -> None:
    pairs = compare(HENAN, HENAN)

    assert {(pair.old, pair.kind, pair.certain) for pair in pairs} == {
        ((measure.code,), PairKind.UNCHANGED, True) for measure in HENAN.measures
    }


@pytest.mark.no_database
@pytest.mark.parametrize("seed", range(100, 106))
def test_nearly_all_of_a_random_later_edition_is_found_and_nothing_certain_is_wrong(seed: int) -> None:
    later, truth = next_edition(HENAN, Random(seed))

    pairs = compare(HENAN, later)

    right = set(truth)
    assert len(named(pairs) & right) >= 0.95 * len(right), right - named(pairs)
    assert named([pair for pair in pairs if pair.certain]) <= right
    assert sorted(code for pair in pairs for code in pair.old) == sorted(HENAN.by_code())
    assert sorted(code for pair in pairs for code in pair.new) == sorted(later.by_code())


@pytest.mark.no_database
def test_measures_that_swap_their_codes_are_renumbered() -> None:
    one, other, *rest = HENAN.measures
    swapped = edition(replace(other, code=one.code), replace(one, code=other.code), *rest)

    pairs = named(compare(HENAN, swapped))

    assert Become((one.code,), (other.code,), "renumbered") in pairs
    assert Become((other.code,), (one.code,), "renumbered") in pairs


@pytest.mark.no_database
def test_a_new_measure_under_the_code_of_a_retired_one_is_never_certain() -> None:
    first, stranger = HENAN.measures[0], HENAN.measures[60]
    pairs = compare(HENAN, edition(lookalike(first, stranger, Random(1)), *HENAN.measures[1:]))

    assert [pair for pair in pairs if pair.certain and first.code in (*pair.old, *pair.new)] == []


@pytest.mark.no_database
def test_one_other_word_in_every_language_is_asked_about_and_in_one_language_is_not() -> None:
    first = HENAN.measures[0]
    other = {
        language: replace(said, detail=said.detail.replace("first in", "last in").replace("首列", "末列"))
        for language, said in first.wordings.items()
    }
    everywhere = edition(replace(first, wordings=other), *HENAN.measures[1:])
    in_english = edition(replace(first, wordings={**first.wordings, "en": other["en"]}), *HENAN.measures[1:])

    assert compare(HENAN, everywhere)[0].kind == compare(HENAN, in_english)[0].kind == "reworded"
    assert [compare(HENAN, later)[0].certain for later in (everywhere, in_english)] == [False, True]


@pytest.mark.no_database
def test_catalogues_in_one_language_without_key_terms_are_compared() -> None:
    def bare(measure: Compared) -> Compared:
        said = measure.wordings["en"]
        return replace(
            measure, wordings={"en": MeasureWording(said.title, said.detail)}, source="", cadence=""
        )

    old = edition(*(bare(measure) for measure in HENAN.measures))
    changed = replace(
        old.measures[4], wordings={"en": replace(old.measures[4].wordings["en"], title="Another title")}
    )
    later = edition(*old.measures[:4], changed, *old.measures[6:])

    pairs = named(compare(old, later))

    assert Become((changed.code,), (changed.code,), "reworded") in pairs
    assert Become((old.measures[5].code,), (), "retired") in pairs


@pytest.mark.no_database
def test_a_translation_that_one_edition_lacks_changes_no_measure() -> None:
    in_english = edition(*(replace(one, wordings={"en": one.wordings["en"]}) for one in HENAN.measures))

    assert {pair.kind for pair in compare(in_english, HENAN)} == {PairKind.UNCHANGED}


@pytest.mark.no_database
def test_the_administrators_correction_gets_its_kind_from_text_and_codes() -> None:
    one, other = HENAN.measures[:2]
    far = HENAN.measures[-1]

    def corrected(old: list[str], new: list[str]) -> PairKind:
        return corrected_pair(old, new, old=HENAN, new=HENAN).kind

    assert corrected([one.code], [one.code]) == PairKind.UNCHANGED
    assert corrected([one.code], [other.code]) == PairKind.REWORDED
    assert corrected([one.code], [far.code]) == PairKind.MOVED_REWORDED
    assert corrected([one.code], [one.code, other.code]) == PairKind.SPLIT
    assert corrected([one.code, other.code], [one.code]) == PairKind.MERGED
    assert corrected([], [one.code]) == PairKind.NEW
    assert corrected([one.code], []) == PairKind.RETIRED
    with pytest.raises(ValueError, match="one of its sides"):
        corrected([one.code, other.code], [one.code, other.code])


@pytest.mark.no_database
@pytest.mark.parametrize(
    ("old", "new", "removed", "added"),
    [
        ("列为年度教育首要任务", "列为年度教育第一任务", "首要", "第一"),
        ("the first task of the year", "the top task of the year", "first", "top"),
        ("", "新的", "", "新的"),
    ],
)
def test_both_texts_are_shown_with_what_differs_marked(old: str, new: str, removed: str, added: str) -> None:
    segments = text_differences(old, new)

    assert "".join(one.text for one in segments if one.change != TextChange.ADDED) == old
    assert "".join(one.text for one in segments if one.change != TextChange.REMOVED) == new
    assert "".join(one.text for one in segments if one.change == TextChange.REMOVED) == removed
    assert "".join(one.text for one in segments if one.change == TextChange.ADDED) == added


@pytest.mark.no_database
def test_120_measures_are_compared_in_two_seconds() -> None:
    later, _truth = next_edition(HENAN, Random(7))
    began = time.process_time()

    compare(HENAN, later)

    assert time.process_time() - began < 2


@pytest.mark.no_database
def test_the_command_prints_json_and_a_table() -> None:
    pairs = compare(HENAN, edition(*HENAN.measures[1:]))

    rows = json.loads(pairs_as_json(pairs))
    assert rows[-1]["old"] == ["1.1.1"]
    assert (rows[-1]["new"], rows[-1]["kind"], rows[-1]["certain"]) == ([], "retired", True)
    assert set(rows[0]) == {"old", "new", "kind", "score", "certain", "others"}
    assert pairs_as_table(pairs).endswith("120 pairs, 0 of them to be looked at.")


@pytest.mark.no_database
@pytest.mark.parametrize(
    "rows", [[], {}, [{"model": "measures.catalogue", "fields": {"slug": "x"}}], [3], None]
)
def test_what_is_no_edition_is_refused_in_a_sentence(rows: object) -> None:
    with pytest.raises(UnreadableEdition, match=r"^x "):
        edition_from_rows(rows, name="x")


@pytest.mark.any_engine
@pytest.mark.django_db
def test_an_edition_in_the_database_is_the_one_in_its_file(henan_loaded: Catalogue) -> None:
    assert {pair.kind for pair in compare(HENAN, edition_of_catalogue(henan_loaded))} == {PairKind.UNCHANGED}


@pytest.fixture
def henan_loaded() -> Catalogue:
    call_command("loaddata", "editions/henan-cadres", verbosity=0)
    return Catalogue.objects.get()
