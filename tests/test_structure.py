"""The house stays in order: who imports whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PRODUCT = (
    "app", "configuration", "database", "discord_bot", "fleet", "logs", "models", "monitoring",
    "network", "openclaw_client", "pipeline", "server", "state", "translations", "web",
)  # fmt: skip
AROUND = ("bench", "demo", "simulators", "testing", "tests")
"""What is not installed code of the bot: its measurements, demonstration, simulators and tests."""
PACKAGES = (*PRODUCT, *AROUND)
TOP = ("backoff", "run", "settings", "tasks", "version", "virtual_time")
OURS = {*PACKAGES, *TOP}

KNOWS_NOTHING_OF = {
    "pipeline": {
        "discord",
        "discord_bot",
        "openclaw_client",
        "server",
        "app",
        "web",
        "database",
        "monitoring",
        "httpx",
        "websockets",
    },
    "openclaw_client": {"discord", "discord_bot", "pipeline", "server", "app", "database"},
    "network": {"pydantic_settings", "httpx", "websockets", "aiohttp", "discord", "database"},
    "server": {"discord", "discord_bot", "openclaw_client", "app", "database"},
    "models": {"discord", "discord_bot", "openclaw_client", "server", "app", "database"},
    "database": {
        "discord",
        "discord_bot",
        "openclaw_client",
        "server",
        "app",
        "models",
        "network",
        "httpx",
        "websockets",
        "aiohttp",
    },
    "configuration": {"database"},
    "fleet": {"discord", "discord_bot", "pipeline", "server", "app", "database"},
    # It sees the events of a room, and nothing of Discord: other rooms have them too.
    "monitoring": {"discord", "discord_bot", "openclaw_client", "server", "app", "database"},
    "discord_bot": {"openclaw_client", "server", "app", "web", "httpx", "websockets"},
    "web": {"discord", "discord_bot", "openclaw_client", "server", "app", "database", "models"},
    # What every package may use knows none of them.
    "logs": OURS - {"logs"},
    "state": OURS - {"state", "logs"},
    "translations": OURS - {"translations"},
    "tasks": OURS - {"tasks", "logs"},
    "backoff": OURS - {"backoff"},
    "virtual_time": OURS - {"virtual_time"},
}
"""What DESIGN.md says that a package does not import, on the way of the data or beside it."""


KNOWN_ONLY_TO = {
    "sqlalchemy": {"database", "tests"},
    "alembic": {"database", "tests"},
    "aiosqlite": {"database", "tests"},
    "asyncpg": {"database", "tests"},
    "sqlite3": {"database", "tests"},
    "opentelemetry": {"monitoring", "tests"},
    "structlog": {"logs", "tests"},
    "ray": {"server", "tests"},
}
"""Libraries behind one package: the others use its API."""


BESIDE = {
    **{name: {*AROUND} for name in (*PRODUCT, "settings", "tasks")},
    "run": {"bench", "simulators", "testing", "tests"},
    "demo": {"bench", "tests"},
    "bench": {"demo", "tests"},
    "simulators": {"app", "bench", "demo", "server", "testing", "tests"},
    "testing": {"bench", "demo", "tests"},
}
"""What a package does not import of what stands around the product. run.py starts the demo."""


@cache
def graph() -> dict[str, set[str]]:
    """Each of our modules, and everything that it imports, also only for its types."""
    files = [ROOT / f"{name}.py" for name in TOP]
    files += [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    return {_name(file): set(_imports(file)) for file in files if "training" not in file.parts}


def _name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_module_imports_itself_by_a_detour() -> None:
    ours = {name: imported & graph().keys() - {name} for name, imported in graph().items()}
    for name, imported in ours.items():
        # A name taken from a package's front is not a dependency of the module behind it on itself.
        ours[name] = {each for each in imported if not name.startswith(f"{each}.")}
    try:
        TopologicalSorter(ours).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("package", sorted(KNOWS_NOTHING_OF.keys() | BESIDE.keys()))
def test_a_package_knows_only_what_the_map_allows(package: str) -> None:
    forbidden = KNOWS_NOTHING_OF.get(package, set()) | BESIDE.get(package, set())
    wrong = {
        f"{name} imports {imported}"
        for name, everything in graph().items()
        if name.split(".")[0] == package
        for imported in everything
        if imported.split(".")[0] in forbidden
    }
    assert wrong == set()


@pytest.mark.parametrize("library", sorted(KNOWN_ONLY_TO))
def test_a_library_stays_behind_its_package(library: str) -> None:
    wrong = {
        f"{name} imports {imported}"
        for name, everything in graph().items()
        if name.split(".")[0] not in KNOWN_ONLY_TO[library]
        for imported in everything
        if imported.split(".")[0] == library
    }
    assert wrong == set()


MAY_IMPORT_BENCH = ("tests.bench", "tests.demo", "tests.real_models")


def test_tests_of_the_product_import_no_benchmark_and_no_demo() -> None:
    """tests/bench and tests/demo test those; what others share with them is in testing/.

    tests/real_models hears the clips of the evaluations.
    """
    wrong = {
        f"{name} imports {imported}"
        for name, everything in graph().items()
        if name.startswith("tests.") and not name.startswith(MAY_IMPORT_BENCH)
        for imported in everything
        if imported.split(".")[0] in {"bench", "demo"}
    }
    assert wrong == set()


LONGEST_FILE = 450


def test_no_file_is_too_long_to_have_one_job() -> None:
    lines = {
        str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines())
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
    }
    lines |= {f"{name}.py": len((ROOT / f"{name}.py").read_text().splitlines()) for name in TOP}
    assert {name: length for name, length in lines.items() if length > LONGEST_FILE} == {}


def test_a_public_class_name_means_one_thing() -> None:
    """One name for two classes is confusing where both are imported."""
    places: dict[str, list[str]] = {}
    for package in (*PRODUCT, "simulators", "testing"):
        for file in (ROOT / package).rglob("*.py"):
            if "training" in file.parts:
                continue
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places.setdefault(node.name, []).append(str(file.relative_to(ROOT)))
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
