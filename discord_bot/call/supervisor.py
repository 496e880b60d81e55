"""Decides what to do about a call: wait, join again, notify the members, or end it.

A call continues until a member ends it. An outage is repaired however long it takes: the bot tries
to join again after 1, 2, 4, ... up to 30 s, and waits while Discord's gateway is not connected.

    well ── problem ──> outage ── no problem for WELL_S ──> recovered ── for CURED_S ──> well
                          ^                                     │
                          └────────────── problem ──────────────┘ (the delays keep growing)

Pure: the status and the time are arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from backoff import Backoff
from translations import Text, clause, duration, message, sentences

RECONNECT_GRACE_S: Final = 3.0
"""discord.py reconnects by itself within this time, if it does at all."""
TELL_S: Final = 2.0
"""The members are told of a problem that lasts so long, while discord.py reconnects by itself."""
FIRST_RETRY_S: Final = 1.0
LONGEST_RETRY_S: Final = 30.0
WELL_S: Final = 1.0
"""How long a connection must hold before the members are told that it is back."""
CURED_S: Final = 60.0
"""A problem within this time belongs to the same outage: the retry delays keep growing."""
CHANNEL_DELETED: Final = message("The voice channel no longer exists, so I have left the call.")
_JOINING: Final = message("I am joining again.")
_WAITING: Final = message("I come back as soon as I can.")
_UNREACHABLE: Final = message("Discord cannot be reached")
_REPEAT_NOTICE_S: Final = 5.0
_REPORT_DURATION_S: Final = 10.0
"""The members are told the duration of an outage of at least this length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStatus:
    """A call at one moment."""

    problem: Text | None = None
    """Why the bot cannot hear, as a clause; None when it can."""
    reconnecting: bool = False
    """discord.py has noticed, and may reconnect by itself."""
    offline: bool = False
    """Discord's gateway is not connected, or has not yet sent the guild."""
    join_refusal: Text | None = None
    """Why a join would be refused now: a permission, a full channel. Shown to the members."""
    channel_deleted: bool = False
    alone: bool = False
    """No human is left in the channel."""


@dataclass(frozen=True, slots=True)
class SupervisorStep:
    """What to do now; by default nothing."""

    notice: Text | None = None
    """A text for the members."""
    join: bool = False
    end: Text | None = None
    """End the call, with this text for the members."""


@dataclass(slots=True)
class _Outage:
    since: float
    attempts: int = 0
    next_attempt_at: float = 0.0
    backoff: Backoff = field(default_factory=lambda: Backoff(FIRST_RETRY_S, LONGEST_RETRY_S))
    notified_of: Text | None = None
    """The problem that the members were told."""
    repeat_notice_at: float | None = None
    """When to repeat a notice that could not be posted."""
    well_since: float | None = None


class Supervisor:
    """Supervises one call. ``leave_when_alone_s`` returns how long to stay in it without humans."""

    def __init__(self, leave_when_alone_s: Callable[[], float]) -> None:
        self._leave_when_alone_s = leave_when_alone_s
        self._alone_since: float | None = None
        self._outage: _Outage | None = None

    def decide(self, status: CallStatus, now: float) -> SupervisorStep:
        """The next step. If it says ``join``, call `attempt_ended` after the attempt."""
        if status.channel_deleted:
            return SupervisorStep(end=CHANNEL_DELETED)
        if self._alone_too_long(status.alone, now):
            return SupervisorStep(end=message("Everybody has left, so I did too."))
        if status.problem is None:
            return self._without_problem(now)
        if self._outage is None:
            self._outage = _Outage(now)
        return self._repair(self._outage, status, status.problem, now)

    def attempt_ended(self, now: float) -> None:
        """Schedule the next attempt to join, whether or not this one succeeded."""
        if self._outage is not None:
            self._outage.next_attempt_at = now + self._outage.backoff.next_s()

    def notice_failed(self, now: float) -> None:
        """Schedule the repetition of a notice that could not be posted."""
        if self._outage is not None:
            self._outage.notified_of = None
            self._outage.repeat_notice_at = now + _REPEAT_NOTICE_S

    def _alone_too_long(self, alone: bool, now: float) -> bool:
        if not alone:
            self._alone_since = None
            return False
        if self._alone_since is None:
            self._alone_since = now
        return now - self._alone_since >= self._leave_when_alone_s()

    def _without_problem(self, now: float) -> SupervisorStep:
        outage = self._outage
        if outage is None:
            return SupervisorStep()
        if outage.well_since is None:
            outage.well_since = now
        well_s = now - outage.well_since
        if well_s >= CURED_S:
            self._outage = None
        notice_due = outage.repeat_notice_at is not None and now >= outage.repeat_notice_at
        if well_s < WELL_S or not (outage.notified_of is not None or notice_due):
            return SupervisorStep()
        outage.notified_of = outage.repeat_notice_at = None
        lasted_s = outage.well_since - outage.since
        lasted = message("It was {time}.", time=duration(lasted_s))
        return SupervisorStep(
            notice=sentences(
                message("I can hear you again."), lasted if lasted_s >= _REPORT_DURATION_S else None
            )
        )

    def _repair(
        self, outage: _Outage, status: CallStatus, problem: Text, now: float
    ) -> SupervisorStep:
        if outage.well_since is not None:
            if outage.notified_of is None:  # the members were told that it was over
                outage.since = now
            outage.well_since = None
        if status.offline:
            outage.attempts, outage.next_attempt_at = 0, 0.0
            outage.backoff.reset()
            return self._notify(outage, _UNREACHABLE, _WAITING, now)
        in_grace = now - outage.since < RECONNECT_GRACE_S
        if status.reconnecting and not outage.attempts and in_grace:
            if now - outage.since < TELL_S:
                return SupervisorStep()
            return self._notify(outage, problem, _WAITING, now)
        if status.join_refusal is not None:
            return self._notify(outage, status.join_refusal, _WAITING, now)
        if now < outage.next_attempt_at:
            return SupervisorStep()
        outage.attempts += 1
        if outage.notified_of is not None:
            return SupervisorStep(join=True)
        notice = self._notify(outage, problem, _JOINING, now).notice
        return SupervisorStep(notice=notice, join=True)

    def _notify(self, outage: _Outage, problem: Text, action: Text, now: float) -> SupervisorStep:
        """Tell the members of a problem, once; not if it may pass within `WELL_S`."""
        too_early = not outage.attempts and now - outage.since < WELL_S
        if outage.notified_of == problem or too_early:
            return SupervisorStep()
        if outage.repeat_notice_at is not None and now < outage.repeat_notice_at:
            return SupervisorStep()
        outage.notified_of, outage.repeat_notice_at = problem, None
        text = message("I cannot hear you right now: {problem}.", problem=clause(problem))
        return SupervisorStep(notice=sentences(text, action))
