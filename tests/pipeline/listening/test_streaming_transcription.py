"""Words of long turns: partial transcripts, commits at pauses, and the language of a speaker."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from pipeline.audio import HEARD_RATE
from pipeline.events import (
    PartialTranscribed,
    ReplyBegan,
    ReplyDucked,
    ReplyEnded,
    ReplyResumed,
    TurnDecided,
)
from pipeline.inference.job_queue import Priority
from pipeline.inference.transcription import LONGEST_TEXT, Transcription
from pipeline.listening.speaker_language import CallLanguage, SpeakerLanguage
from pipeline.listening.streaming_transcription import CommittedTranscript
from pipeline.settings import PipelineSettings, SttSettings
from testing.room import ANN, BEN, FakeRoom
from tests.pipeline.listening.recognition_room import Room

pytestmark = pytest.mark.virtual_time


QUESTION = "Jarvis, what time is it?"
PARTS = ("It was raining all day yesterday.", "We should meet tomorrow.", "That is a great idea.")


def settings(**stt: Any) -> PipelineSettings:
    return PipelineSettings(
        stt=SttSettings(**{"partial_interval_s": 0, "settle_after_s": 2.0, **stt})
    )


async def say_with_pauses(room: Room, parts: tuple[str, ...], seconds: float = 3.0) -> None:
    """One long turn; the turn model finds only its last pause complete."""
    room.models.complete = lambda _: 0.01
    for part in parts[:-1]:
        await room.say(part, seconds)
        await room.pause(0.45)
    await room.say(parts[-1], seconds)
    room.models.complete = lambda _: 0.99
    await room.pause(1.0)


def finals(room: Room) -> list[float]:
    """Seconds of audio in each final transcription."""
    return [asked["seconds"] for asked in room.models.asked if asked["final"]]


async def test_at_the_end_of_a_long_turn_only_its_last_part_is_transcribed() -> None:
    async with Room(settings()) as room:
        await say_with_pauses(room, PARTS)
        assert room.one("final").transcription.text == " ".join(PARTS)
        assert finals(room) == pytest.approx([3.2, 3.4, 3.4], abs=0.25)


async def test_short_parts_are_transcribed_again_with_what_follows() -> None:
    async with Room(settings()) as room:
        await say_with_pauses(room, PARTS, 1.0)
        assert room.one("final").transcription.text == " ".join(PARTS)
        assert finals(room) == pytest.approx([1.2, 2.6, 1.4], abs=0.25)


async def test_an_open_clause_is_not_committed() -> None:
    async with Room(settings()) as room:
        await say_with_pauses(room, ("I was wondering if you could", "tell me a joke."))
        text = room.one("final").transcription.text
        assert text == "I was wondering if you could tell me a joke."
        assert finals(room)[-1] > 6.0


async def test_a_rejected_part_is_not_committed() -> None:
    async with Room(settings()) as room:
        room.models.rejected = "noise"
        room.models.complete = lambda _: 0.01
        await room.say(PARTS[0], 3.0)
        await room.pause(0.45)
        room.models.rejected, room.models.complete = None, lambda _: 0.99
        await room.say(PARTS[1], 1.0)
        await room.pause(1.0)
        assert room.one("final").transcription.text == " ".join(PARTS[:2])


async def test_words_found_after_the_pause_are_committed() -> None:
    async with Room(settings()) as room:
        room.models.stt_ms = 900
        await say_with_pauses(room, PARTS[:2])
        await asyncio.sleep(1.0)
        assert room.one("final").transcription.text == " ".join(PARTS[:2])
        assert finals(room)[-1] < 3.6
        assert room.models.transcriptions_cancelled == 0


async def test_words_found_after_the_turn_do_not_enter_the_next() -> None:
    async with Room(settings()) as room:
        room.models.complete, room.models.stt_ms = lambda _: 0.01, 9000
        await room.say(PARTS[0], 3.0)
        await room.pause(0.45)
        room.models.stt_ms = 60
        await say_with_pauses(room, PARTS[1:])
        await room.say(QUESTION, 2.0)
        await room.pause(1.0)
        texts = [told.transcription.text for what, told in room.told if what == "final"]
        assert texts == [" ".join(PARTS), QUESTION]


async def test_a_later_part_is_in_the_language_of_the_first() -> None:
    async with Room(settings()) as room:
        room.models.language = "de"
        await say_with_pauses(room, PARTS)
        assert [asked["language"] for asked in room.models.asked] == [None, "de", "de"]


async def test_what_speech_to_text_is_told_of_a_turn_of_usual_length() -> None:
    async with Room(settings()) as room:
        room.models.language = "de"
        for seconds in (3.0, 1.2):
            await room.say(QUESTION, seconds)
            await room.pause(1.0)
        asked = room.models.asked[-1]
        assert (asked["language"], asked["usual"], asked["sure"]) == (None, "de", 0.9)


async def test_committed_audio_stays_in_memory_only_for_the_turn_model() -> None:
    async with Room(settings()) as room:
        await say_with_pauses(room, PARTS * 4)
        await room.say("And so on", 0.5)
        (stream,) = room.audio_input._streams
        assert stream.audio(0.0, room.clock()).size < 14 * HEARD_RATE


async def test_partial_transcripts_come_while_speech_goes_on() -> None:
    async with Room(settings(partial_interval_s=1.0)) as room:
        room.models.complete = lambda _: 0.01
        await room.say(PARTS[0], 3.4)
        await room.pause(0.45)
        await room.say(PARTS[1], 1.5)
        told = [detail for what, detail in room.told if what == "partial"]
        assert [each.transcription.text for each in told] == [
            *[PARTS[0]] * 3,
            " ".join(PARTS[:2]),
        ]
        assert [each.committed for each in told] == [""] * 3 + [PARTS[0]]
        assert not any(each["final"] for each in room.models.asked[:3])


async def test_a_pause_cancels_a_partial_transcription() -> None:
    async with Room(settings(partial_interval_s=1.0)) as room:
        room.models.stt_ms = 400
        await room.say(QUESTION, 1.1)
        await room.pause(1.0)
        assert room.story == ["began", "ended", "final"]
        assert room.models.transcriptions_cancelled == 1


async def test_the_words_of_a_speaker_in_an_exchange_come_first() -> None:
    async with Room(settings()) as room:
        await room.say(PARTS[0], 1.0)
        await room.pause(1.6)
        room.in_exchange.add(ANN.id)
        await room.say(PARTS[1], 1.0)
        await room.pause(1.6)
        priorities = [asked["priority"] for asked in room.models.asked]
        assert priorities == [Priority.FINAL, Priority.ADDRESSED]


async def test_after_the_agents_name_the_words_of_the_turn_come_first() -> None:
    async with Room(settings(partial_interval_s=1.0)) as room:
        await room.say(QUESTION, 1.5)
        await room.pause(1.0)
        await room.say(PARTS[0], 0.8)
        await room.pause(1.6)
        priorities = [asked["priority"] for asked in room.models.asked]
        assert priorities == [Priority.PARTIAL, Priority.ADDRESSED, Priority.FINAL]


async def test_under_load_partial_transcripts_come_less_often() -> None:
    async with Room(settings(partial_interval_s=1.0)) as room:
        room.models.load = 0.75
        await room.say(PARTS[0], 6.0)
        at = [asked["seconds"] for asked in room.models.asked]
        assert at == pytest.approx([4.3], abs=0.3)


async def test_speech_over_a_reply_is_transcribed_before_what_is_for_observers() -> None:
    async with Room(settings()) as room:
        await room.say(PARTS[0], 1.0)
        room.recognition.transcribe_partial()
        await asyncio.sleep(0.1)
        assert [asked["priority"] for asked in room.models.asked] == [Priority.INTERRUPTION]


async def test_the_room_emits_partial_and_final_transcripts() -> None:
    async with FakeRoom(settings(partial_interval_s=1.0)) as talk:
        await talk.say(ANN, PARTS[0], 1.5)
        partial = await talk.until(PartialTranscribed)
        heard = await talk.until(TurnDecided)
        assert (partial.speaker, partial.text, partial.committed) == (ANN, PARTS[0], "")
        assert partial.at < heard.at


async def test_a_late_interruption_silences_the_reply_while_it_is_spoken() -> None:
    async with FakeRoom(settings(partial_interval_s=1.0)) as talk:
        talk.agent.answers[QUESTION] = "It is half past seven, sir. " * 8
        await talk.say(ANN, QUESTION)
        await talk.until(ReplyBegan)
        await talk.say(BEN, "It was raining all day yesterday.", 1.2)
        until = await talk.say(BEN, "Jarvis, please tell me a joke.", 2.5)
        ended = await talk.until(ReplyEnded)
        assert ended.interrupted
        assert talk.all(ReplyDucked)[-1].held
        assert talk.all(ReplyDucked)[-1].at < until - 0.5
        assert not [event for event in talk.all(ReplyResumed) if event.at > until - 0.5]


def words(text: str, ms: float = 1000.0, language: str = "en", sure: float = 0.9) -> Transcription:
    return Transcription(text, language, 0.1, -0.2, ms, 50.0, None, sure)


def test_without_committed_parts_the_rest_is_the_whole() -> None:
    rejected = replace(words("Thank you."), rejected="made up")
    assert CommittedTranscript(5.0).whole(rejected) is rejected


def test_parts_and_rest_are_one_transcription() -> None:
    committed = CommittedTranscript(5.0).commit(words("It was raining.", 6000), 11.0)
    committed = committed.commit(words("We stayed in.", 5000), 16.0)
    whole = committed.whole(replace(words("Good night.", 1000), avg_logprob=-0.8))
    assert whole.text == "It was raining. We stayed in. Good night."
    assert committed.text == "It was raining. We stayed in."
    assert (committed.since, whole.duration_ms, whole.took_ms) == (16.0, 12_000, 150)
    assert whole.avg_logprob == pytest.approx(-0.25)
    assert whole.rejected is None


@pytest.mark.parametrize("rest", [words(""), replace(words("Bye."), rejected="made up")])
def test_a_rest_without_words_leaves_the_committed_parts(rest: Transcription) -> None:
    whole = CommittedTranscript(5.0).commit(words("It was raining.", 6000), 11.0).whole(rest)
    assert (whole.text, whole.rejected) == ("It was raining.", None)


def test_a_turn_may_call_an_agent_if_one_of_its_parts_may() -> None:
    part, rest = words("It was raining Jarvis I think.", 6000), words("Good night.", 1000)
    for part_may, rest_may in (("Jarvis", ""), ("", "Jarvis"), ("", "")):
        committed = CommittedTranscript(0.0).commit(replace(part, may_call=part_may), 6.0)
        whole = committed.whole(replace(rest, may_call=rest_may))
        assert whole.may_call == part_may + rest_may


def test_the_language_is_that_of_the_surest_part() -> None:
    committed = CommittedTranscript(0.0).commit(words("Es regnet.", 6000, "de", 0.95), 6.0)
    whole = committed.whole(words("Okay.", 800, "en", 0.6))
    assert (whole.language, whole.language_probability) == ("de", 0.95)


def test_a_part_in_a_given_language_makes_an_unsure_one_no_surer() -> None:
    committed = CommittedTranscript(0.0).commit(words("Dw i ddim yn", 2500, "cy", 0.45), 2.5)
    rest = replace(words("stop that please", 4000, "cy", 1.0), language_given=True)
    whole = committed.whole(rest)
    assert (whole.language_probability, whole.language_given) == (0.45, False)
    language = SpeakerLanguage(CallLanguage(SttSettings()))
    for _ in range(2):
        language.learn(whole)
    assert language.expected(700.0).code is None
    assert CommittedTranscript(0.0).commit(rest, 4.0).whole(rest).language_given


def test_committing_leaves_the_earlier_value_unchanged() -> None:
    before = CommittedTranscript(0.0)
    before.commit(words("It was raining."), 6.0)
    assert before.parts == ()


def test_the_text_of_a_looping_recogniser_is_limited() -> None:
    endless = words("na " * 50_000)
    assert len(endless.text) == LONGEST_TEXT
    assert len(CommittedTranscript(5.0).commit(endless, 11.0).whole(endless).text) == LONGEST_TEXT


async def test_a_pause_is_encoded_ahead_of_its_look() -> None:
    async with Room(settings()) as room:
        await room.say(QUESTION, 1.0)
        await room.pause(1.0)
        [encoded] = room.models.encoded
        [asked] = [each for each in room.models.asked if each["final"]]
        assert asked["ahead"] is encoded["ahead"]
        assert asked["seconds"] == pytest.approx(encoded["seconds"] + 0.032, abs=0.01)


async def test_a_short_gap_is_encoded_for_nothing() -> None:
    async with Room(settings()) as room:
        await room.say(QUESTION, 1.0)
        await room.pause(0.06)
        await room.say(QUESTION, 1.0)
        await room.pause(1.0)
        first, second = room.models.encoded
        [asked] = [each for each in room.models.asked if each["final"]]
        assert asked["ahead"] is second["ahead"] is not first["ahead"]
