"""What the fields of a template may say: known names, conditions, and loops over known lists."""

import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from measures.word.faults import (
    PARAGRAPH,
    TOO_MANY_ROUNDS,
    TOO_MUCH_TEXT,
    Fault,
    RefusedError,
    gettext_noop,
    in_part,
)
from measures.word.paragraphs import BEGINNING

MOST_LOOPS = 60
MOST_FIELDS = 2_000  # thirty thousand, in a file of 36 KB, take seconds and 300 MB
DEEPEST = 3  # loops inside each other
MOST_ROUNDS = 2_000_000  # of all loops: every measure of 5,000, for each of 400 owners
MOST_WRITTEN = 16 * 1024 * 1024  # characters of XML: twice the usual report of 5,000 items

# Fields, conditions and loops. What can compute, call or define has no place in a report.
ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const),
    *(nodes.For, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    nodes.Filter,
)
FILTERS = ("length",)
# As an input method for Chinese writes them: they would be printed as they are.
WIDE = re.compile("｛[{｛%％]|{[｛％]")
LOOP = ("index", "first", "last", "length")

WIDE_BRACES = gettext_noop("Write the braces of fields in half width: { and }, not ｛ and ｝.")
UNREADABLE = gettext_noop("This is not a valid field: %(fault)s.")
TOO_MANY_LOOPS = gettext_noop("It has too many loops.")
TOO_DEEP = gettext_noop("Loops may be at most three deep.")
NOT_ALLOWED = gettext_noop("“%(kind)s” is not allowed: only fields, if and for.")
NO_FILTER = gettext_noop("There is no filter “%(name)s”.")
A_ROW = gettext_noop("“%(name)s” contains several fields. Name one of them, in a loop if it is a list.")
NO_FIELD = gettext_noop("There is no field “%(name)s”.")
LOOP_FORM = gettext_noop("A loop has the form “for row in list”, over one of the lists.")
LONG_IN_LONG = gettext_noop("A loop over a long list cannot contain another loop.")


@dataclass(frozen=True)
class Names:
    """What templates can name: texts, and lists with their rows' fields. `short` lists have few rows."""

    texts: tuple[str, ...]
    lists: Mapping[str, tuple[str, ...]]
    short: tuple[str, ...]


class Meter:
    """Counts what a report takes while it is written, over all of its parts."""

    def __init__(self) -> None:
        self.rounds = self.written = 0

    def walk[T](self, rows: list[T]) -> Iterator[T]:
        for row in rows:
            self.rounds += 1
            if self.rounds > MOST_ROUNDS:
                raise RefusedError(Fault(TOO_MANY_ROUNDS))
            yield row

    def join(self, pieces: Iterator[str]) -> str:
        kept = []
        for piece in pieces:
            self.written += len(piece)
            if self.written > MOST_WRITTEN:
                raise RefusedError(Fault(TOO_MANY_ROUNDS))
            kept.append(piece)
        return "".join(kept)


class CountedRows[T](list[T]):
    """A list whose rounds are counted."""

    def __init__(self, rows: list[T], meter: Meter) -> None:
        super().__init__(rows)
        self.meter = meter

    def __iter__(self) -> Iterator[T]:
        return self.meter.walk(self[:])


class Environment(ImmutableSandboxedEnvironment):
    """Where templates run: texts are escaped, nothing can be called, and every source is checked first."""

    def __init__(self, names: Names, meter: Meter) -> None:
        super().__init__(autoescape=True)
        self.names, self.meter, self.part = names, meter, ""
        self.globals = {}
        self.filters = {name: self.filters[name] for name in FILTERS}

    def from_string(
        self,
        source: str | nodes.Template,
        globals: MutableMapping[str, object] | None = None,
        template_class: type[jinja2.Template] | None = None,
    ) -> jinja2.Template:
        """Compile the source, with one paragraph a line. Raises RefusedError, which names `part`."""
        assert isinstance(source, str)
        check_source(self, self.part, source)
        return _Counted(super().from_string(source, globals, template_class), self.meter)  # type: ignore[return-value]


class _Counted:
    """A template that counts what it writes."""

    def __init__(self, template: jinja2.Template, meter: Meter) -> None:
        self.template, self.meter = template, meter

    def render(self, context: dict[str, object]) -> str:
        return self.meter.join(self.template.generate(context))


def check_source(environment: Environment, part: str, source: str) -> None:
    """Refuse an unknown field or a fault of syntax. `source` has one paragraph a line."""
    if source.count("{{") + source.count("{%") > MOST_FIELDS:
        raise RefusedError(in_part(TOO_MUCH_TEXT, part))
    for number, line in enumerate(source.split("\n"), start=1):
        if WIDE.search(re.sub(r"<[^>]+>", "", line)):
            raise RefusedError(_placed(_Fault(WIDE_BRACES, {}, number), part, source))
    try:
        tree = environment.parse(source)
    except jinja2.TemplateSyntaxError as error:
        fault = _Fault(UNREADABLE, {"fault": str(error.message)}, error.lineno)
        raise RefusedError(_placed(fault, part, source)) from error
    except (RecursionError, ValueError) as error:  # brackets without end, a number of a million digits
        raise RefusedError(in_part(UNREADABLE, part, fault="too long")) from error
    if len(list(tree.find_all(nodes.For))) > MOST_LOOPS:
        raise RefusedError(in_part(TOO_MANY_LOOPS, part))
    try:
        _Check(environment.names).node(tree, dict.fromkeys(environment.names.texts), ())
    except _Fault as fault:
        raise RefusedError(_placed(fault, part, source)) from fault


@dataclass(eq=False)
class _Fault(Exception):
    message: str
    values: dict[str, str | int]
    line: int


# A name in sight: the fields of the row that it means, or none for a text.
Scope = Mapping[str, tuple[str, ...] | None]
# The lists that are walked around here.
Around = tuple[str, ...]


@dataclass
class _Check:
    names: Names

    def node(self, node: nodes.Node, scope: Scope, around: Around) -> None:
        if not isinstance(node, ALLOWED):
            raise _Fault(NOT_ALLOWED, {"kind": type(node).__name__}, node.lineno)
        if isinstance(node, nodes.For):
            return self.loop(node, scope, around)
        if isinstance(node, nodes.Output):
            self.shown(node, scope)
        if isinstance(node, nodes.Filter):
            if node.name not in FILTERS:
                raise _Fault(NO_FILTER, {"name": node.name}, node.lineno)
            if isinstance(node.node, nodes.Name) and node.node.name in self.names.lists:
                return None
        if isinstance(node, nodes.Name):
            # `if moves` asks whether there are any.
            return self.name(node, scope)
        if isinstance(node, nodes.Getattr):
            return self.field(node, scope)
        for child in node.iter_child_nodes():
            self.node(child, scope, around)
        return None

    def shown(self, node: nodes.Output, scope: Scope) -> None:
        for shown in node.nodes:
            if isinstance(shown, nodes.Name) and (
                shown.name in self.names.lists or scope.get(shown.name) is not None
            ):
                raise _Fault(A_ROW, {"name": shown.name}, shown.lineno)

    def name(self, node: nodes.Name, scope: Scope) -> None:
        if node.name not in scope and node.name not in self.names.lists:
            raise _Fault(NO_FIELD, {"name": node.name}, node.lineno)

    def field(self, node: nodes.Getattr, scope: Scope) -> None:
        row = node.node
        fields = scope.get(row.name) if isinstance(row, nodes.Name) else None
        if fields is None or node.attr not in fields:
            name = f"{row.name}.{node.attr}" if isinstance(row, nodes.Name) else node.attr
            raise _Fault(NO_FIELD, {"name": name}, node.lineno)

    def loop(self, node: nodes.For, scope: Scope, around: Around) -> None:
        walked, row = node.iter, node.target
        if not isinstance(walked, nodes.Name) or walked.name not in self.names.lists:
            raise _Fault(LOOP_FORM, {}, node.lineno)
        if not isinstance(row, nodes.Name) or node.recursive:
            raise _Fault(LOOP_FORM, {}, node.lineno)
        if any(name not in self.names.short for name in around):
            raise _Fault(LONG_IN_LONG, {}, node.lineno)
        if len(around) >= DEEPEST:
            raise _Fault(TOO_DEEP, {}, node.lineno)
        inner = {**scope, row.name: self.names.lists[walked.name], "loop": LOOP}
        if node.test is not None:
            self.node(node.test, inner, around)
        for child in node.body:
            self.node(child, inner, (*around, walked.name))
        for child in node.else_:
            self.node(child, scope, around)


def _placed(fault: _Fault, part: str, source: str) -> Fault:
    """With the part, and the beginning of the paragraph that the fault is in."""
    lines = source.split("\n")
    text = re.sub(r"<[^>]+>", "", lines[fault.line - 1]) if 0 < fault.line <= len(lines) else ""
    place: dict[str, str | int] = {"part": part, "number": max(1, fault.line - 1)}
    return Fault(fault.message, fault.values, PARAGRAPH, place | {"text": " ".join(text.split())[:BEGINNING]})
