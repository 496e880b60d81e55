"""Faults of the simulated Gateway on request.

Faults of runs are queued: each run takes the next one as it starts. Faults of connections are
methods of the simulator.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from simulators.gateway.refusal import Refusal, starting


class Pause:
    """A place where a run waits until the test resumes it."""

    def __init__(self, after_words: int, *, flush: bool = True) -> None:
        """``flush``: send all words so far; else those of the last 75 ms wait for the next word, as
        with a real model that halts."""
        self.after_words = after_words
        self.flush = flush
        self.reached = asyncio.Event()
        self._resumed = asyncio.Event()

    def resume(self) -> None:
        self._resumed.set()

    async def hold(self) -> None:
        """Called by the run."""
        self.reached.set()
        await self._resumed.wait()


@dataclass(frozen=True, slots=True)
class Failure:
    """How a run fails: the contents of its two error events."""

    message: str
    kind: str | None = None
    detail: Mapping[str, str] | None = None
    wrapped: bool = True
    """Whether the second event says "failed before reply"; else it repeats the first."""

    @property
    def from_outside(self) -> str:
        if not self.wrapped:
            return self.message
        return (
            f"⚠️ Agent failed before reply: {self.message}\n"
            "To view logs, run `openclaw logs --follow` in a terminal."
        )


@dataclass(slots=True)
class RunFault:
    """The faults of one run. Word counts are from the start of the answer."""

    delay_s: float = 0.0
    silent: bool = False
    failure: Failure | None = None
    fails_after_words: int = 0
    pause: Pause | None = None
    drop_after_words: int | None = None
    break_after_words: int | None = None
    lose_delta: int | None = None
    repeat_terminal: bool = False
    bare_final: bool = False
    lose_final: bool = False
    swallowed: bool = False


class EventFaultKind(Enum):
    """What happens to one event."""

    LOSE = auto()
    REPEAT = auto()
    DELAY = auto()
    SWAP = auto()


@dataclass(frozen=True, slots=True)
class EventFault:
    """The fault of one chat event, on all connections."""

    state: str
    kind: EventFaultKind
    seconds: float = 0.0


@dataclass(slots=True)
class GatewayFaults:
    """The planned faults. Each method adds one, for one later run, event or answer."""

    runs: deque[RunFault] = field(default_factory=deque)
    refusals: deque[Refusal] = field(default_factory=deque)
    unanswered: deque[str] = field(default_factory=deque)
    dropped: deque[str] = field(default_factory=deque)
    busy: deque[Refusal] = field(default_factory=deque)
    events: deque[EventFault] = field(default_factory=deque)

    def delay_run(self, seconds: float) -> None:
        """The model's first word comes this much later."""
        self.runs.append(RunFault(delay_s=seconds))

    def silence_run(self) -> None:
        """The model never says a word."""
        self.runs.append(RunFault(silent=True))

    def fail_run(self, message: str, *, kind: str = "unknown", after_words: int = 0) -> None:
        """The run ends in an error; as with the real Gateway, in two error events."""
        failure = Failure(message, kind=kind)
        self.runs.append(RunFault(failure=failure, fails_after_words=after_words))

    def pause_run(self, after_words: int) -> Pause:
        """The run waits after so many words, all of them sent; 0: before the first."""
        pause = Pause(after_words)
        self.runs.append(RunFault(pause=pause))
        return pause

    def drop_in_run(self, after_words: int) -> None:
        """All connections abort after so many words of the run, which continues."""
        self.runs.append(RunFault(drop_after_words=after_words))

    def restart_run(self, after_words: int) -> None:
        """The model's stream breaks: the text so far is void (`replace`) and comes again."""
        self.runs.append(RunFault(break_after_words=after_words))

    def lose_delta(self, number: int) -> None:
        """The run's delta of that number, from 0, is never sent."""
        self.runs.append(RunFault(lose_delta=number))

    def repeat_terminal(self) -> None:
        """The run's final event is sent twice."""
        self.runs.append(RunFault(repeat_terminal=True))

    def bare_final(self) -> None:
        """The run's final event has no message."""
        self.runs.append(RunFault(bare_final=True))

    def lose_final(self) -> None:
        """The run's final event is never sent."""
        self.runs.append(RunFault(lose_final=True))

    def swallow_run(self) -> None:
        """The message gets no run, but an empty final, as after a restart that cut a turn off."""
        self.runs.append(RunFault(swallowed=True))

    def lose_event(self, state: str) -> None:
        """The next chat event of that state is not sent, though it has a number: a gap."""
        self.events.append(EventFault(state, EventFaultKind.LOSE))

    def repeat_event(self, state: str) -> None:
        """The next chat event of that state comes twice, under one number."""
        self.events.append(EventFault(state, EventFaultKind.REPEAT))

    def swap_events(self, state: str) -> None:
        """The next chat event of that state comes after the event that follows it."""
        self.events.append(EventFault(state, EventFaultKind.SWAP))

    def delay_event(self, state: str, seconds: float) -> None:
        """The next chat event of that state comes later, and all that follows waits behind it."""
        self.events.append(EventFault(state, EventFaultKind.DELAY, seconds))

    def refuse_connects(self, times: int, refusal: Refusal | None = None) -> None:
        """The next handshakes are refused; by default as by a Gateway that is still starting."""
        self.refusals.extend(refusal or starting() for _ in range(times))

    def refuse_turns(self, times: int, *, retry_after_ms: int) -> None:
        """The next `chat.send` are refused, as by a Gateway that has no room at the moment."""
        busy = Refusal(
            "UNAVAILABLE", "busy; retry shortly", retryable=True, retry_after_ms=retry_after_ms
        )
        self.busy.extend([busy] * times)

    def leave_unanswered(self, method: str) -> None:
        """The next request of that method is done, but never answered."""
        self.unanswered.append(method)

    def drop_at(self, method: str) -> None:
        """All connections break when the next request of that method comes; it is not done."""
        self.dropped.append(method)

    def swallows(self) -> bool:
        """Whether the present message gets no run."""
        if not self.runs or not self.runs[0].swallowed:
            return False
        self.runs.popleft()
        return True

    def next_run(self) -> RunFault:
        """The faults of a run that starts now."""
        return self.runs.popleft() if self.runs else RunFault()

    def check_room(self, method: str) -> None:
        """
        Raises:
            Refusal: this turn was planned to be rejected.
        """
        if method == "chat.send" and self.busy:
            raise self.busy.popleft()

    def event_fault(
        self, event: str, payload: Mapping[str, object]
    ) -> tuple[EventFaultKind | None, float]:
        """The fault of this event, and its delay in seconds."""
        if not self.events or event != "chat" or payload.get("state") != self.events[0].state:
            return None, 0.0
        fault = self.events.popleft()
        return fault.kind, fault.seconds

    def takes_no_answer(self, method: str) -> bool:
        """Whether this request gets no answer."""
        return _take(self.unanswered, method)

    def drops(self, method: str) -> bool:
        """Whether all connections abort at this request."""
        return _take(self.dropped, method)


def _take(planned: deque[str], method: str) -> bool:
    if method not in planned:
        return False
    planned.remove(method)
    return True
