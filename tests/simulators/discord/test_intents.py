from __future__ import annotations

import discord
import pytest

from simulators.discord import intents
from simulators.discord.errors import BadFrame


def test_events_need_their_intent_and_some_need_none() -> None:
    assert intents.allow(intents.VOICE_STATES, "VOICE_STATE_UPDATE")
    assert not intents.allow(intents.GUILDS, "VOICE_STATE_UPDATE")
    assert intents.allow(0, "INTERACTION_CREATE")
    assert intents.allow(0, "VOICE_SERVER_UPDATE")


BOT = 5
MESSAGE = {"author": {"id": "6"}, "mentions": [], "content": "hello"}


@pytest.mark.parametrize(
    ("wanted", "change", "content"),
    [
        (intents.MESSAGES, {}, ""),
        (intents.MESSAGES | intents.MESSAGE_CONTENT, {}, "hello"),
        (intents.MESSAGES, {"mentions": [{"id": "5"}]}, "hello"),
        (intents.MESSAGES, {"author": {"id": "5"}}, "hello"),
    ],
)
def test_the_words_of_others_need_an_intent(
    wanted: int, change: dict[str, object], content: str
) -> None:
    seen = intents.view(wanted, "MESSAGE_CREATE", MESSAGE | change, BOT)
    assert seen is not None
    assert seen["content"] == content


def test_the_bots_own_membership_needs_no_intent() -> None:
    for user_id, told in (("5", True), ("6", False)):
        data = {"user": {"id": user_id}}
        assert (intents.view(0, "GUILD_MEMBER_UPDATE", data, BOT) is not None) == told
        added = {"added_members": [{"user_id": user_id}]}
        seen = intents.view(intents.GUILDS, "THREAD_MEMBERS_UPDATE", added, BOT)
        assert (seen is not None) == told


@pytest.mark.parametrize(("wanted", "code"), [(1 << 40, 4013), (1 << 1, 4014), (1 << 15, 4014)])
def test_intents_that_do_not_exist_or_were_not_granted(wanted: int, code: int) -> None:
    with pytest.raises(BadFrame) as refused:
        intents.check(wanted, privileged=0)
    assert refused.value.close_code == code


def test_every_intent_can_be_granted() -> None:
    everything = discord.Intents.all().value
    intents.check(everything, privileged=everything)
