"""Help: the same in three languages, true to the words on the pages, and linked from each of them."""

import re
from pathlib import Path

import polib
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import NoReverseMatch, reverse

from measures.help.parts import HELP_PARTS, LANGUAGES, PART_OF
from tests.browser.pages import BY_NAME
from tests.browser.pictures import OF_HELP, OF_README
from tests.make import SignIn
from tests.test_access import TABLE
from tests.test_structure import ROOT

TEXTS = ROOT / "templates" / "help"
STATIC = ROOT / "measures" / "static" / "measures" / "help"
PICTURE = re.compile(r'{% help_picture "([\w-]+)" "([^"]+)" %}')
SHAPE = re.compile(r"</?(?:h3|p|ol|ul|li)>|{% help_picture")
QUOTED = {"zh-hans": r"“([^”]+)”", "zh-hant": r"「([^」]+)」", "en": r"“([^”]+)”"}

# Rules on texts and files hang on no engine.
no_engine = pytest.mark.no_database


def text(language: str, slug: str) -> str:
    """The text of a part, on one line: English ones are wrapped, also within what they quote."""
    return re.sub(r"\s+", " ", (TEXTS / language / f"{slug}.html").read_text("utf-8"))


@no_engine
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_is_written_in_every_language(language: str) -> None:
    assert {path.stem for path in (TEXTS / language).iterdir()} == set(HELP_PARTS)


@no_engine
@pytest.mark.parametrize("slug", HELP_PARTS)
def test_a_part_has_the_same_headings_steps_and_pictures_in_every_language(slug: str) -> None:
    first, *others = (SHAPE.findall(text(language, slug)) for language in LANGUAGES)

    assert first.count("<h3>") >= 1
    assert others == [first, first]


def words_of(language: str) -> set[str]:
    """Everything that the pages say in this language."""
    folder = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant", "en": "zh_Hans"}[language]
    entries = polib.pofile(str(ROOT / "measures" / "locale" / folder / "LC_MESSAGES" / "django.po"))
    if language == "en":
        return {entry.msgid for entry in entries} | {entry.msgid_plural for entry in entries}
    return {entry.msgstr for entry in entries} | {said for e in entries for said in e.msgstr_plural.values()}


@no_engine
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_help_quotes_is_written_on_a_page(language: str) -> None:
    """A button that is renamed would leave its reader searching."""
    there = words_of(language)
    quoted = {
        (slug, label) for slug in HELP_PARTS for label in re.findall(QUOTED[language], text(language, slug))
    }

    assert len(quoted) > 100
    assert sorted((slug, label) for slug, label in quoted if label not in there) == []


@no_engine
def test_every_picture_is_of_a_page_that_exists_and_is_where_a_text_shows_it() -> None:
    shown = {name for slug in HELP_PARTS for name, _ in PICTURE.findall(text("en", slug))}
    in_readme = set(re.findall(r"docs/pictures/([\w-]+)\.png", (ROOT / "README.md").read_text("utf-8")))

    assert {picture.page for picture in (*OF_HELP.values(), *OF_README.values())} <= set(BY_NAME)
    assert shown == set(OF_HELP) == {path.stem for path in STATIC.iterdir()}
    assert in_readme == set(OF_README) == {path.stem for path in (ROOT / "docs" / "pictures").iterdir()}


@no_engine
def test_the_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in STATIC.iterdir()) < 1_500_000


@no_engine
def test_pages_that_help_belongs_to_exist() -> None:
    assert set(PART_OF) <= set(TABLE)


def linked_from(page: str) -> str:
    found = re.search(r'class="help-link" href="([^"]+)"', page)
    assert found
    return found[1]


@pytest.mark.any_engine
@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("/", "todo"),
        ("/checklists/henan/", "leader"),
        ("/checklists/henan/items/", "list"),
        ("/checklists/henan/items/1.1.1/", "progress"),
        ("/checklists/henan/chasers/", "chase"),
        ("/checklists/henan/periods/", "report"),
        ("/checklists/henan/people/", "people"),
        ("/account/reminders/", "reminders"),
    ],
)
def test_the_link_in_the_head_leads_to_the_part_of_the_page(
    administrator: User, sign_in: SignIn, address: str, part: str
) -> None:
    page = sign_in(administrator).get(address).content.decode()

    assert linked_from(page) == f"/help/{part}/"
    assert page.count(f'href="/help/{part}/"') == 2, "in the head, and in the menu for phones"


@pytest.mark.any_engine
def test_a_page_without_a_part_leads_to_the_contents(administrator: User, sign_in: SignIn) -> None:
    client = sign_in(administrator)

    assert linked_from(client.get("/no-such-page/").content.decode()) == "/help/"
    contents = client.get("/help/", headers={"Accept-Language": "zh-CN"}).content.decode()
    assert [slug for slug in HELP_PARTS if f'href="/help/{slug}/"' not in contents] == []


@pytest.mark.any_engine
def test_who_cannot_sign_in_reads_how_to_and_nothing_else(db: None) -> None:
    stranger = Client(headers={"Accept-Language": "zh-CN"})

    assert linked_from(stranger.get("/sign-in/").content.decode()) == "/help/sign-in/"
    page = stranger.get("/help/sign-in/").content.decode()
    assert "忘记密码" in page
    assert 'href="/help/office/"' not in page
    for address in ("/help/", "/help/handbook/", "/help/office/"):
        assert stranger.get(address).status_code == 302


@pytest.mark.any_engine
@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "en"])
def test_the_handbook_holds_every_part(administrator: User, sign_in: SignIn, language: str) -> None:
    handbook = sign_in(administrator).get("/help/handbook/", headers={"Accept-Language": language})

    page = handbook.content.decode()
    assert [slug for slug in HELP_PARTS if f'<article class="help-text" id="{slug}">' not in page] == []
    assert page.count('class="help-picture"') == len(OF_HELP)


@pytest.mark.any_engine
def test_a_part_that_does_not_exist_is_not_found(administrator: User, sign_in: SignIn) -> None:
    assert sign_in(administrator).get("/help/nothing/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("help-part", args=["../sign-in"])
    assert Path(TEXTS / "en" / "sign-in.html").exists()
