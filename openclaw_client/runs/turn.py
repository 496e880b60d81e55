"""One turn on its way: what was asked, what has come of it, and who waits for more."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Final

from openclaw_client.clock import Timer
from openclaw_client.errors import (
    MissingScope,
    OpenClawError,
    RequestFailed,
    TurnAborted,
    TurnError,
    TurnFailed,
    TurnTimeout,
)
from openclaw_client.protocol.frames import ChatEvent, message_text
from openclaw_client.protocol.limits import LONGEST_ANSWER
from openclaw_client.runs.run import End, Outcome, Run, TextDelta
from openclaw_client.runs.session_queue import Slot
from openclaw_client.runs.silence import is_silence
from openclaw_client.transport.connection import GatewayConnection

log = logging.getLogger(__name__)

_RENEWALS: Final = 3
_OF_ITSELF: Final = "stop"
"""The ``stopReason`` of a run whose model has come to its end."""
_PAUSE_S: Final = 1.0
"""A Gateway that was killed swallows messages while it takes up again what it was at."""


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """Everything that ``chat.send`` needs, kept whole: sent again with the same ``run_id`` it is
    the same turn to the Gateway, so this is what a turn can be taken up again from."""

    session_key: str
    agent: str
    message: str
    timeout_s: float
    run_id: str = field(default_factory=lambda: str(uuid.uuid4()))


class Turn:
    """The consumer calls ``next``; everybody else pushes: events, a deadline, an interruption.

    A turn is over when nothing more will be given out (``over``). Its run upstream may outlive it
    until the abort has gone through, and only then is the session free.
    """

    def __init__(
        self, request: TurnRequest, *, owner: object, interrupts: bool, asked_at: float
    ) -> None:
        self.request = request
        self.asked_at = asked_at
        self.owner = owner
        self.interrupts = interrupts
        self.run = Run(request.run_id)
        self.starter: asyncio.Task[None] | None = None
        self.recovery: asyncio.Task[None] | None = None
        self.ending: asyncio.Task[None] | None = None
        self.place: Slot | None = None
        self.connection: GatewayConnection | None = None
        """Set when the turn goes out; from then on there may be a run to abort."""
        self.boot_id: str | None = None
        """The process of the Gateway that is known to have the run."""
        self.sent_at: float | None = None
        self.heard = 0
        """Events of the run so far."""
        self.deadline: Timer | None = None
        self._pending: deque[TextDelta] = deque()
        self._wake = asyncio.Event()
        self._over = False
        self.renewals = 0
        self.pause_s = 0.0
        """Before it is sent anew: none the first time, then longer and longer ones."""
        self._error: OpenClawError | None = None

    @property
    def over(self) -> bool:
        return self._over

    @property
    def failed(self) -> bool:
        """Over, and not by a whole answer."""
        return self._error is not None

    def was_swallowed_by(self, event: ChatEvent) -> bool:
        """Whether the event says that the Gateway gave the message to another run of the session:
        an end without a word and without anything before it. Seen of a Gateway that takes up a turn
        again which its own restart had cut off."""
        return _is_bare(event) and self.heard == 0 and self.renewals < _RENEWALS

    def renew(self) -> None:
        """Make it another turn to the Gateway, to be sent again: see ``was_swallowed_by``."""
        self.pause_s = _PAUSE_S * self.renewals
        self.renewals += 1
        self.request = replace(self.request, run_id=str(uuid.uuid4()))
        self.run = Run(self.request.run_id)
        self.boot_id = None

    async def next(self) -> TextDelta | None:
        """The next delta, or None at the end.

        Raises:
            OpenClawError: the turn ended otherwise than by a whole answer.
        """
        while not self._pending and not self._over:
            self._wake.clear()
            await self._wake.wait()
        if self._pending:
            return self._pending.popleft()
        if self._error is not None:
            raise self._error
        return None

    def feed(self, event: ChatEvent) -> None:
        """One event of this turn's run."""
        self.heard += 1
        was_cut = self.run.cut
        # The agent never got the message, so this is not its choice to be silent.
        swallowed = self.heard == 1 and _is_bare(event)
        deltas = self.run.feed(event)
        if self._over:
            return
        if self.run.cut and not was_cut:
            agent, most = self.request.agent, LONGEST_ANSWER
            log.warning("an answer of agent %r is cut off behind %d characters", agent, most)
        if any(delta.replace for delta in deltas):
            self._drop_void()
        self._pending.extend(deltas)
        self._wake.set()
        if self.run.outcome is not None:
            self.finish(_error_of(self.request, self.run.outcome, swallowed=swallowed))

    def _drop_void(self) -> None:
        """A replacement voids what waits for the consumer: much of it is not kept."""
        if sum(len(delta.text) for delta in self._pending) > LONGEST_ANSWER:
            self._pending.clear()

    def finish(self, error: OpenClawError | None) -> None:
        """End the turn; the first call counts. What had come is still given out before the error,
        but not after an abort: nobody wants the rest of an answer that was stopped."""
        if self._over:
            return
        if isinstance(error, TurnError):
            error.partial = self.run.text
        if isinstance(error, TurnAborted):
            self._pending.clear()
        self._over, self._error = True, error
        self._wake.set()


def _is_bare(event: ChatEvent) -> bool:
    return event.state == "final" and message_text(event.message) is None


def _error_of(request: TurnRequest, outcome: Outcome, *, swallowed: bool) -> TurnError | None:
    """The error that an outcome is for the consumer; None for a whole answer, and for an agent that
    chose to say nothing, whose run the Gateway ends as aborted with the reason "stop"."""
    agent = request.agent
    match outcome.end:
        case End.FINAL if swallowed:
            return TurnFailed(f"agent {agent!r} ended its turn without an answer", kind="no_answer")
        case End.FINAL:
            return None
        case End.ABORTED if outcome.stop_reason == _OF_ITSELF and is_silence(outcome.text):
            return None
        case End.ABORTED:
            return TurnAborted(
                f"the run of agent {agent!r} was stopped at the Gateway "
                f"({outcome.stop_reason or 'no reason given'})"
            )
        case End.ERROR if outcome.error_kind == "timeout":
            return TurnTimeout(f"agent {agent!r} ran out of the Gateway's time")
        case End.ERROR:
            return TurnFailed(
                f"agent {agent!r} failed: {outcome.error_message or 'the Gateway says no more'}",
                kind=outcome.error_kind or "unknown",
            )


def out_of_time(request: TurnRequest) -> TurnTimeout:
    """The end of a turn that has taken longer than it may."""
    return TurnTimeout(f"agent {request.agent!r} did not finish within {request.timeout_s:g} s")


def refused_turn(request: TurnRequest, refused: RequestFailed) -> MissingScope | TurnFailed:
    """What the Gateway's refusal of ``chat.send`` means to whoever asked."""
    details = refused.details if isinstance(refused.details, dict) else {}
    if details.get("code") == "MISSING_SCOPE":
        return MissingScope(str(refused), missing=[str(details.get("missingScope"))], granted=())
    return TurnFailed(
        f"the Gateway refused the turn for agent {request.agent!r}: {refused.reason}",
        kind=refused.code,
    )
