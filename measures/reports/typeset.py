"""Typesets a PDF in a separate process: `python typeset.py SOURCE FONTS <data.json >report.pdf`.

Typst keeps the last ten reports that it has set: after a few large ones, a web process would hold 1 GB.
"""

import sys
from pathlib import Path

import typst


def main(source: str, fonts: str) -> int:
    """Write the PDF; 1 with the reason on stderr if a font is missing, for typst would draw empty boxes."""
    written, warnings = typst.compile_with_warnings(
        source,
        root=str(Path(source).parent),
        font_paths=[fonts],
        ignore_system_fonts=True,
        sys_inputs={"data": sys.stdin.buffer.read().decode()},
    )
    missing = [warning.message for warning in warnings if "font" in warning.message]
    if missing:
        sys.stderr.write("; ".join(missing))
        return 1
    sys.stdout.buffer.write(written)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
