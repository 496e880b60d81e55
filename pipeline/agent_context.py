"""What an agent is told of the words before a turn."""

from __future__ import annotations

from typing import Final

from pipeline.ports import ContextLine, Speaker
from pipeline.transcript import Line, Speech, SpokenReply, Transcript

CONTEXT_LINES: Final = 12
"""Lines of the transcript that go to the agent with a turn."""


def context_for(
    transcript: Transcript, asker: Speaker, speaking: SpokenReply | None = None, *, others: bool
) -> tuple[ContextLine, ...]:
    """The last `CONTEXT_LINES` lines for a turn of ``asker``, the oldest first.

    Without ``others`` they are the asker's own words and the agents' replies: what other people
    said does not leave the room. ``speaking`` is a reply that is being interrupted: it becomes the
    last line.
    """
    lines: list[Line] = [
        line
        for line in transcript
        if others or isinstance(line, SpokenReply) or line.speaker.id == asker.id
    ]
    if speaking is not None and speaking.text:
        lines.append(speaking)
    return tuple(map(_context_line, lines[-CONTEXT_LINES:]))


def _context_line(line: Line) -> ContextLine:
    if isinstance(line, Speech):
        return ContextLine(line.text, line.speaker)
    return ContextLine(line.heard, agent=line.agent, cut_off=line.cut_off)
