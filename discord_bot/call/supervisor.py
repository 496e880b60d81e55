"""What to do about a call, decided from what is there: wait, join again, tell, or end it.

A call goes on until a member ends it. An outage is repaired however long it takes: attempts to
join again follow each other after 1, 2, 4, ... up to 30 s, and none is made while there is no
connection to Discord to ask over.

Pure: fed with facts and the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

RECONNECT_GRACE_S: Final = 3.0
"""discord.py reconnects by itself within this time, if it does at all."""
_FIRST_RETRY_S: Final = 1.0
LONGEST_RETRY_S: Final = 30.0
WELL_S: Final = 1.0
"""A connection that has held for so long is one, and people are told."""
CURED_S: Final = 60.0
"""What breaks again within this time is the same trouble: the pauses go on growing."""
CHANNEL_GONE: Final = "The voice channel no longer exists, so I have left the call."
_JOINING: Final = "I am joining again."
_WAITING: Final = "I come back as soon as I can."
_TELL_AGAIN_S: Final = 5.0
_TOLD_IN_S: Final = 10.0
"""From here on people are told how long they were not heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A call as it is at this moment."""

    wrong: str | None = None
    """Why the bot cannot hear; None when it can."""
    healing: bool = False
    """discord.py has noticed, and may put it right by itself."""
    cut_off: bool = False
    """There is no connection to Discord, or it has not said yet what the guild is like."""
    barred: str | None = None
    """Why asking to join would be no use now: a permission, a full channel. Told as it is."""
    gone: bool = False
    """The voice channel no longer exists."""
    alone: bool = False
    """Everybody else has left the channel."""


@dataclass(frozen=True, slots=True)
class SupervisorStep:
    """What to do now; nothing, unless it says so."""

    tell: str | None = None
    join: bool = False
    end: str | None = None
    """End the call, and say this."""


@dataclass(slots=True)
class _Trouble:
    since: float
    attempts: int = 0
    next_attempt_at: float = 0.0
    pause_s: float = _FIRST_RETRY_S
    told: str | None = None
    """What is wrong, as people know it."""
    tell_again_at: float | None = None
    """They do not: it could not be written to them."""
    well_since: float | None = None


class Supervisor:
    """One call's. ``leave_when_alone_s`` is how long to stay in a call without people."""

    def __init__(self, leave_when_alone_s: float) -> None:
        self._leave_when_alone_s = leave_when_alone_s
        self._alone_since: float | None = None
        self._trouble: _Trouble | None = None

    def look(self, facts: Facts, now: float) -> SupervisorStep:
        """What to do. After a step that says ``join``, call `tried` when that has been done."""
        if facts.gone:
            return SupervisorStep(end=CHANNEL_GONE)
        if self._has_been_alone(facts.alone, now):
            return SupervisorStep(end="Everybody has left, so I did too.")
        if facts.wrong is None:
            return self._well(now)
        if self._trouble is None:
            self._trouble = _Trouble(now)
        return self._put_right(self._trouble, facts, facts.wrong, now)

    def tried(self, now: float) -> None:
        """An attempt to join has ended, well or badly."""
        if self._trouble is not None:
            self._trouble.next_attempt_at = now + self._trouble.pause_s
            self._trouble.pause_s = min(2 * self._trouble.pause_s, LONGEST_RETRY_S)

    def unheard(self, now: float) -> None:
        """What was to be told could not be written: it is told later."""
        if self._trouble is not None:
            self._trouble.told = None
            self._trouble.tell_again_at = now + _TELL_AGAIN_S

    def _has_been_alone(self, alone: bool, now: float) -> bool:
        if not alone:
            self._alone_since = None
            return False
        if self._alone_since is None:
            self._alone_since = now
        return now - self._alone_since >= self._leave_when_alone_s

    def _well(self, now: float) -> SupervisorStep:
        trouble = self._trouble
        if trouble is None:
            return SupervisorStep()
        if trouble.well_since is None:
            trouble.well_since = now
        well_s = now - trouble.well_since
        if well_s >= CURED_S:
            self._trouble = None
        untold = trouble.tell_again_at is not None and now >= trouble.tell_again_at
        if well_s < WELL_S or not (trouble.told is not None or untold):
            return SupervisorStep()
        trouble.told = trouble.tell_again_at = None
        away_s = trouble.well_since - trouble.since
        how_long = f" It was {_lasted(away_s)}." if away_s >= _TOLD_IN_S else ""
        return SupervisorStep(tell=f"I can hear you again.{how_long}")

    def _put_right(self, trouble: _Trouble, facts: Facts, wrong: str, now: float) -> SupervisorStep:
        if trouble.well_since is not None:
            if trouble.told is None:  # people were told that it was over
                trouble.since = now
            trouble.well_since = None
        if facts.cut_off:
            trouble.attempts, trouble.next_attempt_at, trouble.pause_s = 0, 0.0, _FIRST_RETRY_S
            return self._tell(trouble, "Discord cannot be reached", _WAITING, now)
        if facts.healing and not trouble.attempts and now - trouble.since < RECONNECT_GRACE_S:
            return SupervisorStep()
        if facts.barred is not None:
            return self._tell(trouble, facts.barred, _WAITING, now)
        if now < trouble.next_attempt_at:
            return SupervisorStep()
        trouble.attempts += 1
        if trouble.told is not None:
            return SupervisorStep(join=True)
        return SupervisorStep(tell=self._tell(trouble, wrong, _JOINING, now).tell, join=True)

    def _tell(self, trouble: _Trouble, wrong: str, doing: str, now: float) -> SupervisorStep:
        """Say what is wrong, once. What passes within a second is not told."""
        if trouble.told == wrong or (not trouble.attempts and now - trouble.since < WELL_S):
            return SupervisorStep()
        if trouble.tell_again_at is not None and now < trouble.tell_again_at:
            return SupervisorStep()
        trouble.told, trouble.tell_again_at = wrong, None
        return SupervisorStep(
            tell=f"I cannot hear you right now: {wrong.removesuffix('.')}. {doing}"
        )


def _lasted(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes"
