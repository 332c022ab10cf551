"""Fills a template in a separate process: `python -I child.py SECONDS <request >report.docx`.

A template may be made to take all the time and memory that it can get; here the system ends the process, and
the web server goes on. The request is a line of JSON with names and values, then the template's bytes. Exit
status 3 means that the template is refused, for the reasons that JSON on stdout gives.
"""

import json
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from measures.word.expressions import Names
from measures.word.faults import REFUSED, RefusedError
from measures.word.fill import fill

MEMORY = 1024 * 1024 * 1024  # bytes of address space


def main(seconds: str) -> int:
    """Write the report, or why there is none."""
    limit(int(seconds))
    line, _newline, template = sys.stdin.buffer.read().partition(b"\n")
    request = json.loads(line)
    names = Names(tuple(request["texts"]), request["lists"], tuple(request["short"]))
    try:
        sys.stdout.buffer.write(fill(template, names, request["values"]))
    except RefusedError as error:
        sys.stdout.buffer.write(json.dumps([asdict(fault) for fault in error.faults]).encode())
        return REFUSED
    return 0


def limit(seconds: int) -> None:
    """Have the system end this process once it takes more time on a processor, or more memory."""
    with suppress(ImportError):  # Windows has none
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
