"""What every page needs besides its own content."""

from typing import Any

from django.http import HttpRequest

THEMES = ("light", "dark")


def appearance(request: HttpRequest) -> dict[str, Any]:
    """`theme`: light or dark where the reader chose one, else empty: the system's own."""
    theme = request.COOKIES.get("theme", "")
    return {"theme": theme if theme in THEMES else ""}
