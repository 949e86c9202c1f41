"""What the import linter cannot see: database writes outside services, unscoped reads, modules past their size."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "chainmap"
#: Methods that write through the ORM.
WRITES = {
    "abulk_create", "acreate", "adelete", "aget_or_create", "asave", "aupdate", "aupdate_or_create",
    "bulk_create", "bulk_update", "create", "delete", "get_or_create", "save", "update_or_create",
}  # fmt: skip
#: Methods of a manager that an unscoped read starts with.
PURE = ("domain", "imports", "exports")


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((PACKAGE / folder).rglob("*.py"))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def orm_writes(tree: ast.AST) -> Iterator[int]:
    """Lines that call a writing method on something reached through ``.objects`` or on a model instance."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            yield node.lineno


def unscoped_reads(tree: ast.AST) -> Iterator[int]:
    """Lines where ``X.objects`` is not followed by ``.visible_to(``."""
    scoped = {
        id(node.func.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "visible_to"
    }
    for node in ast.walk(tree):
        manager = isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}
        if manager and id(node) not in scoped:
            yield node.lineno


@pytest.mark.parametrize("path", list(modules("web", "api", "management", "templatetags")), ids=named)
def test_no_database_write_outside_services(path):
    assert list(orm_writes(tree_of(path))) == []


@pytest.mark.parametrize("path", list(modules("web", "api", "templatetags")), ids=named)
def test_every_read_starts_with_what_the_user_may_see(path):
    tree = tree_of(path)
    assert list(unscoped_reads(tree)) == []
    shortcuts = {"get_object_or_404", "get_list_or_404"}
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in shortcuts], (
        "ask a service instead: it knows what the user may see"
    )


@pytest.mark.parametrize("path", list(modules(*PURE)), ids=named)
def test_pure_code_fetches_no_model_by_name(path):
    tree = tree_of(path)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not names & {"get_model", "import_module", "__import__", "objects"}


@pytest.mark.parametrize("path", list(modules("imports", "exports")), ids=named)
def test_readers_and_writers_of_files_know_no_database(path):
    """Of Django they may use words and validators; the linter cannot forbid a part of another package."""
    tree = tree_of(path)
    taken = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    taken |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    allowed = ("django.utils", "django.core.validators", "django.core.exceptions")
    assert not {name for name in taken if name.split(".")[0] == "django" and not name.startswith(allowed)}


@pytest.mark.parametrize("path", list(modules("domain")), ids=named)
def test_the_core_reads_no_clock_and_no_file(path):
    calls = [node.func for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    methods = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    functions = {call.id for call in calls if isinstance(call, ast.Name)}
    assert not methods & {"now", "today", "utcnow", "time", "open", "read_text", "read_bytes"}
    assert not functions & {"time", "open", "print", "input"}


OURS = [*modules("."), *sorted((ROOT / "config").glob("*.py")), *sorted((ROOT / "tests").rglob("*.py"))]


@pytest.mark.parametrize("path", OURS, ids=named)
def test_modules_stay_small(path):
    if "migrations" not in path.parts:
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= 450, f"{lines} lines: a second noun has appeared; split the module"


def test_the_checks_see_what_they_look_for():
    """A check that cannot fail is none: each finds its fault in a line written for it."""
    assert list(orm_writes(ast.parse("Party.objects.create(name='x')\nparty.save()"))) == [1, 2]
    assert list(unscoped_reads(ast.parse("Party.objects.all()"))) == [1]
    assert list(unscoped_reads(ast.parse("Party.objects.visible_to(user).filter(pk=1)"))) == []
