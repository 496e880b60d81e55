"""Runs the turns of all guilds over the one connection: their order, their events, their ends.

The states of a turn are drawn in turn.py. A task of the turn (``starting``) takes it from QUEUED to
SENT; the chat events of its run then feed it. A stopped turn has its run aborted in another task,
and only then is its session free for the next turn.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Final

from openclaw_client.clock import sleep
from openclaw_client.errors import (
    GatewayUnreachable,
    OpenClawError,
    ProtocolViolation,
    RequestFailed,
    TurnAborted,
    TurnFailed,
    TurnLost,
    TurnTimeout,
)
from openclaw_client.protocol.frames import Event
from openclaw_client.protocol.payloads import ChatAck, ChatEvent
from openclaw_client.runs.run_recovery import RunRecovery
from openclaw_client.runs.run_reducer import End, TextDelta
from openclaw_client.runs.session_queue import SessionQueue
from openclaw_client.runs.silent_reply import SilentReplyFilter
from openclaw_client.runs.turn import Turn, TurnRequest, TurnState
from openclaw_client.runs.turn_requests import abort_turn, refused_turn, send_turn
from openclaw_client.transport.connection import GatewayConnection
from openclaw_client.transport.reconnecting import ReconnectingConnection
from tasks import OwnedTasks

log = logging.getLogger(__name__)

_QUIET_S: Final = 1.0
"""Many times the interval between a run's deltas (75 ms)."""
_MAX_OFFLINE: Final = 32
"""Turns of all guilds that may wait for an unreachable Gateway, each for ``retry_timeout``."""


class TurnRunner:
    """The turns of every guild, over the one connection."""

    def __init__(self, connection: ReconnectingConnection) -> None:
        self._connection = connection
        self._stats = connection.stats
        self._sessions = SessionQueue()
        self._recovery = RunRecovery(
            connection, connect=self._connect, send=self._send, feed=self._feed
        )
        self._turns: dict[Turn, None] = {}
        """Those that hold a session or wait for one, oldest first."""
        self._by_run: dict[str, Turn] = {}
        self._tasks = OwnedTasks(log)
        connection.add_listener(self)

    async def stream(
        self,
        request: TurnRequest,
        *,
        owner: object,
        interrupt: bool = False,
        asked_ago_s: float = 0.0,
    ) -> AsyncGenerator[TextDelta, None]:
        """Run one turn. Closing the generator, or cancelling the task that reads it, aborts the
        run. An agent that chooses to be silent gives no delta.

        Raises:
            NotConnected, GatewayRefused, GatewayUnreachable: no connection to send it over.
            TurnFailed, TurnTimeout, TurnAborted, TurnLost: no whole answer came.
        """
        turn = self._begin(request, owner, interrupt, asked_ago_s)
        held = SilentReplyFilter(declinable=request.declinable)
        try:
            while (delta := await turn.next()) is not None:
                for words in held.feed(delta):
                    yield words
            for words in held.finish():
                yield words
            self._stats.turns_answered += 1
        except OpenClawError as error:
            self._stats.turns_failed += 1
            self._stats.failed(error)
            raise
        finally:
            self._stop(turn, TurnAborted("the reader closed the stream"))

    async def stop_all(self, why: str, *, owner: object = None) -> None:
        """End all turns, or all of one owner. Wait until their runs are aborted, if there is a
        Gateway to abort them."""
        turns = [turn for turn in self._turns if owner is None or turn.owner is owner]
        for turn in turns:
            self._stop(turn, TurnAborted(why))
        stopping = {turn.stopping for turn in turns if turn.stopping is not None}
        if stopping and self._connection.away_since is None:
            await asyncio.wait(stopping)

    async def settle(self) -> None:
        """Wait for the tasks of all turns to end; call it when the connection is closed."""
        await self._tasks.wait()

    # -- what the connection reports ---------------------------------------------------------------

    def on_event(self, event: Event) -> None:
        """Feed the chat events of our runs; a connection gets those of all sessions."""
        if not isinstance(event.payload, ChatEvent):
            return
        turn = self._by_run.get(event.payload.run_id)
        if turn is not None:
            self._feed(turn, event.payload)

    def on_events_lost(self) -> None:
        """A lost event may have been the end of a run, unless more events of the run come."""
        for turn in [turn for turn in self._turns if turn.state is TurnState.RUNNING]:
            self._recover(turn, "events of it were lost", after_quiet_s=_QUIET_S)

    def on_connection_lost(self, why: str) -> None:
        for turn in [turn for turn in self._turns if turn.awaits_answer]:
            self._recover(turn, f"the connection broke: {why}")

    # -- from QUEUED to RUNNING --------------------------------------------------------------------

    def _begin(
        self, request: TurnRequest, owner: object, interrupt: bool, asked_ago_s: float
    ) -> Turn:
        if interrupt:
            self._interrupt(request.session_key)
        if self._connection.away_since is not None:
            self._evict_oldest()
        asked_at = self._connection.clock.time() - max(0.0, asked_ago_s)
        turn = Turn(request, owner=owner, interrupts=interrupt, asked_at=asked_at)
        self._turns[turn] = None
        self._by_run[request.run_id] = turn
        self._stats.turns_started += 1
        turn.starting = self._tasks.spawn(self._start(turn), f"start of {turn.run.id}")
        return turn

    def _interrupt(self, session_key: str) -> None:
        """Stop the turn that holds the session, and any that waits only to interrupt it. Turns in
        the ordinary queue are other people's questions and stay."""
        for turn in list(self._turns):
            if turn.request.session_key == session_key and (
                turn.interrupts or turn.state is not TurnState.QUEUED
            ):
                self._stop(turn, TurnAborted("a newer turn interrupted it"))

    def _evict_oldest(self) -> None:
        """Keep the number of turns that wait for an unreachable Gateway below its limit. The
        conversation has moved on furthest from the oldest."""
        waiting = [turn for turn in self._turns if turn.unsent]
        for turn in waiting[: max(0, len(waiting) - _MAX_OFFLINE + 1)]:
            self._stats.turns_evicted += 1
            why = f"more than {_MAX_OFFLINE} turns wait for {self._connection.config.ws_url}"
            self._stop(turn, GatewayUnreachable(f"{why}; the oldest was dropped"))

    async def _connect(self, turn: Turn) -> GatewayConnection:
        """Wait for a connection, ``retry_timeout`` at most, counted from when the turn was asked
        or the Gateway became unreachable, whichever is later."""
        now = self._connection.clock.time()
        away_since = self._connection.away_since
        waits_since = now if away_since is None else max(away_since, turn.asked_at)
        left_s = waits_since + self._connection.config.retry_timeout - now
        return await self._connection.ready(max(0.0, left_s))

    async def _start(self, turn: Turn) -> None:
        try:
            key = turn.request.session_key
            turn.enter_session(await self._sessions.enter(key, front=turn.interrupts))
            while (wait_s := await self._send_unless_busy(turn)) is not None:
                turn.postpone()
                if turn.over:
                    return  # stopped while the Gateway answered
                await sleep(self._connection.clock, wait_s)
        except RequestFailed as refused:
            turn.finish(refused_turn(turn.request, refused))
            self._close(turn)
        except OpenClawError as error:
            self._start_failed(turn, error)
        except Exception as bug:
            log.exception("a turn could not be started")
            self._start_failed(turn, TurnFailed(f"unexpected {type(bug).__name__}", kind="bug"))

    async def _send_unless_busy(self, turn: Turn) -> float | None:
        """Send the turn; the seconds to wait if the Gateway refuses it for now."""
        connection = await self._connect(turn)
        turn.send_over(connection)
        try:
            await self._send(turn, connection)
        except RequestFailed as refused:
            wait_s = refused.retry_after_s
            stale_at = turn.asked_at + self._connection.config.retry_timeout
            if wait_s is None or self._connection.clock.time() + wait_s > stale_at:
                raise
            return wait_s
        return None

    async def _send(self, turn: Turn, connection: GatewayConnection) -> ChatAck:
        """Send the turn, or send it again; errors as for ``send_turn``."""
        request, clock = turn.request, self._connection.clock
        if turn.sent_at is None:
            turn.sent_at = clock.time()
            why = f"agent {request.agent!r} did not finish within {request.timeout_s:g} s"
            turn.deadline = clock.call_later(
                request.timeout_s, lambda: self._stop(turn, TurnTimeout(why))
            )
        ack = await send_turn(request, connection)
        self._stats.ack.add(clock.time() - turn.sent_at)
        if turn.run.id == request.run_id:
            turn.confirm(connection.hello.server.boot_id)
        return ack

    def _start_failed(self, turn: Turn, error: OpenClawError) -> None:
        if turn.connection is None:
            turn.finish(error)
            self._close(turn)
        elif turn.events_seen:
            pass  # the run is under way, with or without its acknowledgement
        elif isinstance(error, GatewayUnreachable | ProtocolViolation):
            self._recover(turn, str(error))
        else:
            self._stop(turn, error)  # the Gateway may have started the run all the same

    def _feed(self, turn: Turn, event: ChatEvent) -> None:
        if turn.absorbed_by(event) and not turn.over:
            self._resend(turn)
            return
        had_text = bool(turn.run.text)
        turn.feed(event)
        if turn.boot_id is None and turn.connection is not None:
            turn.confirm(turn.connection.hello.server.boot_id)
        passed_s = self._connection.clock.time() - (turn.sent_at or turn.asked_at)
        if turn.run.text and not had_text:
            self._stats.first_delta.add(passed_s)
        if turn.run.outcome is not None:
            if turn.run.outcome.end is End.FINAL and not turn.failed:
                self._stats.final.add(passed_s)
            self._close(turn)

    def _resend(self, turn: Turn) -> None:
        """Send the turn once more; it then interrupts the run that absorbed it."""
        self._stats.turns_resent += 1
        log.info("run %s was absorbed by another run of its session; sending again", turn.run.id)
        self._by_run.pop(turn.run.id, None)
        turn.begin_resend()
        self._by_run[turn.run.id] = turn
        self._recover(turn, "another run of the session absorbed the message")

    # -- runs to be found again --------------------------------------------------------------------

    def _recover(self, turn: Turn, why: str, *, after_quiet_s: float = 0.0) -> None:
        """Look for the turn's run in a task of its own, unless one does already."""
        if not turn.over and (turn.recovery is None or turn.recovery.done()):
            turn.recovery = self._tasks.spawn(
                self._find(turn, why, after_quiet_s), f"recovery of {turn.run.id}"
            )

    async def _find(self, turn: Turn, why: str, after_quiet_s: float) -> None:
        lost = f"lost the answer of agent {turn.request.agent!r}, for {why}"
        try:
            await self._recovery.find(turn, after_quiet_s=after_quiet_s)
        except TurnLost as gone:
            turn.finish(TurnLost(f"{lost}; {gone}"))
            self._close(turn)
        except RequestFailed as refused:
            self._lose(turn, refused_turn(turn.request, refused))
        except OpenClawError as error:
            self._lose(turn, TurnLost(f"{lost}; {error}"))
        except Exception as bug:
            log.exception("a run could not be recovered")
            self._lose(turn, TurnLost(f"{lost}; unexpected {type(bug).__name__}"))

    def _lose(self, turn: Turn, error: OpenClawError) -> None:
        if turn.connection is not None and turn.connection.ended:
            turn.finish(error)
            self._close(turn)
        else:
            self._stop(turn, error)  # the rest of the run is of no use

    # -- STOPPING and CLOSED -----------------------------------------------------------------------

    def _stop(self, turn: Turn, error: OpenClawError) -> None:
        """End the turn for its reader now, and have its run aborted."""
        turn.finish(error)
        if turn.state in (TurnState.STOPPING, TurnState.CLOSED):
            return
        if turn.unsent and turn.starting is not None:
            turn.starting.cancel()
        turn.begin_stopping()
        turn.cancel_recovery()
        turn.stopping = self._tasks.spawn(self._abort(turn), f"end of {turn.run.id}")

    async def _abort(self, turn: Turn) -> None:
        try:
            await abort_turn(turn, self._connection)
        finally:
            self._close(turn)

    def _close(self, turn: Turn) -> None:
        if turn.state is TurnState.CLOSED:
            return
        del self._turns[turn]
        self._by_run.pop(turn.run.id, None)
        self._stats.deltas_repaired += turn.run.repairs
        turn.close()
