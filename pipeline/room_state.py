"""What tells, at the moment something is said in a room, who may be meant by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pipeline.ports import Persona, Speaker
from pipeline.transcript import Speech, SpokenReply, Transcript

Toward: TypeAlias = Literal["agent", "person", "room"]


@dataclass(frozen=True, slots=True)
class LastSpeech:
    """What a person said last."""

    speaker_id: int
    toward: Toward
    ago_s: float


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
    last_speech: LastSpeech | None = None
    last_reply: LastReply | None = None


def room_state(
    transcript: Transcript,
    at: float,
    *,
    agent: Persona,
    agents: Iterable[Persona] = (),
    people: Iterable[Speaker] = (),
    replying_to: Speaker | None = None,
) -> RoomState:
    """The room as it was when something was said that began at ``at``, on the transcript's clock.

    ``agents`` are all that people may call, ``agent`` the one that answers now. While it is
    answering somebody, that is ``replying_to``.
    """
    known = tuple(agents)
    ids = {persona.agent for persona in (*known, agent)}
    speech = next((line for line in reversed(transcript) if isinstance(line, Speech)), None)
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
        last_speech=None if speech is None else _last_speech(speech, at, ids),
        last_reply=last_reply,
    )


def _last_speech(speech: Speech, at: float, agents: set[str]) -> LastSpeech:
    toward: Toward = "person"
    if speech.addressed_to is None:
        toward = "room"
    elif speech.addressed_to in agents:
        toward = "agent"
    return LastSpeech(speech.speaker.id, toward, max(0.0, at - speech.at))
