"""简体, 繁體 and English: complete, compiled, chosen by the browser and overridden by the reader."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from measures import third_party_words
from tests.make import SignIn
from tests.test_structure import nodes

pytestmark = pytest.mark.slow

LOCALE = Path(settings.BASE_DIR) / "measures" / "locale"
CHINESE = ["zh_Hans", "zh_Hant"]
# What marks words, and which argument holds them.
MARKING = dict.fromkeys(("_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"), 0)
MARKING |= dict.fromkeys(("pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"), 1)
# One of a pair whose traditional form differs, so its presence in traditional text is a slip.
SIMPLIFIED_ONLY = set("务动记对项责单进报这时为们个级统开关实办条评队干部设计划账页础网") - set("干部")


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po"))


@pytest.mark.parametrize("language", CHINESE)
def test_every_string_is_translated_and_none_is_a_guess(language: str) -> None:
    words = catalogue(language)

    assert not [entry.msgid for entry in words.untranslated_entries()]
    assert not [entry.msgid for entry in words.fuzzy_entries()]
    assert len(words) > 200


@pytest.mark.any_engine
def test_words_are_marked_by_names_that_the_collection_knows() -> None:
    """It finds `_` and Django's own names; what another name marks would stay English."""
    wrong = [
        f"{path}:{node.lineno}: {alias.name} as {alias.asname}"
        for path, node in nodes("measures", "config")
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if "gettext" in alias.name and alias.asname not in (None, "_")
    ]

    assert not wrong, "\n".join(wrong)


@pytest.mark.any_engine
def test_every_marked_word_is_collected() -> None:
    """Where quotes are nested in an f-string, the collection passes over what is marked within."""
    collected = {entry.msgid for entry in catalogue("zh_Hans")}
    passed_over = [
        f"{path}:{node.lineno}: {text.value!r}"
        for path, node in nodes("measures", "config")
        if isinstance(node, ast.Call) and (place := MARKING.get(getattr(node.func, "id", ""))) is not None
        for text in node.args[place : place + 1]
        if isinstance(text, ast.Constant) and str(text.value) not in collected
    ]

    assert not passed_over, "\n".join(passed_over)


@pytest.mark.parametrize("language", CHINESE)
def test_the_catalogue_holds_just_the_words_of_the_source(language: str, tmp_path: Path) -> None:
    """The .po files contain exactly what `make translations` would collect."""
    if not shutil.which("xgettext"):
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("gettext is not installed (apt-get install gettext): the source's words cannot be collected")
    copy = tmp_path / "copy"
    shutil.copytree(
        settings.BASE_DIR,
        copy,
        ignore=shutil.ignore_patterns(".git", ".venv", "var", "*.mo", "node_modules", ".*_cache"),
    )
    command = [sys.executable, "manage.py", "makemessages", "-l", language, "--no-obsolete"]
    subprocess.run(
        [*command, "--add-location", "file", "-i", "tests/*"], cwd=copy, check=True, capture_output=True
    )
    collected = polib.pofile(str(copy / "measures/locale" / language / "LC_MESSAGES/django.po"))

    wrong = differences(catalogue(language), collected)
    assert not wrong, "Run `make translations`.\n" + "\n".join(wrong)


def differences(kept: polib.POFile, collected: polib.POFile) -> list[str]:
    """A line for each text that only one of the two has, with the files that use it."""

    def keyed(words: polib.POFile) -> dict[tuple[str, str], polib.POEntry]:
        return {(entry.msgctxt or "", entry.msgid): entry for entry in words}

    def lines(word: str, some: polib.POFile, others: polib.POFile) -> list[str]:
        there = keyed(others)
        return [
            f"{word}: {' | '.join(filter(None, key))!r} in {', '.join(file for file, _ in entry.occurrences)}"
            for key, entry in sorted(keyed(some).items())
            if key not in there
        ]

    return lines("missing", collected, kept) + lines("no longer used", kept, collected)


def test_the_message_names_only_the_words_that_differ() -> None:
    def words(*texts: str) -> polib.POFile:
        file = polib.POFile()
        file += [polib.POEntry(msgid=text, occurrences=[(f"measures/{text}.py", "")]) for text in texts]
        return file

    assert differences(words("old", "both"), words("both", "new")) == [
        "missing: 'new' in measures/new.py",
        "no longer used: 'old' in measures/old.py",
    ]


@pytest.mark.parametrize("language", CHINESE)
def test_the_compiled_words_are_those_of_the_source(language: str) -> None:
    compiled = polib.mofile(str(LOCALE / language / "LC_MESSAGES" / "django.mo"))

    def pairs(words: polib.POFile | polib.MOFile) -> dict[tuple[str | None, str], object]:
        return {(entry.msgctxt, entry.msgid): entry.msgstr or dict(entry.msgstr_plural) for entry in words}

    in_source, in_compiled = pairs(catalogue(language)), pairs(compiled)
    assert sorted(in_source.keys() ^ in_compiled.keys(), key=str) == []
    assert [key for key, text in in_source.items() if in_compiled[key] != text] == []


def test_placeholders_survive_translation() -> None:
    for language in CHINESE:
        for entry in catalogue(language):
            texts = [entry.msgstr] if entry.msgstr else list(entry.msgstr_plural.values())
            for text in texts:
                assert set(re.findall(r"%\(\w+\)s", text)) == set(re.findall(r"%\(\w+\)s", entry.msgid)), (
                    entry.msgid
                )


def test_traditional_words_have_no_simplified_characters() -> None:
    for entry in catalogue("zh_Hant"):
        text = entry.msgstr or "".join(entry.msgstr_plural.values())
        assert not SIMPLIFIED_ONLY & set(text), text


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_the_words_of_packages_are_translated_too(language: str) -> None:
    with translation.override(language):
        for word in [*third_party_words.WORDS, *third_party_words.ADMIN]:
            assert translation.gettext(word) != word, word


@pytest.mark.parametrize(
    ("asked", "lang", "word"),
    [
        ("zh-CN,zh;q=0.9", "zh-hans", "登录"),
        ("zh-TW", "zh-hant", "登錄"),
        ("zh-HK", "zh-hant", "登錄"),
        ("en-GB,en;q=0.8", "en", "Sign in"),
        ("de", "zh-hans", "登录"),
    ],
)
def test_the_browsers_language_decides(db: None, asked: str, lang: str, word: str) -> None:
    page = Client().get("/sign-in/", headers={"Accept-Language": asked}).content.decode()

    assert f'<html lang="{lang}"' in page
    assert f"<h1>{word}</h1>" in page


def test_the_switch_overrides_the_browser(db: None) -> None:
    client = Client(headers={"Accept-Language": "zh-CN"})

    client.post("/language/", {"language": "en", "next": "/sign-in/"})

    assert "<h1>Sign in</h1>" in client.get("/sign-in/").content.decode()


def test_dates_follow_the_language(administrator: User, sign_in: SignIn) -> None:
    client = sign_in(administrator)
    for language, words in (("zh-CN", "年"), ("zh-TW", "年"), ("en", "As of ")):
        page = client.get("/checklists/henan/report/", headers={"Accept-Language": language}).content.decode()
        head = page[page.index('class="report-title"') : page.index("</header>", page.index("report-title"))]
        assert words in head
