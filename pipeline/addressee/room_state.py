"""What tells, at the moment something is said in a room, who may be meant by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal, TypeAlias

from pipeline.ports import Persona, Speaker
from pipeline.transcript import Speech, SpokenReply, Transcript

Toward: TypeAlias = Literal["agent", "person", "room"]

_TALK_LINES: Final = 8


@dataclass(frozen=True, slots=True)
class LastSpeech:
    """Something that a person said. ``ago_s`` is since its end."""

    speaker_id: int
    toward: Toward
    ago_s: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class LastReply:
    """What the agent said last, to whom. ``ago_s`` is since its end."""

    to_id: int
    ago_s: float
    asks: bool = False
    """It ended in a question."""
    sounding: bool = False
    """It is still being spoken; ``ago_s`` is 0 then."""


@dataclass(frozen=True, slots=True)
class RoomState:
    """The room, without what is being said in it now."""

    agent: Persona
    other_agents: tuple[Persona, ...] = ()
    people: tuple[Speaker, ...] = ()
    """The people present; whether the speaker is among them makes no difference."""
    talk: tuple[LastSpeech, ...] = ()
    """What people said lately, the newest first."""
    last_reply: LastReply | None = None
    offered_to: int | None = None
    """Who was asked whether the agent shall go on, and has not answered."""

    @property
    def last_speech(self) -> LastSpeech | None:
        """The last thing that a person said, however long ago."""
        return self.talk[0] if self.talk else None

    @property
    def talk_since_reply(self) -> tuple[LastSpeech, ...]:
        """What people said since the agent's last word and not to it, the newest first."""
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
    agent: Persona,
    agents: Iterable[Persona] = (),
    people: Iterable[Speaker] = (),
    replying_to: Speaker | None = None,
    offered_to: int | None = None,
) -> RoomState:
    """The room as it was when something was said that began at ``at``, on the transcript's clock.

    ``agents`` are all that people may call, ``agent`` the one that answers now. While it is
    answering somebody, that is ``replying_to``; ``offered_to`` was asked whether it shall go on.
    """
    known = tuple(agents)
    ids = {persona.agent for persona in (*known, agent)}
    said = (line for line in reversed(transcript) if isinstance(line, Speech))
    reply = next((line for line in reversed(transcript) if isinstance(line, SpokenReply)), None)
    last_reply = None
    if replying_to is not None:
        last_reply = LastReply(replying_to.id, 0.0, sounding=True)
    elif reply is not None:
        last_reply = LastReply(reply.speaker.id, max(0.0, at - reply.at), reply.asks)
    return RoomState(
        agent=agent,
        other_agents=tuple(each for each in known if each.agent != agent.agent),
        people=tuple(people),
        talk=tuple(_last_speech(speech, at, ids) for speech in islice(said, _TALK_LINES)),
        last_reply=last_reply,
        offered_to=offered_to,
    )


def _last_speech(speech: Speech, at: float, agents: set[str]) -> LastSpeech:
    toward: Toward = "person"
    if speech.addressed_to is None:
        toward = "room"
    elif speech.addressed_to in agents:
        toward = "agent"
    return LastSpeech(speech.speaker.id, toward, max(0.0, at - speech.at), speech.text)
