"""A template filled with a report's values by docxtpl, and checked before and after."""

import io
from collections.abc import Mapping
from types import SimpleNamespace

import docx
from docx.document import Document
from docx.opc.part import Part
from docxtpl import DocxTemplate

from measures.word.expressions import CountedRows, Environment, Meter, Names
from measures.word.faults import NO_DOCUMENT, PROPERTIES, Fault, RefusedError, gettext_noop
from measures.word.guard import check_document
from measures.word.known import CORE, CORE_OF_LIBREOFFICE, FOOTNOTES_TYPE, PRINTER
from measures.word.package import REPORT, TEMPLATE
from measures.word.paragraphs import part_name

NOTHING_TO_OPEN = gettext_noop("Once filled in, it is not a document that Word can open.")

# A text, or the rows of a list by their fields' names.
Values = Mapping[str, str | list[dict[str, str]]]
# The same as a template reads it.
Context = Mapping[str, str | CountedRows[SimpleNamespace]]


class _Template(DocxTemplate):
    """docxtpl's, which names each part for its faults and fills footnotes once, not once a section."""

    def render_xml_part(self, src_xml: str, part: Part, context: Context, jinja_env: Environment) -> str:
        jinja_env.part = part_name(str(part.partname).removeprefix("/"))
        return str(super().render_xml_part(src_xml, part, context, jinja_env))

    def render_properties(self, context: Context, jinja_env: Environment) -> None:
        jinja_env.part = PROPERTIES
        super().render_properties(context, jinja_env)

    def render_footnotes(self, context: Context, jinja_env: Environment) -> None:
        for part in self.docx.part.package.parts:
            if part.content_type == FOOTNOTES_TYPE:
                filled = self.render_xml_part(self.patch_xml(part.blob.decode()), part, context, jinja_env)
                part._blob = filled.encode()


def fill(data: bytes, names: Names, values: Values) -> bytes:
    """The report as a Word document. Raises RefusedError.

    The result is checked like the template: what a condition leaves out, or markup inside a field's quotes,
    can turn harmless parts into others.
    """
    check_document(data, TEMPLATE)
    meter = Meter()
    environment = Environment(names, meter)
    try:
        template = _Template(io.BytesIO(data))
        template.render_init()
        _tidy(template.docx)
    except Exception as error:
        raise RefusedError(Fault(NO_DOCUMENT)) from error
    output = io.BytesIO()
    try:
        template.render(_context(values, meter), environment, autoescape=True)
        template.save(output)
        docx.Document(io.BytesIO(output.getvalue()))
    except (RefusedError, MemoryError):
        raise
    except Exception as error:
        raise RefusedError(Fault(NOTHING_TO_OPEN)) from error
    check_document(output.getvalue(), REPORT)
    return output.getvalue()


def _tidy(document: Document) -> None:
    """Leave out settings of printers, and have python-docx know the properties that LibreOffice wrote."""
    for relation in document.part.package.rels.values():
        if relation.reltype == CORE_OF_LIBREOFFICE:
            relation._reltype = CORE
    for key, relation in list(document.part.rels.items()):
        if relation.reltype == PRINTER:
            del document.part.rels[key]
    for element in list(document.element.iter("{*}printerSettings")):
        element.getparent().remove(element)


def _context(values: Values, meter: Meter) -> Context:
    # Rows are no dicts: the methods of a dict would be names, too.
    return {
        name: value
        if isinstance(value, str)
        else CountedRows([SimpleNamespace(**row) for row in value], meter)
        for name, value in values.items()
    }
