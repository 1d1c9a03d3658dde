"""Who may import whom and who may write the tables, read from the source files without importing any of them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("pipeline", "dashboard", "marketing")
NOT_OURS_TO_HOLD = ("tests", "migrations")

# They turn texts and numbers into others and can be tested without a database.
PURE = (
    "pipeline.detection",
    "pipeline.demo",
    *(f"pipeline.etl.{name}" for name in ("momentum", "quality", "star_days", "activity", "repo_facts")),
)
# They run in pool threads, where the ORM must not be.
THREADED = ("pipeline.streams", "pipeline.github")
READABLE = ("pipeline.models.analytics", "pipeline.models.runs")
# Marketing reads profiles and searches of its own through the one door to GitHub, and a pasted render.yaml.
OPEN_TO_MARKETING = ("pipeline.door", "pipeline.github.errors", "pipeline.detection")

WRITERS = (
    "pipeline.etl",
    "pipeline.fanout",
    "pipeline.run",
    "pipeline.lease",
    "pipeline.heartbeats",
    "pipeline.task_records",
    "pipeline.schedules",
    "pipeline.alerts",
)
MEASURING = ("pipeline.bench",)  # fills databases of its own, thrown away afterwards
READERS = ("dashboard", "pipeline.admin", "pipeline.streams", "marketing.admin", "marketing.views")
MANAGERS = {"objects", "_default_manager", "_base_manager"}
WRITES = {"create", "update", "delete", "save", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
WRITES |= {f"a{name}" for name in WRITES}
PLAIN_WORDS = {"update", "delete", "create"}  # methods of dictionaries and caches too


# -- Reading the sources ---------------------------------------------------------------------------------------


@cache
def sources() -> dict[str, Path]:
    """{module: file} of the three apps, tests and migrations aside."""
    found = {}
    for path in sorted(path for app in APPS for path in (ROOT / app).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if not set(parts) & set(NOT_OURS_TO_HOLD):
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(sources()[module].read_text(encoding="utf-8"))


@cache
def imports(module: str) -> frozenset[str]:
    package = module if sources()[module].name == "__init__.py" else module.rpartition(".")[0]
    return frozenset(imported(tree(module), package))


def imported(code: ast.AST, package: str) -> Iterator[str]:
    """Every module that `code` asks for, wherever in it; `from a import b` is a.b if that is a module of ours."""
    for node in ast.walk(code):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{base}.{alias.name}" if f"{base}.{alias.name}" in sources() else base


def is_within(module: str, *places: str) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def within(*places: str) -> list[str]:
    return [module for module in sources() if is_within(module, *places)]


@cache
def loaded_with(module: str) -> frozenset[str]:
    """Everything that importing `module` imports, through our own modules and their packages, outside modules too."""
    waiting, seen = [module], set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [name.rpartition(".")[0]] if "." in name and name in sources() else []
            waiting += imports(name) if name in sources() else []
    return frozenset(seen)


def offenders(modules: list[str], *forbidden: str) -> dict[str, list[str]]:
    """{module: what it loads of the forbidden}."""
    loads = {module: sorted(name for name in loaded_with(module) if is_within(name, *forbidden)) for module in modules}
    return {module: names for module, names in loads.items() if names}


# -- Who imports whom ------------------------------------------------------------------------------------------


def test_only_the_doors_to_github_and_to_render_import_requests():
    doors = ("pipeline.github", "pipeline.demo", "marketing.render_api")
    outside = [module for module in sources() if not is_within(module, *doors)]
    assert [module for module in outside if any(is_within(name, "requests") for name in imports(module))] == []


@pytest.mark.parametrize("app", ["dashboard", "marketing"])
def test_the_other_apps_know_only_what_the_pipeline_shows(app):
    ours = {name for module in within(app) for name in imports(module) if is_within(name, "pipeline")}
    allowed = (*READABLE, *(OPEN_TO_MARKETING if app == "marketing" else ()))
    assert sorted(name for name in ours if not is_within(name, *allowed)) == []


def test_readers_may_use_each_part_of_the_analytics_models():
    parts = {module for module in within("pipeline.models.analytics") if module != "pipeline.models.analytics"}
    assert len(parts) > 1
    assert [part for part in parts if not is_within(part, *READABLE)] == []


def test_the_pipeline_knows_neither_of_the_other_apps():
    assert offenders(within("pipeline"), "dashboard", "marketing") == {}


def test_pure_modules_load_no_django_and_no_model():
    assert offenders(within(*PURE), "django", "pipeline.models", "pipeline.sql") == {}


def test_what_runs_in_threads_loads_no_django():
    assert offenders(within(*THREADED), "django", "pipeline.models") == {}


@pytest.mark.parametrize("place", [*PURE, *THREADED, *READABLE, *WRITERS, "pipeline.admin", "marketing.admin"])
def test_the_places_named_here_exist(place):
    assert within(place)


# -- Who writes the tables -------------------------------------------------------------------------------------


def models() -> Iterator[tuple[str, ast.ClassDef]]:
    """(module, class) of every model of the three apps, those that build on another of their module as well."""
    for module in sources():
        if is_within(module, "pipeline.models", "dashboard.models", "marketing.models"):
            known = {"models.Model"}
            for node in ast.walk(tree(module)):
                if isinstance(node, ast.ClassDef) and known & set(map(ast.unparse, node.bases)):
                    known.add(node.name)
                    yield module, node


def tables_of_the_pipeline() -> set[str]:
    return {node.name for module, node in models() if is_within(module, "pipeline")}


def writes_by_manager(code: ast.AST, tables: set[str]) -> list[str]:
    """Calls like Model.objects.filter(...).update(...); models of other packages do not count."""
    return [
        f"line {node.lineno}: {ast.unparse(node.func)}"
        for node in ast.walk(code)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and (root := manager_root(node.func.value)) is not None
        and (root in tables or not root[:1].isupper())
    ]


def manager_root(node: ast.expr) -> str | None:
    """What stands before `.objects` in a chain of calls, or None if it has no manager."""
    has_manager = False
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        has_manager |= isinstance(node, ast.Attribute) and node.attr in MANAGERS
        node = node.func if isinstance(node, ast.Call) else node.value
    return getattr(node, "id", "") if has_manager else None


def writes_by_name(code: ast.AST) -> list[str]:
    """Calls of methods that only models and querysets have, whatever they are called on."""
    calls = (node for node in ast.walk(code) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    return [f"line {call.lineno}: {ast.unparse(call.func)}" for call in calls if call.func.attr in WRITES - PLAIN_WORDS]


def test_only_the_arrows_and_the_run_records_write_the_tables():
    others = [module for module in sources() if not is_within(module, *WRITERS, *MEASURING)]
    found = {module: writes_by_manager(tree(module), tables_of_the_pipeline()) for module in others}
    assert {module: lines for module, lines in found.items() if lines} == {}


def test_what_only_reads_calls_nothing_that_writes_a_row():
    found = {module: writes_by_name(tree(module)) for module in within(*READERS)}
    assert {module: lines for module, lines in found.items() if lines} == {}


def test_there_are_writers_to_find():
    writers = {module for module in within(*WRITERS) if writes_by_manager(tree(module), tables_of_the_pipeline())}
    assert {"pipeline.etl.github_to_raw", "pipeline.run", "pipeline.task_records"} <= writers


# -- The grain -------------------------------------------------------------------------------------------------


def test_every_model_states_its_grain_first():
    first_words = {f"{module}.{node.name}": (ast.get_docstring(node) or "")[:7] for module, node in models()}
    assert {name: words for name, words in first_words.items() if words != "One row"} == {}


def test_there_are_models_to_look_at():
    assert {"RawGithubRepo", "StagedRepo", "RepositoryDim", "TrendingRepo", "TaskRun", "BlogDraft"} <= {
        node.name for _, node in models()
    }


# -- The reading itself ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import requests", {"requests"}),
        ("import requests.adapters as a, json", {"requests.adapters", "json"}),
        ("from requests import get", {"requests"}),
        ("from pipeline import models", {"pipeline.models"}),
        ("from pipeline.models import runs, RawGithubRepo", {"pipeline.models.runs", "pipeline.models"}),
        ("from . import momentum", {"pipeline.etl.momentum"}),
        ("from .momentum import score", {"pipeline.etl.momentum"}),
        ("from ..models.runs import TaskRun", {"pipeline.models.runs"}),
        ("from .. import models", {"pipeline.models"}),
        ("def later():\n    if True:\n        import django.db", {"django.db"}),
        ("text = 'import django'", set()),
    ],
)
def test_every_way_of_importing_is_seen(code, names):
    assert set(imported(ast.parse(code), "pipeline.etl")) == names


def test_imports_of_imports_are_followed():
    assert {"pipeline.etl.raw_rows", "django.db.models", "pipeline"} <= loaded_with("pipeline.etl.raw_to_staging")


@pytest.mark.parametrize(
    "code",
    [
        "TaskRun.objects.create(a=1)",
        "TaskRun.objects.filter(a=1).delete()",
        "TaskRun.objects.all()[:3].update(a=1)",
        "model._default_manager.bulk_create(rows)",
        "runs.TaskRun.objects.update(a=1)",
        "row.children.objects.acreate()",
    ],
)
def test_a_write_through_a_manager_is_seen(code):
    assert writes_by_manager(ast.parse(code), {"TaskRun"})


@pytest.mark.parametrize(
    "code", ["TaskRun.objects.filter(a=1)", "{}.update(a=1)", "headers.update(a)", "Schedule.objects.create()"]
)
def test_what_writes_no_table_of_the_pipeline_is_let_through(code):
    assert writes_by_manager(ast.parse(code), {"TaskRun"}) == []


@pytest.mark.parametrize(
    ("code", "count"), [("run.save()", 1), ("cache.delete('x')", 0), ("rows.bulk_update(a, b)", 1)]
)
def test_a_write_by_a_telling_name_is_seen(code, count):
    assert len(writes_by_name(ast.parse(code))) == count
