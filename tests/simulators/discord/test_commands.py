from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from simulators.discord.commands import COMMANDS, Command

TEXT = {"type": 3, "name": "text", "description": "What"}


def command(**changes: Any) -> dict[str, Any]:
    return {"name": "say", "description": "Say something", "options": [TEXT]} | changes


def option(**changes: Any) -> dict[str, Any]:
    return command(options=[TEXT | changes])


def choices(count: int, value: object = "v") -> list[dict[str, object]]:
    return [{"name": f"choice {i}", "value": value} for i in range(count)]


SUB = {"type": 1, "name": "sub", "description": "A subcommand"}


@pytest.mark.parametrize(
    "good",
    [
        command(),
        command(name="übung-1_a"),
        command(default_member_permissions="32"),
        command(default_member_permissions=None, contexts=[0], integration_types=[0]),
        option(choices=choices(25)),
        option(autocomplete=True, min_length=0, max_length=6000),
        option(type=4, choices=choices(2, 5), min_value=None),
        option(type=10, choices=choices(2, 0.5)),
        command(options=[SUB | {"options": [TEXT]}]),
        command(options=[{"type": 2, "name": "g", "description": "G", "options": [SUB]}]),
        {"type": 2, "name": "Report Message"},
        {"type": 3, "name": "Report", "name_localizations": {"de": "Das hier melden"}},
        command(name_localizations={"th": "กำลังไทย", "hi": "हिन्दी", "fr": "aujourd'hui"}),
        command(description_localizations={"ja": "何か話す"}, contexts=[0, 1], nsfw=True),
        option(choices=[{"name": "A", "value": "a", "name_localizations": {"de": "Ä"}}]),
    ],
)
def test_discord_takes(good: dict[str, Any]) -> None:
    Command.model_validate(good)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (command(name="Say"), "lower-case"),
        (command(name="say it"), "lower-case"),
        (command(name="s" * 33), "1-32"),
        (command(name=""), "1-32"),
        (command(name_localizations={"de": "Sag etwas"}), "lower-case"),
        (command(name_localizations={"de-AT": "sag"}), "no locale"),
        (command(description_localizations={"de": "d" * 101}), "at most 100"),
        (command(contexts=[3]), "0, 1 or 2"),
        (command(integration_types=[2]), "0 or 1"),
        (option(name_localizations={"de": "Text"}), "lower-case"),
        (option(description_localizations={"de": ""}), "at least 1"),
        (
            command(options=[TEXT | {"name_localizations": {"de": "b"}}, TEXT | {"name": "b"}]),
            "another option",
        ),
        ({"type": 2, "name": "R", "name_localizations": {"de": "x" * 33}}, "1-32"),
        ({"type": 2, "name": "R", "description_localizations": {"de": "x"}}, "nothing else"),
        (command(description=""), "1-100"),
        (command(description="d" * 101), "1-100"),
        (command(options=[TEXT, TEXT]), "same name"),
        (command(options=[TEXT | {"name": f"o{i}"} for i in range(26)]), "at most 25"),
        (command(options=[TEXT, TEXT | {"name": "b", "required": True}]), "after an optional"),
        (command(options=[SUB, TEXT]), "side by side"),
        (command(default_member_permissions="all"), "pattern"),
        (option(name="Text"), "lower-case"),
        (option(description="d" * 101), "at most 100"),
        (option(type=99), "should be"),
        (option(choices=choices(26)), "at most 25"),
        (option(choices=choices(1, "v" * 101)), "100 characters"),
        (option(choices=choices(1, 5)), "not of type STRING"),
        (option(type=4, choices=choices(1, "five")), "not of type INTEGER"),
        (option(choices=choices(1), autocomplete=True), "exclude each other"),
        (option(type=5, choices=choices(1)), "neither choices nor autocomplete"),
        (option(min_value=1), "smallest and largest"),
        (option(type=4, max_length=5), "shortest and longest"),
        (option(channel_types=[2]), "no channel types"),
        (option(options=[TEXT]), "has no options"),
        (command(options=[SUB | {"options": [SUB]}]), "holds no subcommand"),
        (command(options=[SUB | {"type": 2}]), "at least one"),
        ({"type": 2, "name": "Menu", "description": "no"}, "nothing else"),
        (
            command(
                options=[
                    TEXT
                    | {
                        "name": f"o{i}",
                        "choices": [
                            {"name": f"{j}" + "n" * 90, "value": "v" * 90} for j in range(5)
                        ],
                    }
                    for i in range(10)
                ]
            ),
            "8000",
        ),
    ],
)
def test_discord_refuses(bad: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Command.model_validate(bad)


def test_discord_refuses_more_than_a_hundred() -> None:
    with pytest.raises(ValidationError, match="at most 100"):
        COMMANDS.validate_python([command(name=f"c{i}") for i in range(101)])


def test_there_are_15_menu_commands_of_each_type() -> None:
    menus = [{"type": kind, "name": f"Menu {i}"} for kind in (2, 3) for i in range(15)]
    COMMANDS.validate_python(menus)
    with pytest.raises(ValidationError, match="at most 15 commands of type USER"):
        COMMANDS.validate_python([*menus, {"type": 2, "name": "One more"}])


def test_of_translated_texts_the_longest_counts() -> None:
    plain = Command.model_validate(command(description="d", options=[]))
    longer = command(description="d", options=[], description_localizations={"de": "ddd"})
    assert Command.model_validate(longer).characters() == plain.characters() + 2
