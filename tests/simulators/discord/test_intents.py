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


@pytest.mark.parametrize(("wanted", "code"), [(1 << 40, 4013), (1 << 1, 4014), (1 << 15, 4014)])
def test_intents_that_do_not_exist_or_were_not_granted(wanted: int, code: int) -> None:
    with pytest.raises(BadFrame) as refused:
        intents.check(wanted, privileged=0)
    assert refused.value.close_code == code


def test_every_intent_can_be_granted() -> None:
    everything = discord.Intents.all().value
    intents.check(everything, privileged=everything)
