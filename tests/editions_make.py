"""Makes a later edition of a catalogue at random, and knows what became of each measure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from measures.editions.concepts import LINES
from measures.editions.pairs import Compared, Edition, MeasureWording

ZH_WORDS = "查看|翻阅 核对|比对 制定|拟定 明确|写清 建立|设立 落实|做实 定期|按期 结果|结论 不得|不准"
EN_WORDS = (
    "check|inspect set|fix rules|regulations hold|organise ledger|register results|outcomes plan|programme"
)
ZH_NOISE = "晨曦码头琴瑟沙洲铁锚帆影竹篱茶园渡口钟楼石阶灯塔麦垄井台雨巷云梯松涛荷塘雪原"
EN_NOISE = [
    "harbour",
    "lantern",
    "orchard",
    "meadow",
    "gravel",
    "anchor",
    "cellar",
    "thicket",
    "pebble",
    "kettle",
]


@dataclass(frozen=True)
class Become:
    """What became of some measures: what the comparison should find."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    kind: str


def clauses(text: str) -> list[str]:
    return [each for each in re.split(r"(?<=[，；。、,;.:])\s*", text) if each]


def in_each(measure: Compared, change: Callable[[str, MeasureWording], MeasureWording]) -> Compared:
    return replace(
        measure, wordings={language: change(language, said) for language, said in measure.wordings.items()}
    )


def lightly(measure: Compared, random: Random) -> Compared:
    """A word or two, and sometimes in one language alone."""
    only = random.choice([None, None, "en", "zh-hans"])

    def change(language: str, said: MeasureWording) -> MeasureWording:
        if only and language != only:
            return said
        detail = said.detail
        for pair in random.sample((EN_WORDS if language == "en" else ZH_WORDS).split(), 3):
            word, _bar, instead = pair.partition("|")
            detail = detail.replace(word, instead, 1)
        return replace(said, detail=detail + (" Yearly." if language == "en" else "每年一次。"))

    return in_each(measure, change)


def about(measure: Compared, random: Random) -> Compared:
    """The sentences turned about, a part of them dropped."""
    order = random.random()

    def change(language: str, said: MeasureWording) -> MeasureWording:
        parts = clauses(said.detail)
        Random(order).shuffle(parts)
        kept = parts[: max(2, len(parts) * 4 // 5)]
        title = said.title[len(said.title) // 2 :] + said.title[: len(said.title) // 2]
        return replace(said, title=title, detail=" ".join(kept) if language == "en" else "".join(kept))

    return in_each(measure, change)


def anew(measure: Compared, random: Random) -> Compared:
    """Hardly a word of before; what it speaks of is said in other words, or not at all."""
    share = random.choice([0, 0.4, 0.8])

    def change(language: str, said: MeasureWording) -> MeasureWording:
        found = []
        for line in LINES.strip().splitlines():
            sides = [side.split() for side in line.split("|")]
            words = sides[language == "en"]
            if any(word in said.detail for word in words) and random.random() < share:
                found.append(random.choice(words))
        noise = EN_NOISE if language == "en" else [ZH_NOISE[i : i + 2] for i in range(0, len(ZH_NOISE), 2)]
        found += random.choices(noise, k=12)
        random.shuffle(found)
        joined = (" " if language == "en" else "").join
        return MeasureWording(joined(found[:5]), joined(found[5:]), (random.choice(noise),))

    return in_each(measure, change)


def lookalike(measure: Compared, stranger: Compared, random: Random) -> Compared:
    """Built like the one, about what the other is about."""

    def change(language: str, said: MeasureWording) -> MeasureWording:
        other = stranger.wordings[language]
        mine, theirs = clauses(said.detail), clauses(other.detail)
        half = len(mine) // 2
        joined = (" " if language == "en" else "").join
        title = said.title[: len(said.title) // 2] + other.title[len(other.title) // 2 :]
        return MeasureWording(title, joined(mine[:half] + theirs[len(theirs) // 2 :]), other.key_terms[-1:])

    return replace(in_each(measure, change), cadence=random.choice(["once", "recurring", "standing"]))


def parts_of(measure: Compared, number: int, random: Random) -> list[Compared]:
    """Each with its share of the sentences and key terms, and a few words of its own."""

    def part(at: int) -> Callable[[str, MeasureWording], MeasureWording]:
        def change(language: str, said: MeasureWording) -> MeasureWording:
            joined = (" " if language == "en" else "").join
            noise = EN_NOISE if language == "en" else [ZH_NOISE[i : i + 2] for i in range(0, 40, 2)]
            title = f"{said.title[at * 4 :]}{at}"
            own = random.choices(noise, k=4)
            return MeasureWording(
                title,
                joined(clauses(said.detail)[at::number] + own),
                said.key_terms[at::number] or tuple(own[:1]),
            )

        return change

    return [in_each(measure, part(at)) for at in range(number)]


def together(measures: list[Compared]) -> Compared:
    """The first sentences of each, under a title made of theirs."""
    first = measures[0]

    def change(language: str, _said: MeasureWording) -> MeasureWording:
        said = [measure.wordings[language] for measure in measures]
        joined = (" " if language == "en" else "").join
        details = [clauses(each.detail)[: len(clauses(each.detail)) * 3 // 4 + 1] for each in said]
        return MeasureWording(
            joined(each.title[: len(each.title) // 2 + 1] for each in said),
            joined(clause for each in details for clause in each),
            tuple(term for each in said for term in each.key_terms),
        )

    return in_each(first, change)


def next_edition(old: Edition, random: Random) -> tuple[Edition, list[Become]]:
    """About a third of the measures changed, in every kind of way."""
    places = sorted({measure.place for measure in old.measures})
    rows: dict[tuple[str, ...], list[tuple[tuple[str, ...], Compared, int]]] = {place: [] for place in places}
    gone: list[str] = []
    groups = 0
    moved: list[tuple[tuple[str, ...], Compared, int]] = []
    waiting = list(old.measures)
    while waiting:
        measure = waiting.pop(0)
        here = rows[measure.place]
        groups += 1
        draw = random.random()
        mine = ((measure.code,), measure, groups)
        stranger = random.choice([other for other in old.measures if other != measure])
        if draw < 0.07:
            here.append(((measure.code,), lightly(measure, random), groups))
        elif draw < 0.13:
            here.append(((measure.code,), about(measure, random), groups))
        elif draw < 0.165:
            here.append(((measure.code,), anew(measure, random), groups))
        elif draw < 0.19:
            moved.append(mine)
        elif draw < 0.205:
            moved.append(((measure.code,), lightly(measure, random), groups))
        elif draw < 0.23 and all(len(clauses(said.detail)) > 5 for said in measure.wordings.values()):
            number = random.choice([2, 2, 3])
            here += [((measure.code,), part, groups) for part in parts_of(measure, number, random)]
        elif draw < 0.255 and waiting and waiting[0].place == measure.place:
            other = waiting.pop(0)
            here.append(((measure.code, other.code), together([measure, other]), groups))
        elif draw < 0.29:
            here += [mine, ((), lookalike(measure, stranger, random), 0)]
        elif draw < 0.32:
            gone.append(measure.code)
        elif draw < 0.33:
            gone.append(measure.code)
            elsewhere = random.choice([place for place in places if place != measure.place])
            new = lookalike(measure, stranger, random)
            rows[elsewhere].append(((), replace(new, place=elsewhere, source="9.9.9"), 0))
        elif draw < 0.35 and here:
            here.insert(len(here) - 1, mine)
        else:
            here.append(mine)
    for olds, measure, group in moved:
        place = random.choice([place for place in places if place != measure.place])
        at = random.randrange(len(rows[place]) + 1)
        rows[place].insert(at, (olds, replace(measure, place=place, source="9.9.9"), group))
    return numbered(old, rows, gone)


def numbered(
    old: Edition,
    rows: dict[tuple[str, ...], list[tuple[tuple[str, ...], Compared, int]]],
    gone: list[str],
) -> tuple[Edition, list[Become]]:
    """Codes that count up in each place, and what became of each measure by the definitions of the kinds."""
    before = old.by_code()
    measures: list[Compared] = []
    became: dict[tuple[str, ...], list[Compared]] = {}
    truth = [Become((code,), (), "retired") for code in gone]
    for place in sorted(rows):
        for number, (olds, measure, _group) in enumerate(rows[place], start=1):
            made = replace(measure, code=f"{place[-1]}.{number}", place=place, position=len(measures) + 1)
            measures.append(made)
            if olds:
                became.setdefault(olds, []).append(made)
            else:
                truth.append(Become((), (made.code,), "new"))
    for olds, news in became.items():
        codes = tuple(made.code for made in news)
        first, made = before[olds[0]], news[0]
        same = first.wordings == made.wordings
        if len(codes) > 1 or len(olds) > 1:
            kind = "split" if len(codes) > 1 else "merged"
        elif first.place != made.place:
            kind = "moved" if same else "moved+reworded"
        elif same:
            kind = "unchanged" if first.code == made.code else "renumbered"
        else:
            kind = "reworded"
        truth.append(Become(olds, codes, kind))
    return Edition("next", tuple(measures), old.titles), truth
