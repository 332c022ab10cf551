"""Reads the text of a PDF in a separate process: `python -I child.py SECONDS <article.pdf >text`.

A PDF can be made to take any amount of time and memory; here the system ends the process, and the site
goes on. Exit status 3 means that the file is locked, damaged or too long.
"""

import io
import logging
import sys
from contextlib import suppress

REFUSED = 3
MEMORY = 1024 * 1024 * 1024  # bytes of address space
MOST_PAGES = 300


def main(seconds: str) -> int:
    """Write the text, a form feed after each page."""
    _limit(int(seconds))
    import pypdf

    logging.disable()
    try:
        reader = pypdf.PdfReader(io.BytesIO(sys.stdin.buffer.read()))
        if reader.is_encrypted or len(reader.pages) > MOST_PAGES:
            return REFUSED
        for page in reader.pages:
            sys.stdout.buffer.write(page.extract_text().encode("utf-8", "replace") + b"\f")
    except Exception:  # whatever a hostile file makes of it
        return REFUSED
    return 0


def _limit(seconds: int) -> None:
    with suppress(ImportError):  # Windows has none
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
