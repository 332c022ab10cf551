"""PDF in the layout of official documents, set by typst in fonts that come as a package."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pylopdf_fonts_zh_cn
from django.utils import timezone

from measures.choices import Status
from measures.reports.document import document
from measures.reports.language import in_its_language
from measures.reports.model import Report
from measures.reports.outline import (
    COLOURS,
    AnnexStart,
    Bars,
    Block,
    Document,
    DocumentHeading,
    Table,
    Text,
    shares,
    writable,
)

HERE = Path(__file__).parent
SOURCE, TYPESET = HERE / "report.typ", HERE / "typeset.py"
FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent
REGIONS = {"zh-hans": ("zh", "cn"), "zh-hant": ("zh", "tw"), "en": ("en", "gb")}
UNITS = 1000
TIMEOUT = 120  # seconds; a report of 1,000 items takes two


class TypesettingError(Exception):
    """Typst failed, or would have left something out, such as a font that is not there."""


@in_its_language
def write_pdf(report: Report) -> bytes:
    return typeset(document(report))


def typeset(made: Document) -> bytes:
    """The document as PDF. Raises TypesettingError."""
    data = json.dumps(_data(made), ensure_ascii=False).encode()
    command = [sys.executable, "-I", str(TYPESET), str(SOURCE), str(FONTS)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, check=True, timeout=TIMEOUT)  # noqa: S603
    except subprocess.CalledProcessError as error:
        raise TypesettingError(error.stderr.decode(errors="replace")) from error
    except subprocess.TimeoutExpired as error:
        raise TypesettingError(f"It took more than {TIMEOUT} seconds.") from error
    return done.stdout


def _data(made: Document) -> dict[str, object]:
    """The document as report.typ reads it."""
    lang, region = REGIONS.get(made.language, REGIONS["zh-hans"])
    at = timezone.localtime(made.made_at)
    return {
        "title": writable(made.title),
        "subtitle": [writable(line) for line in made.subtitle],
        "author": writable(made.author),
        "generator": writable(made.generator),
        "lang": lang,
        "region": region,
        "made_at": {part: getattr(at, part) for part in ("year", "month", "day", "hour", "minute", "second")},
        "legend": [{"label": str(status.label), "fill": COLOURS[status][0]} for status in Status],
        "sections": _sections(made),
    }


def _sections(made: Document) -> list[dict[str, object]]:
    """The blocks by the pages that they begin: upright, or on their side."""
    sections: list[tuple[bool, list[dict[str, object]]]] = [(False, [])]
    for block in made.blocks:
        if isinstance(block, AnnexStart):
            sections.append((block.wide, []))
        sections[-1][1].append(_block(block))
    return [{"wide": wide, "blocks": blocks} for wide, blocks in sections]


def _block(block: Block) -> dict[str, object]:
    match block:
        case DocumentHeading():
            return {"kind": "heading", "level": block.level, "text": writable(block.text)}
        case Text():
            lead = writable(block.lead)
            return {"kind": "text", "role": block.role, "text": writable(block.text), "lead": lead}
        case AnnexStart():
            return {"kind": "annex", "mark": writable(block.mark), "title": writable(block.title)}
        case Bars():
            return {"kind": "bars", "rows": [_bar(label, counts) for label, counts in block.rows]}
        case Table():
            return {
                "kind": "table",
                "columns": [asdict(column) for column in block.columns],
                "lines": _lines(block),
                "small": block.small,
            }


def _lines(table: Table) -> list[dict[str, object]]:
    return [
        {
            "kind": line.kind,
            "cells": [writable(cell) for cell in line.cells],
            "may_break": table.may_break(line),
        }
        for line in table.lines
    ]


def _bar(label: str, counts: tuple[tuple[Status, int], ...]) -> dict[str, object]:
    widths = shares([count for _status, count in counts], UNITS)
    parts = [
        {"units": width, "fill": COLOURS[status][0], "ink": COLOURS[status][1], "text": str(count)}
        for (status, count), width in zip(counts, widths, strict=True)
        if width
    ]
    return {"label": writable(label), "parts": parts}
