"""The texts of the catalogue: in every language, in the right characters, true to the glossary."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings

from tests.catalogue_read import FIXTURE_ROWS, LANGUAGES, MEASURES, rows_of, texts

GLOSSARY = Path(settings.BASE_DIR) / "docs" / "glossary.md"
TERM_COLUMNS = ("key_terms", "key_terms_zh_hant", "key_terms_en")
# Written otherwise in the other script, whatever the word.
SIMPLIFIED_ONLY = set(
    "务动记对为与业东两个们优会传体关兴决况办单历县参发变员响团国图报担数无时显机权条来标样检测满点热环现监确"
    "种积称级纪组织经结统继续维综绩网联节药处见观规视计认让训议讲许论设访证评识诉词试话该详语说请读调谈责败货质"
    "资转轮辞边达过运还进远违连选适长门问间队际险难项须领频题风驻验习书党场实审层岗带开异"
)
TRADITIONAL_ONLY = set("務動記對為與業東兩個們優會傳體關興決況辦單歷發變員圖報擔數無時機權條來標樣檢測滿裡後")
# What converters make of 好干部, 斗争 and the like, and spellings that docs/glossary.md decides against.
MISSPELT = [
    *("乾部", "干部", "斗爭", "錶現", "干事", "范圍", "批準", "制造", "複蓋", "皇後", "里面"),
    *("臺", "爲", "羣", "衆", "裏", "覈", "瞭解", "啓", "蹟", "匯總", "匯報", "編制計劃"),
]


def all_texts(language: str) -> list[str]:
    return [text for row in FIXTURE_ROWS for text in texts(row["fields"], language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_has_every_text_in_every_language(language: str) -> None:
    wanted = {
        "catalogue": ("title", "issuer"),
        "pillar": ("title", "summary"),
        "section": ("title", "summary"),
        "measure": ("title", "detail"),
    }
    missing = [
        (model, row.get("code"), field)
        for model, fields in wanted.items()
        for row in rows_of(FIXTURE_ROWS, model)
        for field in fields
        if not row.get(f"{field}_{language}", "").strip()
    ]

    assert missing == []


def test_english_texts_hold_no_chinese_and_chinese_texts_are_chinese() -> None:
    assert [text for text in all_texts("en") if re.search(r"[\u3000-\u9fff\uff00-\uffef“”]", text)] == []
    for language in ("zh_hans", "zh_hant"):
        assert [text for text in all_texts(language) if not re.search(r"[\u4e00-\u9fff]", text)] == []
        assert [text for text in all_texts(language) if re.search(r"[A-Za-z,;:?!()\"']", text)] == []


def test_traditional_texts_hold_no_simplified_characters() -> None:
    assert [text for text in all_texts("zh_hant") if set(text) & SIMPLIFIED_ONLY] == []
    assert [text for text in all_texts("zh_hant") if set(text) & set("“”")] == []


def test_simplified_texts_hold_no_traditional_characters() -> None:
    assert [text for text in all_texts("zh_hans") if set(text) & TRADITIONAL_ONLY] == []
    assert [text for text in all_texts("zh_hans") if set(text) & set("「」")] == []


@pytest.mark.parametrize("wrong", MISSPELT)
def test_traditional_texts_are_free_of_a_converters_mistakes(wrong: str) -> None:
    assert [text for text in all_texts("zh_hant") if wrong in text.replace("若干事", "")] == []


def test_simplified_and_traditional_texts_match_character_by_character() -> None:
    for row in FIXTURE_ROWS:
        simplified, traditional = texts(row["fields"], "zh_hans"), texts(row["fields"], "zh_hant")
        assert [len(text) for text in simplified] == [len(text) for text in traditional]

    # A detail is long enough that some character of it is always written in two ways.
    assert [m["code"] for m in MEASURES if m["detail_zh_hans"] == m["detail_zh_hant"]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_measures_have_the_same_title_or_detail(language: str) -> None:
    for field in ("title", "detail"):
        assert len({measure[f"{field}_{language}"] for measure in MEASURES}) == len(MEASURES)


@pytest.mark.parametrize("language", ["zh_hans", "zh_hant"])
def test_titles_are_short_enough_for_a_list(language: str) -> None:
    assert [m["code"] for m in MEASURES if len(m[f"title_{language}"]) > 30] == []
    assert [m["code"] for m in MEASURES if m[f"title_{language}"].endswith("。")] == []


def test_english_titles_fit_their_column_and_end_without_a_full_stop() -> None:
    assert [m["code"] for m in MEASURES if len(m["title_en"]) > 100] == []
    assert [m["code"] for m in MEASURES if m["title_en"].endswith(".")] == []


@pytest.mark.parametrize("language", ["zh_hans", "zh_hant"])
def test_a_detail_is_one_to_three_sentences(language: str) -> None:
    for measure in MEASURES:
        detail = measure[f"detail_{language}"]

        assert 1 <= detail.count("。") <= 3, measure["code"]
        assert detail.endswith("。"), measure["code"]


def test_key_terms_match_one_to_one_in_three_languages() -> None:
    for measure in MEASURES:
        columns = [measure[column] for column in TERM_COLUMNS]

        assert all(term.strip() for column in columns for term in column), measure["code"]
        assert 1 <= len(columns[0]) == len(columns[1]) == len(columns[2]), measure["code"]


def test_a_key_term_is_translated_the_same_way_everywhere() -> None:
    translations: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for measure in MEASURES:
        for simplified, traditional, english in zip(*(measure[c] for c in TERM_COLUMNS), strict=True):
            translations[simplified].add((traditional, english))

    assert {term: ways for term, ways in translations.items() if len(ways) > 1} == {}


# The glossary


def glossary_rows(part: str) -> list[list[str]]:
    """The cells of each row under a second-level heading, without the tables' own headings."""
    text = GLOSSARY.read_text("utf-8").split(f"## {part}\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if "|" in line
    ]
    return [row for row in rows if row[0] != "English" and not row[0].startswith("---")]


def test_the_glossarys_words_of_the_catalogue_are_in_alphabetical_order() -> None:
    words = [row[0].strip('"').lower() for row in glossary_rows("The catalogue's words")]

    assert words == sorted(words)


@pytest.mark.parametrize("row", glossary_rows("The catalogue's words"), ids=lambda row: row[0])
def test_the_catalogue_keeps_to_the_glossary(row: list[str]) -> None:
    english, simplified, traditional = row
    using = [m for m in MEASURES if any(simplified in text for text in texts(m, "zh_hans"))]

    assert using, f"No measure uses {simplified}."
    for measure in using:
        assert any(traditional in text for text in texts(measure, "zh_hant")), measure["code"]
        if simplified in measure["key_terms"]:
            place = measure["key_terms"].index(simplified)
            assert measure["key_terms_en"][place].strip('"') == english.strip('"'), measure["code"]
