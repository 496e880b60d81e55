"""Members read only what can be translated: no plain literal is sent, raised or shown.

mypy refuses a string where a `Text` is wanted. This finds what it cannot: literals for discord.py's
own functions, and words that are declared to be the same in every language.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from discord_bot import errors
from translations.source_texts import name_of

FOLDER = Path(errors.__file__).parent

RAISED = {
    name
    for name, each in vars(errors).items()
    if isinstance(each, type) and issubclass(each, errors.VoiceSessionError)
}
SENT = {
    "announce", "answer", "edit_message", "edit_original_response", "post", "post_in",
    "send", "send_message", "tell", "verbatim", "write_to",
}  # fmt: skip
SHOWN = {
    "Button", "Embed", "Label", "Modal", "SelectOption", "TextDisplay", "TextInput", "add_field",
    "add_option", "button", "create_thread", "select", "set_footer",
}  # fmt: skip
"""What a member sees of components, embeds, forms and threads."""
FILLED = {"message", "plural"}
"""Their values are for people; their own texts are what is translated."""
NOT_FOR_PEOPLE = {"custom_id", "emoji", "url", "style", "auto_archive_duration"}

ALLOWED: dict[str, set[str]] = {}
"""By file: literals that are the same in every language, such as the name of a product."""


def literals(code: str) -> Iterator[tuple[int, str]]:
    """The line and the words of each literal that people would read."""
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or _is_for_the_log(node.func):
            continue
        name = name_of(node.func)
        if name in RAISED | SENT | SHOWN:
            given = [*node.args, *_keywords(node)]
        elif name in FILLED:
            given = _keywords(node)
        else:
            continue
        for value in given:
            yield from _words(value)


def _is_for_the_log(function: ast.expr) -> bool:
    """Whether it is `logs.FaultLog.tell`."""
    return isinstance(function, ast.Attribute) and name_of(function.value) in ("_faults", "faults")


def _keywords(call: ast.Call) -> list[ast.expr]:
    return [each.value for each in call.keywords if each.arg not in NOT_FOR_PEOPLE]


def _words(node: ast.expr) -> Iterator[tuple[int, str]]:
    """Literals of a value itself, not those of functions that are called in it."""
    match node:
        case ast.Constant(value=str(text)) if _says_something(text):
            yield node.lineno, text
        case ast.JoinedStr(values=parts):
            constants = (each for each in parts if isinstance(each, ast.Constant))
            text = "".join(str(each.value) for each in constants)
            if _says_something(text):
                yield node.lineno, text
        case ast.BinOp(left=left, right=right):
            yield from _words(left)
            yield from _words(right)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _words(body)
            yield from _words(orelse)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _words(value)


def _says_something(text: str) -> bool:
    return any(char.isalpha() for char in text)


def found() -> dict[str, set[str]]:
    every: dict[str, set[str]] = {}
    for file in sorted(FOLDER.rglob("*.py")):
        for line, text in literals(file.read_text(encoding="utf-8")):
            every.setdefault(str(file.relative_to(FOLDER)), set()).add(f"{line}: {text}")
    return every


def test_no_literal_is_sent_to_members() -> None:
    unknown = {
        f"discord_bot/{file}:{each}"
        for file, lines in found().items()
        for each in lines
        if each.partition(": ")[2] not in ALLOWED.get(file, set())
    }
    assert not unknown, "make it a message of the catalogues: translations.message"


def test_what_is_allowed_is_there() -> None:
    there = {file: {each.partition(": ")[2] for each in lines} for file, lines in found().items()}
    assert all(texts <= there.get(file, set()) for file, texts in ALLOWED.items())


@pytest.mark.parametrize(
    "code",
    [
        'answer(interaction, "Hello.", ephemeral=True)',
        'await interaction.response.send_message(f"I am in {channel}.")',
        'await session.tell(verbatim("Hello."))',
        'raise NotAllowed("You may not.")',
        'discord.ui.Button(label="Leave me out", custom_id="leave")',
        'message("{who} is here.", who="no member" if empty else name)',
        'channel.send(content="a" + name)',
        'embed.add_field(name="Who", value=text)',
        'answer(interaction, text or "Nothing.")',
    ],
)
def test_a_literal_would_be_found(code: str) -> None:
    assert list(literals(code))


@pytest.mark.parametrize(
    "code",
    [
        'answer(interaction, message("Hello."), ephemeral=True)',
        'verbatim(f"**{name}**: {words}")',
        'raise NotAllowed(message("You may not."))',
        'Button(label=text.to(language), custom_id="leave")',
        'message("{a}, {b}", a=", ".join(names), b=str(number))',
        'log.info("guild %s: left", guild.id)',
        'self._faults.tell(logging.ERROR, "the supervisor failed")',
        'channel.send("-# ", files=files)',
    ],
)
def test_what_is_translated_is_not(code: str) -> None:
    assert not list(literals(code))


def test_every_error_for_members_is_known() -> None:
    assert {"VoiceSessionError", "NotInVoice", "NotAllowed", "CouldNotConnect"} <= RAISED
