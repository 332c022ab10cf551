"""A draft as a tree of its rows: what the outline editor shows and what its acts change.

A part's key is `p` or `s` with the key of its pillar or section, a measure's is `m` with its own, so that a
row keeps its key when it is moved, renamed or numbered anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter

from measures.catalogues.from_json import TERM_COLUMNS
from measures.catalogues.outline import LANGUAGES, UNTRANSLATED, Path, Texts
from measures.models import Catalogue, Measure, Pillar, Section
from measures.models.past_words import WORDED
from measures.texts import fingerprint_of

TERMS_OF_MEASURE = 50
PARTS_LIMIT = 2_000

SEEN = {
    Pillar: attrgetter("code", *WORDED[Pillar]),
    Section: attrgetter("code", "pillar_id", "parent_id", *WORDED[Section]),
    Measure: attrgetter("code", "section_id", "cadence", "source", "needs_evidence", *WORDED[Measure]),
}


def column_suffix(language: str) -> str:
    """What the columns of a language end in."""
    return language.replace("-", "_")


def texts_of_row(row: Catalogue | Pillar | Section | Measure, name: str, languages: list[str]) -> Texts:
    """A row's text in each of these languages; empty where a draft lacks it."""
    found = {one: str(getattr(row, f"{name}_{column_suffix(one)}") or "") for one in languages}
    return {one: "" if text == UNTRANSLATED else text for one, text in found.items()}


def terms_of_row(row: Measure, languages: list[str]) -> dict[str, list[str]]:
    return {one: list(getattr(row, TERM_COLUMNS[one])) for one in languages}


def title_columns(texts: Texts, languages: list[str]) -> dict[str, str]:
    """The columns of a title; a language of the catalogue that it lacks is marked as not translated yet."""
    own = texts.get(languages[0]) or UNTRANSLATED
    return {
        f"title_{column_suffix(one)}": (texts.get(one) or UNTRANSLATED) if one in languages else own
        for one in LANGUAGES
    }


def seen_of(row: Pillar | Section | Measure) -> str:
    """A short text that differs as soon as somebody changes the row."""
    return fingerprint_of(SEEN[type(row)](row))


@dataclass(frozen=True)
class Done:
    """What an act did, and the row that its user looks at afterwards."""

    key: str
    about: str = ""
    before: dict[str, object] = field(default_factory=dict)
    after: dict[str, object] = field(default_factory=dict)


@dataclass(eq=False)
class DraftPart:
    """A part of the draft: its row, what it is in, and what is in it."""

    row: Pillar | Section
    level: int
    parent: "DraftPart | None" = None
    parts: "list[DraftPart]" = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    # What its measures belong to; in a catalogue with one level, a section without a title.
    leaf: Section | None = None

    @property
    def key(self) -> str:
        return f"{'p' if isinstance(self.row, Pillar) else 's'}{self.row.pk}"

    @property
    def pillar(self) -> Pillar:
        top = self
        while top.parent:
            top = top.parent
        assert isinstance(top.row, Pillar)
        return top.row

    @property
    def path(self) -> Path:
        return (*(self.parent.path if self.parent else ()), self.row.code)

    def walk(self) -> "Iterator[DraftPart]":
        """This part and all below it, in order."""
        yield self
        for part in self.parts:
            yield from part.walk()


class Draft:
    """The tree of one catalogue. Three queries."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.depth, self.languages = catalogue.depth, catalogue.languages
        self.top: list[DraftPart] = []
        self.by_key: dict[str, DraftPart] = {}
        self.of_section: dict[int, DraftPart] = {}
        self._read()

    def _read(self) -> None:
        below: dict[int | None, list[Section]] = {}
        tops: dict[int, list[Section]] = {}
        for one in Section.objects.in_order(self.catalogue.pk):
            if one.parent_id:
                below.setdefault(one.parent_id, []).append(one)
            else:
                tops.setdefault(one.pillar_id, []).append(one)

        def take(section: Section, parent: DraftPart) -> None:
            part = self.add(DraftPart(section, parent.level + 1, parent))
            for inner in below.get(section.pk, ()):
                take(inner, part)

        for pillar in Pillar.objects.filter(catalogue=self.catalogue).order_by("position", "code"):
            part = self.add(DraftPart(pillar, 1))
            for section in tops.get(pillar.pk, ()):
                if self.depth == 1:
                    self.give_leaf(part, section)
                else:
                    take(section, part)
        for measure in Measure.objects.shared_by(self.catalogue):
            self.of_section[measure.section_id].measures.append(measure)

    def add(self, part: DraftPart) -> DraftPart:
        """Take a part into the tree, last where it is."""
        (part.parent.parts if part.parent else self.top).append(part)
        self.by_key[part.key] = part
        if isinstance(part.row, Section):
            self.give_leaf(part, part.row)
        return part

    def give_leaf(self, part: DraftPart, section: Section) -> None:
        part.leaf = section
        self.of_section[section.pk] = part

    def parts(self) -> Iterator[DraftPart]:
        for part in self.top:
            yield from part.walk()

    def measures(self) -> Iterator[Measure]:
        for part in self.parts():
            yield from part.measures

    def keys(self) -> Iterator[str]:
        """The keys of all rows in their order."""
        for part in self.parts():
            yield part.key
            yield from (f"m{one.pk}" for one in part.measures)

    def measure(self, key: str) -> Measure | None:
        return next((one for one in self.measures() if f"m{one.pk}" == key), None)

    def part_of(self, measure: Measure) -> DraftPart:
        return self.of_section[measure.section_id]

    def holds_measures(self, part: DraftPart) -> bool:
        return part.level == self.depth

    def row(self, key: str) -> DraftPart | Measure | None:
        return self.by_key.get(key) or self.measure(key)

    def siblings(self, part: DraftPart) -> list[DraftPart]:
        return part.parent.parts if part.parent else self.top

    @property
    def seen(self) -> str:
        """A short text that differs as soon as somebody changes anything in the draft."""
        head = (self.catalogue.title, self.catalogue.date, self.catalogue.levels)
        rows = [*(part.row for part in self.parts()), *self.measures()]
        return fingerprint_of((head, [(row.pk, SEEN[type(row)](row)) for row in rows]))

    def settle(self) -> None:
        """Store the places of all parts and measures, as far as they changed."""
        pillars, sections, measures = [], [], []
        for position, part in enumerate(self.parts(), 1):
            if part.row.position != position:
                part.row.position = position
                if isinstance(part.row, Pillar):
                    pillars.append(part.row)
                else:
                    sections.append(part.row)
            if self.depth == 1 and part.leaf and part.leaf.position != position:
                part.leaf.position = position
                sections.append(part.leaf)
        for position, measure in enumerate(self.measures(), 1):
            if measure.position != position:
                measure.position = position
                measures.append(measure)
        Pillar.objects.bulk_update(pillars, ["position"], batch_size=200)
        Section.objects.bulk_update(sections, ["position"], batch_size=200)
        Measure.objects.bulk_update(measures, ["position"], batch_size=200)
