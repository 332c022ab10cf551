"""Form widgets that forms and filters share."""

from typing import Any

from django import forms


class DateInput(forms.DateInput):
    """The browser's own date picker; it sends and takes ISO dates in every language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
