"""One turn: its request, its state, and the text that waits for its reader.

    QUEUED ─ session free ─► CONNECTING ─ connected ─► SENT ─ confirmed ─► RUNNING ─ run ended ─┐
                                 ▲                     │  ▲                   │                 │
                                 └─ Gateway is busy ───┘  └─ message absorbed ┘                 │
                                                                                                ▼
    any of these ─ stopped ─► STOPPING ─ run aborted at the Gateway ───────────────────────► CLOSED

``TurnRunner`` moves a turn from state to state. A turn is stopped when its reader leaves, its time
runs out, a newer turn interrupts it, or its guild is removed. When the connection breaks or events
are lost, a turn that is SENT or RUNNING keeps its state: ``RunRecovery`` looks for its run.

The reader has a view of its own: ``over`` is True as soon as nothing more will be given out. The
run at the Gateway may outlive that, until the state is CLOSED; only then is the session free.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import deque
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from openclaw_client.clock import Timer
from openclaw_client.errors import OpenClawError, TurnAborted, TurnError, TurnFailed, TurnTimeout
from openclaw_client.protocol.limits import MAX_ANSWER_CHARS
from openclaw_client.protocol.payloads import ChatEvent, message_text
from openclaw_client.runs.run_reducer import End, Outcome, Run, TextDelta
from openclaw_client.runs.session_queue import Slot
from openclaw_client.runs.silent_reply import is_silent_reply
from openclaw_client.transport.connection import GatewayConnection

log = logging.getLogger(__name__)

_MAX_RESENDS: Final = 3
_STOP_REASON: Final = "stop"
"""The ``stopReason`` of a run whose model came to its end."""
_RESEND_PAUSE_S: Final = 1.0
"""A Gateway that was killed absorbs messages while it resumes its interrupted turns."""


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """Everything that ``chat.send`` needs. Sent again with the same ``run_id`` it is the same turn
    to the Gateway, so a turn can be resumed from this."""

    session_key: str
    agent: str
    message: str
    timeout_s: float
    run_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    declinable: bool = False
    """The agent was told that it may decline."""


class TurnState(StrEnum):
    """Where a turn stands; drawn at the top of this file."""

    QUEUED = "queued"
    """Waits for its session."""
    CONNECTING = "connecting"
    """Holds its session, and waits for a connection or for a Gateway that asked for a wait."""
    SENT = "sent"
    """``chat.send`` is out; the Gateway is not known to have the run."""
    RUNNING = "running"
    """The Gateway has the run."""
    STOPPING = "stopping"
    """The reader has its end; the run is being aborted."""
    CLOSED = "closed"
    """The session is free."""


class Turn:
    """A turn between its reader, who calls ``next``, and the ``TurnRunner``, which drives it."""

    def __init__(
        self, request: TurnRequest, *, owner: object, interrupts: bool, asked_at: float
    ) -> None:
        self.request = request
        self.asked_at = asked_at
        self.owner = owner
        self.interrupts = interrupts
        self.run = Run(request.run_id)
        self.state = TurnState.QUEUED
        self.slot: Slot | None = None
        self.connection: GatewayConnection | None = None
        """The connection that the turn was sent over; None before that."""
        self.boot_id: str | None = None
        """The process of the Gateway that is known to have the run."""
        self.sent_at: float | None = None
        self.events_seen = 0
        """Events of the run so far."""
        self.deadline: Timer | None = None
        self.resends = 0
        self.resend_pause_s = 0.0
        """Before it is sent again: none the first time, then longer each time."""
        self.starting: asyncio.Task[None] | None = None
        self.recovery: asyncio.Task[None] | None = None
        self.stopping: asyncio.Task[None] | None = None
        self._pending: deque[TextDelta] = deque()
        self._wake = asyncio.Event()
        self._over = False
        self._error: OpenClawError | None = None

    # -- the state at the Gateway ------------------------------------------------------------------

    @property
    def unsent(self) -> bool:
        """Whether the Gateway has nothing of the turn."""
        return self.state in (TurnState.QUEUED, TurnState.CONNECTING)

    @property
    def awaits_answer(self) -> bool:
        """Whether the turn was sent and waits for its answer."""
        return self.state in (TurnState.SENT, TurnState.RUNNING)

    def enter_session(self, slot: Slot) -> None:
        self.slot = slot
        self._move_to(TurnState.CONNECTING)

    def send_over(self, connection: GatewayConnection) -> None:
        self.connection = connection
        self._move_to(TurnState.SENT)

    def postpone(self) -> None:
        """The Gateway did not take it, and there is no run to abort."""
        self.connection = None
        self._move_to(TurnState.CONNECTING)

    def confirm(self, boot_id: str) -> None:
        """The process ``boot_id`` of the Gateway has the run."""
        self.boot_id = boot_id
        self._move_to(TurnState.RUNNING)

    def absorbed_by(self, event: ChatEvent) -> bool:
        """Whether the event says that the Gateway gave the message to another run of the session:
        an end without text and without any event before it. Seen of a Gateway that resumes a turn
        which its own restart had interrupted."""
        return _is_bare(event) and self.events_seen == 0 and self.resends < _MAX_RESENDS

    def begin_resend(self) -> None:
        """Give the turn a new run id, under which it is sent again: see ``absorbed_by``."""
        self.resend_pause_s = _RESEND_PAUSE_S * self.resends
        self.resends += 1
        self.request = replace(self.request, run_id=str(uuid.uuid4()))
        self.run = Run(self.request.run_id)
        self.boot_id = None
        self._move_to(TurnState.SENT)

    def begin_stopping(self) -> None:
        self._move_to(TurnState.STOPPING)

    def close(self) -> None:
        """Free the session."""
        self.state = TurnState.CLOSED
        if self.deadline is not None:
            self.deadline.cancel()
        self.cancel_recovery()
        if self.slot is not None:
            self.slot.release()

    def cancel_recovery(self) -> None:
        if self.recovery is not None and self.recovery is not asyncio.current_task():
            self.recovery.cancel()

    def _move_to(self, state: TurnState) -> None:
        if self.state not in (TurnState.STOPPING, TurnState.CLOSED):
            self.state = state

    # -- the text for the reader -------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """Whether nothing more will be given out."""
        return self._over

    @property
    def failed(self) -> bool:
        """Over, and not by a whole answer."""
        return self._error is not None

    async def next(self) -> TextDelta | None:
        """The next delta, or None at the end.

        Raises:
            OpenClawError: the turn ended without a whole answer.
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
        """Take one event of this turn's run."""
        self.events_seen += 1
        was_cut = self.run.cut
        # The agent never got the message, so it did not choose to be silent.
        absorbed = self.events_seen == 1 and _is_bare(event)
        deltas = self.run.feed(event)
        if self._over:
            return
        if self.run.cut and not was_cut:
            agent, most = self.request.agent, MAX_ANSWER_CHARS
            log.warning("cut the answer of agent %r after %d characters", agent, most)
        if any(delta.replace for delta in deltas):
            self._drop_replaced()
        self._pending.extend(deltas)
        self._wake.set()
        if self.run.outcome is not None:
            self.finish(_error_of(self.request, self.run.outcome, absorbed=absorbed))

    def _drop_replaced(self) -> None:
        """Drop the text that a replacement voids, where much of it waits for the reader."""
        if sum(len(delta.text) for delta in self._pending) > MAX_ANSWER_CHARS:
            self._pending.clear()

    def finish(self, error: OpenClawError | None) -> None:
        """End the turn for the reader; the first call counts. Pending text is still given out
        before the error, except after an abort: the rest of a stopped answer is of no use."""
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


def _error_of(request: TurnRequest, outcome: Outcome, *, absorbed: bool) -> TurnError | None:
    """The error that an outcome is for the reader. None for a whole answer, and for an agent that
    chose to be silent, whose run the Gateway ends as aborted with the reason "stop"."""
    agent = request.agent
    match outcome.end:
        case End.FINAL if absorbed:
            return TurnFailed(f"agent {agent!r} ended its turn without an answer", kind="no_answer")
        case End.FINAL:
            return None
        case End.ABORTED if outcome.stop_reason == _STOP_REASON and is_silent_reply(outcome.text):
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
                f"agent {agent!r} failed: {outcome.error_message or 'the Gateway gave no reason'}",
                kind=outcome.error_kind or "unknown",
            )
