"""DOCX in an office's own layout: a Word document with named fields, filled in a separate process."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from measures.choices import Light, Status
from measures.models.state import FIELDS, Kind
from measures.progress import Counts
from measures.reports.language import in_its_language
from measures.reports.model import Completeness, JournalRow, Move, MoveKind, Report, ReportRow, TimePoint
from measures.reports.template_fields import LISTS, SHORT_LISTS, TEXTS, template_fields
from measures.word.faults import REFUSED

logger = logging.getLogger(__name__)

CHILD = Path(__file__).parent.parent / "word" / "child.py"
LARGEST = 2 * 1024 * 1024  # bytes of an uploaded template
# Seconds of a processor. The sample takes less than one, a report of 5,000 items about four.
TO_CHECK, TO_FILL = 4, 20
WAIT = 60  # seconds in all, however busy the machine is


class TemplateFault(Exception):
    """Why and where a template is refused: one message per error."""

    def __init__(self, *messages: str) -> None:
        super().__init__(*messages)
        self.messages = messages

    def __str__(self) -> str:
        return "\n".join(self.messages)


def validate_template(data: bytes) -> None:
    """Raise TemplateFault, with places, unless every report can be written with this template."""
    if len(data) > LARGEST:
        raise TemplateFault(_("The file is larger than %(size)d MiB.") % {"size": LARGEST // 1024 // 1024})
    _filled(data, _sample(), TO_CHECK)


def write_with(data: bytes) -> Callable[[Report], bytes]:
    """A writer that fills this template. It raises TemplateFault: an older release may have let it pass."""

    @in_its_language
    def write(report: Report) -> bytes:
        return _filled(data, report, TO_FILL)

    return write


def _filled(data: bytes, report: Report, seconds: int) -> bytes:
    request = {
        "texts": TEXTS,
        "lists": LISTS,
        "short": list(SHORT_LISTS),
        "values": template_fields(report),
    }
    sent = json.dumps(request, ensure_ascii=False).encode() + b"\n" + data
    command = [sys.executable, "-I", str(CHILD), str(seconds)]
    try:
        done = subprocess.run(command, input=sent, capture_output=True, check=False, timeout=WAIT)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise TemplateFault(_too_much()) from error
    if done.returncode == REFUSED:
        raise TemplateFault(*(_in_words(fault) for fault in json.loads(done.stdout)))
    if done.returncode:
        said = done.stderr[-200:].decode(errors="replace")
        logger.warning("Filling a template failed (%d): %s", done.returncode, said)
        raise TemplateFault(_too_much())
    return done.stdout


def _too_much() -> str:
    return _("Filling this template takes too much time or memory. Use fewer loops and less text.")


def _in_words(fault: Mapping[str, Any]) -> str:
    message: str = _(fault["message"]) % fault["values"]
    if not fault["place"]:
        return message
    place = fault["place_values"]
    return f"{_(fault['place']) % (place | {'part': _(place['part'])})} {message}"


def _sample() -> Report:
    """A report with one of everything, so that every loop runs once."""
    day, at = date(2026, 9, 30), datetime(2026, 10, 8, tzinfo=UTC)
    one = Counts("1", "1", dict.fromkeys(Status, 1))
    samples = {
        Kind.STATUS: Status.BLOCKED,
        Kind.OWNER: "1",
        Kind.UNITS: "1、2",
        Kind.DAY: day,
        Kind.TEXT: "1",
        Kind.LONG_TEXT: "1\n2",
    }
    state: dict[str, Any] = {one.name: samples[one.kind] for one in FIELDS} | {
        "code": "1.1.1",
        "title": "1",
    }
    row = ReportRow(
        pillar="1",
        section="1.1",
        light=Light.RED,
        light_reason="1",
        updated=None,
        updated_by="",
        reason="1",
        days_late=1,
        **state,
    )
    return Report(
        *("1", "1", "1", "1", "1", "zh-hans", day, day, at, "1"),
        filters=(("1", "1"),),
        view="1",
        summary=("1",),
        whole=one,
        pillars=(Counts("1", "1", dict.fromkeys(Status, 1), parts=(one,)),),
        owners=(one,),
        timeline=(TimePoint(day, dict.fromkeys(Status, 1)),),
        completeness=Completeness(1, 1, 1, 1),
        rows=(row,),
        moves=tuple(Move(kind, "1.1.1", "1", "1", "1", "1", at) for kind in MoveKind),
        journal=(JournalRow(at=at, by="1", via="1", reason="1", **state),),
        revision=1,
    )
