"""Every package that the code imports is declared where that code's dependencies are."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS: Final = PROJECT["dependency-groups"]
OURS: Final = {path.stem for path in (*ROOT.glob("*.py"), *(p.parent for p in ROOT.glob("*/*.py")))}
NOT_INSTALLED: Final = {"pipecat": "pipecat-ai", "livekit": "livekit-agents"}
"""Packages of the compared systems, whose import name differs from the distribution's."""


def names(requirements: Iterable[str]) -> set[str]:
    """The normalised names (PEP 503) of requirements; comments and pip's options have none."""
    found = (re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line) for line in requirements)
    return {re.sub(r"[-_.]+", "-", each[0]).lower() for each in found if each}


COMPARISON: Final = names(
    (ROOT / "bench/comparison/requirements.txt").read_text(encoding="utf-8").splitlines()
)
CLIENTS: Final = names(
    (ROOT / "bench/server_clients/requirements.txt").read_text(encoding="utf-8").splitlines()
)
PRODUCT: Final = names(PROJECT["project"]["dependencies"])
EXTRAS: Final = PROJECT["project"]["optional-dependencies"]
DECLARED: Final = {
    "": PRODUCT,
    "tests": PRODUCT | names(GROUPS["dev"]),
    "testing": PRODUCT | names(GROUPS["dev"]),
    "demo/pictures": PRODUCT | names(GROUPS["dev"]),
    "app/console": PRODUCT | names(EXTRAS["console"]),
    "server/cluster": PRODUCT | names(EXTRAS["ray"]),
    "fleet/sensors": PRODUCT | names([*EXTRAS["mqtt"], *EXTRAS["gpio"]]),
    "fleet/bootstrap": PRODUCT | names(EXTRAS["ssh"]),
    "bench": PRODUCT | names(GROUPS["bench"]),
    "bench/comparison/adapters": PRODUCT | COMPARISON,
    "bench/server_clients": PRODUCT | CLIENTS,
    "models/fixture/training": PRODUCT | names(GROUPS["fixture"]),
}
"""The declared distributions of each folder and what is below it, unless a longer one is listed."""


def files() -> Iterator[Path]:
    yield from ROOT.glob("*.py")
    for package in sorted(ROOT.glob("*/__init__.py")):
        yield from package.parent.rglob("*.py")


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def declared_for(file: Path) -> set[str]:
    place = file.relative_to(ROOT).as_posix()
    folders = [folder for folder in DECLARED if not folder or place.startswith(f"{folder}/")]
    return DECLARED[max(folders, key=len)]


def test_every_import_is_declared() -> None:
    installed = packages_distributions()
    undeclared = {
        f"{file.relative_to(ROOT)} imports {package}"
        for file in files()
        for package in set(imports(file)) - OURS - set(sys.stdlib_module_names)
        if not names(installed.get(package, [NOT_INSTALLED.get(package, package)]))
        & declared_for(file)
    }
    assert undeclared == set()


@pytest.mark.parametrize(
    ("file", "package", "declared"),
    [
        ("server/app.py", "starlette", True),
        ("server/app.py", "pytest", False),
        ("tests/test_run.py", "pytest", True),
        ("bench/comparison/adapters/pipecat.py", "pipecat-ai", True),
        ("bench/listening.py", "pipecat-ai", False),
        ("models/fixture/training/train.py", "torch", True),
        ("models/store.py", "torch", False),
    ],
)
def test_each_folder_has_its_own_dependencies(file: str, package: str, declared: bool) -> None:
    assert (package in declared_for(ROOT / file)) is declared
