"""Every function that takes text or bytes from outside is in the growth tests or excused."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.outside.excused import EXCUSED, EXCUSED_MODULES
from tests.outside.test_growth import SUBJECTS

ROOT: Final = Path(__file__).parent.parent.parent

NOT_THE_BOT: Final = {"bench", "demo", "simulators", "testing", "tests"}
"""Packages that are not part of the bot: tests, simulators, benchmarks and the demonstration."""
APART: Final = {"fixture"}
"""Folders of the bot's packages that only tests use."""


def _takes_text(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    given = function.args
    for each in (*given.posonlyargs, *given.args, *given.kwonlyargs):
        names = ast.walk(each.annotation) if each.annotation is not None else ()
        if any(isinstance(name, ast.Name) and name.id in ("str", "bytes") for name in names):
            return True
    return False


def _functions(body: list[ast.stmt], above: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _functions(node.body, f"{above}{node.name}.")
        elif (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and not node.name.startswith("_")
            and _takes_text(node)
        ):
            yield f"{above}{node.name}"


def _listed() -> set[str]:
    # "module:function, in which way" is the same function again.
    names = {subject.name.partition(",")[0] for subject in SUBJECTS}
    return names | {name for subject in SUBJECTS for name in subject.covers}


def _modules() -> Iterator[tuple[str, Path]]:
    """Every module of the bot, also one that is not committed yet."""
    for file in sorted(ROOT.glob("*.py")):
        yield file.stem, file
    for package in sorted(each.parent for each in ROOT.glob("*/__init__.py")):
        if package.name in NOT_THE_BOT:
            continue
        for file in sorted(package.rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            if APART.isdisjoint(parts):
                yield ".".join(parts).removesuffix(".__init__"), file


def takes_text() -> set[str]:
    """Every public function and method of the bot with a parameter of text or bytes."""
    return {
        f"{module}:{name}"
        for module, file in _modules()
        for name in _functions(ast.parse(file.read_text(encoding="utf-8")).body, "")
    }


def _excused_modules() -> set[str]:
    return {module for modules in EXCUSED_MODULES.values() for module in modules}


def _module(name: str) -> str:
    return name.partition(":")[0]


def test_every_function_that_takes_text_is_tested_or_excused() -> None:
    excused = _excused_modules()
    unknown = {name for name in takes_text() - _listed() - EXCUSED if _module(name) not in excused}
    assert not unknown, "add a Subject, or excuse the function with a reason"


def test_a_new_module_would_be_found() -> None:
    modules = {module for module, _ in _modules()}
    assert modules >= {
        "run",
        "network.addresses",
        "server.audio.wav",
        "pipeline.speaking.text_normalization.sentence_cutter",
    }
    assert not modules & {"tests.outside.growth", "simulators.gateway.server"}


def test_nothing_is_both_tested_and_excused() -> None:
    assert not _listed() & EXCUSED
    assert not {_module(name) for name in _listed() | EXCUSED} & _excused_modules()


def test_no_excuse_outlives_what_it_excuses() -> None:
    there = takes_text()
    assert not EXCUSED - there
    assert not _excused_modules() - {_module(name) for name in there}
