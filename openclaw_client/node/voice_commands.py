"""The voice commands: speak, join, leave, status, transcript, direct message."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Final

from pydantic import Field

from openclaw_client.errors import BadArguments, CannotNow, OutOfReach
from openclaw_client.node.authorization import (
    allowed_guilds,
    choose_guild,
    choose_room,
    may_know,
    requester_id,
)
from openclaw_client.node.commands import Arguments, CommandCall, Name, NodeCommand, command
from openclaw_client.node.rooms import Room, SayRequest, SpeechResult, Urgency, VoiceRooms
from openclaw_client.session_keys import SessionKind, session_origin
from openclaw_client.turn_text import clean_name, clean_words

MAX_SPEECH_CHARS: Final = 1200
"""A minute and a half of speech."""
MAX_MESSAGE_CHARS: Final = 1800
"""Discord accepts 2,000."""
_ANSWER_S: Final = 1.0
"""Reserved of the caller's timeout, for the answer to arrive."""
_PRIVATE: Final = "a private channel"
"""The name of a call's channel for a session that may not know it."""
_NOTES: Final = {
    "queued": "it will be said when its turn comes; do not say it again",
    "speaking": "it is being said; do not say it again",
    "interrupted": "a person spoke over it; heard is what the room heard of it",
    "unspoken": "the speech server failed; the words were written into the text channel",
    "dropped": "it will not be said: the call has ended, or too much is waiting",
}


class InGuild(Arguments):
    guild: Name | None = None
    """The Discord server, by name or id (as text). Not needed where only one comes into
    question."""


class Say(InGuild):
    text: Annotated[str, Field(min_length=1, max_length=MAX_SPEECH_CHARS, pattern=r"\S")]
    """What to say, as spoken text: whole sentences, no markdown."""
    urgency: Urgency = "wait"
    """wait: in turn with what is waiting to be answered. next: before it. interrupt: at once, in
    place of what is being said."""
    agent: Name | None = None
    """The id of the agent in whose voice; the room's own if left out."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None
    """ISO code of the language of the text, for numbers and abbreviations."""


class Join(InGuild):
    channel: Name | None = None
    """The voice channel, by name or id (as text). Left out: where the person who asked is, or the
    only one with people in it."""


class TranscriptArguments(InGuild):
    lines: Annotated[int, Field(ge=1, le=200)] = 20
    """How many of the last lines."""


class Notify(InGuild):
    text: Annotated[str, Field(min_length=1, max_length=MAX_MESSAGE_CHARS, pattern=r"\S")]
    """The message."""
    person: Name | None = None
    """To whom, by Discord name or id (as text). Left out: the person whose session this is."""
    spoken: bool = False
    """Whether the same words come along as a sound file."""
    agent: Name | None = None
    """The id of the agent in whose voice they are spoken."""


class VoiceCommands:
    """The voice commands. Agents may read transcripts of ``transcript_guilds`` only."""

    def __init__(self, rooms: VoiceRooms, transcript_guilds: Collection[int]) -> None:
        self._rooms = rooms
        self._transcript_guilds = frozenset(transcript_guilds)

    def all(self) -> list[NodeCommand]:
        return [
            command(
                "voice.say",
                """Say something aloud in a Discord voice call, to everybody in it. Not for your
                answer to what you were asked by voice: that is spoken anyway.""",
                Say,
                self._say,
            ),
            command(
                "voice.join",
                "Come into a Discord voice channel, to listen and to speak there.",
                Join,
                self._join,
            ),
            command("voice.leave", "Leave the Discord voice call.", InGuild, self._leave),
            command(
                "voice.status",
                """The Discord voice calls that the bot is in: the people there, the agent that
                answers, how readily, how many turns wait for an answer, and how many questions were
                withdrawn because their speaker went on.""",
                InGuild,
                self._status,
            ),
            command(
                "voice.transcript",
                "What was said last in the Discord voice call, where the server permits it.",
                TranscriptArguments,
                self._transcript,
            ),
            command(
                "voice.notify",
                """Send a Discord direct message to a person who need not be in a call, if wanted
                with the words spoken in a sound file.""",
                Notify,
                self._notify,
            ),
        ]

    async def _say(self, say: Say, call: CommandCall) -> dict[str, Any]:
        room = choose_room(self._rooms, call.session_key, say.guild)
        self._check_agent(say.agent)
        # An agent in its own turn would wait for its own answer, or interrupt it.
        own_turn = call.session_key is not None and room.answering == call.session_key
        urgency = "next" if own_turn and say.urgency == "interrupt" else say.urgency
        words = SayRequest(say.text, urgency, say.agent, say.language)
        within_s = 0.0 if own_turn else max(0.0, call.within_s - _ANSWER_S)
        said = await self._rooms.say(room.guild.id, words, within_s)
        return {**_room_name(room, call), **_result_payload(said)}

    async def _join(self, join: Join, call: CommandCall) -> dict[str, Any]:
        guild = choose_guild(self._rooms, call.session_key, join.guild)
        room = await self._rooms.join(
            guild.id,
            join.channel,
            requester_id(call.session_key),
            entitled=self._is_entitled(guild.id, call),
        )
        return _room_payload(room)

    async def _leave(self, leave: InGuild, call: CommandCall) -> dict[str, Any]:
        room = choose_room(self._rooms, call.session_key, leave.guild)
        left = await self._rooms.leave(
            room.guild.id,
            requester_id(call.session_key),
            entitled=self._is_entitled(room.guild.id, call),
        )
        return {**_room_name(room, call), "left": left}

    def _is_entitled(self, guild_id: int, call: CommandCall) -> bool:
        """Whether the session may move and end the guild's call: it is answering a question from
        that call, or it is the owner's."""
        key = call.session_key
        if session_origin(key).kind is SessionKind.OWNERS:
            return True
        rooms = (room for room in self._rooms.rooms() if room.guild.id == guild_id)
        return key is not None and any(room.answering == key for room in rooms)

    async def _status(self, status: InGuild, call: CommandCall) -> dict[str, Any]:
        if status.guild is not None:
            ids = {choose_guild(self._rooms, call.session_key, status.guild).id}
        else:
            ids = {guild.id for guild in allowed_guilds(self._rooms, call.session_key)}
        rooms = [room for room in self._rooms.rooms() if room.guild.id in ids]
        return {
            "calls": [
                _room_payload(room) if may_know(room, call.session_key) else _private_payload(room)
                for room in rooms
            ],
            "agents": list(self._rooms.agents()),
        }

    async def _transcript(self, wanted: TranscriptArguments, call: CommandCall) -> dict[str, Any]:
        room = choose_room(self._rooms, call.session_key, wanted.guild)
        if not may_know(room, call.session_key):
            raise OutOfReach(
                "the call is in a private channel; only those in it may ask for its transcript"
            )
        if room.guild.id not in self._transcript_guilds:
            raise CannotNow(
                f"no transcript is handed out in {room.guild.name}: its operator has not named it "
                "in openclaw.node.transcript_guild_ids"
            )
        lines = self._rooms.transcript(room.guild.id, wanted.lines)
        return {**_room_name(room, call), "lines": list(map(clean_words, lines))}

    async def _notify(self, notify: Notify, call: CommandCall) -> dict[str, Any]:
        self._check_agent(notify.agent)
        person = notify.person
        if person is None:
            own = requester_id(call.session_key)
            if own is None:
                raise BadArguments(
                    "voice.notify: person is missing: this session belongs to no single person"
                )
            person = str(own)
        if notify.guild is not None:
            ids = [choose_guild(self._rooms, call.session_key, notify.guild).id]
        else:
            ids = [guild.id for guild in allowed_guilds(self._rooms, call.session_key)]
        if not ids and person == str(requester_id(call.session_key)):
            # A person may always get a message from their own session.
            ids = [guild.id for guild in self._rooms.guilds()]
        if not ids:
            raise OutOfReach("this session belongs to no member of a call with the bot")
        voice = (notify.agent or self._rooms.agents()[0]) if notify.spoken else None
        to = await self._rooms.notify(ids, person, notify.text, spoken_by=voice)
        return {
            "sent": True,
            "person": clean_name(to.name),
            "id": str(to.id),
            "spoken": notify.spoken,
        }

    def _check_agent(self, agent: str | None) -> None:
        known = self._rooms.agents()
        if agent is not None and agent not in known:
            raise BadArguments(f"agent: there is none {agent!r} here; there are {', '.join(known)}")


def _room_name(room: Room, call: CommandCall) -> dict[str, Any]:
    channel = clean_name(room.channel) if may_know(room, call.session_key) else _PRIVATE
    return {"guild": clean_name(room.guild.name), "channel": channel}


def _room_payload(room: Room) -> dict[str, Any]:
    """A room for an agent. Ids are texts, since JavaScript rounds large numbers."""
    return {
        "guild": clean_name(room.guild.name),
        "channel": clean_name(room.channel),
        "guildId": str(room.guild.id),
        "channelId": str(room.channel_id),
        "people": [
            {"id": str(person.id), "name": clean_name(person.name)} for person in room.people
        ],
        **_room_state(room),
    }


def _private_payload(room: Room) -> dict[str, Any]:
    """A room for a session that may know neither its channel nor its people."""
    return {
        "guild": clean_name(room.guild.name),
        "channel": _PRIVATE,
        "guildId": str(room.guild.id),
        **_room_state(room),
    }


def _room_state(room: Room) -> dict[str, Any]:
    return {
        "agent": room.agent,
        "sensitivity": room.sensitivity,
        "answering": room.answering is not None,
        "waiting": room.waiting,
        "questions": {
            "asked": room.questions,
            "early": room.early,
            "withdrawn": room.withdrawn,
        },
        "supervised": room.supervised,
        "takenOver": room.taken_over_by is not None,
    }


def _result_payload(said: SpeechResult) -> dict[str, Any]:
    told: dict[str, Any] = {"outcome": said.outcome, "heard": said.heard}
    if note := _NOTES.get(said.outcome):
        told["note"] = note
    return told
