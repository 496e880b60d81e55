"""What an agent says of its own accord, in a room in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.events import ReplyBegan, ReplyEnded, ReplyFailed, TurnDecided, Unspoken
from pipeline.speaking.announcement import EVERYBODY, Announcement, AnnouncementResult, Urgency
from pipeline.speaking.turn_queue import MAX_OF_ONE
from pipeline.transcript import SpokenReply
from testing.room import ANN, BEN, SAGE, FakeRoom

pytestmark = pytest.mark.virtual_time


DINNER = "Dinner is ready."
STORY = "Once upon a time there was a village by the sea. Every evening the boats came home."


async def fate(saying: Announcement) -> AnnouncementResult:
    async with asyncio.timeout(600):
        return await saying.wait()


def spoken(talk: FakeRoom) -> list[str]:
    return [text for _, text in talk.synthesizer.spoken]


async def test_it_is_spoken_in_the_rooms_voice_heard_and_written_down() -> None:
    async with FakeRoom() as talk:
        saying = talk.room.say(DINNER)
        assert await fate(saying) is AnnouncementResult.SPOKEN
        assert saying.heard == DINNER
        assert talk.synthesizer.spoken == [("jarvis", DINNER)]
        (line,) = talk.room.transcript
        assert isinstance(line, SpokenReply)
        assert (line.agent, line.speaker, line.heard) == ("jarvis", EVERYBODY, DINNER)
        assert talk.agent.turns == []


async def test_another_agent_can_say_it_in_its_own_voice() -> None:
    async with FakeRoom() as talk:
        await fate(talk.room.say(DINNER, persona=SAGE))
        assert talk.synthesizer.spoken == [("sage", DINNER)]
        assert talk.room.persona.agent == "jarvis"


async def test_markdown_is_not_read_out() -> None:
    async with FakeRoom() as talk:
        await fate(talk.room.say("**Dinner** is `ready`. Come!"))
        assert spoken(talk) == ["Dinner is ready.", "Come!"]


@pytest.mark.parametrize(
    ("urgency", "order"),
    [
        (Urgency.WAIT, ["The first.", "The second.", DINNER]),
        (Urgency.NEXT, ["The first.", DINNER, "The second."]),
    ],
)
async def test_it_waits_its_turn_or_goes_before_what_waits(
    urgency: Urgency, order: list[str]
) -> None:
    async with FakeRoom() as talk:
        talk.agent.answers = {"Jarvis, one.": "The first."}
        await talk.say(ANN, "Jarvis, one.")
        await talk.until(ReplyBegan)
        waiting = talk.room.say("The second.")
        assert talk.room.waiting == 1
        await fate(talk.room.say(DINNER, urgency))
        await fate(waiting)
        assert spoken(talk) == order
        assert not any(ended.interrupted for ended in talk.all(ReplyEnded))


async def test_what_cannot_wait_takes_the_floor_and_ends_the_run_upstream() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers = {"Jarvis, a story.": STORY}
        talk.agent.word_ms = 300
        await talk.say(ANN, "Jarvis, a story.")
        await talk.until(ReplyBegan)
        assert await fate(talk.room.say(DINNER, Urgency.INTERRUPT)) is AnnouncementResult.SPOKEN
        first = talk.all(ReplyEnded)[0]
        assert first.interrupted
        assert talk.agent.aborted == ["Jarvis, a story."]
        assert spoken(talk)[-1] == DINNER


async def test_whoever_speaks_over_it_stops_it_and_what_was_heard_is_told() -> None:
    async with FakeRoom() as talk:
        saying = talk.room.say(STORY)
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.0)
        await talk.say(BEN, "Jarvis, stop.")
        assert await fate(saying) is AnnouncementResult.INTERRUPTED
        assert saying.heard
        assert STORY.startswith(saying.heard)
        assert saying.heard != STORY


async def test_what_a_lost_loudspeaker_cuts_off_was_not_spoken() -> None:
    async with FakeRoom() as talk:
        saying = talk.room.say(STORY)
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.0)
        talk.loudspeaker.playbacks[0].cut()
        assert await fate(saying) is AnnouncementResult.INTERRUPTED
        assert not talk.all(ReplyEnded)[0].interrupted, "nobody took the floor"
        assert 0 < len(saying.heard) < len(STORY)


async def test_where_nothing_can_be_said_nothing_was_spoken() -> None:
    async with FakeRoom() as talk:
        saying = talk.room.say("***")
        assert await fate(saying) is not AnnouncementResult.SPOKEN
        assert (saying.heard, spoken(talk)) == ("", [])


async def test_with_a_broken_voice_the_words_go_to_the_text_channel() -> None:
    async with FakeRoom() as talk:
        talk.synthesizer.broken = True
        assert await fate(talk.room.say(DINNER)) is AnnouncementResult.UNSPOKEN
        (unspoken,) = talk.all(Unspoken)
        assert unspoken.text == DINNER


async def test_too_many_are_dropped_and_no_persons_turn_for_them() -> None:
    async with FakeRoom() as talk:
        sayings = [talk.room.say(STORY) for _ in range(MAX_OF_ONE + 2)]
        dropped = [saying for saying in sayings if saying.fate is AnnouncementResult.DROPPED]
        assert dropped == sayings[MAX_OF_ONE:]
        assert talk.all(ReplyFailed) == []


async def test_a_long_one_is_said_whole_for_nobody_has_asked_and_can_be_asked() -> None:
    async with FakeRoom() as talk:
        saying = talk.room.say(" ".join([STORY] * 15))
        assert await fate(saying) is AnnouncementResult.SPOKEN
        assert not any("go on" in text for text in spoken(talk))


async def test_what_is_called_off_before_its_turn_is_not_said() -> None:
    async with FakeRoom() as talk:
        first, second = talk.room.say(STORY), talk.room.say(DINNER)
        await talk.until(ReplyBegan)
        first.call_off()
        second.call_off()
        assert await fate(second) is AnnouncementResult.DROPPED
        assert await fate(first) is AnnouncementResult.SPOKEN
        await asyncio.sleep(1.0)
        assert DINNER not in spoken(talk)


async def test_when_the_room_closes_nobody_waits_for_ever() -> None:
    async with FakeRoom() as talk:
        first, second = talk.room.say(STORY), talk.room.say(DINNER)
        await talk.until(ReplyBegan)
    assert await fate(first) is AnnouncementResult.INTERRUPTED
    assert await fate(second) is AnnouncementResult.DROPPED


async def test_the_room_tells_who_is_there_and_what_is_being_answered() -> None:
    async with FakeRoom() as talk:
        assert talk.room.present == [ANN, BEN]
        before = talk.room.answering
        talk.agent.first_ms = 5000
        await talk.say(ANN, "Jarvis, one.")
        await talk.until(TurnDecided)
        await asyncio.sleep(0.1)
        after = talk.room.answering
        assert (before, after and after.speaker) == (None, ANN)
