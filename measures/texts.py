"""Texts as people type them and as browsers and spreadsheets send them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# A text, or one that is translated whenever it is read.
type Label = StrOrPromise


def one_line_break(text: str) -> str:
    """The text with every line break as a single line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
