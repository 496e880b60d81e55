"""Turn-taking in a real-time call: speech by several members, long answers, the thinking sound."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import numpy as np
import pytest

from pipeline.audio import SPOKEN_FRAME, Pcm16
from pipeline.echo.guard import ECHO
from pipeline.events import (
    ReplyBegan,
    ReplyEnded,
    SentenceBegan,
    TurnDecided,
    TurnExtended,
)
from pipeline.speaking.notices import CONTINUATION_OFFER
from simulators.discord.heard_audio import HeardFrame
from testing.harness import ConversationHarness
from tests.e2e.conftest import HeardSpeech, OpenHarness, with_reply
from tests.e2e.test_conversation import call_in

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

NEWS = (
    "Here is the news, sir.",
    "The harbor festival opens on Saturday morning.",
    "The old bridge is closed until next week.",
    "The local team won again last night.",
)


async def test_the_second_to_ask_is_told_and_answered_after_the_first(
    open_harness: OpenHarness, heard_speech: HeardSpeech
) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")
        paused = harness.gateway.faults.pause_run(after_words=0)
        await harness.say("Alice", "Jarvis, what time is it?")
        await harness.event(TurnDecided)
        await harness.say("Bob", "Jarvis, what is the weather in Paris?")
        told = await harness.event(SentenceBegan)
        assert told.text == "You are next, Bob."
        await harness.person("Bob").hearing.wait_for_quiet(0.5)
        paused.resume()
        first = await harness.event(ReplyEnded)
        assert (first.speaker.name, first.heard) == ("Alice", "It is half past seven, sir.")
        second = await harness.event(ReplyEnded, where=lambda ended: ended.speaker.name == "Bob")
        assert second.heard == "It is sunny in Paris, sir."
        await heard_speech.hears(harness, "Bob", "It is sunny in Paris, sir.")


async def test_what_is_added_before_the_answer_is_asked_together(open_harness: OpenHarness) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")
        harness.gateway.faults.pause_run(after_words=0)
        await harness.say("Alice", "Jarvis, what is the weather in Paris?")
        await harness.event(TurnDecided)
        await harness.say("Alice", "And in London?")
        both = "Jarvis, what is the weather in Paris? And in London?"
        assert (await harness.event(TurnExtended)).text == both
        await harness.event(ReplyEnded)
        first, *_, last = harness.gateway.runs
        assert (first.status, last.heard.words) == ("aborted", both)
        assert len([event for event in harness.events if isinstance(event, ReplyEnded)]) == 1


async def test_a_long_answer_is_offered_in_part_and_yes_gives_the_rest(
    open_harness: OpenHarness, heard_speech: HeardSpeech
) -> None:
    # The rest is longer than what is said without asking only if there is much of it: read twice.
    async with open_harness(base=with_reply(offer_rest_after_s=1.0)) as harness:
        await call_in(harness, "Alice", "Bob")
        harness.gateway.faults.pause_run(after_words=21)
        await harness.say("Alice", "Jarvis, read me the news.")
        await heard_speech.hears(harness, "Alice", NEWS[0], CONTINUATION_OFFER)
        await harness.say("Alice", "Yes please.")
        await heard_speech.hears(harness, "Alice", NEWS[0], CONTINUATION_OFFER, NEWS[1])
        assert harness.questions == 1


async def test_a_quiet_sound_is_heard_while_the_agent_thinks(open_harness: OpenHarness) -> None:
    async with open_harness(base=with_reply(thinking_sound_after_s=0.5)) as harness:
        await call_in(harness, "Alice")
        paused = harness.gateway.faults.pause_run(after_words=0)
        said = await harness.say("Alice", "Jarvis, what time is it?")
        await harness.event(TurnDecided)
        await harness.person("Alice").hearing.wait_for_sound(said.ended, 5.0)
        await asyncio.sleep(0.5)
        assert not [event for event in harness.events if isinstance(event, ReplyBegan)]
        loudest = max(np.abs(frame.pcm).max() for frame in harness.person("Alice").hearing.frames)
        assert loudest < 900, "it is much softer than speech"
        paused.resume()
        ended = await harness.event(ReplyEnded)
        assert ended.heard == "It is half past seven, sir."
        await harness.person("Alice").hearing.wait_for_quiet()


def pauses_ms(frames: list[HeardFrame]) -> list[float]:
    """Every silence between two sounds, in ms, from the frames as they came."""
    sounds = [frame.at for frame in frames if frame.audible]
    return [(after - before) * 1000 for before, after in pairwise(sounds)]


async def test_sentences_follow_each_other_like_a_persons(open_harness: OpenHarness) -> None:
    """The voice ends a sentence with up to 320 ms of silence; nothing is added to that."""
    async with open_harness() as harness:
        await call_in(harness, "Alice")
        hearing, longest_ms = harness.person("Alice").hearing, []
        for _ in range(3):  # a busy machine is late now and then
            heard, seen = len(hearing.frames), len(harness.events)
            await harness.say("Alice", "Jarvis, read me the news.")
            ended = await harness.event(ReplyEnded, since=seen, timeout=30)
            assert ended.heard == " ".join(NEWS)
            await hearing.wait_for_quiet()
            longest_ms.append(max(pauses_ms(hearing.frames[heard:])))
            if longest_ms[-1] < 320 + 120:
                return
        pytest.fail(f"the longest pauses were {longest_ms} ms")


async def loudspeaker(harness: ConversationHarness, name: str, gain: float) -> None:
    """What somebody hears of the bot goes into their open microphone, 200 ms later."""
    person = harness.person(name)
    sent = len(person.hearing.frames)
    noise = np.random.default_rng(1)

    def hear() -> Pcm16:
        nonlocal sent
        room = noise.normal(0, 15, SPOKEN_FRAME)
        frames = person.hearing.frames
        if sent < len(frames) and frames[sent].at <= time.monotonic() - 0.2:
            room += frames[sent].pcm * gain
            sent += 1
        return room.astype(np.int16)

    await person.open_microphone(hear)


async def test_the_bot_is_not_stopped_by_itself_out_of_somebodys_loudspeaker(
    open_harness: OpenHarness,
) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")
        echo = asyncio.create_task(loudspeaker(harness, "Bob", 0.3))
        try:
            await harness.say("Alice", "Jarvis, read me the news.")
            ended = await harness.event(ReplyEnded, timeout=40)
            await asyncio.sleep(2.0)
        finally:
            echo.cancel()
            await asyncio.gather(echo, return_exceptions=True)
        assert not ended.interrupted
        assert ended.heard == " ".join(NEWS)
        assert harness.questions == 1
        from_bob = [
            e for e in harness.events if isinstance(e, TurnDecided) and e.speaker.name == "Bob"
        ]
        assert not any(heard.addressed for heard in from_bob)
        assert any(heard.reasons == (ECHO,) for heard in from_bob)
