"""What commands take: wrong arguments are named, and the tools' schemas say the same."""

from __future__ import annotations

import json

import pytest

from openclaw_client.errors import BadArguments
from openclaw_client.node.arguments import (
    Arguments,
    InGuild,
    Join,
    Nothing,
    Notify,
    OneGpu,
    Say,
    Transcript,
    read_arguments,
    tool_schema,
)


def test_what_is_left_out_has_its_default() -> None:
    say = read_arguments(Say, "voice.say", '{"text": "Dinner is ready."}')
    assert (say.text, say.urgency, say.guild, say.agent) == ("Dinner is ready.", "wait", None, None)
    assert read_arguments(InGuild, "voice.status", None) == InGuild()
    assert read_arguments(InGuild, "voice.status", "null") == InGuild()


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ("{}", "voice.say: text is missing (What to say, as it is to be heard"),
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


def test_every_wrong_argument_is_told_at_once_and_none_is_repeated() -> None:
    with pytest.raises(BadArguments) as refused:
        read_arguments(Say, "voice.say", '{"guild": 31337, "urgency": "my secret"}')
    said = str(refused.value)
    assert all(name in said for name in ("guild", "urgency", "text"))
    assert "31337" not in said
    assert "my secret" not in said


@pytest.mark.parametrize("model", [Nothing, InGuild, Say, Join, Transcript, Notify, OneGpu])
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
