"""A reader whose language a catalogue lacks sees that, on its items too."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.choices import Role
from measures.models import Checklist, Membership
from tests.make import NOW
from tests.test_catalogues import flat, loaded

pytestmark = [pytest.mark.any_engine, pytest.mark.django_db]

MARK = "This catalogue has no text in your language."


@pytest.fixture
def reader(administrator: User) -> Client:
    checklist = Checklist(slug="works", name="厂区", catalogue=loaded(flat(), "other"), period="2026")
    checklist.open(at=NOW)
    Membership.objects.create(user=administrator, checklist=checklist, role=Role.ADMINISTRATOR)
    client = Client()
    client.force_login(administrator)
    return client


def read(reader: Client, path: str, language: str) -> str:
    page = reader.get(f"/checklists/works/items/{path}", headers={"Accept-Language": language})
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.parametrize("path", ["?columns=code,title,pillar", "A-1/"])
def test_an_english_reader_sees_a_mark_and_browsers_read_the_texts_as_chinese(
    reader: Client, path: str
) -> None:
    page = read(reader, path, "en")

    assert page.count(MARK) == 1
    main = page[page.index("<main") :]
    # The tag that the title of the measure is in.
    before = main[: main.index("做到A1")]
    assert 'lang="zh-hans"' in before[before.rindex("<") :]


@pytest.mark.parametrize("path", ["?columns=code,title,pillar", "A-1/"])
def test_a_reader_of_the_catalogues_own_language_sees_no_mark(reader: Client, path: str) -> None:
    page = read(reader, path, "zh-hans")

    main = page[page.index("<main") :]
    assert 'lang="zh-hans"' not in main


def test_a_checklist_in_all_languages_has_no_mark(checklist: Checklist, administrator: User) -> None:
    client = Client()
    client.force_login(administrator)

    for path in ("", "1.1.1/"):
        page = client.get(f"/checklists/henan/items/{path}", headers={"Accept-Language": "en"})
        assert MARK not in page.content.decode()
