"""Speech over a reply: the actions, and what they do to its playback."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from pipeline.events import ReplyDucked, ReplyResumed, RoomEvent
from pipeline.latency import TurnLatency
from pipeline.ports import AgentTurn
from pipeline.settings import BargeInSettings, ReplySettings
from pipeline.speaking.interruption import Interruption, InterruptionAction, InterruptionHandler
from pipeline.speaking.reply import Reply, ReplyVoice
from pipeline.speaking.text_normalization import SentenceCutter
from pipeline.speaking.turn_queue import ReplyRequest
from testing.room import ANN, BEN, JARVIS, FakeLoudspeaker, FakeSynthesizer
from tests.pipeline.speaking.scripts import ScriptedAgent, Step

SETTINGS = BargeInSettings(
    hold_after_ms=220, decide_within_ms=1500, longest_overlap_ms=6000, overhear_after_ms=700
)


def test_speech_ducks_at_once_and_holds_after_a_while() -> None:
    interruption = Interruption(SETTINGS)
    assert interruption.speech_began(ANN.id, 10.0) == [InterruptionAction.DUCK]
    assert interruption.tick(10.2) == []
    assert interruption.tick(10.22) == [InterruptionAction.HOLD]
    assert interruption.tick(10.3) == []


def test_what_may_be_an_echo_ducks_the_reply_and_holds_it_when_it_is_surely_speech() -> None:
    interruption = Interruption(SETTINGS)
    assert interruption.speech_began(ANN.id, 10.0, sure=False) == [InterruptionAction.DUCK]
    assert interruption.tick(10.5) == []
    assert interruption.ducked
    assert interruption.speech_began(ANN.id, 10.0) == []
    assert interruption.tick(10.52) == [InterruptionAction.HOLD]
    assert not interruption.ducked


def test_a_possible_echo_does_not_hold_the_reply_for_another_speaker() -> None:
    interruption = Interruption(SETTINGS)
    interruption.speech_began(ANN.id, 10.0, sure=False)
    interruption.speech_began(BEN.id, 10.4)
    assert interruption.tick(10.5) == []
    assert interruption.tick(10.63) == [InterruptionAction.HOLD]


def test_an_interruption_stops_the_reply() -> None:
    interruption = Interruption(SETTINGS)
    interruption.speech_began(ANN.id, 10.0)
    assert interruption.decided(ANN.id, interrupts=True) == [InterruptionAction.STOP]
    assert interruption.speech_began(BEN.id, 11.0) == []
    assert interruption.tick(12.0) == []


def test_a_backchannel_resumes_the_reply() -> None:
    interruption = Interruption(SETTINGS)
    interruption.speech_began(ANN.id, 10.0)
    interruption.tick(10.3)
    interruption.speech_ended(ANN.id, 10.5)
    assert interruption.decided(ANN.id, interrupts=False) == [InterruptionAction.RESUME]
    assert interruption.tick(10.6) == []


def test_after_a_resume_the_next_speech_ducks_again() -> None:
    interruption = Interruption(SETTINGS)
    interruption.speech_began(ANN.id, 10.0)
    interruption.decided(ANN.id, interrupts=False)
    assert interruption.speech_began(ANN.id, 11.0) == [InterruptionAction.DUCK]


def test_the_reply_resumes_when_all_speech_over_it_is_decided() -> None:
    interruption = Interruption(SETTINGS)
    interruption.speech_began(ANN.id, 10.0)
    assert interruption.speech_began(BEN.id, 10.1) == []
    assert interruption.decided(ANN.id, interrupts=False) == []
    assert interruption.decided(BEN.id, interrupts=False) == [InterruptionAction.RESUME]


def test_a_missing_decision_times_out_and_resumes_the_reply() -> None:
    interruption = Interruption(SETTINGS)
    interruption.speech_began(ANN.id, 10.0)
    interruption.tick(10.3)
    interruption.speech_ended(ANN.id, 10.5)
    assert interruption.tick(11.9) == []
    assert interruption.tick(12.0) == [InterruptionAction.RESUME]


def test_endless_speech_over_a_reply_times_out() -> None:
    interruption = Interruption(SETTINGS)
    interruption.speech_began(ANN.id, 10.0)
    interruption.tick(10.3)
    assert interruption.tick(16.0) == [InterruptionAction.RESUME]


def test_a_decision_on_a_speaker_without_overlap_changes_nothing() -> None:
    interruption = Interruption(SETTINGS)
    assert interruption.decided(ANN.id, interrupts=True) == []
    assert interruption.decided(BEN.id, interrupts=False) == []


def test_speech_that_continues_after_its_end_counts_from_its_beginning() -> None:
    interruption = Interruption(SETTINGS)
    interruption.speech_began(ANN.id, 10.0)
    interruption.speech_ended(ANN.id, 10.1)
    assert interruption.speech_began(ANN.id, 10.2) == []
    assert interruption.tick(10.25) == [InterruptionAction.HOLD]


# -- before the first sound ----------------------------------------------------------------------


def test_a_reply_that_has_not_sounded_is_held_at_once() -> None:
    interruption = Interruption(SETTINGS, audible=False)
    assert interruption.speech_began(ANN.id, 10.0) == [InterruptionAction.HOLD]
    interruption.ready(10.5)
    assert interruption.tick(11.9) == []
    assert interruption.decided(ANN.id, interrupts=False) == [InterruptionAction.RESUME]


def test_a_ready_reply_is_held_for_a_limited_time() -> None:
    interruption = Interruption(SETTINGS, audible=False)
    interruption.speech_began(ANN.id, 10.0)
    interruption.ready(11.0)
    interruption.ready(12.0)
    assert interruption.tick(12.4) == []
    assert interruption.tick(12.5) == [InterruptionAction.RESUME]
    interruption.became_audible()
    assert interruption.decided(ANN.id, interrupts=True) == [InterruptionAction.STOP], (
        "a late word still counts"
    )


def test_a_ready_reply_does_not_wait_for_long_speech() -> None:
    interruption = Interruption(SETTINGS, audible=False)
    interruption.speech_began(ANN.id, 4.0)
    interruption.ready(10.0)
    assert interruption.tick(10.0) == [InterruptionAction.RESUME]


def test_an_answer_that_was_not_heard_cannot_be_interrupted() -> None:
    interruption = Interruption(SETTINGS, audible=False)
    interruption.speech_began(ANN.id, 10.0)
    assert interruption.decided(ANN.id, interrupts=True) == [InterruptionAction.RESUME]
    assert interruption.clear


def test_a_ready_reply_waits_for_the_end_of_its_askers_words() -> None:
    interruption = Interruption(SETTINGS, audible=False, asker=ANN.id, by_name=True)
    interruption.speech_began(ANN.id, 10.0)
    interruption.ready(10.5)
    assert interruption.decided(ANN.id, interrupts=True, final=False) == []
    assert interruption.tick(19.0) == []
    interruption.speech_ended(ANN.id, 20.0)
    assert interruption.tick(21.4) == []
    assert interruption.tick(21.5) == [InterruptionAction.RESUME], "not longer than any decision"


@pytest.mark.parametrize(
    ("by_name", "for_the_agent", "waits_s"),
    [(True, False, 0.4), (True, True, 1.5), (False, False, 1.5), (False, True, 1.5)],
)
@pytest.mark.parametrize("talkers", [1, 5, 9])
def test_a_ready_reply_waits_for_others_for_a_limited_time(
    talkers: int, by_name: bool, for_the_agent: bool, waits_s: float
) -> None:
    interruption = Interruption(SETTINGS, audible=False, asker=ANN.id, by_name=by_name)
    others = [BEN.id + number for number in range(talkers)]
    for each in others:
        interruption.speech_began(each, 10.0)
    interruption.ready(10.5)
    if for_the_agent:
        assert interruption.decided(others[-1], interrupts=True, final=False) == []
    assert interruption.tick(10.5 + waits_s - 0.02) == []
    assert interruption.tick(10.5 + waits_s) == [InterruptionAction.RESUME]


def test_a_reply_that_has_waited_does_not_wait_for_those_who_begin_then() -> None:
    interruption = Interruption(SETTINGS, audible=False, asker=ANN.id, by_name=True)
    interruption.speech_began(BEN.id, 10.0)
    interruption.ready(10.5)
    assert interruption.tick(10.9) == [InterruptionAction.RESUME]
    assert interruption.speech_began(BEN.id, 10.92) == []
    assert interruption.clear
    assert interruption.speech_began(ANN.id, 10.92) == [InterruptionAction.HOLD], "its asker"
    assert interruption.dismissed(ANN.id) == [InterruptionAction.RESUME]
    interruption.became_audible()
    assert interruption.decided(BEN.id, interrupts=True) == [InterruptionAction.STOP]


def test_a_dismissed_speaker_can_duck_the_reply_later() -> None:
    interruption = Interruption(SETTINGS)
    interruption.speech_began(ANN.id, 10.0)
    assert interruption.dismissed(ANN.id) == [InterruptionAction.RESUME]
    assert interruption.dismissed(ANN.id) == []
    assert interruption.speech_began(ANN.id, 10.5) == [InterruptionAction.DUCK]


# -- the playback of a reply ---------------------------------------------------------------------


class HandledReply:
    """A reply that is being spoken, with its `InterruptionHandler`."""

    def __init__(self, *script: Step, speaking: Mapping[int, float] | None = None) -> None:
        self.clock = asyncio.get_running_loop().time
        self.loudspeaker = FakeLoudspeaker(self.clock)
        self.events: list[RoomEvent] = []
        self.reply = Reply(
            ReplyRequest(
                AgentTurn("jarvis", "Jarvis, how are you?", ANN),
                JARVIS,
                ScriptedAgent(list(script)),
                TurnLatency(),
            ),
            ReplyVoice(FakeSynthesizer(), self.loudspeaker),
            SentenceCutter(),
            ReplySettings(thinking_sound_after_s=0),
            self.clock,
        )
        self.handler = InterruptionHandler(
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
            self.handler.tick(self.clock())


@pytest.mark.virtual_time
async def test_the_playback_ducks_holds_and_resumes_and_observers_are_told() -> None:
    handled = HandledReply("Once upon a time there was a village by the sea.")
    await handled.wait(1.0)
    assert handled.handler.answer_audible
    handled.handler.speech_began(BEN.id, handled.clock())
    await handled.wait(0.4)
    assert handled.log == ["duck", "hold"]
    handled.handler.decided(BEN.id, interrupts=False, final=True)
    assert handled.log == ["duck", "hold", "resume"]
    assert [type(event) for event in handled.events] == [ReplyDucked, ReplyDucked, ReplyResumed]
    await handled.wait(10)


@pytest.mark.virtual_time
async def test_speech_from_before_the_reply_holds_its_first_sound() -> None:
    handled = HandledReply("I am fine.", speaking={BEN.id: 999.0})
    await handled.wait(0.5)
    assert handled.log == ["hold"]
    assert handled.loudspeaker.playbacks[0].first_sent_at is None
    handled.handler.speech_ended(BEN.id, handled.clock())
    handled.handler.decided(BEN.id, interrupts=False, final=True)
    await handled.wait(2.0)
    assert handled.handler.answer_audible
    assert handled.events == [], "nothing had sounded that could go quiet"


@pytest.mark.virtual_time
@pytest.mark.parametrize(("spoken_s", "repeated"), [(0.1, False), (0.4, True)])
async def test_only_a_reply_that_was_silent_repeats_its_last_word(
    spoken_s: float, repeated: bool
) -> None:
    handled = HandledReply("Once upon a time there was a village by the sea.")
    await handled.wait(1.0)
    handled.handler.speech_began(BEN.id, handled.clock())
    await handled.wait(spoken_s)
    (playback,) = handled.loudspeaker.playbacks
    played_ms = playback.played_ms
    handled.handler.dismissed(BEN.id)
    assert (playback.played_ms < played_ms) is repeated
    await handled.wait(10)


@pytest.mark.virtual_time
async def test_audio_that_was_heard_to_its_end_is_not_repeated() -> None:
    handled = HandledReply("I am fine. ", 5.0, "And you?")
    await handled.wait(2.0)
    (playback,) = handled.loudspeaker.playbacks
    played_ms = playback.played_ms
    handled.handler.speech_began(BEN.id, handled.clock())
    await handled.wait(0.4)
    handled.handler.dismissed(BEN.id)
    assert playback.played_ms == played_ms
    await handled.wait(6.0)


@pytest.mark.virtual_time
async def test_a_closed_handler_does_not_resume() -> None:
    handled = HandledReply("Once upon a time there was a village by the sea.")
    await handled.wait(0.5)
    handled.handler.speech_began(BEN.id, handled.clock())
    handled.handler.close()
    handled.handler.decided(BEN.id, interrupts=False, final=True)
    assert handled.log == ["duck"]
    await handled.wait(10)
