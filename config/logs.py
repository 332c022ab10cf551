"""Log lines that nobody from outside can forge: one record, one line; what follows it is set off."""

import logging
import unicodedata

# Control characters, line and paragraph separators, and marks that turn the direction of writing.
UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def printable(text: str) -> str:
    """The text with every character that could break or disguise a line written as an escape."""
    return "".join(
        ch.encode("unicode_escape").decode() if unicodedata.category(ch) in UNSAFE else ch for ch in text
    )


class LineFormatter(logging.Formatter):
    """As logging's own, but safe: a newline in a message is \\n, and a traceback's lines begin with a bar."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return printable(super().formatMessage(record))

    def formatException(self, ei: object) -> str:
        return barred(super().formatException(ei))  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:
        return barred(super().formatStack(stack_info))


def barred(text: str) -> str:
    """Prefix each line with a bar, so that none can look like a separate record."""
    return "\n".join(f"  | {printable(line)}" for line in text.split("\n"))


def line_formatter() -> LineFormatter:
    """How each line of ours begins: time, level, and who writes it."""
    return LineFormatter("{asctime} {levelname} {name} {message}", style="{")
