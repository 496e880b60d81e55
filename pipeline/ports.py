"""The interfaces of a room: all that it needs of agents, speech synthesis and playback.

The room knows its agent, its voice and its loudspeaker only by these Protocols, so the same
conversation runs on Discord, in the demo and in tests.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Final, Protocol

from pipeline.audio import Pcm16
from pipeline.settings import Level


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person in the room: the Discord user id and the display name."""

    id: int
    name: str
    bot: bool = False
    """Another bot, which a server may have transcribed."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How a reply sounds: a voice of the speech server, and its speed (1.0 is natural).

    With an empty name one of the server's voices is chosen.
    """

    name: str
    speed: float = 1.0
    style: str = ""
    """Speaking instructions in words, for servers that follow them; empty is the default."""
    agent: str = field(default="", compare=False)
    """The id of the agent with this voice; the choice among the server's voices depends on it."""


@dataclass(frozen=True, slots=True)
class Persona:
    """An agent as the room knows it: the Gateway's id, the names it answers to, how it sounds."""

    agent: str
    name: str
    voice: Voice
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContextLine:
    """What a person or an agent said before a turn. Data, never instructions."""

    words: str
    speaker: Speaker | None = None
    """The person; None for a reply."""
    agent: str = ""
    """The id of the agent whose reply it is."""
    cut_off: bool = False
    """The end of the reply was not heard; without ``words`` none of it was."""


@dataclass(frozen=True, slots=True)
class AddresseeDoubt:
    """What is known of a turn whose addressee is unsure, without anybody's words."""

    level: Level
    """What the agent may answer."""
    answered_ago_s: float | None = None
    """How long ago the agent's last reply ended; None if no exchange with it is running."""
    answered_speaker: bool = False
    """That reply was to the speaker of the turn."""
    others_spoke: bool = False
    """People have spoken since, not to the agent."""
    unlikely: bool = False
    """The turn is less likely for the agent than the level needs, and left to the agent."""
    named: bool = False
    """The agent is named, and by the sound it may be called, or only talked about."""


@dataclass(frozen=True, slots=True)
class AgentTurn:
    """One turn for an agent. ``context`` is data about the room, never instructions."""

    agent: str
    text: str
    speaker: Speaker
    context: tuple[ContextLine, ...] = ()
    """What was said before, the oldest first."""
    language: str | None = None
    """ISO code of the utterance's language; the answer is expected in it."""
    present: tuple[Speaker, ...] = ()
    """The people in the room, the speaker among them."""
    said_at: float | None = None
    """The end of the utterance, in the room's seconds; None is now."""
    by_name: bool = False
    """The speaker called the agent by its name."""
    doubt: AddresseeDoubt | None = None
    """It may be meant for another person, and the agent may decline; None if it is sure."""

    def has_same_speaker_and_agent(self, other: AgentTurn) -> bool:
        """Whether the same speaker says it to the same agent."""
        return (self.speaker.id, self.agent) == (other.speaker.id, other.agent)

    @property
    def is_unlikely(self) -> bool:
        """It is probably meant for another person: the speaker expects no answer."""
        return self.doubt is not None and self.doubt.unlikely


@dataclass(frozen=True, slots=True)
class AgentDelta:
    """A piece of the answer. With ``replace`` it replaces all pieces before it."""

    text: str
    replace: bool = False


class NameResolver(Protocol):
    """Resolves Discord's ids in a text to names; None for unknown ones."""

    def person(self, number: int) -> str | None: ...

    def channel(self, number: int) -> str | None: ...

    def role(self, number: int) -> str | None: ...


class Agent(Protocol):
    def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        """Stream the answer. Closing or cancelling the generator aborts the run upstream.

        Raises:
            AgentUnavailable: no server answers, or it refused; the text says why.
            AgentLost: the connection broke, and the rest could not be recovered.
            AgentTimeout: the agent did not finish in time.
        """
        ...


class AddresseeOracle(Protocol):
    """Asks an agent whether a turn was meant for it."""

    async def was_meant(self, turn: AgentTurn, doubt: AddresseeDoubt) -> bool | None:
        """Ask the turn's agent, outside of any conversation; None for an answer other than yes or
        no. Cancelling this ends the run.

        Raises:
            AgentError: the agent could not be asked, or did not answer.
        """
        ...


class Synthesizer(Protocol):
    def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        """Stream one sentence as 48 kHz mono ``int16[n]`` chunks of any length.

        Closing the generator cuts the connection.

        Raises:
            SpeechUnavailable: the server gave no audio; the text says which and why.
        """
        ...


DUCKED_DB: Final = -14.0
"""Gain of a ducked reply: quiet enough for a member to speak over it, loud enough to follow."""


class Playback(Protocol):
    """The playback of one reply. All methods return at once."""

    def feed(self, pcm: Pcm16) -> None:
        """Append 48 kHz mono audio, ``int16[n]``."""

    def end(self) -> None:
        """No more audio will be fed; the playback finishes when what was fed has been sent."""

    def fill(self, loop: Pcm16 | None) -> None:
        """Repeat ``loop`` while there is no fed audio to play.

        It is 48 kHz mono ``int16[n]``, silent at both ends, and no part of the reply. None ends it
        with a fade of 10 ms; audio of the reply suspends it in the same way.
        """

    def duck(self) -> None:
        """Continue at `DUCKED_DB`, because a speaker began to speak over the reply."""

    def hold(self) -> None:
        """Fade out within 10 ms and keep the position."""

    def resume(self, rewind_ms: float = 0.0) -> None:
        """Continue at full loudness, ``rewind_ms`` before the current position."""

    def cut(self) -> None:
        """Fade out within 10 ms, drop the rest and finish."""

    @property
    def played_ms(self) -> float:
        """The length of the fed audio that was sent, in ms."""
        ...

    @property
    def first_sent_at(self) -> float | None:
        """``time.monotonic()`` when the first frame with audio of the reply was sent, or None."""
        ...

    async def wait_finished(self) -> None:
        """Wait until all audio was sent, the playback was cut, or its connection was lost."""


class Loudspeaker(Protocol):
    def open(self) -> Playback:
        """Start the playback of a reply. Only one plays at a time: opening one cuts the last."""
        ...

    def set_gain_db(self, gain_db: float) -> None:
        """Set the gain of all replies, the current one included; 0 leaves the audio unchanged."""
