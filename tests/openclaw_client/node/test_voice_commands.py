"""The voice commands, as an agent calls them and reads their answers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from openclaw_client.errors import BadArguments, CannotNow, CommandError, OutOfReach
from openclaw_client.node.commands import CommandCall, NodeCommands
from openclaw_client.node.rooms import SpeechResult
from openclaw_client.node.settings import COMMANDS
from openclaw_client.node.voice_commands import VoiceCommands
from testing.fake_rooms import (
    ALICE,
    ALICES,
    BOB,
    HARBOUR,
    TAVERN,
    FakeRooms,
    room,
)


async def ask(
    rooms: FakeRooms,
    name: str,
    *,
    session: str | None = ALICES,
    within_s: float = 30.0,
    transcripts: tuple[int, ...] = (),
    **arguments: Any,
) -> dict[str, Any]:
    commands = NodeCommands(VoiceCommands(rooms, transcripts).all(), COMMANDS)
    call = CommandCall(session, within_s)
    answer = await commands.execute(name, json.dumps(arguments), call)
    json.dumps(answer)
    return answer


# -- voice.say ---------------------------------------------------------------------------------


async def test_what_is_said_is_answered_with_what_was_heard() -> None:
    rooms = FakeRooms(room())
    answer = await ask(
        rooms, "voice.say", text="Dinner is ready.", agent="sage", urgency="next", language="en"
    )
    assert answer["outcome"] == "spoken"
    assert answer["heard"] == "Dinner is ready."
    assert (answer["guild"], answer["channel"]) == ("The harbour", "Living room")
    ((guild_id, words, within_s),) = rooms.said
    assert guild_id == HARBOUR.id
    assert (words.text, words.urgency, words.agent) == ("Dinner is ready.", "next", "sage")
    assert words.language == "en"
    assert within_s == 29.0


@pytest.mark.parametrize("outcome", ["queued", "speaking", "interrupted", "unspoken", "dropped"])
async def test_what_was_not_said_whole_comes_with_a_word_on_it(outcome: Any) -> None:
    rooms = FakeRooms(room())
    rooms.outcome = SpeechResult(outcome)
    answer = await ask(rooms, "voice.say", text="Dinner is ready.")
    assert answer["outcome"] == outcome
    assert answer["note"]


async def test_in_its_own_turn_an_agent_neither_waits_for_itself_nor_stops_itself() -> None:
    rooms = FakeRooms(room(answering=ALICES))
    rooms.outcome = SpeechResult("queued")
    answer = await ask(rooms, "voice.say", text="Dinner is ready.", urgency="interrupt")
    ((_, words, within_s),) = rooms.said
    assert (words.urgency, within_s) == ("next", 0.0)
    assert "do not say it again" in answer["note"]


async def test_in_another_sessions_turn_the_urgency_is_kept() -> None:
    rooms = FakeRooms(room(answering="agent:jarvis:discord:dm:43"))
    await ask(rooms, "voice.say", text="Dinner is ready.", urgency="interrupt")
    assert rooms.said[0][1].urgency == "interrupt"


async def test_an_agent_without_a_voice_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(BadArguments, match=r"agent: there is none 'friday' here; .* jarvis, sage"):
        await ask(FakeRooms(room()), "voice.say", text="Hello.", agent="friday")


# -- the others --------------------------------------------------------------------------------


async def test_joining_takes_the_one_who_asks_for_the_way() -> None:
    rooms = FakeRooms(guilds=[HARBOUR])
    answer = await ask(rooms, "voice.join")
    assert rooms.joined == [(HARBOUR.id, None, ALICE.id)]
    assert answer["channelId"] == str(HARBOUR.id + 20)
    assert answer["people"] == [{"id": "42", "name": "Alice"}, {"id": "43", "name": "Bob"}]


async def test_a_channel_can_be_named() -> None:
    rooms = FakeRooms()
    await ask(rooms, "voice.join", session=None, guild="901", channel="Kitchen")
    assert rooms.joined == [(TAVERN.id, "Kitchen", None)]


@pytest.mark.parametrize(
    ("session", "answering", "entitled"),
    [
        (ALICES, ALICES, True),
        (ALICES, "agent:jarvis:discord:dm:43", False),
        (ALICES, None, False),
        ("agent:main:main", None, True),
    ],
)
async def test_only_a_question_from_the_call_or_the_owner_moves_and_ends_it(
    session: str, answering: str | None, entitled: bool
) -> None:
    for command in ("voice.join", "voice.leave"):
        rooms = FakeRooms(room(answering=answering))
        await ask(rooms, command, session=session, guild="900")
        assert rooms.entitled == [entitled]


SHARED = "agent:jarvis:discord:guild:900"
"""A session that every member of the guild may ask."""


@pytest.mark.parametrize(
    ("session", "answering", "named"),
    [
        (SHARED, None, False),
        (SHARED, SHARED, True),
        ("agent:jarvis:discord:dm:45:guild:900", None, False),
        (ALICES, None, True),
        ("agent:main:main", None, True),
    ],
)
async def test_a_private_call_is_named_only_to_those_who_may_know_it(
    session: str, answering: str | None, named: bool
) -> None:
    rooms = FakeRooms(replace(room(answering=answering), private=True))
    status = await ask(rooms, "voice.status", session=session, guild="900")
    said = await ask(rooms, "voice.say", session=session, guild="900", text="Dinner is ready.")
    (call,) = status["calls"]
    for answer in (call, said):
        assert answer["channel"] == ("Living room" if named else "a private channel")
    assert ("people" in call) is ("channelId" in call) is named
    transcript = ask(
        rooms, "voice.transcript", session=session, guild="900", transcripts=(HARBOUR.id,)
    )
    if named:
        assert (await transcript)["channel"] == "Living room"
    else:
        with pytest.raises(OutOfReach, match="private channel"):
            await transcript


async def test_leaving_ends_the_call() -> None:
    rooms = FakeRooms(room())
    assert (await ask(rooms, "voice.leave"))["left"] is True
    assert rooms.calls == []
    with pytest.raises(CannotNow, match="no call"):
        await ask(rooms, "voice.leave", session=None)


async def test_status_tells_of_every_call_within_reach_and_of_no_other() -> None:
    rooms = FakeRooms(room(), room(TAVERN, BOB))
    mine = await ask(rooms, "voice.status")
    assert [call["guild"] for call in mine["calls"]] == ["The harbour", "The tavern"][:1]
    every = await ask(rooms, "voice.status", session="agent:main:main")
    assert len(every["calls"]) == 2
    assert every["agents"] == ["jarvis", "sage"]
    (call,) = mine["calls"]
    assert (call["agent"], call["sensitivity"], call["waiting"]) == ("jarvis", "medium", 1)
    assert call["questions"] == {"asked": 7, "early": 5, "withdrawn": 2}
    assert call["answering"] is False
    assert call["guildId"] == "900"


async def test_a_transcript_is_handed_out_only_where_the_operator_permits_it() -> None:
    rooms = FakeRooms(room())
    with pytest.raises(CannotNow, match=r"openclaw\.node\.transcript_guild_ids"):
        await ask(rooms, "voice.transcript")
    answer = await ask(rooms, "voice.transcript", transcripts=(HARBOUR.id,), lines=1)
    assert answer["lines"] == ["jarvis: Very well, sir."]


async def test_a_message_goes_to_the_one_whose_session_it_is() -> None:
    rooms = FakeRooms(room())
    answer = await ask(rooms, "voice.notify", text="Your tea is ready.")
    assert rooms.written == [((HARBOUR.id,), "42", "Your tea is ready.", None)]
    assert answer == {"sent": True, "person": "Bob", "id": "43", "spoken": False}


async def test_a_message_can_be_spoken_and_go_to_another_person() -> None:
    rooms = FakeRooms(room())
    await ask(rooms, "voice.notify", text="Tea.", person="Bob", spoken=True, agent="sage")
    await ask(rooms, "voice.notify", text="Tea.", person="Bob", spoken=True)
    assert [(person, voice) for _, person, _, voice in rooms.written] == [
        ("Bob", "sage"),
        ("Bob", "jarvis"),
    ]


async def test_a_shared_session_must_name_the_person() -> None:
    with pytest.raises(BadArguments, match="person is missing"):
        await ask(FakeRooms(room()), "voice.notify", session="agent:main:main", text="Tea.")


async def test_a_person_in_no_call_gets_messages_of_their_own_session_only() -> None:
    rooms = FakeRooms(room())
    away = "agent:jarvis:discord:dm:77"
    await ask(rooms, "voice.notify", session=away, text="Tea.")
    assert rooms.written[0][:2] == ((HARBOUR.id, TAVERN.id), "77")
    with pytest.raises(OutOfReach):
        await ask(rooms, "voice.notify", session=away, text="Tea.", person="Bob")


async def test_one_server_is_enough_to_be_named() -> None:
    rooms = FakeRooms(room())
    await ask(rooms, "voice.notify", session=None, text="Tea.", person="Bob", guild="901")
    assert rooms.written[0][0] == (TAVERN.id,)


async def test_what_discord_refuses_is_an_answer() -> None:
    with pytest.raises(CommandError, match="no direct messages"):
        await ask(FakeRooms(room()), "voice.notify", text="Tea.", person="nobody")
