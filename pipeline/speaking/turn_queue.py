"""The turns that wait for a reply: one line for each speaker, served in rounds. Pure.

A member who asks often waits behind their own turns, not before those of other members. What a
speaker adds before the reply to their turn has begun joins that turn: one reply answers all of it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from pipeline.latency import TurnLatency
from pipeline.ports import AddresseeDoubt, Agent, AgentTurn, Persona
from pipeline.transcript import SpokenSentence

MAX_WAITING: Final = 8
"""Turns that may wait in a room."""
MAX_OF_ONE: Final = 3
"""Turns of one speaker that may wait; what was joined counts as one."""
LONGEST_JOINED: Final = 2000
"""Characters of a turn to which nothing more is joined: two minutes of speech."""


@dataclass(frozen=True, slots=True)
class ReplyRequest:
    """What a reply is made from: a turn, and the agent that answers it in whose voice."""

    turn: AgentTurn
    persona: Persona
    agent: Agent
    latency: TurnLatency


@dataclass(slots=True)
class ReplyOutcome:
    """The result of a reply, complete when it has ended."""

    sentences: list[SpokenSentence] = field(default_factory=list)
    unspoken: list[str] = field(default_factory=list)
    """The sentences whose synthesis failed, at once or before their end."""
    unspoken_error: str = ""
    """The last error of the synthesis, for the log."""
    unspoken_reason: str = ""
    """The same in plain words, for people; empty when there are none."""
    texts: list[str] = field(default_factory=list)
    """All sentences in order, spoken or not, with offers and without interjections."""
    failure: Exception | None = None
    """The error that ended the answer; only an `AgentError` is an expected one."""
    notice: str = ""
    """What the speaker was told about ``failure``."""
    silent: bool = False
    """The agent chose to say nothing."""

    @property
    def text(self) -> str:
        """Everything the agent said, spoken or not, with the offer of more."""
        return " ".join(self.texts)


OnEnd: TypeAlias = Callable[[ReplyOutcome | None, str, bool], None]
"""Called with the outcome, the words that were heard, and whether the reply was interrupted. The
outcome is None if the reply never began."""


class EarlyQuestion:
    """A question that is asked before it is certain that the speaker's turn is over."""

    def __init__(self, doubted: bool) -> None:
        """``doubted``: it is not certain either that the agent was meant."""
        self.doubted = doubted
        self.confirmed = asyncio.Event()
        """The turn is over: the answer may sound."""
        self.settled = asyncio.Event()
        """It was confirmed or withdrawn."""

    def confirm(self) -> None:
        self.confirmed.set()
        self.settled.set()

    def withdraw(self) -> None:
        self.settled.set()


@dataclass(slots=True)
class QueuedTurn:
    """A request for a reply that waits in the queue."""

    request: ReplyRequest
    since: float
    """When it was queued, on the room's clock."""
    repeatable: bool = True
    """Its reply becomes the one that "repeat that" repeats."""
    joinable: bool = True
    """It holds a speaker's own words to an agent, to which more of theirs can be added."""
    acknowledged: bool = False
    """Its speaker was told that their turn will come, or need not be told."""
    on_end: OnEnd | None = None
    """Set for an announcement: words that no member has asked for."""
    number: int = 0
    """The number of the turn in its room, for the log. A joined turn keeps the first number."""
    early: EarlyQuestion | None = None
    """Set while it is not certain that the speaker's turn is over."""

    @property
    def turn(self) -> AgentTurn:
        return self.request.turn

    def gives_way_to(self, other: QueuedTurn) -> bool:
        """Whether ``other``, which is certain, shall not wait for this one."""
        doubted = self.early is not None and self.early.doubted
        return doubted and not other.turn.has_same_speaker_and_agent(self.turn)

    def joined_by(self, more: QueuedTurn) -> QueuedTurn | None:
        """This turn with ``more`` added to it; None where the two do not belong together."""
        together = f"{self.turn.text} {more.turn.text}"
        fits = (
            self.joinable
            and more.joinable
            and self.early is None
            and more.early is None
            and self.turn.speaker.id == more.turn.speaker.id
            and self.turn.agent == more.turn.agent
            and len(together) <= LONGEST_JOINED
        )
        if not fits:
            return None
        # The later context holds what others said between the two.
        by_name = self.turn.by_name or more.turn.by_name
        # The whole is as surely for the agent as its surest part.
        doubt = min(more.turn.doubt, self.turn.doubt, key=_doubtfulness)
        turn = replace(more.turn, text=together, by_name=by_name, doubt=doubt)
        return replace(self, request=replace(self.request, turn=turn, latency=more.request.latency))


def _doubtfulness(doubt: AddresseeDoubt | None) -> int:
    return 0 if doubt is None else 2 if doubt.unlikely else 1


class TurnQueue:
    """Serves speakers in rounds, in the order in which each of them last began to wait."""

    def __init__(self, *, limit: int = MAX_WAITING, limit_of_one: int = MAX_OF_ONE) -> None:
        self._limit = limit
        self._limit_of_one = limit_of_one
        self._lines: dict[int, deque[QueuedTurn]] = {}

    def __len__(self) -> int:
        return sum(len(line) for line in self._lines.values())

    def __iter__(self) -> Iterator[QueuedTurn]:
        """In the order in which they will be served if no other turn comes."""
        lines = [list(line) for line in self._lines.values()]
        for position in range(max(map(len, lines), default=0)):
            yield from (line[position] for line in lines if position < len(line))

    def put(self, queued: QueuedTurn) -> QueuedTurn | None:
        """Append a turn, or join it to its speaker's last one. Return the turn dropped for it.

        The speaker with the most turns loses their oldest; of equals, the one who came last.
        """
        speaker = queued.turn.speaker.id
        line = self._lines.setdefault(speaker, deque())
        if line and (joined := line[-1].joined_by(queued)) is not None:
            line[-1] = joined
            return None
        line.append(queued)
        if len(line) > self._limit_of_one:
            return line.popleft()
        if len(self) > self._limit:
            return self._drop_from(max(reversed(self._lines), key=lambda of: len(self._lines[of])))
        return None

    def put_first(self, queued: QueuedTurn) -> None:
        """Put a turn before all others."""
        speaker = queued.turn.speaker.id
        line = self._lines.pop(speaker, deque())
        line.appendleft(queued)
        self._lines = {speaker: line, **self._lines}

    def take(self) -> QueuedTurn:
        """Remove and return the next turn; its speaker's others wait for another round.

        Raises:
            LookupError: the queue is empty.
        """
        speaker, line = next(iter(self._lines.items()), (None, None))
        if speaker is None or line is None:
            raise LookupError("the turn queue is empty")
        del self._lines[speaker]
        queued = line.popleft()
        if line:
            self._lines[speaker] = line
        return queued

    def remove(self, queued: QueuedTurn) -> None:
        """Remove one turn, if it waits."""
        for speaker, line in list(self._lines.items()):
            for position, each in enumerate(line):
                if each is queued:
                    del line[position]
                    break
            if not line:
                del self._lines[speaker]

    def drop(self, speaker: int) -> None:
        """Drop all turns of a speaker."""
        self._lines.pop(speaker, None)

    def _drop_from(self, speaker: int) -> QueuedTurn:
        line = self._lines[speaker]
        dropped = line.popleft()
        if not line:
            del self._lines[speaker]
        return dropped
