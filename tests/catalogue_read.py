"""The catalogue's fixture, by its kinds of rows."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings

FIXTURE = Path(settings.BASE_DIR) / "fixtures" / "catalogue.json"
LANGUAGES = ("en", "zh_hans", "zh_hant")


def rows_of(fixture: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [row["fields"] for row in fixture if row["model"] == f"measures.{name}"]


FIXTURE_ROWS: list[dict[str, Any]] = json.loads(FIXTURE.read_text("utf-8"))
PILLARS = rows_of(FIXTURE_ROWS, "pillar")
SECTIONS = rows_of(FIXTURE_ROWS, "section")
MEASURES = rows_of(FIXTURE_ROWS, "measure")


def texts(row: dict[str, Any], language: str) -> list[str]:
    """Every text that a row has in a language: title, issuer, summary, detail and key terms."""
    found = [value for name, value in row.items() if name.endswith(f"_{language}") and isinstance(value, str)]
    terms = {"en": "key_terms_en", "zh_hans": "key_terms", "zh_hant": "key_terms_zh_hant"}[language]
    return [*found, *row.get(terms, [])]
