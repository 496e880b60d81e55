from __future__ import annotations

from typing import Any

import pytest

from simulators.discord import payloads
from simulators.discord.errors import BadFrame


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", "5", '{"d": 1}', '{"op": "1", "d": 1}', '{"op": 1}']
)
def test_what_is_no_frame_closes_with_4002(text: str) -> None:
    with pytest.raises(BadFrame, match="malformed frame") as refused:
        payloads.read_frame(text)
    assert refused.value.close_code == 4002


def test_a_frame_may_carry_nothing() -> None:
    assert payloads.read_frame('{"op": 1, "d": null}') == payloads.Frame(op=1, d=None)


STATE = {"guild_id": "5", "channel_id": None, "self_mute": False, "self_deaf": False}


@pytest.mark.parametrize(
    ("model", "data", "field"),
    [
        (payloads.VoiceStateUpdate, STATE | {"guild_id": "five"}, "guild_id"),
        (payloads.VoiceStateUpdate, STATE | {"self_mute": "no"}, "self_mute"),
        (payloads.VoiceStateUpdate, {"guild_id": "5"}, "channel_id"),
        (payloads.Speaking, {"speaking": 9, "delay": 0, "ssrc": 1}, "speaking"),
        (payloads.Speaking, {"speaking": 1, "ssrc": 1}, "delay"),
        (payloads.VoiceHeartbeat, 12345, "it"),
        (payloads.RequestMembers, {"guild_id": "5"}, "exactly one of query and user_ids"),
        (payloads.RequestMembers, {"guild_id": "5", "query": "a"}, "query needs limit"),
        (payloads.Transition, {"transition_id": 70_000}, "transition_id"),
    ],
)
def test_a_wrong_field_is_named(model: type[payloads.Payload], data: Any, field: str) -> None:
    with pytest.raises(BadFrame, match=field):
        payloads.read(model, data)


def test_ids_may_be_strings_or_numbers_and_unknown_fields_are_ignored() -> None:
    read = payloads.read(payloads.VoiceStateUpdate, STATE | {"channel_id": 7, "new": 1})
    assert (read.guild_id, read.channel_id) == (5, 7)
