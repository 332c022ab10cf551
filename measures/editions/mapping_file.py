"""A mapping as a file: what became of each measure, decided once and sent along with the new edition.

Its pairs are those that `manage.py compare_editions --json` prints; only their codes are read, because the
kind of each follows from the texts in the database.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from measures.editions.mapping import MappedPair, MappingIncomplete, save_mapping
from measures.editions.pairs import corrected_pair
from measures.editions.read import edition_of_catalogue, json_of, text
from measures.models import Catalogue, EditionMapping

SIDES = ("old", "new")
MAPPING_LIMIT = 5 * 1024 * 1024  # bytes

type Codes = tuple[str, ...]


class UnreadableMapping(ValueError):
    """Says in a sentence why this file is no mapping."""


@dataclass(frozen=True)
class MappingFile:
    """The slugs of two editions, who decided, and each pair's old and new codes."""

    old: str
    new: str
    by: str
    pairs: tuple[tuple[Codes, Codes], ...]

    @classmethod
    def read(cls, path: Path) -> Self:
        said = json_of(path, MAPPING_LIMIT, refused=UnreadableMapping, encoding="utf-8-sig")
        if not isinstance(said, dict) or not isinstance(said.get("pairs"), list):
            raise UnreadableMapping(f"{path} is no mapping: an object with old, new, by and pairs.")
        old, new, by = (text(said, name).strip() for name in ("old", "new", "by"))
        if not (old and new and by) or len(by) > 300:
            raise UnreadableMapping(f"{path} must say old, new and by (who decided, up to 300 characters).")
        pairs = []
        for number, pair in enumerate(said["pairs"], 1):
            olds, news = (_codes(pair.get(side)) if isinstance(pair, dict) else None for side in SIDES)
            if olds is None or news is None:
                raise UnreadableMapping(f"{path}: pair {number} must have lists of codes, old and new.")
            pairs.append((olds, news))
        return cls(old, new, by, tuple(pairs))


def _codes(said: object) -> Codes | None:
    """A list of codes; None for anything else."""
    if isinstance(said, list) and all(isinstance(one, str) for one in said):
        return tuple(said)
    return None


def load_mapping(file: MappingFile, *, at: datetime) -> EditionMapping | None:
    """Keep the mapping of a file; return None if its editions have one already, which stays.

    Raises Catalogue.DoesNotExist, and MappingIncomplete if the codes are not those of the editions.
    """
    old, new = (Catalogue.objects.get(slug=slug, is_draft=False) for slug in (file.old, file.new))
    if EditionMapping.objects.newest(old.pk, new.pk):
        return None
    before, after = edition_of_catalogue(old), edition_of_catalogue(new)
    pairs = []
    for olds, news in file.pairs:
        try:
            pair = corrected_pair(olds, news, old=before, new=after)
        except (KeyError, ValueError) as error:
            raise MappingIncomplete(
                f"{', '.join(olds) or '-'} → {', '.join(news) or '-'}: {error}"
            ) from error
        pairs.append(MappedPair.of(pair, decided_by=file.by))
    return save_mapping(old, new, pairs, revision=0, by=None, by_name=file.by, at=at)
