"""What happens in a room, for those who watch: the log, the demo's time line, the text channel.

Observers see every stage and touch none. ``at`` is seconds on the room's clock. Texts are what
people said: an observer that writes logs leaves them out above DEBUG.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from pipeline.latency import TurnLatency
from pipeline.ports import Speaker


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """Somebody began to speak."""

    speaker: Speaker
    at: float


@dataclass(frozen=True, slots=True)
class PartialHeard:
    """The words so far of a turn that is going on; the next may correct what is not settled."""

    speaker: Speaker
    text: str
    """All of it, ``settled`` first."""
    settled: str
    at: float


@dataclass(frozen=True, slots=True)
class Heard:
    """A turn was understood, and it was decided whether it was meant for the agent."""

    speaker: Speaker
    text: str
    addressed: bool
    reasons: tuple[str, ...]
    at: float


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A turn ended without words: noise, or a transcription that was rejected."""

    speaker: Speaker
    why: str
    at: float


@dataclass(frozen=True, slots=True)
class ReplyBegan:
    """The first sound of a reply has left; ``latency`` tells what the wait was made of."""

    agent: str
    speaker: Speaker
    latency: TurnLatency
    at: float


@dataclass(frozen=True, slots=True)
class SentenceSpoken:
    """A sentence of the reply has been handed to the loudspeaker whole."""

    agent: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class ReplyDucked:
    """Somebody speaks over the reply: it goes quiet, or silent (``held``)."""

    held: bool
    at: float


@dataclass(frozen=True, slots=True)
class ReplyResumed:
    """What was said over the reply was not for the agent; it goes on."""

    at: float


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """A reply is over. ``heard`` is what the listeners heard of ``text``."""

    agent: str
    speaker: Speaker
    text: str
    heard: str
    interrupted: bool
    at: float


@dataclass(frozen=True, slots=True)
class Unspoken:
    """Words that could not be spoken: they belong into the text channel, with the reason.

    ``why`` is for the operator, ``reason`` for people: in plain words, and without an address.
    """

    agent: str
    text: str
    why: str
    at: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VoiceReplaced:
    """Another voice than the agent's own speaks for it from now on; ``reason`` is for people.

    It is told once, however many sentences follow, until the agent has its own voice back."""

    agent: str
    reason: str
    at: float


@dataclass(frozen=True, slots=True)
class TextLeftOut:
    """What a reply has besides its words (code, links, a long table, what was too long to be said):
    it belongs into the text channel, as the agent wrote it."""

    agent: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Failed:
    """A turn could not be answered; ``notice`` is what the speaker was told."""

    agent: str
    speaker: Speaker
    why: str
    notice: str
    at: float


@dataclass(frozen=True, slots=True)
class KeptSilent:
    """The agent was asked, and chose to say nothing."""

    agent: str
    speaker: Speaker
    at: float


@dataclass(frozen=True, slots=True)
class TurnJoined:
    """Somebody added to what they had asked before its answer began; ``text`` is all of it."""

    agent: str
    speaker: Speaker
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class AgentChosen:
    """Somebody asked aloud for another agent; it answers from now on."""

    agent: str
    speaker: Speaker
    at: float


RoomEvent: TypeAlias = (
    SpeechBegan
    | PartialHeard
    | Heard
    | NotUnderstood
    | ReplyBegan
    | SentenceSpoken
    | ReplyDucked
    | ReplyResumed
    | ReplyEnded
    | Unspoken
    | VoiceReplaced
    | TextLeftOut
    | Failed
    | KeptSilent
    | TurnJoined
    | AgentChosen
)
Observer: TypeAlias = Callable[[RoomEvent], None]
