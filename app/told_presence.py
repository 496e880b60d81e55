"""Who came into the call and who left it since an agent was last told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.ports import Speaker

MAX_SESSIONS: Final = 100
"""Sessions of one call whose people are remembered; the one told longest ago is dropped."""


@dataclass(frozen=True, slots=True)
class PresenceChange:
    """The names of those who came and of those who left."""

    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class ToldPresence:
    """The people that each session of one call was last told of.

    Each session is told what changed since its own last turn: with scope ``user`` every member has
    a session. Its first turn of the call has no change to tell.
    """

    def __init__(self) -> None:
        self._told: dict[str, dict[int, str]] = {}

    def change(self, session: str, present: Sequence[Speaker]) -> PresenceChange:
        """What changed since the session's last turn. A person is known by the id, so another name
        is no change."""
        before = self._told.get(session)
        if before is None:
            return PresenceChange()
        now = {person.id: person.name for person in present}
        return PresenceChange(
            tuple(name for ident, name in now.items() if ident not in before),
            tuple(name for ident, name in before.items() if ident not in now),
        )

    def told(self, session: str, present: Sequence[Speaker]) -> None:
        """The agent has these people in the session's memory."""
        self._told.pop(session, None)
        self._told[session] = {person.id: person.name for person in present}
        if len(self._told) > MAX_SESSIONS:
            del self._told[next(iter(self._told))]
