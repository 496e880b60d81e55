from __future__ import annotations

from typing import Any

import discord
import pytest

from simulators.discord.accounts import Member, User
from simulators.discord.command_input import fill
from simulators.discord.commands import Command, Registered
from simulators.discord.errors import CannotRun
from simulators.discord.world import World

WORLD = World(lambda event, data, guild_id: None, dave=True)
GUILD = WORLD.add_guild("A server", discord.Permissions.none())
ANN = Member(User("Ann"), discord.Permissions.none())
ROOM = GUILD.add_voice_channel("room")
HALL = GUILD.add_text_channel("hall")

OPTIONS = [
    {"type": 3, "name": "agent", "description": "Who", "required": True, "autocomplete": True},
    {"type": 4, "name": "level", "description": "How", "min_value": 1, "max_value": 3},
    {"type": 3, "name": "mood", "description": "M", "choices": [{"name": "Calm", "value": "calm"}]},
    {"type": 6, "name": "who", "description": "Whom"},
    {"type": 7, "name": "where", "description": "Where", "channel_types": [2]},
    {"type": 5, "name": "loud", "description": "Loud"},
    {"type": 3, "name": "short", "description": "S", "max_length": 3},
]


def registered(options: list[dict[str, Any]] = OPTIONS) -> Registered:
    body = {"name": "set", "description": "Set something", "options": options}
    return Registered(Command.model_validate(body), body, 1, None)


def test_options_travel_with_their_types_and_resolved() -> None:
    filled = fill(registered(), [], {"agent": "sage", "level": 2, "who": ANN, "where": ROOM})
    assert filled.options == [
        {"name": "agent", "type": 3, "value": "sage"},
        {"name": "level", "type": 4, "value": 2},
        {"name": "who", "type": 6, "value": str(ANN.user.id)},
        {"name": "where", "type": 7, "value": str(ROOM.id)},
    ]
    resolved = filled.resolved(ANN)
    assert resolved["users"][str(ANN.user.id)]["username"] == "ann"
    assert resolved["channels"][str(ROOM.id)]["name"] == "room"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, "needs"),
        ({"agent": "sage", "speed": 1}, "no option"),
        ({"agent": 5}, "not of type STRING"),
        ({"agent": "sage", "level": 4}, "more than 3"),
        ({"agent": "sage", "level": 0}, "less than 1"),
        ({"agent": "sage", "level": True}, "not of type INTEGER"),
        ({"agent": "sage", "mood": "wild"}, "not among the choices"),
        ({"agent": "sage", "short": "long"}, "0 to 3 characters"),
        ({"agent": "sage", "where": HALL}, "not a channel of the types"),
        ({"agent": "sage", "who": "Ann"}, "not of type USER"),
    ],
)
def test_what_the_client_would_not_send(values: dict[str, Any], why: str) -> None:
    with pytest.raises(CannotRun, match=why):
        fill(registered(), [], values)


def test_an_option_being_typed_is_marked() -> None:
    filled = fill(registered(), [], {"agent": "sa"}, focus="agent")
    assert filled.options == [{"name": "agent", "type": 3, "value": "sa", "focused": True}]
    with pytest.raises(CannotRun, match="no autocomplete for 'mood'"):
        fill(registered(), [], {"mood": "c"}, focus="mood")


def test_subcommands_nest() -> None:
    sub = {"type": 1, "name": "join", "description": "Join", "options": OPTIONS}
    group = {"type": 2, "name": "voice", "description": "Voice", "options": [sub]}
    nested = registered([group])
    options = fill(nested, ["voice", "join"], {"agent": "sage"}).options
    assert options == [
        {
            "name": "voice",
            "type": 2,
            "options": [
                {
                    "name": "join",
                    "type": 1,
                    "options": [{"name": "agent", "type": 3, "value": "sage"}],
                }
            ],
        }
    ]
    with pytest.raises(CannotRun, match="needs one of its subcommands"):
        fill(nested, ["voice"], {})
    with pytest.raises(CannotRun, match="no subcommand 'leave'"):
        fill(nested, ["voice", "leave"], {})
