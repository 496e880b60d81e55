"""What a room needs from its neighbours, and nothing more.

The room knows its agent, its voice and its loudspeaker only by these Protocols, so the same
conversation runs on Discord, on a wav file and on a web page.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.audio import Pcm16


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person in the room: the Discord user id, and the name they show there."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Voice:
    """How a reply sounds: a voice name the speech server knows, and its speed (1.0 = natural).

    With an empty name the server's voices are chosen from.
    """

    name: str
    speed: float = 1.0
    style: str = ""
    """In words, how it is to be spoken, for a server that can; empty is the voice's own way."""
    agent: str = field(default="", compare=False)
    """Whose voice it is, by id: what a choice among the server's voices goes by."""


@dataclass(frozen=True, slots=True)
class Persona:
    """An agent as the room knows it: the Gateway's id, the names it answers to, how it sounds."""

    agent: str
    name: str
    voice: Voice
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentTurn:
    """One thing said to an agent. ``context`` is data about the room, never instructions."""

    agent: str
    text: str
    speaker: Speaker
    context: str = ""
    language: str | None = None
    """ISO code of what was said; the answer is expected in it."""
    present: tuple[str, ...] = ()
    """The names of the people in the room, the speaker among them."""
    said_at: float | None = None
    """When it had been said, in the room's seconds; None is now."""


@dataclass(frozen=True, slots=True)
class AgentDelta:
    """A piece of the answer. With ``replace`` what came before is void: this is the new whole."""

    text: str
    replace: bool = False


class NameResolver(Protocol):
    """Knows what Discord's ids in a text mean; None for what it does not know."""

    def person(self, number: int) -> str | None: ...

    def channel(self, number: int) -> str | None: ...

    def role(self, number: int) -> str | None: ...


class Agent(Protocol):
    def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        """Stream the answer. Closing or cancelling the generator aborts the run upstream.

        Raises:
            AgentUnavailable: nothing answers, or it refused; the text says why.
            AgentLost: the connection broke, and the rest could not be had.
            AgentTimeout: the agent did not finish in time.
        """
        ...


class AddresseeOracle(Protocol):
    """Knows the agent's own mind on whether something was said to it."""

    async def was_meant(self, turn: AgentTurn) -> bool | None:
        """Ask the turn's agent, apart from any conversation of its; None if it gave neither a yes
        nor a no. Cancelling this ends the question.

        Raises:
            AgentError: it could not be asked, or did not answer.
        """
        ...


class Synthesizer(Protocol):
    def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        """Stream one sentence as 48 kHz mono ``int16[n]`` chunks of any length.

        Closing the generator cuts the connection.

        Raises:
            SpeechUnavailable: no audio could be had; the text says from where and why.
        """
        ...


class Playback(Protocol):
    """One reply on its way to the listeners' ears. All methods return at once."""

    def feed(self, pcm: Pcm16) -> None:
        """Append 48 kHz mono audio, ``int16[n]``."""

    def end(self) -> None:
        """No more audio will be fed; the playback finishes when what was fed has been sent."""

    def fill(self, loop: Pcm16 | None) -> None:
        """While nothing that was fed is there to be played, play ``loop`` again and again.

        It is 48 kHz mono ``int16[n]``, silent at both ends, and counts as no part of the reply.
        None ends it, as audio of the reply does for as long as it lasts, with a fade of 10 ms.
        """

    def duck(self) -> None:
        """Go on, but quietly: somebody has begun to speak over the reply."""

    def hold(self) -> None:
        """Fade out within 10 ms and keep the place."""

    def resume(self, rewind_ms: float = 0.0) -> None:
        """Back to full loudness, after going back ``rewind_ms`` in what was fed."""

    def cut(self) -> None:
        """Fade out within 10 ms, drop the rest and finish."""

    @property
    def played_ms(self) -> float:
        """How much of what was fed has been sent to the listeners, in ms."""
        ...

    @property
    def first_sent_at(self) -> float | None:
        """``time.monotonic()`` when the first frame with audio of the reply left, or None."""
        ...

    async def wait_finished(self) -> None:
        """Until everything was sent, or the playback was cut, or its connection is gone."""


class Loudspeaker(Protocol):
    def open(self) -> Playback:
        """Begin a reply. There is one at a time: opening one cuts the one before."""
        ...

    def set_gain_db(self, gain_db: float) -> None:
        """How loud replies are from now on, also the one that sounds: 0 is as they are fed."""
