"""The catalogue that Taizhang comes with: whole, in three languages, and safe to load again."""

import json
import re
from collections import defaultdict
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.serializers.base import DeserializationError
from django.db import connection

from measures.choices import Cadence, Status, Via
from measures.models import Catalogue, Checklist, Measure, Pillar, Section
from tests.make import NOW

FIXTURE = Path(settings.BASE_DIR) / "fixtures" / "catalogue.json"
GLOSSARY = Path(settings.BASE_DIR) / "docs" / "glossary.md"
LANGUAGES = ("en", "zh_hans", "zh_hant")
TERM_COLUMNS = ("key_terms", "key_terms_zh_hant", "key_terms_en")
# The sentences of the article that ask for something, by pillar and section. 3.0.3 opens the third pillar.
SENTENCES = {
    "1.1": (3, 4, 5),
    "1.2": (3, 4),
    "1.3": (3,),
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
OPENING = "3.0.3"
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


def rows_of(fixture: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [row["fields"] for row in fixture if row["model"] == f"measures.{name}"]


FIXTURE_ROWS: list[dict[str, Any]] = json.loads(FIXTURE.read_text("utf-8"))
PILLARS = rows_of(FIXTURE_ROWS, "pillar")
SECTIONS = rows_of(FIXTURE_ROWS, "section")
MEASURES = rows_of(FIXTURE_ROWS, "measure")


def numbers(code: str) -> tuple[int, ...]:
    return tuple(int(part) for part in code.split("."))


def texts(row: dict[str, Any], language: str) -> list[str]:
    """Every text that a row has in a language: title, issuer, summary, detail and key terms."""
    found = [value for name, value in row.items() if name.endswith(f"_{language}") and isinstance(value, str)]
    terms = {"en": "key_terms_en", "zh_hans": "key_terms", "zh_hant": "key_terms_zh_hant"}[language]
    return [*found, *row.get(terms, [])]


def all_texts(language: str) -> list[str]:
    return [text for row in FIXTURE_ROWS for text in texts(row["fields"], language)]


# What it covers


def test_the_catalogue_is_the_article_of_henan() -> None:
    (catalogue,) = rows_of(FIXTURE_ROWS, "catalogue")

    assert catalogue["slug"] == "henan-cadres"
    assert catalogue["issuer_zh_hans"] == "中共河南省委组织部"


def test_there_are_four_pillars_and_twelve_sections_and_at_least_ninety_measures() -> None:
    assert [pillar["title_zh_hans"] for pillar in PILLARS] == ["思想引领", "精准赋能", "导向激励", "环境优化"]
    assert [pillar["code"] for pillar in PILLARS] == ["1", "2", "3", "4"]
    assert [section["code"] for section in SECTIONS] == [f"{p}.{s}" for p in (1, 2, 3, 4) for s in (1, 2, 3)]
    assert len(MEASURES) >= 90


def test_every_measure_comes_from_a_sentence_that_asks_for_something() -> None:
    assert len(ASKING) == len(set(ASKING)) == 37
    assert {measure["source"] for measure in MEASURES} <= set(ASKING)


def test_every_sentence_that_asks_for_something_has_a_measure() -> None:
    assert set(ASKING) - {measure["source"] for measure in MEASURES} == set()


def test_a_measure_stands_in_the_section_of_its_sentence() -> None:
    astray = [
        measure["code"]
        for measure in MEASURES
        if measure["source"] != OPENING and not measure["source"].startswith(measure["section"][1] + ".")
    ]

    assert astray == []
    assert {measure["section"][1] for measure in MEASURES if measure["source"] == OPENING} == {"3.2"}


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

        # 3.0.3 sorts before 3.2.2, and so comes first in the section that took it in.
        assert sources == sorted(sources, key=numbers)


def test_what_is_named_comes_before_what_names_it() -> None:
    models = [row["model"].removeprefix("measures.") for row in FIXTURE_ROWS]

    assert models == sorted(models, key=["catalogue", "pillar", "section", "measure"].index)
    assert all("pk" not in row for row in FIXTURE_ROWS)


# Its words


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


def test_every_cadence_is_known_and_used() -> None:
    assert {measure["cadence"] for measure in MEASURES} == set(Cadence.values)


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


# Loading it


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of all our tables, column by column, past the translation of field names."""
    found = {}
    for model in apps.get_app_config("measures").get_models():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY {model._meta.pk.column}")
            columns = [column[0] for column in cursor.description]
            found[model.__name__] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return found


def load(path: Path | str = "catalogue") -> None:
    call_command("loaddata", str(path), verbosity=0)


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    return path


@pytest.mark.django_db
def test_the_catalogue_loads_by_its_name() -> None:
    load()

    counts = [model.objects.count() for model in (Catalogue, Pillar, Section, Measure)]
    assert counts == [1, 4, 12, len(MEASURES)]


@pytest.mark.django_db
def test_what_is_loaded_says_what_the_fixture_says() -> None:
    load()

    for fields in MEASURES:
        measure = Measure.objects.get_by_natural_key("henan-cadres", fields["code"])
        assert measure.section.code == fields["section"][1]
        for name, value in fields.items():
            if name != "section":
                assert getattr(measure, name) == value


@pytest.mark.django_db
def test_loading_twice_changes_nothing() -> None:
    load()
    before = everything()

    load()

    assert everything() == before


@pytest.mark.django_db
def test_a_corrected_title_arrives_and_annotations_stay(
    tmp_path: Path, django_user_model: type[User]
) -> None:
    load()
    checklist = Checklist(slug="henan", name="河南", catalogue=Catalogue.objects.get()).open(at=NOW)
    user = django_user_model.objects.create_user("editor")
    item = checklist.items.get(measure__code="3.1.4")
    values = {"status": Status.IN_PROGRESS, "notes": "已印发通知"}
    item.change(values, version=1, by=user, at=NOW, via=Via.PAGE)
    before = everything()
    corrected = deepcopy(FIXTURE_ROWS)
    row = next(row["fields"] for row in corrected if row["fields"].get("code") == "3.1.4")
    row |= {"title_en": "A corrected title", "title_zh_hans": "改正后的标题", "title_zh_hant": "改正後的標題"}

    load(write(tmp_path / "corrected.json", corrected))

    after = everything()
    (arrived,) = [new for new, old in zip(after["Measure"], before["Measure"], strict=True) if new != old]
    assert arrived["code"] == "3.1.4"
    assert arrived["title_en"] == "A corrected title"
    assert arrived["title_zh_hans"] == "改正后的标题"
    assert arrived["title_zh_hant"] == "改正後的標題"
    assert [update["notes"] for update in after["Update"]] == ["已印发通知"]
    assert after["Item"] == before["Item"]
    assert after["Update"] == before["Update"]


@pytest.mark.django_db
def test_a_fixture_cut_in_the_middle_is_refused_whole(tmp_path: Path) -> None:
    text = FIXTURE.read_text("utf-8")
    cut = tmp_path / "cut.json"
    cut.write_text(text[: len(text) // 2], "utf-8")

    with pytest.raises(DeserializationError):
        load(cut)

    assert not Catalogue.objects.exists()


@pytest.mark.django_db
def test_a_fixture_with_one_bad_row_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = deepcopy(FIXTURE_ROWS)
    broken[-1]["fields"]["section"] = ["henan-cadres", "9.9"]

    with pytest.raises(DeserializationError):
        load(write(tmp_path / "broken.json", broken))

    assert not Catalogue.objects.exists()
