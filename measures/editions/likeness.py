"""How far two measures are alike: by words, key terms and what both speak of, rare ones counting most."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from measures.editions.pairs import Compared
from measures.editions.words import concepts_of, without_punctuation, words_of

type Weights = Mapping[str, float]


@dataclass(frozen=True)
class WeighedWords:
    """A text as weighed words, and the sum of their weights."""

    weights: Weights
    total: float

    def __add__(self, other: "WeighedWords") -> "WeighedWords":
        weights = dict(self.weights)
        for word, weight in other.weights.items():
            weights[word] = weights.get(word, 0) + weight
        return WeighedWords(weights, self.total + other.total)

    def shared_with(self, other: "WeighedWords") -> float:
        few, many = sorted((self.weights, other.weights), key=len)
        return sum(min(weight, many[word]) for word, weight in few.items() if word in many)

    def like(self, other: "WeighedWords") -> float:
        """0 to 1: twice what both share, of what both say."""
        total = self.total + other.total
        return 2 * self.shared_with(other) / total if total else 0

    def within(self, other: "WeighedWords") -> float:
        """0 to 1: how much of it the other says as well."""
        return self.shared_with(other) / self.total if self.total else 0


@dataclass(frozen=True)
class Meaning:
    """One measure, or several taken together, ready to be compared."""

    texts: Mapping[str, WeighedWords]  # by language: title and detail
    terms: Mapping[str, WeighedWords]  # key terms as wholes and by their words
    concepts: WeighedWords

    def __add__(self, other: "Meaning") -> "Meaning":
        return Meaning(
            texts=added(self.texts, other.texts),
            terms=added(self.terms, other.terms),
            concepts=either(self.concepts, other.concepts),
        )


def added(one: Mapping[str, WeighedWords], other: Mapping[str, WeighedWords]) -> dict[str, WeighedWords]:
    return {language: one[language] + other[language] for language in one if language in other}


def either(one: WeighedWords, other: WeighedWords) -> WeighedWords:
    weights = {**one.weights, **other.weights}
    return WeighedWords(weights, sum(weights.values()))


class Weigher:
    """Turns measures of two editions into meanings, by how rare a word is in both together."""

    def __init__(self, measures: Sequence[Compared], languages: Sequence[str]) -> None:
        self.languages = languages
        self.count = len(measures)
        self.words = {
            language: rarity(set(words_of(whole_text(measure, language))) for measure in measures)
            for language in languages
        }
        self.terms = {
            language: rarity(set(term_words(measure, language)) for measure in measures)
            for language in languages
        }
        self.concepts = rarity(self.spoken_of(measure) for measure in measures)

    def spoken_of(self, measure: Compared) -> set[str]:
        texts = " ".join(whole_text(measure, language) for language in self.languages)
        return {str(concept) for concept in concepts_of(texts)}

    def meaning(self, measure: Compared) -> Meaning:
        return Meaning(
            texts={
                language: weighed(words_of(whole_text(measure, language)), self.words[language])
                for language in self.languages
            },
            terms={
                language: weighed(term_words(measure, language), self.terms[language])
                for language in self.languages
            },
            concepts=weighed(Counter(self.spoken_of(measure)), self.concepts),
        )


def rarity(texts: Iterable[set[str]]) -> dict[str, float]:
    """For each word its weight: the fewer texts have it, the more."""
    seen: Counter[str] = Counter()
    number = 0
    for words in texts:
        number += 1
        seen.update(words)
    return {word: log(1 + number / count) * (0.5 if len(word) == 1 else 1) for word, count in seen.items()}


def weighed(words: Counter[str], rare: Weights) -> WeighedWords:
    weights = {word: number * rare.get(word, 0) for word, number in words.items()}
    return WeighedWords(weights, sum(weights.values()))


def whole_text(measure: Compared, language: str) -> str:
    wording = measure.wordings.get(language)
    return f"{wording.title}. {wording.detail}" if wording else ""


def term_words(measure: Compared, language: str) -> Counter[str]:
    """Each key term as a whole, and its words, so that a term that changed a little still counts."""
    wording = measure.wordings.get(language)
    found: Counter[str] = Counter()
    for term in wording.key_terms if wording else ():
        found[f"={without_punctuation(term)}"] += 1
        found.update(words_of(term))
    return found


def mean_like(one: Mapping[str, WeighedWords], other: Mapping[str, WeighedWords]) -> float:
    """The mean over languages, the two scripts of Chinese together counting as one."""
    families: dict[str, list[float]] = {}
    for language in one:
        if one[language].total and other[language].total:
            families.setdefault(language[:2], []).append(one[language].like(other[language]))
    means = [sum(found) / len(found) for found in families.values()]
    return sum(means) / len(means) if means else 0
