"""The events of a room, for its observers: the log, the demo's time line, the text channel.

Observers see every stage and change none. ``at`` is seconds on the room's clock. Texts are what
people said: an observer that writes logs leaves them out above DEBUG.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pipeline.latency import TurnLatency
from pipeline.ports import Speaker

SilenceReason: TypeAlias = Literal["chose silence", "not meant", "gave way"]


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """A speaker began to speak."""

    speaker: Speaker
    at: float


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """A pause of a speaker is long enough to be checked for the end of the turn."""

    speaker: Speaker
    at: float


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """A speaker's turn is over; ``why`` is for operators."""

    speaker: Speaker
    why: str
    at: float


@dataclass(frozen=True, slots=True)
class PartialTranscribed:
    """The words so far of an unfinished turn; the next event may correct those not committed."""

    speaker: Speaker
    text: str
    """All words, the committed ones (``committed``) first."""
    committed: str
    at: float


@dataclass(frozen=True, slots=True)
class TurnDecided:
    """A turn was transcribed, and it was decided whether it was meant for the agent."""

    speaker: Speaker
    text: str
    addressed: bool
    reasons: tuple[str, ...]
    at: float
    score: float | None = None
    """How probable it is that the agent was meant, 0..1; None where it was not judged."""


@dataclass(frozen=True, slots=True)
class TurnRejected:
    """A turn ended without words: it was noise, or its transcription was rejected."""

    speaker: Speaker
    why: str
    at: float


@dataclass(frozen=True, slots=True)
class ReplyBegan:
    """The first audio of a reply was sent; ``latency`` breaks down the wait for it."""

    agent: str
    speaker: Speaker
    latency: TurnLatency
    at: float


@dataclass(frozen=True, slots=True)
class SentenceBegan:
    """The first audio of a sentence was played, also of an interjection."""

    agent: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class ReplyDucked:
    """Speech over the reply made it quieter, or paused it (``held``)."""

    held: bool
    at: float


@dataclass(frozen=True, slots=True)
class ReplyResumed:
    """The speech over the reply was not for the agent; the reply continues."""

    at: float


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """A reply ended. ``heard`` is the part of ``text`` that was played."""

    agent: str
    speaker: Speaker
    text: str
    heard: str
    interrupted: bool
    at: float


@dataclass(frozen=True, slots=True)
class Unspoken:
    """Words that could not be spoken: they go to the text channel, with the reason.

    ``why`` is for the operator; ``reason`` is for users, in plain words and without an address.
    ``speaker`` is who is answered with them; None where `ReplyFailed` told of the turn.
    """

    agent: str
    text: str
    why: str
    at: float
    reason: str = ""
    speaker: Speaker | None = None


@dataclass(frozen=True, slots=True)
class VoiceReplaced:
    """A fallback voice speaks for the agent from now on; ``reason`` is for users.

    The event comes once, until the agent has its own voice back. ``stand_in`` is what users are
    told of the server that speaks, if it has a name."""

    agent: str
    reason: str
    at: float
    stand_in: str = ""


@dataclass(frozen=True, slots=True)
class HearingReplaced:
    """The server of speech to text fails; ``reason`` is for users.

    Another model transcribes in its place, or with ``deaf`` none does. The event comes once in a
    room, at the end of a turn, until the server is back."""

    reason: str
    at: float
    deaf: bool = False


@dataclass(frozen=True, slots=True)
class TextLeftOut:
    """Parts of a reply that are not spoken (code, links, a long table, too long a text): they go to
    the text channel as the agent wrote them."""

    agent: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class ReplyFailed:
    """A turn could not be answered; ``notice`` is what the bot told the speaker."""

    agent: str
    speaker: Speaker
    why: str
    notice: str
    at: float


@dataclass(frozen=True, slots=True)
class ReplyDeclined:
    """The agent got the turn, and nothing was said. A turn that gave way was probably not for the
    agent, and another member's came before the agent had decided."""

    agent: str
    speaker: Speaker
    at: float
    why: SilenceReason = "chose silence"


@dataclass(frozen=True, slots=True)
class TurnExtended:
    """A speaker added to a turn before its answer began; ``text`` is the whole turn."""

    agent: str
    speaker: Speaker
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class QuestionSent:
    """The agent is being asked. With ``early`` the turn is probably over, and not certainly:
    `TurnDecided` or `QuestionWithdrawn` follows."""

    agent: str
    speaker: Speaker
    early: bool
    at: float


@dataclass(frozen=True, slots=True)
class QuestionWithdrawn:
    """The speaker went on after an early question: its run was aborted, and nothing sounded."""

    agent: str
    speaker: Speaker
    at: float


@dataclass(frozen=True, slots=True)
class AgentSwitched:
    """A speaker asked for another agent by voice; it answers from now on."""

    agent: str
    speaker: Speaker
    at: float


RoomEvent: TypeAlias = (
    SpeechBegan
    | SpeechPaused
    | SpeechEnded
    | PartialTranscribed
    | TurnDecided
    | TurnRejected
    | ReplyBegan
    | SentenceBegan
    | ReplyDucked
    | ReplyResumed
    | ReplyEnded
    | Unspoken
    | VoiceReplaced
    | HearingReplaced
    | TextLeftOut
    | ReplyFailed
    | ReplyDeclined
    | TurnExtended
    | QuestionSent
    | QuestionWithdrawn
    | AgentSwitched
)
Observer: TypeAlias = Callable[[RoomEvent], None]
