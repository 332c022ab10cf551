"""What is wrong with a template and where, as plain data that the web process puts into words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

FaultValues = Mapping[str, str | int]
REFUSED = 3  # the child's exit status where a template is refused
LONGEST = 120  # characters of somebody else's text that a message repeats


def gettext_noop(message: str) -> str:
    """Mark a message for translation. Django's function of this name would import Django."""
    return message


NO_DOCUMENT = gettext_noop("This is not a Word document (.docx), or it is damaged.")
PROGRAMS = gettext_noop("It contains macros or other programs. Save it as a .docx without them.")
ELSEWHERE = gettext_noop("It loads content from elsewhere. Embed that content in the file.")
STRANGE_XML = gettext_noop("It contains XML that Word does not write.")
TOO_LARGE = gettext_noop("The file is too large when unpacked.")
TOO_MUCH_TEXT = gettext_noop("It contains too much text for a template.")
TOO_MANY_ROUNDS = gettext_noop("With this template the report becomes too large. Use fewer or shorter loops.")

PART = gettext_noop("%(part)s:")
PARAGRAPH = gettext_noop("%(part)s, paragraph %(number)d, “%(text)s”:")
RELATION = gettext_noop("%(part)s, relation %(id)s to “%(target)s”:")
# Parts that have a familiar name. The others are called by their name in the file.
BODY, HEAD, FOOT = gettext_noop("Text"), gettext_noop("Header"), gettext_noop("Footer")
FOOTNOTES, PROPERTIES = gettext_noop("Footnotes"), gettext_noop("Document properties")


@dataclass(frozen=True)
class Fault:
    """`message` and `place` are msgids; the values fill their placeholders."""

    message: str
    values: FaultValues = field(default_factory=dict)
    place: str = ""
    place_values: FaultValues = field(default_factory=dict)


class RefusedError(Exception):
    """A document that must not be used, and why."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults


def short(text: str) -> str:
    """Text from the document, as one line that fits into a message."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def in_part(message: str, part: str, **values: str | int) -> Fault:
    return Fault(message, values, PART, {"part": part})


def refuse_if_any(faults: Iterator[Fault]) -> None:
    """Raises RefusedError with the first ten."""
    if found := [fault for fault, _number in zip(faults, range(10), strict=False)]:
        raise RefusedError(*found)
