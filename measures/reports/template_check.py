"""What a template may hold, asked before it is kept: no programs, and only fields that there are."""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from measures.reports.template_fields import LISTS, SHORT_LISTS, TEXTS

LARGEST = 2 * 1024 * 1024  # forms.py reads no more
LARGEST_UNPACKED = 20 * 1024 * 1024
LARGEST_TEXT = 1024 * 1024  # of one part: what is searched for fields
MOST_PARTS = 400
# The only ones in Office's own files; others fail in ways of their own, and some ask for much memory first.
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
MOST_LOOPS = 60
MOST_FIELDS = 2_000  # thirty thousand, in a file of 36 KB, take seconds and 300 MB
TEXT_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
PROGRAMS = re.compile(r"vbaProject|vbaData|activeX|embeddings/.*\.bin|macrosheets", re.IGNORECASE)

# Fields, conditions and loops. What can compute, call or define has no place in a report.
ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const),
    *(nodes.For, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    nodes.Filter,
)
FILTERS = ("length",)
LOOP = ("index", "first", "last", "length")


@dataclass(eq=False)
class TemplateFault(Exception):
    """Why a template is refused, and where: both in words."""

    message: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.place} {self.message}".strip()


def check_package(data: bytes) -> None:
    """Refuse what is no plain, small Word document. Nothing is unpacked before its size is known."""
    if len(data) > LARGEST:
        raise TemplateFault(_("The file is larger than %(size)d MiB.") % {"size": LARGEST // 1024 // 1024})
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_parts(package)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
        raise TemplateFault(_("This is no Word document (.docx), or it is damaged.")) from error


def _check_parts(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    names = {part.filename for part in parts}
    packed_otherwise = any(part.compress_type not in PACKINGS for part in parts)
    if packed_otherwise or not {"[Content_Types].xml", "word/document.xml"} <= names:
        raise TemplateFault(_("This is no Word document (.docx), or it is damaged."))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise TemplateFault(_("Unpacked, the file is too large."))
    if any(TEXT_PARTS.fullmatch(part.filename) and part.file_size > LARGEST_TEXT for part in parts):
        raise TemplateFault(_("It holds too much text for a template."))
    if any(PROGRAMS.search(name) for name in names):
        raise TemplateFault(_("It holds macros or other programs. Save it as a .docx without them."))
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            _check_xml(part.filename, package.read(part))


def _check_xml(name: str, xml: bytes) -> None:
    if b"macroEnabled" in xml and name == "[Content_Types].xml":
        raise TemplateFault(_("It holds macros or other programs. Save it as a .docx without them."))
    # Word writes UTF-8; anything else would hide what is looked for here.
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or b"\0" in xml:
        raise TemplateFault(_("It holds XML that Word does not write."), name)
    if name.endswith(".rels"):
        for relation in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", xml):
            if re.search(rb"TargetMode\s*=\s*[\"']External", relation) and b"/hyperlink" not in relation:
                raise TemplateFault(_("It fetches something from elsewhere. Put it into the file."), name)


def environment() -> ImmutableSandboxedEnvironment:
    """Where templates run: texts are escaped, and there is nothing to call."""
    made = ImmutableSandboxedEnvironment(autoescape=True)
    made.globals = {}
    made.filters = {name: made.filters[name] for name in FILTERS}
    return made


def check_text(part: str, source: str) -> None:
    """Refuse an unknown field or a fault of syntax. `source` has one paragraph a line."""
    if source.count("{{") + source.count("{%") > MOST_FIELDS:
        raise TemplateFault(_("It holds too much text for a template."), part)
    try:
        tree = environment().parse(source)
    except TemplateSyntaxError as error:
        message = _("This cannot be read as a field: %(fault)s.") % {"fault": error.message}
        raise TemplateFault(message, _place(part, source, error.lineno)) from error
    if len(list(tree.find_all(nodes.For))) > MOST_LOOPS:
        raise TemplateFault(_("It has too many loops."), part)
    try:
        _check(tree, dict.fromkeys(TEXTS))
    except _Fault as fault:
        raise TemplateFault(fault.message, _place(part, source, fault.line)) from fault


@dataclass(eq=False)
class _Fault(Exception):
    message: str
    line: int


# A name in sight: the fields of the row that it stands for, or none for a text.
Scope = Mapping[str, tuple[str, ...] | None]


def _check(node: nodes.Node, scope: Scope, inside_long: bool = False) -> None:
    if not isinstance(node, ALLOWED):
        kind = type(node).__name__
        raise _Fault(_("“%(kind)s” is not allowed: only fields, if and for.") % {"kind": kind}, node.lineno)
    if isinstance(node, nodes.For):
        return _check_loop(node, scope, inside_long)
    if isinstance(node, nodes.Output):
        _check_shown(node, scope)
    if isinstance(node, nodes.Filter):
        if node.name not in FILTERS:
            raise _Fault(_("There is no filter “%(name)s”.") % {"name": node.name}, node.lineno)
        if isinstance(node.node, nodes.Name) and node.node.name in LISTS:
            return None
    if isinstance(node, nodes.Name):
        # `if moves` asks whether there are any.
        return _check_name(node, scope)
    if isinstance(node, nodes.Getattr):
        return _check_field(node, scope)
    for child in node.iter_child_nodes():
        _check(child, scope, inside_long)
    return None


def _check_shown(node: nodes.Output, scope: Scope) -> None:
    for shown in node.nodes:
        if isinstance(shown, nodes.Name) and (shown.name in LISTS or scope.get(shown.name) is not None):
            message = _("“%(name)s” has fields of its own. Name one of them, in a loop if it is a list.")
            raise _Fault(message % {"name": shown.name}, shown.lineno)


def _check_name(node: nodes.Name, scope: Scope) -> None:
    if node.name not in scope and node.name not in LISTS:
        raise _Fault(_("There is no field “%(name)s”.") % {"name": node.name}, node.lineno)


def _check_field(node: nodes.Getattr, scope: Scope) -> None:
    row = node.node
    fields = scope.get(row.name) if isinstance(row, nodes.Name) else None
    if fields is None or node.attr not in fields:
        name = f"{row.name}.{node.attr}" if isinstance(row, nodes.Name) else node.attr
        raise _Fault(_("There is no field “%(name)s”.") % {"name": name}, node.lineno)


def _check_loop(node: nodes.For, scope: Scope, inside_long: bool) -> None:
    walked, row = node.iter, node.target
    if not isinstance(walked, nodes.Name) or walked.name not in LISTS or not isinstance(row, nodes.Name):
        raise _Fault(_("A loop has the form “for row in list”, over one of the lists."), node.lineno)
    if node.recursive:
        raise _Fault(_("A loop has the form “for row in list”, over one of the lists."), node.lineno)
    if inside_long:
        message = _("Inside a loop over a long list there can be no other.")
        raise _Fault(message, node.lineno)
    inner = {**scope, row.name: LISTS[walked.name], "loop": LOOP}
    if node.test is not None:
        _check(node.test, inner, inside_long)
    for child in node.body:
        _check(child, inner, walked.name not in SHORT_LISTS)
    for child in node.else_:
        _check(child, scope, inside_long)


def _place(part: str, source: str, line: int) -> str:
    """The part, and the beginning of the paragraph in which the fault stands."""
    lines = source.split("\n")
    text = re.sub(r"<[^>]+>", "", lines[line - 1]) if 0 < line <= len(lines) else ""
    return _("%(part)s, paragraph %(number)d, “%(text)s”:") % {
        "part": part,
        "number": max(1, line - 1),
        "text": " ".join(text.split())[:80],
    }
