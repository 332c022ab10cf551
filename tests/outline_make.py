"""Drafts of catalogues, and what a browser sends from their outline."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.catalogues.begin import copy_edition
from measures.catalogues.editing import conclude, locked_draft, move_row
from measures.catalogues.from_sheet import read_sheets
from measures.catalogues.gather import outline_of
from measures.catalogues.store import store
from measures.models import Catalogue, Measure, Pillar, Section
from tests.make import NOW
from tests.test_catalogues import ROWS, sheet_of

ADDRESS = "/catalogues/safety/outline/"


def make_draft(content: bytes = b"", slug: str = "safety") -> Catalogue:
    outline, faults = read_sheets(content or sheet_of(list(map(list, ROWS))))
    assert not faults
    outline.slug, outline.title, outline.day = slug, {outline.languages[0]: "安全生产"}, NOW.date()
    return store(outline, at=NOW, draft=True)


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("operator", password="x"))
    return client


def shape(slug: str = "safety") -> list[str]:
    """Codes and titles in their order, as the catalogue page and files have them."""
    outline = outline_of(Catalogue.objects.get(slug=slug))
    lines = [f"{'  ' * (len(part.path) - 1)}{part.code} {part.title['zh-hans']}" for part in outline.parts]
    return lines + [f"{line.path[-1]}: {line.code} {line.title['zh-hans']}" for line in outline.measures]


def measure_of(code: str) -> Measure:
    return Measure.objects.get(code=code, section__pillar__catalogue__slug="safety")


def key(code: str) -> str:
    return f"m{measure_of(code).pk}"


def part(code: str) -> str:
    section = Section.objects.filter(code=code).exclude(title_zh_hans=None).first()
    return f"s{section.pk}" if section else f"p{Pillar.objects.get(code=code).pk}"


def opened(operator: Client, row: str, way: str = "at") -> dict[str, str]:
    """The fields of an open row, as a browser would send them."""
    page = operator.get(f"{ADDRESS}?{way}={row}").content.decode()
    form = page[page.index('class="opened') :].split("</form>")[0]
    fields = dict(re.findall(r'<input type="(?:text|hidden)" name="([^"]+)" value="([^"]*)"', form))
    fields |= dict.fromkeys(re.findall(r'<input type="text" name="([^"]+)" maxlength', form), "")
    fields |= {
        name: text.strip() for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)', form)
    }
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        fields[name] = re.findall(r'value="([^"]+)" selected', options)[0]
    return fields


def act(operator: Client, name: str, fields: dict[str, str], status: int = 302) -> str:
    """Do one act to the row that `fields` name; return where it leads, or the page that answers."""
    answer = operator.post(ADDRESS, {"act": name, **fields})
    assert answer.status_code == status, answer.content.decode()
    return answer.headers.get("Location", "") or answer.content.decode()


def words_of(code: str) -> dict[str, object]:
    """The text columns of a measure."""
    return vars(measure_of(code))


def edit_a_draft(previous: Catalogue, by: User) -> None:
    """Begin the next edition, and move a part of it."""
    draft = copy_edition(previous, "next-edition", {}, at=NOW, by=by)
    with locked_draft(draft.slug) as held:
        conclude(held, move_row(held, held.top[0], 1), by=by, at=NOW)
