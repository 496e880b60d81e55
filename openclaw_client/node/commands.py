"""The commands of a node: each with its description, its arguments and its function.

The models of the arguments check what comes, and describe the tools to agents.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from openclaw_client.errors import BadArguments, UnknownCommand
from openclaw_client.node.settings import CommandName
from openclaw_client.protocol.wire import read_json

PLUGIN_ID: Final = "openclaw-voice"
"""An agent's tool policy refers to all tools of the bot by this id."""
_MAX_PARAMS_CHARS: Final = 50_000
"""Characters of JSON; the longest message with every letter escaped has half of that."""
Name = Annotated[str, Field(min_length=1, max_length=100)]


class Arguments(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )


class NoArguments(Arguments):
    """No arguments."""


A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class CommandCall:
    """The session that sent a command, and how long the caller waits, in seconds."""

    session_key: str | None
    within_s: float
    notes: dict[str, str] = field(default_factory=dict, compare=False)
    """What the audit log has of it besides its outcome, such as who approved it."""


CommandFunction: TypeAlias = Callable[[Any, CommandCall], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class NodeCommand:
    """One command. ``run`` gets its arguments as an instance of ``arguments``."""

    name: str
    description: str
    arguments: type[Arguments]
    run: CommandFunction
    tool_name: str
    """The name of the tool: model providers accept no dots."""

    def tool(self, prefix: str = "") -> dict[str, Any]:
        """Its descriptor in ``node.pluginTools.update``."""
        return {
            "pluginId": PLUGIN_ID,
            "name": prefix + self.tool_name,
            "description": self.description,
            "parameters": tool_schema(self.arguments),
            "command": self.name,
        }


def command(
    name: CommandName,
    description: str,
    arguments: type[A],
    run: Callable[[A, CommandCall], Awaitable[dict[str, Any]]],
    *,
    tool: str = "",
) -> NodeCommand:
    """A command; the types ensure that its function takes its arguments. ``tool`` is the name of
    its tool, by default the command's with underscores."""
    text = " ".join(description.split())
    return NodeCommand(name, text, arguments, run, tool or name.replace(".", "_"))


CommandGate: TypeAlias = Callable[[NodeCommand, Any, CommandCall], Awaitable[CommandCall]]
"""Lets a command with its validated arguments pass, or raises a `CommandError`. It returns the call
with the time that is left."""


class NodeCommands:
    """The allowed commands, by name. Each passes ``gate`` first, if there is one."""

    def __init__(
        self,
        known: Iterable[NodeCommand],
        allowed: Iterable[str],
        gate: CommandGate | None = None,
    ) -> None:
        permitted = set(allowed)
        self._gate = gate
        self._commands: dict[str, NodeCommand] = {
            each.name: each for each in known if each.name in permitted
        }

    @property
    def names(self) -> list[str]:
        return list(self._commands)

    def tools(self, prefix: str = "") -> list[dict[str, Any]]:
        """The descriptors of all commands as agents' tools, with ``prefix`` before each name."""
        return [each.tool(prefix) for each in self._commands.values()]

    async def execute(
        self, name: str, params_json: str | None, call: CommandCall
    ) -> dict[str, Any]:
        """Execute one command.

        Raises:
            CommandError: it was not carried out; the text says why.
        """
        known = self._commands.get(name)
        if known is None:
            known_names = ", ".join(self.names) or "none"
            raise UnknownCommand(f"{name}: command not supported; there are {known_names}")
        arguments = read_arguments(known.arguments, name, params_json)
        if self._gate is not None:
            call = await self._gate(known, arguments, call)
        return await known.run(arguments, call)


def read_arguments(model: type[A], command: str, text: str | None) -> A:
    """Validate the arguments of a command from its ``paramsJSON``; None is an empty object.

    Raises:
        BadArguments: names each wrong argument, what is wrong, and its purpose; never its value.
    """
    if text is not None and len(text) > _MAX_PARAMS_CHARS:
        raise BadArguments(f"{command}: its params have more than {_MAX_PARAMS_CHARS} characters")
    try:
        value: Any = {} if text is None else read_json(text)
    except ValueError:
        raise BadArguments(f"{command}: its params are no JSON") from None
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise BadArguments(f"{command}: its params must be an object")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        wrong = "; ".join(_describe_problem(model, one) for one in problems)
        raise BadArguments(f"{command}: {wrong}") from None


def tool_schema(model: type[Arguments]) -> dict[str, Any]:
    """The JSON schema of a tool's parameters, in the plain form that every model provider accepts:
    without titles and references; an optional one may be missing, but not null."""
    schema = model.model_json_schema()
    properties = {
        name: _simplified(description) for name, description in schema.get("properties", {}).items()
    }
    plain: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    if required := schema.get("required"):
        plain["required"] = required
    return plain


def _simplified(schema: dict[str, Any]) -> dict[str, Any]:
    choices = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    merged = {**schema, **(choices[0] if choices else {})}
    if "description" in merged:
        merged["description"] = " ".join(merged["description"].split())
    left_out = {"anyOf", "title"} | ({"default"} if merged.get("default", 0) is None else set())
    return {key: value for key, value in merged.items() if key not in left_out}


def _describe_problem(model: type[Arguments], error: ErrorDetails) -> str:
    name = str(error["loc"][0]) if error["loc"] else "params"
    field = model.model_fields.get(name)
    if field is None:
        known = ", ".join(model.model_fields) or "none"
        return f"{name}: there is no such argument; there are: {known}"
    what = " ".join((field.description or "").split()).rstrip(".")
    limits = error.get("ctx", {})
    match error["type"]:
        case "missing":
            wrong = "is missing"
        case "string_type":
            wrong = "must be text"
        case "string_too_long":
            wrong = f"must have at most {limits.get('max_length')} characters"
        case "string_too_short" | "string_pattern_mismatch" if name == "text":
            wrong = "must not be empty"
        case "literal_error":
            wrong = f"must be {limits.get('expected')}"
        case _:
            wrong = error["msg"][:1].lower() + error["msg"][1:]
    return f"{name} {wrong} ({what})"
