"""The list of commands, and the tools that agents get for them."""

from __future__ import annotations

import pytest

from openclaw_client.errors import UnknownCommand
from openclaw_client.node.commands import PLUGIN_ID, CommandCall, NodeCommands
from openclaw_client.node.node import all_commands
from openclaw_client.node.settings import COMMANDS
from openclaw_client.settings import OpenClawConfig
from simulators.gateway.params import NodeToolsUpdateParams, check_params
from tests.openclaw_client.node.fake_rooms import FakeRooms

ALL = all_commands(OpenClawConfig(), FakeRooms())


def test_every_command_of_the_settings_is_there() -> None:
    assert [command.name for command in ALL] == list(COMMANDS)


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
async def test_nor_obeyed(name: str) -> None:
    some = NodeCommands(ALL, ["voice.say", "gpu.list"])
    with pytest.raises(UnknownCommand, match=r"command not supported; there are voice\.say, gpu"):
        await some.obey(name, None, CommandCall(None, 30.0))
