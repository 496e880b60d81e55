"""What each command takes. The same models check what comes and describe the tools to agents."""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from openclaw_client.errors import BadArguments
from openclaw_client.node.rooms import Urgency
from openclaw_client.protocol.frames import read_json

LONGEST_SPEECH: Final = 1200
"""Letters; a minute and a half of speech."""
LONGEST_MESSAGE: Final = 1800
"""Discord takes 2,000."""
_LONGEST_PARAMS: Final = 50_000
"""Characters of JSON; the longest message with each letter escaped has half of that."""

Name = Annotated[str, Field(min_length=1, max_length=100)]


class Arguments(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )


class Nothing(Arguments):
    """No arguments."""


class InGuild(Arguments):
    guild: Name | None = None
    """The Discord server, by name or id (as text). Not needed where only one comes into
    question."""


class Say(InGuild):
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_SPEECH, pattern=r"\S")]
    """What to say, as it is to be heard: whole sentences, no markdown."""
    urgency: Urgency = "wait"
    """wait: in turn with what is waiting to be answered. next: before it. interrupt: at once, in
    place of what is being said."""
    agent: Name | None = None
    """The id of the agent in whose voice; the room's own if left out."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None
    """ISO code of the language of the text, for numbers and abbreviations."""


class Join(InGuild):
    channel: Name | None = None
    """The voice channel, by name or id (as text). Left out: where the person who asked is, or the
    only one with somebody in it."""


class Transcript(InGuild):
    lines: Annotated[int, Field(ge=1, le=200)] = 20
    """How many of the last lines."""


class Notify(InGuild):
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_MESSAGE, pattern=r"\S")]
    """The message."""
    person: Name | None = None
    """To whom, by Discord name or id (as text). Left out: the person whose session this is."""
    spoken: bool = False
    """Whether the same words come along as a sound file."""
    agent: Name | None = None
    """The id of the agent in whose voice they are spoken."""


class OneGpu(Arguments):
    index: Annotated[int, Field(ge=0, le=1023)] | None = None
    """Which GPU, as gpu.list numbers them; every one if left out."""


A = TypeVar("A", bound=Arguments)


def read_arguments(model: type[A], command: str, text: str | None) -> A:
    """The arguments of a command, from its ``paramsJSON``; none at all is an empty object.

    Raises:
        BadArguments: names each that is wrong, what of it, and what it is for; never its value.
    """
    if text is not None and len(text) > _LONGEST_PARAMS:
        raise BadArguments(f"{command}: its params have more than {_LONGEST_PARAMS} characters")
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
        wrong = "; ".join(_complaint(model, one) for one in problems)
        raise BadArguments(f"{command}: {wrong}") from None


def tool_schema(model: type[Arguments]) -> dict[str, Any]:
    """The JSON schema of a tool's parameters, in the plain form that every model provider takes:
    no titles, no references, an optional one is left out rather than null."""
    schema = model.model_json_schema()
    properties = {
        name: _plain(description) for name, description in schema.get("properties", {}).items()
    }
    plain: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    if required := schema.get("required"):
        plain["required"] = required
    return plain


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    choices = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    merged = {**schema, **(choices[0] if choices else {})}
    if "description" in merged:
        merged["description"] = " ".join(merged["description"].split())
    left_out = {"anyOf", "title"} | ({"default"} if merged.get("default", 0) is None else set())
    return {key: value for key, value in merged.items() if key not in left_out}


def _complaint(model: type[Arguments], error: ErrorDetails) -> str:
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
