"""Finds the texts in the code: what must stand in every catalogue. Pure but for reading files.

Found are literals in these places:

    message("...")  plural("...", "...")  locale_str("...")
    @command(description="...")           also of Group, ContextMenu, and of a GroupCog
    @describe(option="...")
    Choice(name="...")
    @context_menu(name="...")             context "menu"; also ContextMenu
    async def command(self, interaction, option)   context "option", below ``@command``

A comment that begins with "Translators:", in the line above, is copied into the catalogues.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from translations.catalogue import MENU, OPTION

ROOT: Final = Path(__file__).parent.parent
NOT_THE_BOT: Final = frozenset({"bench", "demo", "simulators", "testing", "tests", "translations"})
_NOTE: Final = "# Translators:"
_DESCRIBED: Final = frozenset({"command", "hybrid_command", "Group", "ContextMenu"})
_MENUS: Final = frozenset({"context_menu", "ContextMenu"})


class NotExtractable(Exception):
    """A text in the code that cannot be translated; the message names its place."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text in the code."""

    text: str
    file: str
    line: int
    many: str | None = None
    """The plural, where ``text`` is a singular."""
    context: str | None = None
    values: frozenset[str] | None = None
    """The names of the values it is given; None if the call does not show them."""
    note: str = ""
    """What the code says to translators."""


def source_texts(root: Path = ROOT) -> list[SourceText]:
    """All texts of the bot, by file and line.

    Raises:
        NotExtractable: a text is no literal.
    """
    found: list[SourceText] = []
    for package in sorted(each.parent for each in root.glob("*/__init__.py")):
        if package.name in NOT_THE_BOT:
            continue
        for file in sorted(package.rglob("*.py")):
            found += texts_in(file.read_text(encoding="utf-8"), str(file.relative_to(root)))
    return found


def texts_in(code: str, file: str) -> list[SourceText]:
    """The texts of one module.

    Raises:
        NotExtractable: a text is no literal.
    """
    if "translations" not in code and "app_commands" not in code:
        return []
    return sorted(_Module(code, file).texts(), key=lambda each: each.line)


class _Module:
    def __init__(self, code: str, file: str) -> None:
        self._tree = ast.parse(code)
        self._lines = code.splitlines()
        self._file = file

    def texts(self) -> Iterator[SourceText]:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call):
                yield from self._of_call(node)
            elif isinstance(node, ast.ClassDef):
                yield from self._keywords(node.keywords, "description")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from self._options(node)

    def _of_call(self, call: ast.Call) -> Iterator[SourceText]:
        name = name_of(call.func)
        if name in ("message", "plural") and _is_ours(call.func):
            yield self._message(call, plural=name == "plural")
        elif name == "locale_str" and call.args:
            yield self._text(call.args[0])
        elif name == "describe":
            for keyword in call.keywords:
                yield self._text(keyword.value)
        elif name == "Choice":
            yield from self._keywords(call.keywords, "name")
        if name in _DESCRIBED:
            yield from self._keywords(call.keywords, "description")
        if name in _MENUS:
            yield from self._keywords(call.keywords, "name", MENU)

    def _message(self, call: ast.Call, *, plural: bool) -> SourceText:
        expected = 2 if plural else 1
        if len(call.args) != expected:
            raise NotExtractable(f"{self._place(call)}: expected {expected} literals")
        words = [self._literal(each) for each in call.args]
        names = [each.arg for each in call.keywords]
        values = frozenset(name for name in names if name is not None)
        return SourceText(
            text=words[0],
            file=self._file,
            line=call.lineno,
            many=words[1] if plural else None,
            values=None if None in names else values,
            note=self._note(call.lineno),
        )

    def _keywords(
        self, keywords: list[ast.keyword], wanted: str, context: str | None = None
    ) -> Iterator[SourceText]:
        for keyword in keywords:
            # A choice that is computed has a name of its own: an agent's, a channel's.
            if keyword.arg == wanted and (wanted != "name" or _is_literal(keyword.value)):
                yield self._text(keyword.value, context)

    def _options(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[SourceText]:
        calls = (each for each in function.decorator_list if isinstance(each, ast.Call))
        if not any(name_of(each.func) == "command" for each in calls):
            return
        names = [each.arg for each in function.args.args]
        after = names.index("interaction") + 1 if "interaction" in names else len(names)
        for name in names[after:]:
            yield SourceText(name, self._file, function.lineno, context=OPTION)

    def _text(self, node: ast.expr, context: str | None = None) -> SourceText:
        if isinstance(node, ast.Call) and name_of(node.func) == "locale_str" and node.args:
            node = node.args[0]
        words = self._literal(node)
        return SourceText(words, self._file, node.lineno, context=context)

    def _literal(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            return node.value
        raise NotExtractable(f"{self._place(node)}: not a literal, so it cannot be translated")

    def _note(self, line: int) -> str:
        above = self._lines[line - 2].strip() if line > 1 else ""
        return above.removeprefix(_NOTE).strip() if above.startswith(_NOTE) else ""

    def _place(self, node: ast.expr) -> str:
        return f"{self._file}:{node.lineno}"


def name_of(function: ast.expr) -> str:
    """The last part of a called name."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_ours(function: ast.expr) -> bool:
    """Whether it is no method of the same name."""
    if isinstance(function, ast.Attribute):
        return name_of(function.value) == "translations"
    return True


def _is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and name_of(node.func) == "locale_str":
        return True
    return isinstance(node, ast.Constant)
