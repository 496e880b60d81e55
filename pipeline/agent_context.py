"""What an agent is told of the words before a turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeline.ports import ContextLine, Speaker
from pipeline.transcript import Line, Speech, SpokenReply, Transcript

CONTEXT_LINES: Final = 12
"""Lines of the transcript that go to the agent with a turn."""


_HANDED_LINES: Final = 40
"""Lines of a takeover that go along, at most."""
_HANDED_S: Final = 600.0
"""How long after a takeover its lines go along with turns."""


@dataclass(frozen=True, slots=True)
class Takeover:
    """A person spoke in the agent's place, in seconds on the room's clock; None: still does."""

    person: Speaker
    began: float
    ended: float | None = None

    def covers(self, line: Line) -> bool:
        """Whether it is a line of the person from that time."""
        ended = self.ended is None or line.at <= self.ended
        own = isinstance(line, Speech) and line.speaker.id == self.person.id
        return own and line.at >= self.began and ended


def context_for(
    transcript: Transcript,
    asker: Speaker,
    speaking: SpokenReply | None = None,
    *,
    others: bool,
    takeover: Takeover | None = None,
) -> tuple[ContextLine, ...]:
    """The last `CONTEXT_LINES` lines for a turn of ``asker``, the oldest first.

    Without ``others`` they are the asker's own words and the agents' replies: what other people
    said does not leave the room. After a ``takeover`` all its lines go along, with the words of the
    person who spoke for the agent. ``speaking`` is a reply that is being interrupted: it becomes
    the last line.
    """
    lines: list[Line] = [
        line
        for line in transcript
        if others
        or isinstance(line, SpokenReply)
        or line.speaker.id == asker.id
        or (takeover is not None and takeover.covers(line))
    ]
    if speaking is not None and speaking.text:
        lines.append(speaking)
    count = CONTEXT_LINES if takeover is None else _lines_of(takeover, lines)
    return tuple(map(_context_line, lines[-count:]))


def _lines_of(takeover: Takeover, lines: list[Line]) -> int:
    """How many of the last lines go along, so that those of a takeover are among them."""
    ended = takeover.ended
    if ended is not None and lines and lines[-1].at - ended > _HANDED_S:
        return CONTEXT_LINES
    since = sum(line.at >= takeover.began for line in lines)
    return min(max(CONTEXT_LINES, since), _HANDED_LINES)


def _context_line(line: Line) -> ContextLine:
    if isinstance(line, Speech):
        return ContextLine(line.text, line.speaker)
    return ContextLine(line.heard, agent=line.agent, cut_off=line.cut_off)
