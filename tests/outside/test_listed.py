"""No function that takes text or bytes from outside is left out of the growth tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.outside.test_growth import SUBJECTS

ROOT: Final = Path(__file__).parent.parent.parent

EXCUSED: Final = {
    # They keep it or hand it on, without a look at it.
    "configuration.schema:Entries.child",
    "configuration.schema:Section.child",
    "discord_bot.receive.dave:DaveSession.decrypt",
    "openclaw_client.protocol:ErrorShape.detail",
    "openclaw_client.protocol:chat_send_params",
    "openclaw_client.recovery:history_params",
    "pipeline.transcript:Transcript.add_reply",
    "pipeline.transcript:Transcript.add_speech",
    "pipeline.transcript:Transcript.readdress",
    # What they get is the bot's own.
    "configuration.schema:leaves",
    "openclaw_client.protocol:connect_params",
}
"""With the reason above."""


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


def takes_text() -> set[str]:
    """Every public function and method with a parameter of text or bytes, in the modules that have
    some that is listed."""
    found = set()
    for module in {name.partition(":")[0] for name in _listed()}:
        file = ROOT.joinpath(*module.split("."))
        file = file / "__init__.py" if file.is_dir() else file.with_suffix(".py")
        body = ast.parse(file.read_text(encoding="utf-8")).body
        found |= {f"{module}:{name}" for name in _functions(body, "")}
    return found


def test_whoever_takes_text_is_tested_or_excused() -> None:
    unknown = takes_text() - _listed() - EXCUSED
    assert not unknown, "add a Subject, or excuse them with a reason"


def test_nothing_is_both_tested_and_excused() -> None:
    assert not _listed() & EXCUSED


def test_no_excuse_outlives_its_function() -> None:
    assert not EXCUSED - takes_text()
