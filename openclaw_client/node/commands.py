"""What a node can be asked to do: each command with its words, its arguments and its deed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from openclaw_client.errors import UnknownCommand
from openclaw_client.node.arguments import A, Arguments, read_arguments, tool_schema
from openclaw_client.node.settings import CommandName

PLUGIN_ID: Final = "openclaw-voice"
"""Under which an agent's tool policy finds all of our tools."""


@dataclass(frozen=True, slots=True)
class CommandCall:
    """Who asks, and how long they wait, in seconds."""

    session_key: str | None
    within_s: float


Deed: TypeAlias = Callable[[Any, CommandCall], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class NodeCommand:
    """One command. ``run`` gets its arguments as ``arguments`` has them."""

    name: CommandName
    description: str
    arguments: type[Arguments]
    run: Deed

    @property
    def tool_name(self) -> str:
        """The name of the tool: model providers take no dots."""
        return self.name.replace(".", "_")

    def tool(self) -> dict[str, Any]:
        """Its descriptor in ``node.pluginTools.update``."""
        return {
            "pluginId": PLUGIN_ID,
            "name": self.tool_name,
            "description": self.description,
            "parameters": tool_schema(self.arguments),
            "command": self.name,
        }


def command(
    name: CommandName,
    description: str,
    arguments: type[A],
    run: Callable[[A, CommandCall], Awaitable[dict[str, Any]]],
) -> NodeCommand:
    """A command whose deed takes exactly its arguments."""
    return NodeCommand(name, " ".join(description.split()), arguments, run)


class NodeCommands:
    """Those that are allowed."""

    def __init__(self, known: Iterable[NodeCommand], allowed: Iterable[str]) -> None:
        permitted = set(allowed)
        self._commands: dict[str, NodeCommand] = {
            each.name: each for each in known if each.name in permitted
        }

    @property
    def names(self) -> list[str]:
        return list(self._commands)

    def tools(self) -> list[dict[str, Any]]:
        """All as the Gateway offers them to agents."""
        return [each.tool() for each in self._commands.values()]

    async def obey(self, name: str, params_json: str | None, call: CommandCall) -> dict[str, Any]:
        """Do it.

        Raises:
            CommandError: it was not done; the text says why.
        """
        known = self._commands.get(name)
        if known is None:
            there_are = ", ".join(self.names) or "none"
            raise UnknownCommand(f"{name}: command not supported; there are {there_are}")
        return await known.run(read_arguments(known.arguments, name, params_json), call)
