"""DOCX in an office's own layout: a Word document with named fields, filled by docxtpl."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import docx
from django.utils.translation import gettext as _
from docxtpl import DocxTemplate

from measures.choices import Light, Status
from measures.models.state import FIELDS, Kind
from measures.progress import Counts
from measures.reports.language import in_its_language
from measures.reports.model import Completeness, JournalRow, Move, MoveKind, Report, Row, TimePoint
from measures.reports.template_check import TemplateFault, check_package, check_text, environment
from measures.reports.template_fields import template_fields

PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")


def validate_template(data: bytes) -> None:
    """Raise TemplateFault, with its place, unless every report can be written with this template."""
    check_package(data)
    try:
        template = _opened(data)
        for part, source in _texts(template):
            # One paragraph a line, as docxtpl has it, so that a fault has a place.
            check_text(part, re.sub(r"<w:p([ >])", r"\n<w:p\1", source))
    except TemplateFault:
        raise
    except Exception as error:
        raise TemplateFault(_("This is no Word document (.docx), or it is damaged.")) from error
    try:
        docx.Document(io.BytesIO(_filled(data, _sample())))
    except Exception as error:
        raise TemplateFault(_("Filled in, it gives no document that Word would open.")) from error


def write_with(data: bytes) -> Callable[[Report], bytes]:
    """A writer that fills this template, which `validate_template` has let pass."""

    @in_its_language
    def write(report: Report) -> bytes:
        return _filled(data, report)

    return write


def _filled(data: bytes, report: Report) -> bytes:
    template = _opened(data)
    template.render(template_fields(report), environment(), autoescape=True)
    output = io.BytesIO()
    template.save(output)
    return output.getvalue()


def _opened(data: bytes) -> Any:
    template = DocxTemplate(io.BytesIO(data))
    template.render_init()
    return template


def _texts(template: Any) -> Iterator[tuple[str, str]]:
    """Every part in which docxtpl looks for fields, by its name in words."""
    yield _("Text"), template.patch_xml(template.get_xml())
    for uri, name in ((template.HEADER_URI, _("Page head")), (template.FOOTER_URI, _("Page foot"))):
        for _key, part in template.get_headers_footers(uri):
            yield name, template.patch_xml(template.get_part_xml(part))
    for part in template.docx.part.package.parts:
        if part.content_type.endswith("wordprocessingml.footnotes+xml"):
            yield _("Footnotes"), template.patch_xml(part.blob.decode())
    for name in PROPERTIES:
        yield _("Document properties"), getattr(template.docx.core_properties, name)


def _sample() -> Report:
    """A report with one of everything, so that every loop runs once."""
    day, at = date(2026, 9, 30), datetime(2026, 10, 8, tzinfo=UTC)
    one = Counts("1", "1", dict.fromkeys(Status, 1))
    samples = {
        Kind.STATUS: Status.BLOCKED,
        Kind.OWNER: "1",
        Kind.DAY: day,
        Kind.TEXT: "1",
        Kind.LONG_TEXT: "1\n2",
    }
    state: dict[str, Any] = {one.name: samples[one.kind] for one in FIELDS} | {"code": "1.1.1", "title": "1"}
    row = Row(
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
