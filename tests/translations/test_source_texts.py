"""The texts in the code are found, and what cannot be translated is refused."""

from __future__ import annotations

import pytest

from translations.check import problems_of_source
from translations.source_texts import NotExtractable, SourceText, source_texts, texts_in

START = "from translations import message, plural\nfrom discord import app_commands\n"


def found(code: str) -> list[tuple[str, str | None]]:
    return [(text.text, text.context) for text in texts_in(START + code, "a.py")]


def test_messages_are_found_within_each_other_and_in_one_piece() -> None:
    assert found('message("One " "text {a}.", a=message("other"))') == [
        ("One text {a}.", None),
        ("other", None),
    ]


def test_a_method_of_the_same_name_is_none() -> None:
    assert found('channel.message(text)\ntranslations.message("a")') == [("a", None)]


def test_a_plural_has_both_forms_and_its_values() -> None:
    (text,) = texts_in(START + 'plural("{count} a", "{count} as", count=n, who=x)', "a.py")
    assert (text.text, text.many) == ("{count} a", "{count} as")
    assert text.values == frozenset({"count", "who"})


def test_a_comment_for_translators_belongs_to_the_next_line() -> None:
    code = '# Translators: a fruit\nx = message("orange")\ny = message("red")\n'
    notes = [text.note for text in texts_in(START + code, "a.py")]
    assert notes == ["a fruit", ""]


def test_what_discord_shows_of_a_command_is_found() -> None:
    code = """
class Cog:
    @app_commands.command(description="Do it.")
    @app_commands.describe(what="The thing.")
    @app_commands.choices(what=[app_commands.Choice(name="all of it", value="all")])
    async def do(self, interaction, what: str) -> None: ...

    @do.autocomplete("what")
    async def suggest(self, interaction, current): ...

menu = app_commands.ContextMenu(name="Ask about this", callback=ask)
names = [app_commands.Choice(name=each.name, value=each.id) for each in agents]
"""
    assert set(found(code)) == {
        ("Do it.", None),
        ("The thing.", None),
        ("all of it", None),
        ("what", "option"),
        ("Ask about this", "menu"),
    }


@pytest.mark.parametrize(
    "code",
    [
        'message(f"I am in {where}.")',
        "message(text)",
        'message("a" + "b")',
        'message("")',
        'message("a", "b")',
        'plural("only one form", count=1)',
        "message()",
    ],
)
def test_a_text_that_is_no_literal_is_refused(code: str) -> None:
    with pytest.raises(NotExtractable, match=r"a\.py:3"):
        found(code)


@pytest.mark.parametrize(
    "code",
    [
        'message("I am in {channel}.")',
        'message("I am here.", channel=x)',
        'message("I am in {channel}.", place=x)',
        'message("{} {0}")',
        'message("{a.b}")',
        'message("{a:.1f}", a=x)',
        'message("{a!r}", a=x)',
        'message("{", a=x)',
    ],
)
def test_placeholders_and_values_must_agree(code: str) -> None:
    assert list(problems_of_source(texts_in(START + code, "a.py")))


def test_values_that_the_call_does_not_show_are_not_compared() -> None:
    assert not list(problems_of_source(texts_in(START + 'message("{a}", **values)', "a.py")))


def test_the_texts_of_the_bot_are_found() -> None:
    texts = source_texts()
    assert {text.file.partition("/")[0] for text in texts} >= {"discord_bot"}
    assert any(text.text == "Sensitivity is {level}." for text in texts)
    assert not list(problems_of_source(texts))
    assert all(isinstance(text, SourceText) for text in texts)
