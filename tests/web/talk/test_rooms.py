"""Rooms of the talk page with the bot's own conversation in them, in virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from pipeline.audio import FRAME_MS, HEARD_FRAME
from pipeline.errors import AgentUnavailable
from testing.manual_clock import eventually
from tests.web.pages import TalkParts, fake_talk_rooms
from web.errors import TalkRefused
from web.talk.room import TalkRoom, Visitor
from web.talk.rooms import LINGER_S, TalkRooms

pytestmark = pytest.mark.virtual_time

ASKED, ANSWER = "Jarvis, what time is it?", "It is half past seven."


class Page:
    """A person's page: speaks frames, and keeps what it is sent."""

    def __init__(self, rooms: TalkRooms, name: str, key: str = "key of a page") -> None:
        self.room, self.visitor = rooms.enter("", name, f"{key} {name}")
        self.messages: list[dict[str, Any]] = []
        self.audio = 0
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while True:
            message = await self.visitor.outbox.next()
            if isinstance(message, bytes):
                self.audio += bool(np.abs(np.frombuffer(message, "<i2")).max() > 300)
            else:
                self.messages.append(json.loads(message))

    async def say(self, parts: TalkParts, text: str, seconds: float = 1.0) -> None:
        level = parts.models.code(text)
        for loud in [level] * round(seconds * 1000 / FRAME_MS) + [0] * 10:
            await asyncio.sleep(FRAME_MS / 1000)
            self.room.hear(self.visitor, np.full(HEARD_FRAME, loud, np.int16))

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """The last state of each entry of a kind."""
        found = [each["entry"] for each in self.messages if each["type"] == "entry"]
        return list({each["id"]: each for each in found if each["kind"] == kind}.values())

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.messages if each["type"] == kind]


def answered(page: Page) -> bool:
    """Whether an answer has ended."""
    return any(each["state"] == "ended" for each in page.entries("reply"))


@pytest.fixture
async def parts() -> AsyncIterator[TalkParts]:
    made = TalkParts()
    made.agent.answers[ASKED] = ANSWER
    made.hearing.start()
    yield made
    await made.hearing.aclose()


@pytest.fixture
async def rooms(parts: TalkParts) -> AsyncIterator[TalkRooms]:
    made = fake_talk_rooms(parts)
    yield made
    await made.aclose()


async def test_a_question_is_answered_in_words_and_in_sound(
    parts: TalkParts, rooms: TalkRooms
) -> None:
    ann = Page(rooms, "Ann")
    await ann.say(parts, ASKED)
    await eventually(
        lambda: ann.entries("reply") and ann.entries("reply")[0]["state"] == "ended", 30
    )
    (said,), (reply,) = ann.entries("said"), ann.entries("reply")
    assert (said["who"], said["text"], said["addressed"]) == ("Ann", ASKED, True)
    assert "called by name" in said["reasons"]
    assert "stages" in said
    assert (reply["who"], reply["text"], reply["heard"]) == ("Jarvis", ANSWER, ANSWER)
    assert ann.audio * 20 == pytest.approx(len(ANSWER) * 60, abs=100)
    (turn,) = parts.agent.turns
    assert turn.speaker.name == "Ann"
    assert [each["on"] for each in ann.of("speaking")] == [True, False]


async def test_the_words_of_a_sentence_appear_when_its_sound_begins(
    parts: TalkParts, rooms: TalkRooms
) -> None:
    parts.agent.answers[ASKED] = f"{ANSWER} The sun sets at nine."
    ann = Page(rooms, "Ann")
    ann.room.say(ann.visitor, ASKED)
    await eventually(lambda: ann.entries("reply") and ann.entries("reply")[0]["text"])
    assert ann.entries("reply")[0]["text"] == ANSWER
    assert ann.audio * FRAME_MS < 100, "most of its sound is to come"
    await eventually(lambda: ann.entries("reply")[0]["text"] != ANSWER)
    assert ann.entries("reply")[0]["state"] == "speaking"
    assert ann.audio * FRAME_MS == pytest.approx(len(ANSWER) * 60, abs=100)


async def test_two_pages_are_two_people_who_hear_the_same(
    parts: TalkParts, rooms: TalkRooms
) -> None:
    ann, ben = Page(rooms, "Ann"), Page(rooms, "Ben")
    await ben.say(parts, ASKED)
    await eventually(lambda: answered(ann))
    assert ann.entries("said")[0]["who"] == "Ben"
    assert ann.audio == ben.audio > 0
    names = [each["name"] for each in ann.of("people")[-1]["people"]]
    assert names == ["Ann", "Ben"]
    assert [person.name for person in parts.agent.turns[0].present] == ["Ann", "Ben"]


async def test_speech_over_an_answer_stops_it(parts: TalkParts, rooms: TalkRooms) -> None:
    parts.agent.answers[ASKED] = "This is a long answer that goes on and on. " * 6
    ann = Page(rooms, "Ann")
    await ann.say(parts, ASKED)
    await eventually(lambda: ann.audio > 20)
    await ann.say(parts, "Jarvis, stop.", 0.6)
    await eventually(lambda: ann.entries("reply")[0]["state"] == "interrupted")
    states = [
        each["entry"]["state"] for each in ann.of("entry") if each["entry"]["kind"] == "reply"
    ]
    assert "held" in states
    heard = ann.audio
    await asyncio.sleep(2)
    assert ann.audio == heard
    (reply,) = ann.entries("reply")
    assert reply["heard"] != reply["text"]


async def test_typed_words_are_a_turn_too(parts: TalkParts, rooms: TalkRooms) -> None:
    ann = Page(rooms, "Ann")
    ann.room.say(ann.visitor, f"  {ASKED}\n")
    ann.room.say(ann.visitor, "   ")
    await eventually(lambda: answered(ann))
    assert [each["text"] for each in ann.entries("said")] == [ASKED]
    assert ann.audio > 0


async def test_an_answer_is_stopped_by_its_button(parts: TalkParts, rooms: TalkRooms) -> None:
    parts.agent.answers[ASKED] = "This is a long answer that goes on and on. " * 6
    ann = Page(rooms, "Ann")
    ann.room.say(ann.visitor, ASKED)
    await eventually(lambda: ann.audio > 20)
    ann.room.stop(ann.visitor)
    await eventually(lambda: ann.entries("reply")[0]["state"] in ("ended", "interrupted"))
    assert ann.audio < 100


async def test_an_agent_that_fails_is_told_to_the_page(parts: TalkParts, rooms: TalkRooms) -> None:
    parts.agent.error = AgentUnavailable("no answer at ws://gateway")
    ann = Page(rooms, "Ann")
    ann.room.say(ann.visitor, ASKED)
    await eventually(lambda: ann.entries("said") and "failure" in ann.entries("said")[0])
    assert ann.entries("said")[0]["failure"] == "no answer at ws://gateway"
    assert ann.of("thinking")[-1]["on"] is False


async def test_an_answer_that_the_voice_failed_to_say_is_written_and_its_turn_tells_why(
    parts: TalkParts, rooms: TalkRooms
) -> None:
    parts.synthesizer.broken = True
    ann = Page(rooms, "Ann")
    ann.room.say(ann.visitor, ASKED)
    await eventually(lambda: ann.entries("written") and not ann.room.conversation.answering)
    (said,), (written,) = ann.entries("said"), ann.entries("written")
    assert said["unspoken"] == "the speech server answered 500"
    assert written["text"] == ANSWER
    assert ann.entries("reply") == [], "the answer is there once"
    assert [turn.unspoken for turn in ann.room.decisions] == [said["unspoken"]]
    assert ann.of("thinking")[-1]["on"] is False


async def test_agent_and_sensitivity_are_chosen_for_the_room(
    parts: TalkParts, rooms: TalkRooms
) -> None:
    ann, ben = Page(rooms, "Ann"), Page(rooms, "Ben")
    ann.room.use_agent("sage")
    ann.room.use_sensitivity("high")
    await eventually(lambda: ben.of("sensitivity"))
    assert ben.of("agent")[-1]["agent"] == "sage"
    assert ben.of("sensitivity")[-1]["level"] == "high"
    ann.room.say(ann.visitor, "What is the meaning of life?")
    await eventually(lambda: parts.agent.turns)
    assert parts.agent.turns[0].agent == "sage"
    with pytest.raises(TalkRefused, match="no such agent"):
        ann.room.use_agent("nero")


async def test_a_name_that_is_taken_is_numbered(rooms: TalkRooms) -> None:
    first, second = Page(rooms, "Ann", "one page"), Page(rooms, "Ann", "another page")
    assert first.visitor.speaker.name == "Ann"
    assert second.visitor.speaker.name == "Ann 2"
    assert first.visitor.speaker.id != second.visitor.speaker.id


async def test_a_page_that_comes_back_finds_the_conversation_and_its_place(
    parts: TalkParts, rooms: TalkRooms
) -> None:
    ann = Page(rooms, "Ann")
    ann.room.say(ann.visitor, ASKED)
    await eventually(lambda: answered(ann))
    again = Page(rooms, "Ann")
    assert ann.visitor.replaced
    assert ann.visitor.outbox.overflowed.is_set()
    rooms.leave(ann.room, ann.visitor)
    await eventually(lambda: again.of("people"))
    welcome = again.of("entered")[0]
    assert [entry["kind"] for entry in welcome["entries"]] == ["said", "reply"]
    assert again.room.conversation.people == {again.visitor.speaker.id}


async def test_an_empty_room_is_kept_for_a_while_and_then_closed(
    parts: TalkParts, rooms: TalkRooms
) -> None:
    ann = Page(rooms, "Ann")
    rooms.leave(ann.room, ann.visitor)
    assert ann.room.conversation.people == set()
    await asyncio.sleep(LINGER_S / 2)
    back = Page(rooms, "Ann")
    assert back.room is ann.room
    await asyncio.sleep(2 * LINGER_S)
    assert rooms.rooms == [ann.room]
    rooms.leave(back.room, back.visitor)
    await asyncio.sleep(LINGER_S + 1)
    assert rooms.rooms == []
    assert parts.closed == [ann.room.id]


async def test_there_are_only_so_many_places(rooms: TalkRooms) -> None:
    pages = [Page(rooms, f"Person {number}") for number in range(4)]
    with pytest.raises(TalkRefused, match=r"all 4 places.*web\.people"):
        rooms.enter("kitchen", "One more", "another key")
    assert len(rooms.rooms) == 1
    Page(rooms, "Person 0")  # the same page comes back
    rooms.leave(pages[1].room, pages[1].visitor)
    rooms.enter("kitchen", "One more", "another key")
    assert [room.name for room in rooms.rooms] == ["lobby", "kitchen"]


async def test_one_key_is_one_place(rooms: TalkRooms) -> None:
    for number in range(4):
        rooms.enter("", f"Person {number}", "the same key")
    with pytest.raises(TalkRefused, match="all 4 places"):
        rooms.enter("", "Person 4", "the same key")


async def test_rooms_cannot_be_opened_without_end(rooms: TalkRooms) -> None:
    for number in range(8):
        rooms.leave(*rooms.enter(f"room-{number}", "Ann", "a key"))
    with pytest.raises(TalkRefused, match="too many rooms"):
        rooms.enter("one-more", "Ann", "a key")
    await asyncio.sleep(LINGER_S + 1)
    rooms.enter("room-100", "Ann", "a key")


@pytest.mark.parametrize(
    ("room", "name", "key"), [("../x", "Ann", "k"), ("", "", "k"), ("", "A", "")]
)
async def test_who_cannot_enter_opens_no_room(
    rooms: TalkRooms, room: str, name: str, key: str
) -> None:
    with pytest.raises(TalkRefused):
        rooms.enter(room, name, key)
    assert rooms.rooms == []


async def test_closing_sends_everyone_away(rooms: TalkRooms) -> None:
    entered: tuple[TalkRoom, Visitor] = rooms.enter("", "Ann", "a key")
    await rooms.aclose()
    assert entered[1].outbox.overflowed.is_set()
    assert rooms.rooms == []
