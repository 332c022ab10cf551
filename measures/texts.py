"""Texts as people type them and as browsers and spreadsheets send them."""


def one_line_break(text: str) -> str:
    """The text with every line break as a single line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
