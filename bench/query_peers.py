"""Beside search and roll-up: LIKE over every text, and one bare GROUP BY."""

from typing import Any

from django.db import connections
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from bench.settings import Router

TERMS = {
    name: Cast(f"measure__{name}", TextField()) for name in ("key_terms", "key_terms_zh_hant", "key_terms_en")
}
TEXTS = [
    f"measure__{name}_{suffix}" for name in ("title", "detail") for suffix in ("en", "zh_hans", "zh_hant")
]
ONE_COUNT = "SELECT checklist_id, pillar_id, count(*) FROM measures_item GROUP BY checklist_id, pillar_id"
SIX_COUNTS = """
    SELECT checklist_id, pillar_id, count(*), count(*) FILTER (WHERE status = 'dropped'),
    count(*) FILTER (WHERE status IN ('done', 'standing')),
    count(*) FILTER (WHERE due < %s AND status IN ('not_started', 'in_progress', 'blocked')),
    count(*) FILTER (WHERE (last_entry_at IS NULL OR last_entry_at < %s)
    AND status IN ('not_started', 'in_progress', 'blocked', 'standing')),
    count(*) FILTER (WHERE last_entry_at >= %s)
    FROM measures_item GROUP BY checklist_id, pillar_id"""


def by_like(items: Any, word: str) -> Any:
    """The items that contain the word, found by comparing every text of each."""
    anywhere = Q(notes__icontains=word) | Q(measure__code__startswith=word)
    for column in (*TERMS, *TEXTS):
        anywhere |= Q(**{f"{column}__icontains": word})
    return items.annotate(**TERMS).filter(anywhere)


def bare(statement: str, *values: Any) -> list[Any]:
    """All that this statement answers, past Django's models."""
    with connections[Router.using].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
