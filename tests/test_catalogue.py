"""The catalogue that Taizhang comes with: whole, in three languages, and safe to load again."""

from collections import defaultdict

from measures.choices import Cadence
from measures.editions.shipped import NEWEST
from tests.catalogue_read import FIXTURE_ROWS, MEASURES, PILLARS, SECTIONS, rows_of

# The sentences of the article that ask for something, by pillar and section: with a 0 for what opens the
# article or a pillar.
SENTENCES = {
    "0.0": (3,),
    "1.0": (2,),
    "1.1": (3, 4, 5),
    "1.2": (3, 4),
    "1.3": (3,),
    "2.0": (2,),
    "2.1": (3, 4),
    "2.2": (2, 3, 4, 5),
    "2.3": (4, 5, 6),
    "3.0": (3,),
    "3.1": (3, 4, 5, 6),
    "3.2": (2, 3, 4, 5),
    "3.3": (2, 3, 4),
    "4.1": (2, 3, 4, 5),
    "4.2": (2, 3, 4),
    "4.3": (2, 3, 4),
}
ASKING = [f"{section}.{sentence}" for section, sentences in SENTENCES.items() for sentence in sentences]
# Which section takes in what an opening asks for.
OPENINGS = {"0.0.3": "1.1", "1.0.2": "1.1", "2.0.2": "1.3", "3.0.3": "3.2"}


def numbers(code: str) -> tuple[int, ...]:
    return tuple(int(part) for part in code.split("."))


# What it covers


def test_the_catalogue_is_the_article_of_henan() -> None:
    (catalogue,) = rows_of(FIXTURE_ROWS, "catalogue")

    assert catalogue["slug"] == NEWEST
    assert catalogue["issuer_zh_hans"] == "中共河南省委常委、组织部长（署名文章）"


def test_there_are_four_pillars_and_twelve_sections_and_at_least_ninety_measures() -> None:
    assert [pillar["title_zh_hans"] for pillar in PILLARS] == ["思想引领", "精准赋能", "导向激励", "环境优化"]
    assert [pillar["code"] for pillar in PILLARS] == ["1", "2", "3", "4"]
    assert [section["code"] for section in SECTIONS] == [f"{p}.{s}" for p in (1, 2, 3, 4) for s in (1, 2, 3)]
    assert len(MEASURES) >= 90


def test_every_measure_comes_from_a_sentence_that_asks_for_something() -> None:
    assert len(ASKING) == len(set(ASKING)) == 40
    assert {measure["source"] for measure in MEASURES} <= set(ASKING)


def test_every_sentence_that_asks_for_something_has_a_measure() -> None:
    assert set(ASKING) - {measure["source"] for measure in MEASURES} == set()


def test_a_measure_stands_in_the_section_of_its_sentence() -> None:
    astray = [
        measure["code"]
        for measure in MEASURES
        if measure["source"] not in OPENINGS and not measure["source"].startswith(measure["section"][1] + ".")
    ]

    assert astray == []
    taken_in = {(m["source"], m["section"][1]) for m in MEASURES if m["source"] in OPENINGS}
    assert taken_in == set(OPENINGS.items())


# Its order


def test_codes_count_up_without_gaps_in_every_section() -> None:
    by_section = defaultdict(list)
    for measure in MEASURES:
        by_section[measure["section"][1]].append(measure["code"])

    assert list(by_section) == [section["code"] for section in SECTIONS]
    for section, codes in by_section.items():
        assert codes == [f"{section}.{n}" for n in range(1, len(codes) + 1)]


def test_a_position_is_a_place_in_the_catalogue() -> None:
    assert [measure["position"] for measure in MEASURES] == list(range(1, len(MEASURES) + 1))


def test_a_section_follows_the_order_of_the_article() -> None:
    for section in SECTIONS:
        sources = [m["source"] for m in MEASURES if m["section"][1] == section["code"]]

        # 3.0.3 sorts before 3.2.2, and so comes first in the section that took it in; so do the others.
        assert sources == sorted(sources, key=numbers)


def test_what_is_named_comes_before_what_names_it() -> None:
    models = [row["model"].removeprefix("measures.") for row in FIXTURE_ROWS]

    assert models == sorted(models, key=["catalogue", "pillar", "section", "measure"].index)
    assert all("pk" not in row for row in FIXTURE_ROWS)


def test_every_cadence_is_known_and_used() -> None:
    assert {measure["cadence"] for measure in MEASURES} == set(Cadence.values)
