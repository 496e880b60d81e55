"""One reply alone, in virtual time: what is spoken when, and what becomes of it when all fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import numpy as np
import pytest

from pipeline.audio import SPOKEN_RATE, Pcm16
from pipeline.errors import AgentLost, AgentTimeout, AgentUnavailable, SpeechUnavailable
from pipeline.latency import Mark, TurnLatency
from pipeline.ports import AgentDelta, AgentTurn, Voice
from pipeline.settings import ReplySettings
from pipeline.speaking.notices import LOST, ONE_MOMENT, TOO_LONG, UNAVAILABLE, WENT_WRONG
from pipeline.speaking.reply import Reply, ReplyVoice
from pipeline.speaking.text_normalization import SentenceCutter
from pipeline.transcript import words_heard
from testing.room import ANN, JARVIS, FakeLoudspeaker, FakePlayback, in_virtual_time
from tests.pipeline.speaking.scripts import Mishap, MishapSynthesizer, ScriptedAgent, Step

pytestmark = pytest.mark.virtual_time


LETTER_MS = 60
"""What the fake voice takes for a letter."""
TURN = AgentTurn("jarvis", "Jarvis, how are you?", ANN)
BROKEN = SpeechUnavailable("the speech server answered 500", "it reported an error")


@dataclass
class Scene:
    """A reply with everything around it faked; make it in a running loop."""

    agent: ScriptedAgent
    synthesizer: MishapSynthesizer = field(default_factory=MishapSynthesizer)
    settings: ReplySettings = field(
        default_factory=lambda: ReplySettings(
            one_moment_after_s=0, thinking_sound_after_s=0, offer_rest_after_s=0
        )
    )

    def __post_init__(self) -> None:
        self.clock = asyncio.get_running_loop().time
        self.loudspeaker = FakeLoudspeaker(self.clock)
        self.announced: list[tuple[str, float]] = []
        self.began = self.clock()
        self.reply = Reply(
            TURN,
            JARVIS,
            self.agent,
            ReplyVoice(self.synthesizer, self.loudspeaker),
            SentenceCutter(),
            TurnLatency(),
            self.clock,
            lambda text: self.announced.append((text, self.clock() - self.began)),
            settings=self.settings,
        )

    @property
    def spoken(self) -> list[str]:
        return [text for _, text in self.synthesizer.spoken]

    @property
    def heard(self) -> str:
        """What the listeners have heard by now."""
        playback = self.reply.playback
        played_ms = 0.0 if playback is None else playback.played_ms
        return words_heard(self.reply.outcome.sentences, played_ms)


def spoken_by(*script: Step) -> list[str]:
    """The sentences that are spoken of an answer."""

    async def scene() -> list[str]:
        scene = Scene(ScriptedAgent(list(script)))
        await scene.reply.run()
        assert scene.heard == " ".join(scene.spoken)
        return scene.spoken

    return in_virtual_time(scene())


# -- what is spoken ----------------------------------------------------------------------------


def test_an_answer_is_spoken_sentence_by_sentence() -> None:
    assert spoken_by("I am fine. ", "And ", "you?") == ["I am fine.", "And you?"]


def test_an_empty_answer_is_silence_and_no_failure() -> None:
    async def scene() -> None:
        scene = Scene(ScriptedAgent([]))
        await scene.reply.run()
        assert scene.loudspeaker.playbacks == []
        assert scene.reply.outcome.text == ""
        assert scene.reply.outcome.failure is None

    in_virtual_time(scene())


def test_the_first_sentence_sounds_while_the_second_is_written() -> None:
    async def scene() -> None:
        scene = Scene(ScriptedAgent(["I am fine. ", 5.0, "And you?"]))
        await scene.reply.run()
        (first, at_first), (second, at_second) = scene.announced
        assert (first, second) == ("I am fine.", "And you?")
        assert at_first < 0.1
        assert at_second == pytest.approx(5.0, abs=0.1)
        assert len(scene.loudspeaker.playbacks) == 1

    in_virtual_time(scene())


def test_it_ends_when_the_last_word_has_been_played() -> None:
    async def scene() -> None:
        scene = Scene(ScriptedAgent(["I am fine."]))
        await scene.reply.run()
        assert scene.clock() - scene.began == pytest.approx(10 * LETTER_MS / 1000, abs=0.1)
        assert scene.heard == "I am fine."

    in_virtual_time(scene())


class OddVoice(MishapSynthesizer):
    """Speaks in chunks whose length in ms is no round number, as they come over a network."""

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        self.spoken.append((voice.name, text))
        for _ in range(60):
            yield np.full(733, 5000, np.int16)


class SampleCountingPlayback(FakePlayback):
    """Knows what it has played by counting samples, as the one on Discord does."""

    samples = 0

    def feed(self, pcm: Pcm16) -> None:
        super().feed(pcm)
        self.samples += pcm.size

    @property
    def played_ms(self) -> float:
        return self.samples * 1000 / SPOKEN_RATE if self._done.is_set() else super().played_ms


def test_the_last_word_of_a_reply_that_was_played_whole_was_heard() -> None:
    async def scene() -> None:
        scene = Scene(ScriptedAgent(["And how are you today?"]), OddVoice())
        playback = SampleCountingPlayback(scene.clock)
        scene.loudspeaker.open = lambda: playback  # type: ignore[method-assign]
        await scene.reply.run()
        assert scene.heard == "And how are you today?"

    in_virtual_time(scene())


def test_what_was_said_before_a_tool_runs_does_not_wait_for_the_tool() -> None:
    async def scene() -> None:
        scene = Scene(ScriptedAgent(["One moment.", 30.0, " It is sunny in Paris, sir."]))
        await scene.reply.run()
        (first, at_first), (_, at_second) = scene.announced
        assert first == "One moment."
        assert at_first == pytest.approx(0.2, abs=0.05), "the pause is noticed after 0.2 s"
        assert at_second > 30

    in_virtual_time(scene())


def test_a_pause_in_mid_sentence_does_not_cut_it() -> None:
    assert spoken_by("It is sunny", 3.0, " in Paris, sir.") == ["It is sunny in Paris, sir."]


def test_deltas_that_come_in_time_are_no_pause() -> None:
    assert spoken_by("It cost 3.", 0.15, "50, sir.") == ["It cost 3.50, sir."]


def test_an_answer_that_begins_anew_goes_on_where_it_differs() -> None:
    assert spoken_by(
        "It is sunny in Paris. It is cold in Lon",
        1.0,
        AgentDelta("It is sunny in Paris. ", replace=True),
        "It is warm in London.",
    ) == ["It is sunny in Paris.", "It is warm in London."]


def test_the_stages_are_marked_in_their_order() -> None:
    async def scene() -> None:
        scene = Scene(ScriptedAgent([0.3, "I am fine. ", 0.5, "And you?"]))
        await scene.reply.run()
        latency = scene.reply.latency
        assert latency.at("first_delta") == pytest.approx(scene.began + 0.3)
        assert latency.at("first_sentence") == pytest.approx(scene.began + 0.3, abs=0.25)
        first_byte, sentence = latency.at("tts_first_byte"), latency.at("first_sentence")
        assert first_byte is not None
        assert sentence is not None
        assert first_byte - sentence == pytest.approx(0.02)

    in_virtual_time(scene())


# -- a voice that fails ------------------------------------------------------------------------


@pytest.mark.parametrize("after_chunks", [0, 3])
def test_the_sentence_that_fails_is_handed_over_and_the_answer_goes_on(after_chunks: int) -> None:
    async def scene() -> None:
        mishap = Mishap(BROKEN, after_chunks)
        voice = MishapSynthesizer({"The second is not.": mishap})
        agent = ScriptedAgent(["The first is heard. The second is not. ", "The third is again."])
        scene = Scene(agent, voice)
        await scene.reply.run()
        outcome = scene.reply.outcome
        assert outcome.unspoken == ["The second is not."]
        assert outcome.unspoken_why == "the speech server answered 500"
        assert outcome.unspoken_reason == "it reported an error"
        assert scene.heard == "The first is heard. The third is again."
        assert outcome.text == "The first is heard. The second is not. The third is again."
        assert outcome.failure is None

    in_virtual_time(scene())


def test_a_first_sentence_that_fails_does_not_silence_the_rest() -> None:
    async def scene() -> None:
        voice = MishapSynthesizer({"One.": Mishap(BROKEN), "Three.": Mishap(BROKEN)})
        scene = Scene(ScriptedAgent(["One. Two. Three. Four."]), voice)
        await scene.reply.run()
        assert scene.reply.outcome.unspoken == ["One.", "Three."]
        assert scene.heard == "Two. Four."
        assert scene.reply.outcome.text == "One. Two. Three. Four."

    in_virtual_time(scene())


def test_a_voice_that_breaks_in_a_way_nobody_foresaw_loses_no_words_either(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scene() -> None:
        voice = MishapSynthesizer({"I am fine.": Mishap(ZeroDivisionError("by nought"))})
        scene = Scene(ScriptedAgent(["I am fine. And you?"]), voice)
        await scene.reply.run()
        outcome = scene.reply.outcome
        assert outcome.unspoken == ["I am fine."]
        assert "ZeroDivisionError" in outcome.unspoken_why
        assert outcome.unspoken_reason == "", "what nobody foresaw is not for people"
        assert scene.heard == "And you?"

    in_virtual_time(scene())
    (logged,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert logged.exc_info is not None


async def test_a_foreseen_failure_of_the_voice_is_a_warning_without_a_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    voice = MishapSynthesizer({"I am fine.": Mishap(BROKEN)})
    await Scene(ScriptedAgent(["I am fine."]), voice).reply.run()
    (logged,) = caplog.records
    assert (logged.levelno, logged.exc_info) == (logging.WARNING, None)
    assert "I am fine" not in caplog.text, "what is said does not get into the log"


# -- an agent that fails -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "notice"),
    [
        (AgentUnavailable("the Gateway is away"), UNAVAILABLE),
        (AgentLost("the connection broke"), LOST),
        (AgentTimeout("60 s are over"), TOO_LONG),
        (ZeroDivisionError("nobody foresaw this"), WENT_WRONG),
    ],
)
def test_the_speaker_is_told_of_a_failing_agent(error: Exception, notice: tuple[str, ...]) -> None:
    async def scene() -> None:
        scene = Scene(ScriptedAgent([0.5, error]))
        await scene.reply.run()
        assert scene.spoken == list(notice)
        assert scene.heard == " ".join(notice)
        assert scene.reply.outcome.failure is error
        assert scene.reply.outcome.notice == " ".join(notice)

    in_virtual_time(scene())


def test_an_agent_that_fails_in_mid_answer_is_told_of_after_what_it_said() -> None:
    async def scene() -> None:
        error = AgentUnavailable("the connection broke")
        scene = Scene(ScriptedAgent(["I am fine. And ", error]))
        await scene.reply.run()
        assert scene.spoken == ["I am fine.", *UNAVAILABLE]

    in_virtual_time(scene())


def test_without_a_voice_the_notice_is_handed_over_too() -> None:
    async def scene() -> None:
        sentences = ("I am fine.", *UNAVAILABLE)
        voice = MishapSynthesizer({sentence: Mishap(BROKEN) for sentence in sentences})
        error = AgentUnavailable("the connection broke")
        scene = Scene(ScriptedAgent(["I am fine. And ", error]), voice)
        await scene.reply.run()
        assert scene.reply.outcome.unspoken == list(sentences)

    in_virtual_time(scene())


# -- an agent that does not begin ---------------------------------------------------------------


def patient(after_s: float) -> ReplySettings:
    return ReplySettings(one_moment_after_s=after_s, thinking_sound_after_s=0)


def moments(*script: Step, after_s: float = 4.0) -> list[tuple[str, float]]:
    """What was said, and when each sentence was ready."""

    async def scene() -> list[tuple[str, float]]:
        scene = Scene(ScriptedAgent(list(script)), settings=patient(after_s))
        await scene.reply.run()
        return [(text, round(at, 1)) for text, at in scene.announced]

    return in_virtual_time(scene())


def test_a_speaker_who_waits_is_asked_for_patience_once() -> None:
    assert moments(30.0, "I am fine.", 30.0, " And you?") == [
        (ONE_MOMENT, 4.0),
        ("I am fine.", 30.2),
        ("And you?", 60.0),
    ]


@pytest.mark.parametrize(("script", "after_s"), [((3.9, "Fine."), 4.0), ((9.0, "Fine."), 0.0)])
def test_an_answer_in_time_or_without_the_setting_comes_alone(
    script: tuple[Step, ...], after_s: float
) -> None:
    assert [text for text, _ in moments(*script, after_s=after_s)] == ["Fine."]


def test_a_late_answer_is_not_timed_by_the_sound_that_came_before_it() -> None:
    async def scene() -> None:
        scene = Scene(ScriptedAgent([30.0, "I am fine."]), settings=patient(4.0))
        await scene.reply.run()
        marks: tuple[Mark, ...] = ("first_delta", "first_sentence", "tts_first_byte")
        assert [scene.reply.latency.at(mark) for mark in marks] == [None] * 3

    in_virtual_time(scene())


def test_patience_that_was_in_vain_is_told() -> None:
    said = moments(60.0, AgentTimeout("60 s are over"))
    assert [text for text, _ in said] == [ONE_MOMENT, *TOO_LONG]


def test_a_failure_before_it_is_time_asks_for_no_patience() -> None:
    said = moments(1.0, AgentUnavailable("away"))
    assert [text for text, _ in said] == list(UNAVAILABLE)


# -- interruption ------------------------------------------------------------------------------


async def interrupt(scene: Scene, after_s: float) -> None:
    task = asyncio.create_task(scene.reply.run())
    await asyncio.sleep(after_s)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() - {asyncio.current_task()} == {
        playback._task for playback in scene.loudspeaker.playbacks if not playback._task.done()
    }


def test_an_interruption_while_the_agent_thinks_aborts_it() -> None:
    async def scene() -> None:
        scene = Scene(ScriptedAgent([10.0, "I am fine."]))
        await interrupt(scene, 1.0)
        assert scene.agent.aborted == [TURN]
        assert scene.loudspeaker.playbacks == []
        assert scene.heard == ""

    in_virtual_time(scene())


def test_an_interruption_in_mid_sentence_keeps_what_was_heard() -> None:
    async def scene() -> None:
        scene = Scene(ScriptedAgent(["I am fine. And how are you today, Ann?"]))
        await interrupt(scene, 1.2)
        assert scene.heard == "I am fine. And how"
        assert scene.loudspeaker.playbacks[0].log == ["cut"]
        assert scene.agent.aborted == [], "it had said all"

    in_virtual_time(scene())


def test_an_interruption_while_a_sentence_is_made_cuts_the_speech_server_off() -> None:
    async def scene() -> None:
        voice = MishapSynthesizer()
        voice.first_ms = 1000
        scene = Scene(ScriptedAgent(["I am fine.", 10.0]), voice)
        await interrupt(scene, 0.5)
        assert voice.cut_off == ["I am fine."]
        assert scene.agent.aborted == [TURN]
        (sentence,) = scene.reply.outcome.sentences
        assert not sentence.complete

    in_virtual_time(scene())


def test_an_interruption_while_the_speaker_is_told_of_a_failure_is_one_too() -> None:
    async def scene() -> None:
        scene = Scene(ScriptedAgent([AgentUnavailable("away")]))
        await interrupt(scene, 0.5)
        assert UNAVAILABLE[0].startswith(scene.heard)
        assert scene.loudspeaker.playbacks[0].log == ["cut"]

    in_virtual_time(scene())


def test_whatever_else_breaks_the_loudspeaker_falls_silent() -> None:
    async def scene() -> None:
        scene = Scene(ScriptedAgent(["I am fine.", 10.0]))

        def broken(text: str) -> None:
            raise ZeroDivisionError

        scene.reply._on_sentence = broken
        with pytest.raises(ZeroDivisionError):
            await scene.reply.run()
        assert scene.loudspeaker.playbacks[0].log == ["cut"]
        assert scene.agent.aborted == [TURN]

    in_virtual_time(scene())
