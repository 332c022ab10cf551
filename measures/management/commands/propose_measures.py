"""Proposes the measures that an article asks for: `manage.py propose_measures FILE [--json]`."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from measures.articles.files import LARGEST, text_of_file
from measures.articles.propose import ArticleProposal, propose
from measures.articles.text import ArticleError


class Command(BaseCommand):
    help = (
        "Lists the sentences of an article (TXT, DOCX or PDF) and, for each, the separate things that it "
        "seems to ask for. Rules over its words propose them; a person decides. Nothing is stored."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="the article, of at most 5 MiB")
        parser.add_argument("--json", action="store_true", help="print one JSON list of all sentences")

    def handle(self, **options: object) -> None:
        path = options["file"]
        assert isinstance(path, Path)
        try:
            with path.open("rb") as opened:
                proposal = propose(text_of_file(opened.read(LARGEST + 1)))
        except (ArticleError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(sentences_as_json(proposal) if options["json"] else as_list(proposal))


def sentences_as_json(proposal: ArticleProposal) -> str:
    rows = [
        {
            "sentence": one.sentence.number,
            "asks": one.asks,
            "things": [thing.text for thing in one.things],
        }
        for one in proposal.sentences
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def as_list(proposal: ArticleProposal) -> str:
    """Every sentence with its locator; what it asks for, with key terms and cadence, below it."""
    lines = [proposal.article.title] if proposal.article.title else []
    for one in proposal.sentences:
        lines += ["", f"{one.sentence.locator}  {one.sentence.text}"]
        lines += [
            f"    - {thing.text} [{thing.cadence}] {' / '.join(thing.key_terms)}".rstrip()
            for thing in one.things
        ] or ["    (asks for nothing)"]
    asking = sum(one.asks for one in proposal.sentences)
    things = sum(len(one.things) for one in proposal.sentences)
    lines += ["", f"{len(proposal.sentences)} sentences, {asking} of which ask for {things} things."]
    return "\n".join(lines)
