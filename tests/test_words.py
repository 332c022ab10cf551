"""The words that people read: none that is retired, no space between Chinese and digits, mainland words."""

import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation

from measures import third_party_words
from tests.catalogue_read import FIXTURE_ROWS, texts

ROOT = Path(settings.BASE_DIR)
PO_FILES = sorted((ROOT / "measures" / "locale").rglob("*.po"))
# What docs/glossary.md lists as no longer used, in both scripts.
RETIRED = re.compile(
    "支柱|板块|板塊|完成期限|不再推[进進]|未[开開]始|[进進]行中|[开開]立|在推[进進]事[项項]"
    "|[账賬帳][户戶]|[审審][计計]日[志誌]|首先[显顯]示|灰[灯燈]|匯總"
    "|(?:入|为|為|或|和|[从從])常[态態]化"
)
# Ordinary words as well, so that only the site's own strings are free of them.
RETIRED_STRINGS = re.compile(RETIRED.pattern + "|[频頻]次|[进進]展[报報]告|^常[态態]化$")
RETIRED_ENGLISH = re.compile("Two Establishments|yes-man|kinds to favour|never to use")
# Words of Taiwan and Hong Kong for which the glossary has the mainland's.
NOT_MAINLAND = re.compile(
    "登入|登出|[資数數]料庫|聯絡|帳|啓|發佈|產生|記憶體|應用程式|功能變數|超連結|連結|重新載入|儲存|檔案|字型|訂明|視窗|滑鼠"
)
MENU = re.compile("「[^」]*」")
CHINESE = "\u4e00-\u9fff，。、：；（）“”「」【】！？"
SPACED = re.compile(
    rf"[{CHINESE}] (?=[0-9A-Za-z.]|%\()|(?:[0-9A-Za-z]|%\(\w+\)[sd]|%[sd]|\{{\w+\}}) (?=[{CHINESE}])"
)


def strings(path: Path) -> Iterator[str]:
    for entry in polib.pofile(str(path)):
        yield from [entry.msgstr, *entry.msgstr_plural.values()]


def documents() -> list[Path]:
    """What people read, except messages: the docs, the templates, the catalogue and the demo's texts."""
    folders = [("docs", "*.md"), ("templates", "*"), ("measures/demo", "*.py"), ("fixtures", "*.json")]
    found = [path for folder, kind in folders for path in (ROOT / folder).rglob(kind) if path.is_file()]
    return sorted([*found, ROOT / "README.md"])


def text_of(path: Path) -> str:
    """Its text; of the glossary, without the lists of what not to write."""
    text = path.read_text("utf-8")
    return text.split("## Characters")[0] if path.name == "glossary.md" else text


@pytest.mark.parametrize("path", PO_FILES, ids=lambda path: path.parts[-3])
def test_no_string_has_a_word_that_is_no_longer_used(path: Path) -> None:
    assert [text for text in strings(path) if RETIRED_STRINGS.search(text)] == []


def test_no_document_has_a_word_that_is_no_longer_used() -> None:
    wrong = {str(path.relative_to(ROOT)): retired(text_of(path)) for path in documents()}

    assert {path: words for path, words in wrong.items() if words} == {}


def retired(text: str) -> list[str]:
    # What spreadsheets.md says of earlier exports names two of them.
    text = re.sub(r"the words of earlier exports, such as \S+ and \S+", "", text)
    return RETIRED.findall(text) + RETIRED_ENGLISH.findall(text)


@pytest.mark.parametrize(
    "wrong", ["各支柱进展", "已完成或常態化", "不再推进", "“Two Establishments”", "開立清單"]
)
def test_a_word_that_is_no_longer_used_is_found(wrong: str) -> None:
    assert retired(wrong)


@pytest.mark.parametrize("path", PO_FILES, ids=lambda path: path.parts[-3])
def test_no_space_stands_between_chinese_and_digits_or_letters(path: Path) -> None:
    assert [text for text in strings(path) if SPACED.search(text)] == []


@pytest.mark.parametrize(
    "wrong", ["第 3 行", "超过%(limit)s 行", "请用 Word", "XLSX 文件", "%(count)d 项", "{n} 字"]
)
def test_a_space_is_found_where_one_stands(wrong: str) -> None:
    assert SPACED.search(wrong)


def test_traditional_strings_use_the_mainlands_words() -> None:
    """Word's own menus are quoted as Word has them."""
    (path,) = [path for path in PO_FILES if "zh_Hant" in path.parts]
    wrong = [text for text in strings(path) if NOT_MAINLAND.search(MENU.sub("", text))]

    assert wrong == []


def test_traditional_texts_have_only_characters_that_big5_has() -> None:
    """It holds no simplified character that traditional writing lacks."""
    (path,) = [path for path in PO_FILES if "zh_Hant" in path.parts]
    written = "".join(
        [*strings(path), *(text for row in FIXTURE_ROWS for text in texts(row["fields"], "zh_hant"))]
    )

    assert sorted(set(written.encode("big5", "ignore").decode("big5")) ^ set(written)) == []


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_djangos_own_messages_are_said_in_our_words(language: str) -> None:
    """They speak to 您 or to nobody, name no 字段, and have no space before a number."""
    with translation.override(language):
        said = [translation.gettext(word) for word in third_party_words.DJANGO]
        said += [str(counted % 2) for counted in third_party_words.DJANGO_COUNTED]

    assert not [text for text in said if re.search("你|字段|欄位|确保|確保", text) or SPACED.search(text)]
    assert not [text for text in said if re.search("[a-z]{4}", re.sub(r"%\(\w+\)", "", text))]


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_the_admin_speaks_our_words(language: str) -> None:
    with translation.override(language):
        said = [translation.gettext(word) for word in third_party_words.ADMIN]
        said += [str(counted % 2) for counted in third_party_words.ADMIN_COUNTED]
        assert translation.gettext("View") in ("查看", "檢視")

    assert not [
        text for text in said if re.search("你|动作|動作|[选選][择擇] |^ ?以", text) or SPACED.search(text)
    ]


def test_sentences_write_dates_as_their_language_does() -> None:
    """Cells and stamps of time have 2026-09-30; a sentence that has it too would show two forms on a page."""
    sentences = {
        str(path.relative_to(ROOT)): re.findall(
            r"{% blocktranslate [^%]*date:['\"]Y-m-d", path.read_text("utf-8")
        )
        for path in sorted((ROOT / "templates").rglob("*.html"))
    }

    assert {path: found for path, found in sentences.items() if found} == {}
