"""The shape of the code: who imports whom, and that one function alone writes an item's state."""

import ast
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

from measures.models.state import STATE_FIELDS

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).parent.parent
README = ROOT / "measures" / "README.md"
# `file.py` or `file.py: name, Class.method`
NAMED = re.compile(r"`([\w/]+\.(?:py|html|json|css|js))(?:: ([\w., ]+))?`")

# A file imports only from lines above its own; files on one line leave each other alone. measures/README.md
# shows the same list.
ORDER = [
    ["evidence"],
    ["choices", "database", "keyed_hash", "message_storage", "texts", "third_party_words", "word"],
    ["articles", "lights", "loop", "origin", "progress"],
    ["querysets"],
    ["models"],
    ["accounts", "rights", "translation", "tree"],
    ["editions", "todo"],
    ["context_processors", "forms", "reports"],
    ["admin", "errors", "help", "ledger", "operations"],
    ["audit", "demo", "middleware", "reminders", "sheets", "templatetags"],
    ["catalogues"],
    ["takeover"],
    ["management", "views"],
    ["urls"],
]
MODULES_AT_THE_TOP = 14
LONGEST = 300  # lines of a Python file
LAYER = {name: number for number, names in enumerate(ORDER) for name in names}
# Django and a migration ask for these by name; they hold no code of ours that others use.
OUTSIDE = {"__init__", "apps", "migrations"}

WRITERS = {
    Path("measures/models/tracking.py"): {"change_items", "_take_over", "_become", "_write"},
    Path("measures/querysets/ledger.py"): {"derive"},  # it refuses whatever is not derived
    # It writes the columns of a measure.
    Path("measures/models/local_measures.py"): {"correct_measure"},
    # It puts back the words of a measure.
    Path("measures/models/past_words.py"): {"put_words_back"},
    # A checklist has its own status.
    Path("measures/models/checklists.py"): {"turn"},
}
WRITTEN = {*STATE_FIELDS, "owner_id", "version"}
QUERYSET_WRITES = {"update", "bulk_update", "update_or_create"}
SAVERS = {"update", "bulk_update", "save", "update_or_create", "aupdate", "abulk_update", "asave"}


def sources(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every Python file below the folders, by its path from the project's root."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def nodes(*folders: str, but: str = "") -> Iterator[tuple[Path, ast.AST]]:
    """Every node of the modules in these folders, `but` the module that may hold what others may not."""
    for path, tree in sources(*folders):
        if path != Path(but):
            for node in ast.walk(tree):
                yield path, node


def imports(node: ast.AST) -> Iterator[str]:
    """The modules that code imports when it runs: not those that only annotations need."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert not node.level, "Relative imports would go unseen here."
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for child in ast.iter_child_nodes(node):
        yield from imports(child)


def test_every_file_imports_only_from_the_layers_before_its_own() -> None:
    wrong = []
    for path, tree in sources("measures"):
        here = path.parts[1].removesuffix(".py")
        if here in OUTSIDE:
            continue
        assert here in LAYER, f"{path}: give {here} a place in ORDER."
        for name in imports(tree):
            package, _, rest = name.partition(".")
            there = rest.split(".")[0]
            if package == "config":
                wrong.append(f"{path} imports {name}: the app reads settings from django.conf alone.")
            elif package == "measures" and there != here and LAYER.get(there, len(ORDER)) >= LAYER[here]:
                wrong.append(f"{path} imports {name}: in ORDER, {there} does not come before {here}.")
    assert not wrong, "\n".join(wrong)


def test_the_readme_shows_this_order() -> None:
    shown = "\n".join(f"    {', '.join(names)}" for names in ORDER)
    assert f"\n\n{shown}\n\n" in README.read_text(encoding="utf-8"), f"Show in measures/README.md:\n{shown}"


def test_few_modules_lie_outside_a_package() -> None:
    assert len(list((ROOT / "measures").glob("*.py"))) <= MODULES_AT_THE_TOP


def test_every_name_in_the_readme_exists() -> None:
    """`models/tracking.py: Item.change` names a file and what it defines."""
    missing = []
    for file, names in NAMED.findall(README.read_text(encoding="utf-8")):
        found = [base / file for base in (ROOT / "measures", ROOT) if (base / file).exists()]
        if not found:
            missing.append(file)
            continue
        source = found[0].read_text(encoding="utf-8")
        missing += [
            f"{file}: {name}"
            for name in re.split(r"[.,\s]+", names)
            if name and not re.search(rf"^\s*(def|class|type) {name}\b|^{name}\b", source, re.MULTILINE)
        ]
    assert not missing, f"measures/README.md names what is not there: {missing}"


def test_no_python_file_is_over_300_lines() -> None:
    """Split a longer one by what it does; a test file by what the users in its tests do."""
    long = {
        str(path)
        for path, _tree in sources("bench", "config", "measures", "tests")
        if "migrations" not in path.parts and len((ROOT / path).read_text("utf-8").splitlines()) > LONGEST
    }
    assert long == set()


def test_settings_import_nothing_of_the_app() -> None:
    wrong = [
        f"{path} imports {name}: settings are read before the app is there."
        for path, tree in sources("config")
        for name in imports(tree)
        if name.split(".")[0] == "measures" and path.name != "urls.py"
    ]
    assert not wrong, "\n".join(wrong)


def named_fields(call: ast.Call) -> set[str]:
    """The words that a call names: its keywords, and the strings in its arguments; "**" for any."""
    words = {keyword.arg or "**" for keyword in call.keywords}
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    strings = (node for value in values for node in ast.walk(value) if isinstance(node, ast.Constant))
    return words | {node.value for node in strings if isinstance(node.value, str)}


def state_writes(tree: ast.AST, allowed: AbstractSet[str] = frozenset()) -> Iterator[ast.expr]:
    """The expressions that may write an item's state, outside the functions that are allowed to."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef) and node.name in allowed:
            continue
        if isinstance(node, ast.Attribute) and node.attr in WRITTEN and not isinstance(node.ctx, ast.Load):
            yield node
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            if called in QUERYSET_WRITES and named_fields(node) & {*WRITTEN, "**"}:
                yield node
            if called == "change_rows" or (called == "save" and named_fields(node) & WRITTEN):
                yield node
            # A name that is not written out could be any.
            if called in {"setattr", "__setattr__"} and (
                not isinstance(node.args[-2], ast.Constant) or node.args[-2].value in WRITTEN
            ):
                yield node
        yield from state_writes(node, allowed)


def test_an_items_state_is_written_in_one_place_only() -> None:
    wrong = [
        f"{path}:{node.lineno}: {ast.unparse(node)} — change items through Item.change or change_items."
        for path, tree in sources("measures", "config")
        for node in state_writes(tree, WRITERS.get(path, set()))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_walk_knows_a_write_when_it_sees_one() -> None:
    for line in (
        *("item.status = 1", "item.version += 1"),
        "a, item.owner = pair",
        "setattr(item, 'due', 1)",
        "setattr(item, name, 1)",
        "Item.objects.filter(pk=1).update(notes='')",
        "Item.objects.filter(pk=1).update(**values)",
        "Item.objects.bulk_update(items, ['status'])",
        "item.save(update_fields=['due', 'version'])",
        "change_rows(items, names)",
    ):
        assert list(state_writes(ast.parse(line))), line
    for line in ("status = item.status", "counts[item.status] = 1", "form.save()", "shown.update(total=1)"):
        assert not list(state_writes(ast.parse(line))), line


def test_models_querysets_and_reports_are_told_the_time() -> None:
    wrong = [
        f"{path}:{node.lineno}: {ast.unparse(node)} — take the time as an argument."
        for path, node in nodes("measures/models", "measures/querysets", "measures/reports", "measures/tree")
        if isinstance(node, ast.expr)
        and ast.unparse(node) in ("timezone.now", "timezone.localdate()", "datetime.now()", "date.today()")
    ]
    assert not wrong, "\n".join(wrong)


def test_pages_seal_their_previews_in_one_place_only() -> None:
    wrong = [
        f"{path} imports {name} — call seal and unseal of views/previews.py."
        for path, tree in sources("measures/views")
        for name in imports(tree)
        if name.startswith("django.core.signing") and path != Path("measures/views/previews.py")
    ]
    assert not wrong, "\n".join(wrong)


def test_media_types_of_files_are_written_in_one_place_only() -> None:
    wrong = [
        f"{path}:{node.lineno}: {node.value} — use a format of reports/formats.py."
        for path, node in nodes(
            "measures/reports", "measures/sheets", "measures/views", but="measures/reports/formats.py"
        )
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith(("application/", "text/csv"))
    ]
    assert not wrong, "\n".join(wrong)


def test_line_breaks_are_made_one_in_one_place_only() -> None:
    wrong = [
        f"{path}:{node.lineno}: {ast.unparse(node)} — call texts.one_line_break."
        for path, node in nodes("measures", but="measures/texts.py")
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(".replace")
        and any(isinstance(one, ast.Constant) and "\r" in str(one.value) for one in node.args)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_page_imports_another_page() -> None:
    """What two pages need is in a module that has no address."""
    pages = {
        name
        for urls in ("measures/urls.py", "config/urls.py")
        for name in imports(ast.parse((ROOT / urls).read_text(encoding="utf-8")))
        if name.startswith("measures.views.") and (ROOT / f"{name.replace('.', '/')}.py").exists()
    }
    assert len(pages) > 20
    wrong = [
        f"{path} imports {name}: move it out of the page."
        for path, tree in sources("measures/views")
        for name in imports(tree)
        if ".".join(path.with_suffix("").parts) in pages and name.rpartition(".")[0] in pages
    ]
    assert not wrong, "\n".join(wrong)


def test_one_constant_says_how_long_a_page_is() -> None:
    wrong = [
        f"{path}: {ast.unparse(node)} — pass forms.days.PER_PAGE."
        for path, node in nodes("measures", but="measures/forms/days.py")
        if says_how_long_a_page_is(node)
    ]
    assert not wrong, "\n".join(wrong)


def says_how_long_a_page_is(node: ast.AST) -> bool:
    """Whether it gives a number of rows by itself: to a paginator, or under a name such as PER_PAGE."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "Paginator":
        return isinstance(node.args[1], ast.Constant)
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
        return False
    names = {ast.unparse(target).lower() for target in node.targets}
    return bool(names & {"per_page", "list_per_page"})


def test_what_is_late_is_said_in_one_place_only() -> None:
    wrong = [
        f"{path}: {ast.unparse(node)} — call lights.late or lights.days_late."
        for path, node in nodes("measures", but="measures/lights.py")
        if says_what_is_late(node)
    ]
    assert not wrong, "\n".join(wrong)


def says_what_is_late(node: ast.AST) -> bool:
    """Whether it compares a due date with a day by being before it."""
    if isinstance(node, ast.keyword):
        return str(node.arg).endswith("due__lt")
    text = ast.unparse(node) if isinstance(node, ast.Compare) else ""
    return "due < " in text or (isinstance(node, ast.BinOp) and ast.unparse(node).endswith("on - self.due"))
