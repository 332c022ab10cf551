"""Files to keep: their names, right in every browser."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def download(content: bytes, *, name: str, plain: str, content_type: str) -> HttpResponse:
    """A file to keep under `name`; `plain`, in ASCII, is for what does not read RFC 6266's filename*."""
    response = HttpResponse(content, content_type=content_type)
    said = content_disposition_header(True, name) or "attachment"
    if "filename*=" in said:
        said = said.replace("attachment;", f'attachment; filename="{plain}";', 1)
    response["Content-Disposition"] = said
    return response
