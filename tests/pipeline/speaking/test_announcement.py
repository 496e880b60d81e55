"""Announcements in a whole room."""

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


async def result_of(announcement: Announcement) -> AnnouncementResult:
    async with asyncio.timeout(600):
        return await announcement.wait()


def spoken(talk: FakeRoom) -> list[str]:
    return [text for _, text in talk.synthesizer.spoken]


async def test_the_rooms_agent_speaks_it_and_it_gets_a_line_in_the_transcript() -> None:
    async with FakeRoom() as talk:
        announcement = talk.room.say(DINNER)
        assert await result_of(announcement) is AnnouncementResult.SPOKEN
        assert announcement.heard == DINNER
        assert talk.synthesizer.spoken == [("jarvis", DINNER)]
        (line,) = talk.room.transcript
        assert isinstance(line, SpokenReply)
        assert (line.agent, line.speaker, line.heard) == ("jarvis", EVERYBODY, DINNER)
        assert talk.agent.turns == []


async def test_another_agent_can_speak_it_in_its_own_voice() -> None:
    async with FakeRoom() as talk:
        await result_of(talk.room.say(DINNER, persona=SAGE))
        assert talk.synthesizer.spoken == [("sage", DINNER)]
        assert talk.room.persona.agent == "jarvis"


async def test_markdown_is_not_read_out() -> None:
    async with FakeRoom() as talk:
        await result_of(talk.room.say("**Dinner** is `ready`. Come!"))
        assert spoken(talk) == ["Dinner is ready.", "Come!"]


@pytest.mark.parametrize(
    ("urgency", "order"),
    [
        (Urgency.WAIT, ["The first.", "The second.", DINNER]),
        (Urgency.NEXT, ["The first.", DINNER, "The second."]),
    ],
)
async def test_urgency_puts_it_after_or_before_the_waiting_turns(
    urgency: Urgency, order: list[str]
) -> None:
    async with FakeRoom() as talk:
        talk.agent.answers = {"Jarvis, one.": "The first."}
        await talk.say(ANN, "Jarvis, one.")
        await talk.until(ReplyBegan)
        waiting = talk.room.say("The second.")
        assert talk.room.waiting == 1
        await result_of(talk.room.say(DINNER, urgency))
        await result_of(waiting)
        assert spoken(talk) == order
        assert not any(ended.interrupted for ended in talk.all(ReplyEnded))


async def test_an_interrupting_announcement_ends_the_active_reply_and_its_run() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers = {"Jarvis, a story.": STORY}
        talk.agent.word_ms = 300
        await talk.say(ANN, "Jarvis, a story.")
        await talk.until(ReplyBegan)
        assert (
            await result_of(talk.room.say(DINNER, Urgency.INTERRUPT)) is AnnouncementResult.SPOKEN
        )
        first = talk.all(ReplyEnded)[0]
        assert first.interrupted
        assert talk.agent.aborted == ["Jarvis, a story."]
        assert spoken(talk)[-1] == DINNER


async def test_a_member_can_interrupt_it_and_the_heard_words_are_known() -> None:
    async with FakeRoom() as talk:
        announcement = talk.room.say(STORY)
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.0)
        await talk.say(BEN, "Jarvis, stop.")
        assert await result_of(announcement) is AnnouncementResult.INTERRUPTED
        assert announcement.heard
        assert STORY.startswith(announcement.heard)
        assert announcement.heard != STORY


async def test_a_lost_playback_counts_as_interrupted() -> None:
    async with FakeRoom() as talk:
        announcement = talk.room.say(STORY)
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.0)
        talk.loudspeaker.playbacks[0].cut()
        assert await result_of(announcement) is AnnouncementResult.INTERRUPTED
        assert not talk.all(ReplyEnded)[0].interrupted, "no member interrupted it"
        assert 0 < len(announcement.heard) < len(STORY)


async def test_text_without_a_speakable_word_does_not_count_as_spoken() -> None:
    async with FakeRoom() as talk:
        announcement = talk.room.say("***")
        assert await result_of(announcement) is not AnnouncementResult.SPOKEN
        assert (announcement.heard, spoken(talk)) == ("", [])


async def test_a_failed_synthesis_sends_it_to_the_text_channel() -> None:
    async with FakeRoom() as talk:
        talk.synthesizer.broken = True
        assert await result_of(talk.room.say(DINNER)) is AnnouncementResult.UNSPOKEN
        (unspoken,) = talk.all(Unspoken)
        assert unspoken.text == DINNER


async def test_too_many_announcements_are_dropped() -> None:
    async with FakeRoom() as talk:
        announcements = [talk.room.say(STORY) for _ in range(MAX_OF_ONE + 2)]
        dropped = [
            announcement
            for announcement in announcements
            if announcement.result is AnnouncementResult.DROPPED
        ]
        assert dropped == announcements[MAX_OF_ONE:]
        assert talk.all(ReplyFailed) == []


async def test_a_long_announcement_is_spoken_whole_without_an_offer() -> None:
    async with FakeRoom() as talk:
        announcement = talk.room.say(" ".join([STORY] * 15))
        assert await result_of(announcement) is AnnouncementResult.SPOKEN
        assert not any("go on" in text for text in spoken(talk))


async def test_an_announcement_cancelled_before_its_start_is_dropped() -> None:
    async with FakeRoom() as talk:
        first, second = talk.room.say(STORY), talk.room.say(DINNER)
        await talk.until(ReplyBegan)
        first.cancel()
        second.cancel()
        assert await result_of(second) is AnnouncementResult.DROPPED
        assert await result_of(first) is AnnouncementResult.SPOKEN
        await asyncio.sleep(1.0)
        assert DINNER not in spoken(talk)


async def test_a_closed_room_ends_its_announcements() -> None:
    async with FakeRoom() as talk:
        first, second = talk.room.say(STORY), talk.room.say(DINNER)
        await talk.until(ReplyBegan)
    assert await result_of(first) is AnnouncementResult.INTERRUPTED
    assert await result_of(second) is AnnouncementResult.DROPPED


async def test_the_room_knows_its_members_and_the_turn_being_answered() -> None:
    async with FakeRoom() as talk:
        assert talk.room.present == [ANN, BEN]
        before = talk.room.answering
        talk.agent.first_ms = 5000
        await talk.say(ANN, "Jarvis, one.")
        await talk.until(TurnDecided)
        await asyncio.sleep(0.1)
        after = talk.room.answering
        assert (before, after and after.speaker) == (None, ANN)
