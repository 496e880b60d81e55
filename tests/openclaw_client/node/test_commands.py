"""The list of commands, and the tools that agents get for them."""

from __future__ import annotations

import json

import pytest

from fleet.sensors.commands import SensorCommands
from fleet.sensors.sampler import Sampler
from openclaw_client.errors import BadArguments, UnknownCommand
from openclaw_client.node.command_sets import bot_commands
from openclaw_client.node.commands import (
    PLUGIN_ID,
    Arguments,
    CommandCall,
    NoArguments,
    NodeCommands,
    read_arguments,
    tool_schema,
)
from openclaw_client.node.settings import COMMANDS, NodeSettings
from openclaw_client.node.system_commands import OneGpu
from openclaw_client.node.voice_commands import InGuild, Join, Notify, Say, TranscriptArguments
from simulators.gateway.params import NodeToolsUpdateParams, check_params
from testing.fake_rooms import FakeRooms

ALL = bot_commands(NodeSettings(), FakeRooms())
SENSORS = SensorCommands(Sampler((), 60.0)).all()
JOBS = ["job.submit", "job.status", "job.list", "job.logs", "job.cancel", "container.exec"]
OTHERS = ["human.notify", *JOBS, "memory.remember", "memory.observe", "fleet.status"]
"""Commands whose parts need a running fleet member (tests/fleet)."""


def test_every_command_of_the_settings_is_there() -> None:
    assert [*(command.name for command in (*ALL, *SENSORS)), *OTHERS] == list(COMMANDS)


def test_their_tools_are_such_as_the_gateway_takes() -> None:
    tools = NodeCommands(ALL, COMMANDS).tools()
    check_params(NodeToolsUpdateParams, {"tools": tools}, "node.pluginTools.update")
    assert [tool["name"] for tool in tools][:3] == ["voice_say", "voice_join", "voice_leave"]
    assert {tool["pluginId"] for tool in tools} == {PLUGIN_ID}
    assert all(len(tool["description"]) <= 1024 for tool in tools)


def test_what_is_not_allowed_is_not_offered() -> None:
    some = NodeCommands(ALL, ["voice.say", "gpu.list"])
    assert some.names == ["voice.say", "gpu.list"]
    assert [tool["command"] for tool in some.tools()] == ["voice.say", "gpu.list"]


@pytest.mark.parametrize("name", ["voice.leave", "system.run", ""])
async def test_an_unallowed_command_is_not_executed(name: str) -> None:
    some = NodeCommands(ALL, ["voice.say", "gpu.list"])
    with pytest.raises(UnknownCommand, match=r"command not supported; there are voice\.say, gpu"):
        await some.execute(name, None, CommandCall(None, 30.0))


def test_what_is_left_out_has_its_default() -> None:
    say = read_arguments(Say, "voice.say", '{"text": "Dinner is ready."}')
    assert (say.text, say.urgency, say.guild, say.agent) == ("Dinner is ready.", "wait", None, None)
    assert read_arguments(InGuild, "voice.status", None) == InGuild()
    assert read_arguments(InGuild, "voice.status", "null") == InGuild()


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ("{}", "voice.say: text is missing (What to say, as spoken text"),
        ('{"text": "hi", "guild": 900}', "guild must be text (The Discord server, by name or id"),
        ('{"text": " "}', "text must not be empty"),
        ('{"text": "hi", "urgency": "now"}', "urgency must be 'wait', 'next' or 'interrupt'"),
        ('{"text": "hi", "txt": "x"}', "txt: there is no such argument; there are: guild, text"),
        ('{"text": "hi", "language": "English"}', "language "),
        (json.dumps({"text": "x" * 1201}), "text must have at most 1200 characters"),
        ('["hi"]', "voice.say: its params must be an object"),
        ("{", "voice.say: its params are no JSON"),
        ("[" * 5000, "voice.say: its params are no JSON"),
        ('{"text": ' + "1" * 5000 + "}", "voice.say: its params are no JSON"),
        (json.dumps({str(key): 0 for key in range(10_000)}), "more than 50000 characters"),
    ],
)
def test_a_wrong_argument_is_named_with_what_it_is_for(params: str, complaint: str) -> None:
    with pytest.raises(BadArguments) as refused:
        read_arguments(Say, "voice.say", params)
    assert complaint in str(refused.value)


def test_all_wrong_arguments_are_named_and_no_value_is_repeated() -> None:
    with pytest.raises(BadArguments) as refused:
        read_arguments(Say, "voice.say", '{"guild": 31337, "urgency": "my secret"}')
    said = str(refused.value)
    assert all(name in said for name in ("guild", "urgency", "text"))
    assert "31337" not in said
    assert "my secret" not in said


@pytest.mark.parametrize(
    "model", [NoArguments, InGuild, Say, Join, TranscriptArguments, Notify, OneGpu]
)
def test_a_schema_is_plain_and_says_what_each_argument_is_for(model: type[Arguments]) -> None:
    schema = tool_schema(model)
    text = json.dumps(schema)
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert not any(word in text for word in ("$ref", "$defs", "anyOf", "title", "null"))
    assert all(each["description"] for each in schema["properties"].values())


def test_the_schema_of_say() -> None:
    schema = tool_schema(Say)
    assert schema["required"] == ["text"]
    assert schema["properties"]["urgency"]["enum"] == ["wait", "next", "interrupt"]
    assert schema["properties"]["text"]["maxLength"] == 1200
    assert schema["properties"]["guild"]["type"] == "string"
