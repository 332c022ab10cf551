"""A public name means one thing in the whole app: readers meet it away from its module."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.no_database]

APP = Path(__file__).parent.parent / "measures"

# Names that several modules define, and why no reader takes one for another.
SHARED = {
    "Command": "Django finds a command by this name in its module.",
    "register": "Django finds a library of template tags by this name in its module.",
    "main": "a script's start, which no module imports",
    "drop_statement": "one for each engine; schema.ENGINES chooses",
    "read": "one for each engine; schema.ENGINES and backups.ENGINES choose",
    "read_live": "one for each engine; backups.ENGINES chooses",
    "take": "a backup, with one for each engine; backups.ENGINES chooses",
    "put_back": "a backup, with one for each engine; backups.ENGINES chooses",
    "guard": "what a migration runs for a kind of trigger; called by the module's name",
    "install": "what a migration runs for a kind of trigger or index; called by the module's name",
    "remove": "the reverse of install",
    "install_statements": "the SQL of guard, for each kind of trigger",
    "remove_statements": "the SQL of unguard, for each kind of trigger or index",
    "on_sqlite": "the SQL of install or guard on SQLite",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the app but migrations, by its dotted name."""
    for path in sorted(APP.rglob("*.py")):
        if "migrations" not in path.parts:
            name = ".".join(path.relative_to(APP.parent).with_suffix("").parts)
            yield name.removesuffix(".__init__"), ast.parse(path.read_text(encoding="utf-8"))


def defined(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """The public names of a module's top level, and whether each is a constant."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found = [(node.name, False)]
        elif isinstance(node, ast.TypeAlias):
            found = [(node.name.id, False)]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]
            found = [(name, name.isupper()) for name in names]
        else:
            found = []
        yield from ((name, constant) for name, constant in found if not name.startswith("_"))


def imported() -> set[tuple[str, str]]:
    """What some module imports: the module it comes from, and its name."""
    return {
        (node.module or "", alias.name)
        for _name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_a_public_name_is_defined_in_one_module_only() -> None:
    """A constant that no other module imports is its module's own business."""
    places: dict[str, set[str]] = defaultdict(set)
    used = imported()
    for module, tree in modules():
        for name, is_constant in defined(tree):
            if not is_constant or (module, name) in used:
                places[name].add(module)
    twice = {name: sorted(found) for name, found in places.items() if len(found) > 1}

    new = [f"{name}: {', '.join(twice[name])}" for name in sorted(twice.keys() - SHARED.keys())]
    assert not new, "Give each its own name, or say in SHARED why nobody confuses them:\n" + "\n".join(new)
    assert not SHARED.keys() - twice.keys(), "SHARED names what only one module defines."
