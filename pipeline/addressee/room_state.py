"""The state of a room at the moment of an utterance: who was spoken to, by whom, how long ago."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal, TypeAlias

from pipeline.language.utterance import ParsedUtterance
from pipeline.ports import Speaker
from pipeline.transcript import Speech, SpokenReply, Transcript

Toward: TypeAlias = Literal["agent", "person", "room"]

_TALK_LINES: Final = 8


@dataclass(frozen=True, slots=True)
class LastSpeech:
    """An utterance of a person. ``ago_s`` counts from its end."""

    utterance: ParsedUtterance
    toward: Toward
    ago_s: float

    @property
    def speaker_id(self) -> int:
        return self.utterance.speaker_id


@dataclass(frozen=True, slots=True)
class LastReply:
    """The agent's last reply, and whom it answered. ``ago_s`` counts from its end."""

    to_id: int
    ago_s: float
    asks: bool = False
    """It ended in a question."""
    playing: bool = False
    """It is still being spoken; ``ago_s`` is 0 then."""


@dataclass(frozen=True, slots=True)
class RoomState:
    """The people in the room and their recent talk, without the utterance to decide on."""

    people: tuple[Speaker, ...] = ()
    """The people present; whether the speaker is among them makes no difference."""
    talk: tuple[LastSpeech, ...] = ()
    """Recent utterances of people, the newest first."""
    last_reply: LastReply | None = None
    offered_to: int | None = None
    """The id of the speaker who was asked whether the agent shall continue."""

    @property
    def last_speech(self) -> LastSpeech | None:
        """The last utterance of a person, however long ago."""
        return self.talk[0] if self.talk else None

    @property
    def talk_since_reply(self) -> tuple[LastSpeech, ...]:
        """Utterances since the agent's last reply that were not for an agent, the newest first."""
        reply = self.last_reply
        return tuple(
            speech
            for speech in self.talk
            if speech.toward != "agent" and (reply is None or speech.ago_s < reply.ago_s)
        )


def room_state(
    transcript: Transcript,
    at: float,
    *,
    agents: Iterable[str] = (),
    people: Iterable[Speaker] = (),
    replying_to: Speaker | None = None,
    offered_to: int | None = None,
) -> RoomState:
    """The room when an utterance began at ``at``, on the transcript's clock.

    ``agents`` are the ids of all that people may call. ``replying_to`` is the speaker whom the
    agent is answering; ``offered_to`` was asked whether it shall continue.
    """
    ids = frozenset(agents)
    speeches = (line for line in reversed(transcript) if isinstance(line, Speech))
    reply = next((line for line in reversed(transcript) if isinstance(line, SpokenReply)), None)
    last_reply = None
    if replying_to is not None:
        last_reply = LastReply(replying_to.id, 0.0, playing=True)
    elif reply is not None:
        last_reply = LastReply(reply.speaker.id, max(0.0, at - reply.at), reply.asks)
    return RoomState(
        people=tuple(people),
        talk=tuple(_last_speech(speech, at, ids) for speech in islice(speeches, _TALK_LINES)),
        last_reply=last_reply,
        offered_to=offered_to,
    )


def _last_speech(speech: Speech, at: float, agents: frozenset[str]) -> LastSpeech:
    toward: Toward = "person"
    if speech.addressed_to is None:
        toward = "room"
    elif speech.addressed_to in agents:
        toward = "agent"
    return LastSpeech(speech.utterance, toward, max(0.0, at - speech.at))
