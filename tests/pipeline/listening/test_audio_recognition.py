"""Recognition of one speaker in virtual time: from frames to a final transcript."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from pipeline.audio import Pcm16
from pipeline.errors import ModelUnavailable, Superseded
from pipeline.inference.expected_names import ExpectedNames
from pipeline.listening.audio_recognition import extend_silence
from pipeline.listening.endpoint_rule import FixedSilence, Silences
from pipeline.listening.turn_completion import CompletionEvidence
from pipeline.settings import PipelineSettings, SttSettings, TurnSettings
from testing.room import ANN
from tests.pipeline.listening.recognition_room import Room

pytestmark = pytest.mark.virtual_time


QUESTION = "Jarvis, what time is it?"


class SentEarly:
    """Known words are sent after 300 ms of silence, and sound after 700."""

    def silences(self, evidence: CompletionEvidence) -> Silences:
        return Silences(900, 900) if evidence.utterance is None else Silences(300, 700)


NO_PARTIALS = PipelineSettings(stt=SttSettings(partial_interval_s=0))


async def test_a_turn_is_reported_from_its_start_to_its_transcript() -> None:
    async with Room() as room:
        began = await room.say(QUESTION, 1.0)
        meanwhile = room.recognition.speaking
        await room.pause(1.0)
        assert (meanwhile, room.recognition.speaking) == (True, False)
        assert room.story == ["began", "pausing", "provisional", "ended", "final"]
        utterance = room.one("final")
        assert utterance.speaker == ANN
        assert utterance.transcription.text == QUESTION
        assert utterance.began == pytest.approx(began, abs=0.05)
        assert room.one("began") == utterance.began


async def test_the_transcript_is_ready_when_the_turn_ends() -> None:
    async with Room() as room:
        room.models.turn_ms = room.models.stt_ms = 200
        began = await room.say(QUESTION, 1.0)
        await room.pause(1.0)
        latency = room.one("final").latency
        stages = latency.stages_ms()
        assert latency.at("speech_end") == pytest.approx(began + 1.0, abs=0.05)
        assert stages["listen"] == pytest.approx(100, abs=45)
        assert stages["stt"] == pytest.approx(200, abs=5)
        assert stages["turn"] < 5
        (asked,) = room.models.asked
        assert asked["final"]


async def test_the_beginning_of_the_first_word_is_not_cut_off() -> None:
    async with Room() as room:
        await room.say(QUESTION, 1.0)
        await room.pause(1.0)
        (asked,) = room.models.asked
        assert asked["seconds"] >= 1.06, "the speech, and the silence of the look"


async def test_a_turn_contains_no_audio_of_the_turn_before() -> None:
    async with Room(rule=FixedSilence(240)) as room:
        await room.say(QUESTION, 1.0)
        await room.pause(0.29)
        assert room.story[-1] == "final"
        await room.say("And tomorrow?", 1.0)
        await room.pause(1.0)
        texts = [each.transcription.text for what, each in room.told if what == "final"]
        assert texts == [QUESTION, "And tomorrow?"]


async def test_early_results_wait_until_the_silence_is_long_enough() -> None:
    async with Room(rule=FixedSilence(260)) as room:
        room.models.turn_ms = room.models.stt_ms = 5
        began = await room.say(QUESTION, 1.0)
        await room.pause(1.0)
        decided = room.one("final").latency.at("turn_decided")
        assert decided - (began + 1.0) == pytest.approx(0.26, abs=0.05)
        assert list(room.audio_input.check_lags_ms) == [0.0]


async def test_the_lag_of_a_late_model_result_is_recorded() -> None:
    async with Room(rule=FixedSilence(800)) as room:
        room.models.turn_ms = 250
        await room.say(QUESTION, 1.0)
        await room.pause(1.0)
        (lag_ms,) = room.audio_input.check_lags_ms
        assert 250 - 200 <= lag_ms <= 250


async def test_checks_of_a_pause_that_is_over_are_cancelled() -> None:
    async with Room() as room:
        room.models.turn_ms = 5000
        await room.say("Jarvis, I was wondering", 1.0)
        await room.pause(0.3)
        await room.say("what time it is", 0.5)
        assert room.models.checks_cancelled == 1


async def test_the_turn_model_is_asked_once_in_a_pause() -> None:
    async with Room(rule=FixedSilence(1200)) as room:
        asked: list[int] = []

        def unsure(audio: Pcm16) -> float:
            asked.append(audio.size)
            return 0.01

        room.models.complete = unsure
        began = await room.say("It was raining all day", 1.0)
        await room.pause(2.0)
        decided = room.one("final").latency.at("turn_decided")
        assert decided - (began + 1.0) == pytest.approx(1.2, abs=0.05)
        assert len(asked) == 1


# -- sent early ---------------------------------------------------------------------------------


async def test_a_provisional_transcript_comes_before_the_final_one() -> None:
    async with Room(rule=SentEarly()) as room:
        began = await room.say(QUESTION, 1.0)
        await room.pause(0.45)
        assert room.story == ["began", "pausing", "provisional"]
        assert room.recognition.speaking
        await room.pause(1.0)
        assert room.story == ["began", "pausing", "provisional", "ended", "final"]
        early, final = room.one("provisional"), room.one("final")
        assert early.transcription == final.transcription
        assert early.began == final.began == pytest.approx(began, abs=0.05)
        assert early.latency is final.latency
        assert final.latency.at("turn_decided") - (began + 1.0) == pytest.approx(0.3, abs=0.05)
        assert room.models.transcribed == 1


async def test_speech_before_the_end_withdraws_the_transcript_and_goes_on_as_one_turn() -> None:
    async with Room(NO_PARTIALS, SentEarly()) as room:
        await room.say("Jarvis, what is the weather", 1.0)
        await room.pause(0.45)
        await room.say("in Paris?", 1.0)
        await room.pause(1.5)
        assert room.story == [
            *("began", "pausing", "provisional", "withdrawn", "resumed"),
            *("pausing", "provisional", "ended", "final"),
        ]
        assert room.one("final").transcription.text == "Jarvis, what is the weather in Paris?"
        first, second = room.models.asked
        assert second["seconds"] > first["seconds"] + 1.0, "the whole turn, not its second half"


async def test_a_cough_withdraws_the_transcript_and_the_same_words_end_the_turn() -> None:
    async with Room(NO_PARTIALS, SentEarly()) as room:
        await room.say(QUESTION, 1.0)
        await room.pause(0.45)
        cough = await room.say("", 0.2)
        room.models.texts.remove("")
        room.models.texts.append("")
        await room.pause(1.5)
        assert room.story[-4:] == ["pausing", "provisional", "ended", "final"]
        final = room.one("final")
        assert final.transcription.text.strip() == QUESTION
        assert final.latency.at("turn_decided") - cough < 0.6


async def test_words_that_are_rejected_are_not_provisional() -> None:
    async with Room(rule=SentEarly()) as room:
        room.models.rejected = "Whisper makes this up from silence"
        await room.say("Thank you.", 1.0)
        await room.pause(1.6)
        assert room.story == ["began", "pausing", "ended", "not understood"]


async def test_a_provisional_transcript_is_withdrawn_when_its_speaker_leaves() -> None:
    async with Room(rule=SentEarly()) as room:
        await room.say(QUESTION, 1.0)
        await room.pause(0.45)
        room.recognition.close()
        await asyncio.sleep(2)
        assert room.story == ["began", "pausing", "provisional", "withdrawn"]


async def test_the_committed_words_of_a_long_turn_stay_when_it_is_reopened() -> None:
    stt = SttSettings(partial_interval_s=0, settle_after_s=2.0)
    async with Room(PipelineSettings(stt=stt), SentEarly()) as room:
        await room.say("It was raining all day yesterday.", 3.0)
        await room.pause(0.5)
        await room.say("What is the weather today?", 1.0)
        await room.pause(1.5)
        text = room.one("final").transcription.text
        assert text == "It was raining all day yesterday. What is the weather today?"
        assert room.models.asked[-1]["seconds"] < 2.0


# -- what the models are given ------------------------------------------------------------------


def test_extended_silence_mirrors_the_last_samples() -> None:
    audio = np.array([900, 3, -1, 2], np.int16)
    assert extend_silence(audio, 2).tolist() == [900, 3, -1, 2, 2, -1]
    assert extend_silence(audio, 0).tolist() == audio.tolist()
    assert extend_silence(audio, 6).tolist() == [900, 3, -1, 2, 2, -1, 3, 900, 900, 3]
    assert extend_silence(audio[:0], 3).size == 0


def test_extended_silence_does_not_reach_back_into_the_speech() -> None:
    speech, silence = np.full(4000, 9000, np.int16), np.arange(1024, dtype=np.int16)
    extended = extend_silence(np.concatenate([speech, silence]), 2688)
    assert extended.size == 4000 + 1024 + 2688
    assert extended[4000:].max() < 1024
    assert np.abs(np.diff(extended[4000:].astype(int))).max() <= 1, "no step"


async def test_language_comes_from_the_settings_and_names_from_the_room() -> None:
    async with Room(PipelineSettings(stt=SttSettings(language="de"))) as room:
        room.expected_names = ExpectedNames(("Jarvis",))
        await room.say(QUESTION, 1.0)
        await room.pause(1.0)
        (asked,) = room.models.asked
        assert (asked["language"], asked["names"]) == ("de", ExpectedNames(("Jarvis",)))


async def test_speech_after_a_short_pause_cancels_its_transcription() -> None:
    async with Room(NO_PARTIALS) as room:
        room.models.stt_ms = 5000
        room.models.complete = lambda audio: 0.1
        await room.say("Jarvis, I was wondering", 1.0)
        await room.pause(0.35)
        room.models.stt_ms, room.models.complete = 60, lambda audio: 0.9
        await room.say("what time it is", 1.0)
        await room.pause(1.6)
        assert room.story == ["began", "resumed", "pausing", "ended", "final"]
        text = room.one("final").transcription.text
        assert text == "Jarvis, I was wondering what time it is"
        assert room.models.transcriptions_cancelled == 1
        assert len({asked["key"] for asked in room.models.asked}) == 2


async def test_a_pause_gives_a_partial_transcript_while_the_turn_is_open() -> None:
    async with Room() as room:
        room.models.complete = lambda audio: 0.1
        await room.say("It was raining all day yesterday.", 1.0)
        await room.pause(0.4)
        assert room.story == ["began", "pausing"]
        assert room.one("pausing").transcription.text == "It was raining all day yesterday."
        assert room.recognition.speaking


async def test_a_turn_that_goes_on_can_be_transcribed_in_part() -> None:
    async with Room() as room:
        await room.say(QUESTION, 0.8)
        room.recognition.transcribe_partial()
        await room.say(QUESTION, 0.4)
        assert room.one("partial").transcription.text == QUESTION
        (asked,) = room.models.asked
        assert not asked["final"], "what is final goes before it"
        assert asked["seconds"] == pytest.approx(0.8, abs=0.1)


async def test_a_late_partial_transcript_is_not_reported() -> None:
    async with Room() as room:
        room.models.stt_ms = 2000
        await room.say(QUESTION, 0.8)
        room.recognition.transcribe_partial()
        await asyncio.sleep(0)
        room.models.stt_ms = 60
        await room.pause(0.7)
        await room.say("The next turn", 1.5)
        assert (room.models.transcribed, room.models.transcriptions_cancelled) == (1, 1)
        assert room.story == ["began", "pausing", "provisional", "ended", "final", "began"]


async def test_a_turn_at_its_length_limit_is_split_without_losing_words() -> None:
    settings = PipelineSettings(turn=TurnSettings(max_turn_s=3.0))
    async with Room(settings) as room:
        await room.say("Well, as I said", 3.3)
        await room.say("and so on", 1.0)
        await room.pause(1.6)
        texts = [each.transcription.text for what, each in room.told if what == "final"]
        assert len(texts) == 2
        assert texts[0] == "Well, as I said"
        assert texts[1].endswith("and so on")
        assert next(each for each in room.models.asked if each["final"])["seconds"] >= 3.0


async def test_a_slow_turn_model_does_not_keep_a_turn_open() -> None:
    async with Room() as room:
        room.models.turn_ms = 60_000
        await room.say(QUESTION, 1.0)
        await room.pause(2.0)
        assert room.story[-1] == "final"


async def test_a_failing_turn_model_does_not_keep_a_turn_open() -> None:
    async with Room() as room:
        room.models.turn_error = RuntimeError("the session is gone")
        await room.say(QUESTION, 1.0)
        await room.pause(2.0)
        assert room.story[-1] == "final"
        assert all(error is room.models.turn_error for error in room.failed)
        assert room.failed, "the room was told, and logs it"


async def test_a_superseded_check_is_no_failure() -> None:
    async with Room() as room:
        room.models.turn_error = Superseded("a newer check")
        await room.say(QUESTION, 1.0)
        await room.pause(2.0)
        assert room.story[-1] == "final"
        assert room.failed == []


@pytest.mark.parametrize("rejected", [None, "Whisper makes this up from silence"])
async def test_a_turn_without_words_is_reported_with_the_reason(
    rejected: str | None,
) -> None:
    async with Room() as room:
        room.models.rejected = rejected
        await room.say("" if rejected is None else "Thank you.", 1.0)
        await room.pause(1.6)
        assert room.story == ["began", "pausing", "ended", "not understood"]
        assert room.one("pausing").transcription.text == ""
        assert room.one("not understood") == (rejected or "no words in it")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ModelUnavailable("the weights are damaged"), "the weights are damaged"),
        (Superseded("worker speech to text is full"), "worker speech to text is full"),
        (RuntimeError("the model broke"), "RuntimeError('the model broke')"),
    ],
)
async def test_a_transcription_failure_is_reported(error: Exception, why: str) -> None:
    async with Room() as room:
        room.models.error = error
        await room.say(QUESTION, 1.0)
        await room.pause(1.2)
        assert room.story == ["began", "ended", "not understood"]
        assert room.one("not understood") == why
        assert room.failed == [error], "it ends its own task, where the room sees it, and no other"
        room.models.error = None
        await room.say(QUESTION, 1.0)
        await room.pause(1.2)
        assert room.story[-1] == "final"


async def test_a_turn_is_dropped_when_its_speaker_leaves() -> None:
    async with Room() as room:
        await room.say(QUESTION, 1.0)
        room.recognition.close()
        await asyncio.sleep(5)
        assert room.story == ["began"]
        assert not room.recognition.speaking


async def test_model_results_are_dropped_when_the_speaker_leaves() -> None:
    async with Room() as room:
        room.models.turn_ms = 200
        room.models.stt_ms = 500
        await room.say(QUESTION, 1.0)
        await room.pause(0.3)
        assert room.models.asked, "the pause was seen"
        room.recognition.close()
        await asyncio.sleep(5)
        assert room.story == ["began"]
        assert room.models.transcriptions_cancelled == 1


async def test_skipped_audio_is_not_part_of_the_turn() -> None:
    async with Room(NO_PARTIALS) as room:
        await room.say("Once upon a time.", 2.0)
        began = await room.say(QUESTION, 1.0)
        room.recognition.skip_to(began)
        await room.pause(1.6)
        utterance = room.one("final")
        assert utterance.transcription.text == QUESTION
        assert utterance.began == pytest.approx(began)


async def test_nothing_is_skipped_at_a_pause_or_outside_a_turn() -> None:
    async with Room() as room:
        room.recognition.skip_to(asyncio.get_running_loop().time())
        await room.say(QUESTION, 1.0)
        await room.pause(0.15)
        room.recognition.skip_to(asyncio.get_running_loop().time())
        await room.pause(1.0)
        assert room.one("final").transcription.text == QUESTION
