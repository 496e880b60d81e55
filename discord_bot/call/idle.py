"""When a call has been idle: nothing was said to the agent, and the agent said nothing.

The members are told before the bot leaves. Pure: the setting and the time are arguments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeline.events import (
    QuestionSent,
    ReplyBegan,
    ReplyEnded,
    RoomEvent,
    SentenceBegan,
    TurnDecided,
    TurnExtended,
)
from translations import Text, duration, message

WARN_S: Final = 60.0
"""How long before the bot leaves the members are told; at most a quarter of the whole time."""


@dataclass(frozen=True, slots=True)
class IdleStep:
    """What to do now; by default nothing."""

    notice: Text | None = None
    """A sentence for the members."""
    end: Text | None = None
    """End the call, with this sentence for the members."""


def is_activity(event: RoomEvent) -> bool:
    """Whether an event shows that members and agent talk with each other."""
    if isinstance(event, TurnDecided):
        return event.addressed
    return isinstance(event, QuestionSent | TurnExtended | ReplyBegan | SentenceBegan | ReplyEnded)


class IdleWatch:
    """Watches one call, from ``now`` on; times are in seconds on any clock."""

    def __init__(self, now: float) -> None:
        self._since = now
        self._told = False

    def active(self, now: float) -> None:
        """Members and agent talk with each other."""
        self._since, self._told = now, False

    def decide(self, limit_s: float, now: float) -> IdleStep:
        """The next step; ``limit_s`` is how long a call may be idle, 0 for no limit."""
        if limit_s <= 0:
            return IdleStep()
        idle_s = now - self._since
        warn_s = min(WARN_S, limit_s / 4)
        if idle_s >= limit_s:
            self.active(now)  # tell and leave once, also where something else is wanted meanwhile
            return IdleStep(
                end=message(
                    "Nothing was said to me for {time}, so I have left the call.",
                    time=duration(limit_s),
                )
            )
        if self._told or idle_s < limit_s - warn_s:
            return IdleStep()
        self._told = True
        return IdleStep(
            notice=message(
                "Nothing was said to me for {time}. In {left} I leave, unless you talk to me.",
                time=duration(idle_s),
                left=duration(limit_s - idle_s),
            )
        )
