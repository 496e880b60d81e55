"""One reply and those who speak over it: what its loudspeaker does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from pipeline.events import ReplyDucked, ReplyResumed, RoomEvent
from pipeline.latency import TurnLatency
from pipeline.ports import AgentTurn
from pipeline.settings import BargeInSettings, ReplySettings
from pipeline.speaking.overlap import Overlap
from pipeline.speaking.reply import Reply, ReplyVoice
from pipeline.speaking.text_normalization import SentenceCutter
from testing.room import (
    ANN,
    BEN,
    JARVIS,
    FakeLoudspeaker,
    FakeSynthesizer,
)
from tests.pipeline.speaking.scripts import ScriptedAgent, Step

pytestmark = pytest.mark.virtual_time


class Stand:
    """A reply that is being given, and people who may speak over it."""

    def __init__(self, *script: Step, speaking: Mapping[int, float] | None = None) -> None:
        self.clock = asyncio.get_running_loop().time
        self.loudspeaker = FakeLoudspeaker(self.clock)
        self.events: list[RoomEvent] = []
        self.reply = Reply(
            AgentTurn("jarvis", "Jarvis, how are you?", ANN),
            JARVIS,
            ScriptedAgent(list(script)),
            ReplyVoice(FakeSynthesizer(), self.loudspeaker),
            SentenceCutter(),
            TurnLatency(),
            self.clock,
            lambda _: None,
            settings=ReplySettings(thinking_sound_after_s=0),
            on_open=lambda playback: self.over.opened(playback),
        )
        self.over = Overlap(
            self.reply,
            BargeInSettings(),
            speaking or {},
            self.clock,
            self.events.append,
            lambda: self.log.append("stop"),
        )
        self._task = asyncio.create_task(self.reply.run())

    @property
    def log(self) -> list[str]:
        return self.loudspeaker.playbacks[0].log

    async def wait(self, seconds: float) -> None:
        for _ in range(round(seconds * 50)):
            await asyncio.sleep(0.02)
            self.over.tick(self.clock())


async def test_it_makes_way_goes_on_and_says_so() -> None:
    stand = Stand("Once upon a time there was a village by the sea.")
    await stand.wait(1.0)
    assert stand.over.begun
    stand.over.speech_began(BEN.id, stand.clock())
    await stand.wait(0.4)
    assert stand.log == ["duck", "hold"]
    stand.over.decided(BEN.id, interrupts=False, final=True)
    assert stand.log == ["duck", "hold", "resume"]
    assert [type(event) for event in stand.events] == [ReplyDucked, ReplyDucked, ReplyResumed]
    await stand.wait(10)


async def test_who_spoke_before_it_was_asked_for_is_not_spoken_over() -> None:
    stand = Stand("I am fine.", speaking={BEN.id: 999.0})
    await stand.wait(0.5)
    assert stand.log == ["hold"]
    assert stand.loudspeaker.playbacks[0].first_sent_at is None
    stand.over.speech_ended(BEN.id, stand.clock())
    stand.over.decided(BEN.id, interrupts=False, final=True)
    await stand.wait(2.0)
    assert stand.over.begun
    assert stand.events == [], "nothing had sounded that could go quiet"


async def test_what_was_heard_to_its_end_is_not_said_again_after_a_noise() -> None:
    stand = Stand("I am fine. ", 5.0, "And you?")
    await stand.wait(2.0)
    (playback,) = stand.loudspeaker.playbacks
    played_ms = playback.played_ms
    stand.over.speech_began(BEN.id, stand.clock())
    await stand.wait(0.4)
    stand.over.dismissed(BEN.id)
    assert playback.played_ms == played_ms
    await stand.wait(6.0)


async def test_a_reply_that_is_being_ended_is_not_taken_up_again() -> None:
    stand = Stand("Once upon a time there was a village by the sea.")
    await stand.wait(0.5)
    stand.over.speech_began(BEN.id, stand.clock())
    stand.over.close()
    stand.over.decided(BEN.id, interrupts=False, final=True)
    assert stand.log == ["duck"]
    await stand.wait(10)
