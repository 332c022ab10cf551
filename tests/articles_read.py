"""Articles with what they ask for, and how much of it a proposal finds."""

from dataclasses import dataclass
from pathlib import Path

from measures.articles.propose import ArticleProposal

ARTICLES = Path(__file__).parent / "data" / "articles"


@dataclass
class Score:
    """Things that match, that are proposed and not asked for, and that are asked for and not proposed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)


def known(name: str) -> tuple[str, list[list[str]]]:
    """The text of one of the articles, and words of each thing that each of its sentences asks for.

    In the file a line is a sentence. `# ` begins a line that is none, `- ` a thing; paragraphs end at
    an empty line.
    """
    paragraphs, paragraph = [], ""
    asked: list[list[str]] = []
    for line in [*(ARTICLES / name).read_text("utf-8").splitlines(), ""]:
        if line.startswith("# "):
            paragraphs.append(line[2:])
        elif line.startswith("- "):
            asked[-1].append(line[2:])
        elif line:
            paragraph += line
            asked.append([])
        elif paragraph:
            paragraphs.append(paragraph)
            paragraph = ""
    return "\n".join(paragraphs), asked


def scored(proposal: ArticleProposal, asked: list[list[str]]) -> tuple[Score, Score]:
    """The scores of the sentences that ask, and of the things.

    A thing is right if it contains the words of one asked for that no other proposed thing is matched with.
    """
    sentences, things = Score(), Score()
    for one, words in zip(proposal.sentences, asked, strict=True):
        found = _matched([thing.text for thing in one.things], words)
        things.right += found
        things.wrong += len(one.things) - found
        things.missed += len(words) - found
        sentences.right += one.asks and bool(words)
        sentences.wrong += one.asks and not words
        sentences.missed += bool(words) and not one.asks
    return sentences, things


def _matched(texts: list[str], words: list[str]) -> int:
    """How many pairs there are at most, each text and each word in one pair only."""
    partner: dict[int, int] = {}

    def place(text: int, tried: set[int]) -> bool:
        for at, word in enumerate(words):
            if word in texts[text] and at not in tried:
                tried.add(at)
                if at not in partner or place(partner[at], tried):
                    partner[at] = text
                    return True
        return False

    return sum(place(text, set()) for text in range(len(texts)))
