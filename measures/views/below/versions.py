"""The version of an assignment that a form names: nobody answers or corrects what they have not read."""

from django.http import HttpRequest


def version_read(request: HttpRequest) -> int:
    """The version that the user has read; 0, which none has, if the form does not say."""
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0
