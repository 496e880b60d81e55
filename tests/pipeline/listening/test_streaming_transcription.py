"""The words of long turns: settled at their pauses, and heard while they are spoken."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pipeline.audio import HEARD_RATE
from pipeline.events import PartialTranscribed, ReplyBegan, ReplyEnded, TurnDecided
from pipeline.settings import PipelineSettings, SttSettings
from testing.room import ANN, BEN, FakeRoom
from tests.pipeline.listening.audio_recognition_alone import Room

pytestmark = pytest.mark.virtual_time


QUESTION = "Jarvis, what time is it?"
PARTS = ("It was raining all day yesterday.", "We should meet tomorrow.", "That is a great idea.")


def settings(**stt: Any) -> PipelineSettings:
    return PipelineSettings(
        stt=SttSettings(**{"partial_interval_s": 0, "settle_after_s": 2.0, **stt})
    )


async def say_with_pauses(room: Room, parts: tuple[str, ...], seconds: float = 3.0) -> None:
    """One long turn: the turn model takes only its end for one."""
    room.models.complete = lambda _: 0.01
    for part in parts[:-1]:
        await room.say(part, seconds)
        await room.pause(0.45)
    await room.say(parts[-1], seconds)
    room.models.complete = lambda _: 0.99
    await room.pause(1.0)


def finals(room: Room) -> list[float]:
    """How much audio each whole transcription had, in seconds."""
    return [asked["seconds"] for asked in room.models.asked if asked["final"]]


async def test_at_the_end_of_a_long_turn_only_its_last_part_is_transcribed() -> None:
    async with Room(settings()) as room:
        await say_with_pauses(room, PARTS)
        assert room.one("understood").transcription.text == " ".join(PARTS)
        assert finals(room) == pytest.approx([3.2, 3.4, 3.4], abs=0.25)


async def test_what_is_short_is_transcribed_again_with_what_follows() -> None:
    async with Room(settings()) as room:
        await say_with_pauses(room, PARTS, 1.0)
        assert room.one("understood").transcription.text == " ".join(PARTS)
        assert finals(room) == pytest.approx([1.2, 2.6, 1.4], abs=0.25)


async def test_an_open_clause_is_not_parted_from_its_end() -> None:
    async with Room(settings()) as room:
        await say_with_pauses(room, ("I was wondering if you could", "tell me a joke."))
        text = room.one("understood").transcription.text
        assert text == "I was wondering if you could tell me a joke."
        assert finals(room)[-1] > 6.0


async def test_nor_is_what_was_rejected_kept() -> None:
    async with Room(settings()) as room:
        room.models.rejected = "noise"
        room.models.complete = lambda _: 0.01
        await room.say(PARTS[0], 3.0)
        await room.pause(0.45)
        room.models.rejected, room.models.complete = None, lambda _: 0.99
        await room.say(PARTS[1], 1.0)
        await room.pause(1.0)
        assert room.one("understood").transcription.text == " ".join(PARTS[:2])


async def test_words_that_are_found_after_the_pause_are_settled_all_the_same() -> None:
    async with Room(settings()) as room:
        room.models.stt_ms = 900
        await say_with_pauses(room, PARTS[:2])
        await asyncio.sleep(1.0)
        assert room.one("understood").transcription.text == " ".join(PARTS[:2])
        assert finals(room)[-1] < 3.6
        assert room.models.given_up == 0


async def test_words_that_are_found_when_the_turn_is_long_over_are_not_put_into_the_next() -> None:
    async with Room(settings()) as room:
        room.models.complete, room.models.stt_ms = lambda _: 0.01, 9000
        await room.say(PARTS[0], 3.0)
        await room.pause(0.45)
        room.models.stt_ms = 60
        await say_with_pauses(room, PARTS[1:])
        await room.say(QUESTION, 2.0)
        await room.pause(1.0)
        texts = [told.transcription.text for what, told in room.told if what == "understood"]
        assert texts == [" ".join(PARTS), QUESTION]


async def test_a_later_part_is_in_the_language_of_the_first() -> None:
    async with Room(settings()) as room:
        room.models.language = "de"
        await say_with_pauses(room, PARTS)
        assert [asked["language"] for asked in room.models.asked] == [None, "de", "de"]


async def test_settled_audio_is_not_kept_in_memory_for_longer_than_the_turn_model_needs_it() -> (
    None
):
    async with Room(settings()) as room:
        await say_with_pauses(room, PARTS * 4)
        await room.say("And so on", 0.5)
        (microphone,) = room.hearing._microphones
        assert microphone.audio(0.0, room.clock()).size < 14 * HEARD_RATE


async def test_the_words_so_far_are_told_while_speech_goes_on() -> None:
    async with Room(settings(partial_interval_s=1.0)) as room:
        room.models.complete = lambda _: 0.01
        await room.say(PARTS[0], 3.4)
        await room.pause(0.45)
        await room.say(PARTS[1], 1.5)
        told = [detail for what, detail in room.told if what == "overheard"]
        assert [each.transcription.text for each in told] == [
            *[PARTS[0]] * 3,
            " ".join(PARTS[:2]),
        ]
        assert [each.settled for each in told] == [""] * 3 + [PARTS[0]]
        assert not any(each["final"] for each in room.models.asked[:3])


async def test_a_part_that_is_still_sought_gives_way_when_a_pause_begins() -> None:
    async with Room(settings(partial_interval_s=1.0)) as room:
        room.models.stt_ms = 400
        await room.say(QUESTION, 1.1)
        await room.pause(1.0)
        assert room.story == ["began", "ended", "understood"]
        assert room.models.given_up == 1


async def test_the_room_tells_its_watchers() -> None:
    async with FakeRoom(settings(partial_interval_s=1.0)) as talk:
        await talk.say(ANN, PARTS[0], 1.5)
        partial = await talk.until(PartialTranscribed)
        heard = await talk.until(TurnDecided)
        assert (partial.speaker, partial.text, partial.settled) == (ANN, PARTS[0], "")
        assert partial.at < heard.at


async def test_an_interruption_that_becomes_one_late_stops_the_reply_while_it_is_spoken() -> None:
    async with FakeRoom(settings(partial_interval_s=1.0)) as talk:
        talk.agent.answers[QUESTION] = "It is half past seven, sir. " * 8
        await talk.say(ANN, QUESTION)
        await talk.until(ReplyBegan)
        await talk.say(BEN, "It was raining all day yesterday.", 1.2)
        until = await talk.say(BEN, "Jarvis, please tell me a joke.", 2.5)
        ended = await talk.until(ReplyEnded)
        assert ended.interrupted
        assert ended.at < until - 0.5
