"""Turns that wait for their answer: one line for each speaker, served in rounds. Pure.

Whoever asks a lot waits behind their own questions, not before other people's. What somebody adds
before their turn is begun belongs to it: they get one answer to all of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from pipeline.latency import TurnLatency
from pipeline.ports import Agent, AgentTurn, Persona
from pipeline.speaking.reply import ReplyOutcome

MAX_WAITING: Final = 8
"""More turns than this cannot sensibly wait for one voice."""
MAX_OF_ONE: Final = 3
"""And not more than this of one speaker, beyond what was joined into one."""
LONGEST_JOINED: Final = 2000
"""Characters of a turn to which nothing more is joined: two minutes of speech."""

OnEnd: TypeAlias = Callable[[ReplyOutcome | None, str, bool], None]
"""Told how an answer ended, what of it was heard, and whether it was cut off; None instead of its
outcome if it was never begun."""


@dataclass(slots=True)
class QueuedTurn:
    """A turn that waits for its answer, and who is to give it."""

    turn: AgentTurn
    persona: Persona
    latency: TurnLatency
    agent: Agent
    since: float
    """When it was asked, in the room's seconds."""
    passing: bool = False
    """The answer is not worth repeating."""
    joinable: bool = True
    """Somebody's own words to an agent, to which more of theirs can be added."""
    acknowledged: bool = False
    """Its speaker has been told that their turn will come."""
    on_end: OnEnd | None = None
    """Whom to tell what became of words that nobody has asked for."""
    number: int = 0
    """Which turn of the room it is, for the log; what joins it is part of it."""

    def joined_by(self, more: QueuedTurn) -> QueuedTurn | None:
        """This turn with ``more`` added to it; None where the two do not belong together."""
        together = f"{self.turn.text} {more.turn.text}"
        fits = (
            self.joinable
            and more.joinable
            and self.turn.speaker.id == more.turn.speaker.id
            and self.turn.agent == more.turn.agent
            and len(together) <= LONGEST_JOINED
        )
        if not fits:
            return None
        # The later context holds what others said between the two.
        turn = replace(more.turn, text=together)
        return replace(self, turn=turn, latency=more.latency)


class TurnQueue:
    """Serves speakers in rounds, in the order in which each last came to wait."""

    def __init__(self, *, limit: int = MAX_WAITING, limit_of_one: int = MAX_OF_ONE) -> None:
        self._limit = limit
        self._limit_of_one = limit_of_one
        self._lines: dict[int, deque[QueuedTurn]] = {}

    def __len__(self) -> int:
        return sum(len(line) for line in self._lines.values())

    def __iter__(self) -> Iterator[QueuedTurn]:
        """In the order in which they will be served, if nobody else comes."""
        lines = [list(line) for line in self._lines.values()]
        for place in range(max(map(len, lines), default=0)):
            yield from (line[place] for line in lines if place < len(line))

    def put(self, waiting: QueuedTurn) -> QueuedTurn | None:
        """Let it wait, or join the turn before it; the turn that was dropped for it, if any.

        Who has the most waiting loses the oldest of theirs; of equals, who came last.
        """
        speaker = waiting.turn.speaker.id
        line = self._lines.setdefault(speaker, deque())
        if line and (joined := line[-1].joined_by(waiting)) is not None:
            line[-1] = joined
            return None
        line.append(waiting)
        if len(line) > self._limit_of_one:
            return line.popleft()
        if len(self) > self._limit:
            return self._drop_from(max(reversed(self._lines), key=lambda of: len(self._lines[of])))
        return None

    def put_first(self, waiting: QueuedTurn) -> None:
        """Let it be served before everything else: it had its turn already."""
        speaker = waiting.turn.speaker.id
        line = self._lines.pop(speaker, deque())
        line.appendleft(waiting)
        self._lines = {speaker: line, **self._lines}

    def take(self) -> QueuedTurn:
        """The next one; its speaker's others wait for another round.

        Raises:
            LookupError: nothing waits.
        """
        speaker, line = next(iter(self._lines.items()), (None, None))
        if speaker is None or line is None:
            raise LookupError("no turn waits for its answer")
        del self._lines[speaker]
        waiting = line.popleft()
        if line:
            self._lines[speaker] = line
        return waiting

    def withdraw(self, speaker: int) -> None:
        """Drop all that somebody has waiting."""
        self._lines.pop(speaker, None)

    def _drop_from(self, speaker: int) -> QueuedTurn:
        line = self._lines[speaker]
        dropped = line.popleft()
        if not line:
            del self._lines[speaker]
        return dropped
