"""A room's conversation from end to end: speech over a reply."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.events import (
    ReplyBegan,
    ReplyDucked,
    ReplyEnded,
    ReplyResumed,
    TurnDecided,
    TurnRejected,
)
from pipeline.listening.murmurs import MURMUR
from pipeline.listening.open_calls import BEHIND_A_STOP
from pipeline.ports import Speaker
from testing.room import ANN, BEN, FakeRoom

pytestmark = pytest.mark.virtual_time


STORY = (
    "Once upon a time there was a village by the sea. "
    "Every evening the boats came home with the tide. "
    "The children waited on the old stone wall."
)


async def test_an_interruption_silences_the_reply_and_aborts_it_upstream() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        talk.agent.word_ms = 200
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.5)
        onset = talk.clock()
        await talk.say(BEN, "Jarvis, stop.", 0.7)
        ended = await talk.until(ReplyEnded)
        assert ended.interrupted
        assert STORY.startswith(ended.heard)
        assert 0 < len(ended.heard) < len(STORY)
        assert talk.agent.aborted == ["Jarvis, tell me a story."]
        assert talk.loudspeaker.playbacks[0].log == ["duck", "hold", "cut"]
        duck, hold = talk.all(ReplyDucked)
        assert (duck.at - onset) * 1000 < 180
        assert (hold.at - onset) * 1000 < 300
        await asyncio.sleep(3)
        assert len(talk.agent.turns) == 1, "a stop is not a question to the agent"


async def test_an_interruption_with_a_question_is_answered_next() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.0)
        await talk.say(BEN, "Jarvis, what time is it?")
        await talk.until(ReplyEnded)
        await talk.until(ReplyEnded, after=len(talk.events))
        assert [turn.text for turn in talk.agent.turns] == [
            "Jarvis, tell me a story.",
            "Jarvis, what time is it?",
        ]
        last = talk.agent.turns[1].context[-1]
        assert (last.agent, last.cut_off) == ("jarvis", True)
        assert last.words


async def test_a_long_interruption_silences_the_reply_before_it_is_over() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.0)
        onset = talk.clock()
        speech = asyncio.create_task(talk.say(BEN, "Jarvis, what time is it?", 4.0))
        await speech
        ended = await talk.until(ReplyEnded)
        assert ended.interrupted
        assert not talk.all(ReplyResumed), "it was silent from the first words to the last"
        assert ended.at - onset < 4.6


async def test_a_sound_without_words_gives_the_floor_back_at_its_first_pause() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.0)
        talk.models.complete = lambda _: 0.1
        ended = await talk.say(BEN, "", 0.6)
        resumed = await talk.until(ReplyResumed)
        assert resumed.at - ended < 0.4
        assert not talk.all(TurnRejected)


@pytest.mark.parametrize("words", ["Uh huh.", "Ann, are you coming to the party?"])
async def test_speech_that_is_not_for_the_agent_only_ducks_the_reply(words: str) -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.0)
        spoken = await talk.say(BEN, words, 0.6)
        resumed = await talk.until(ReplyResumed)
        assert (resumed.at - spoken) * 1000 < 350
        ended = await talk.until(ReplyEnded)
        assert not ended.interrupted
        assert ended.heard == STORY
        assert talk.loudspeaker.playbacks[0].log[-1] == "resume"
        assert len(talk.agent.turns) == 1


async def test_leaving_while_speaking_over_a_reply_gives_the_floor_back() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
        speech = asyncio.create_task(talk.say(BEN, "Ann, I will be right back.", 3.0))
        await asyncio.sleep(0.4)
        talk.room.person_left(BEN.id)
        await talk.until(ReplyResumed)
        await speech
        assert (await talk.until(ReplyEnded)).heard == STORY


async def story(talk: FakeRoom, sounding_s: float = 1.0) -> None:
    """Have Ann ask for the story, and wait until it has sounded for a while."""
    talk.agent.answers["Jarvis, tell me a story."] = STORY
    await talk.say(ANN, "Jarvis, tell me a story.")
    await talk.until(ReplyBegan)
    await asyncio.sleep(sounding_s)


@pytest.mark.parametrize("pause_s", [0.3, 0.6, 1.0])
async def test_a_name_alone_silences_the_reply_and_waits_for_the_rest(pause_s: float) -> None:
    async with FakeRoom() as talk:
        await story(talk)
        await talk.say(BEN, "Jarvis,", 0.4)
        await asyncio.sleep(pause_s)
        assert not talk.all(ReplyResumed)
        await talk.say(BEN, "stop.", 0.4)
        assert (await talk.until(ReplyEnded)).interrupted
        await asyncio.sleep(4)
        assert len(talk.agent.turns) == 1, "neither the name nor the stop is for the agent"


async def test_the_words_after_a_name_alone_belong_to_the_call() -> None:
    async with FakeRoom() as talk:
        await story(talk)
        await talk.say(BEN, "Hey Jarvis.", 0.5)
        await asyncio.sleep(1.7)
        await talk.say(BEN, "How tall is that tower?", 1.0)
        await talk.until(ReplyEnded)
        await talk.until(ReplyEnded, after=len(talk.events))
        assert talk.agent.turns[1].text == "Hey Jarvis, How tall is that tower?"


async def test_a_name_without_more_words_resumes_the_reply() -> None:
    async with FakeRoom() as talk:
        await story(talk)
        spoken = await talk.say(BEN, "Jarvis.", 0.4)
        resumed = await talk.until(ReplyResumed)
        assert 1.0 < resumed.at - spoken < 3.5
        ended = await talk.until(ReplyEnded)
        assert (ended.heard, ended.interrupted) == (STORY, False)
        assert len(talk.agent.turns) == 1


async def test_the_wait_for_more_words_counts_from_the_end_of_the_name() -> None:
    async with FakeRoom() as talk:
        await story(talk)
        talk.models.complete = lambda _: 0.02
        spoken = await talk.say(BEN, "Hey Jarvis,", 0.4)
        resumed = await talk.until(ReplyResumed)
        assert 1.0 < resumed.at - spoken < 3.0, "the turn itself takes 2.5 s to end"


async def test_words_that_prove_not_to_be_for_the_agent_give_the_reply_back() -> None:
    async with FakeRoom() as talk:
        await story(talk)
        speech = asyncio.create_task(talk.say(BEN, "What time is it", 1.2))
        await asyncio.sleep(1.0)
        playback = talk.loudspeaker.playbacks[0]
        assert playback.log == ["duck", "hold"]
        await speech
        spoken = await talk.say(BEN, "Ann?", 0.5)
        resumed = await talk.until(ReplyResumed)
        assert resumed.at - spoken < 0.5
        ended = await talk.until(ReplyEnded)
        assert (ended.heard, ended.interrupted) == (STORY, False)
        assert len(talk.agent.turns) == 1


async def test_a_murmur_that_was_heard_as_a_question_is_none() -> None:
    async with FakeRoom() as talk:
        await story(talk)
        await talk.say(ANN, "What time does it open?", 0.36)
        ended = await talk.until(ReplyEnded)
        assert (ended.heard, ended.interrupted) == (STORY, False)
        decided = [event for event in talk.all(TurnDecided) if event.text.startswith("What time")]
        assert [event.reasons for event in decided] == [(MURMUR,)]
        assert len(talk.agent.turns) == 1


@pytest.mark.parametrize(
    ("words", "duration_s", "interrupts"),
    [
        ("That's all I needed.", 0.36, False),
        ("That's all I needed.", 0.9, True),
        ("Jarvis, that's all I needed.", 0.36, True),
    ],
    ids=["too short for its words", "as long as its words", "by name"],
)
async def test_a_murmur_that_was_heard_as_a_wait_is_none(
    words: str, duration_s: float, interrupts: bool
) -> None:
    async with FakeRoom() as talk:
        await story(talk)
        await talk.say(ANN, words, duration_s)
        assert (await talk.until(ReplyEnded)).interrupted == interrupts
        assert len(talk.agent.turns) == 1


@pytest.mark.parametrize("words", ["Why?", "Stop.", "Jarvis, stop."])
async def test_short_real_words_still_interrupt(words: str) -> None:
    async with FakeRoom() as talk:
        await story(talk)
        await talk.say(ANN, words, 0.4)
        assert (await talk.until(ReplyEnded)).interrupted


@pytest.mark.parametrize(
    "words", ["Stop, stop, stop!", "Alright, stop.", "Thank you, stop.", "Wait."]
)
async def test_whatever_means_stop_ends_the_reply_without_the_agent(words: str) -> None:
    async with FakeRoom() as talk:
        await story(talk)
        await talk.say(BEN, words, 0.6)
        assert (await talk.until(ReplyEnded)).interrupted
        await asyncio.sleep(3)
        assert len(talk.agent.turns) == 1


async def test_wait_without_a_reply_is_for_the_agent() -> None:
    async with FakeRoom() as talk:
        talk.room.person_left(BEN.id)
        await talk.say(ANN, "Wait.", 0.5)
        await talk.until(ReplyEnded)
        assert [turn.text for turn in talk.agent.turns] == ["Wait."]


@pytest.mark.parametrize(
    "words",
    ["Yeah.", "Mm-hm.", "Okay, cool.", "Haha.", "Hahahaha!", "Right, right.", "Oh wow.", "Hmmm."],
)
@pytest.mark.parametrize("by", [ANN, BEN], ids=["asker", "other"])
async def test_backchannels_leave_the_reply(words: str, by: Speaker) -> None:
    async with FakeRoom() as talk:
        await story(talk)
        await talk.say(by, words, 0.5)
        ended = await talk.until(ReplyEnded)
        assert (ended.heard, ended.interrupted) == (STORY, False)


async def test_a_name_behind_a_stop_belongs_to_it() -> None:
    async with FakeRoom() as talk:
        await story(talk)
        await talk.say(ANN, "Stop,", 0.4)
        ended = await talk.until(ReplyEnded)
        assert ended.interrupted
        await talk.say(ANN, "Jarvis.", 0.5)
        await asyncio.sleep(3)
        assert len(talk.agent.turns) == 1
        assert BEHIND_A_STOP in talk.all(TurnDecided)[-1].reasons


async def test_a_correction_by_another_person_leaves_the_reply() -> None:
    async with FakeRoom() as talk:
        await story(talk)
        await talk.say(BEN, "No, I meant the other one.")
        await talk.until(ReplyResumed)
        await asyncio.sleep(2)
        assert not talk.all(ReplyEnded)
        assert len(talk.agent.turns) == 1


async def test_an_answer_to_a_question_whose_turn_is_still_open_leaves_the_reply() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.0)
        answer = talk.models.code("I think so.")
        talk.models.complete = lambda audio: 0.95 if answer in audio else 0.02
        await talk.say(BEN, "Ann, did you lock the door, or,", 1.2)
        await asyncio.sleep(0.5)
        await talk.say(ANN, "I think so.", 0.7)
        ended = await talk.until(ReplyEnded)
        assert not ended.interrupted
        assert len(talk.agent.turns) == 1
