"""All turns over one link: in its session's order, hearing its own events, ending with its run.

A turn passes these stations in a task of its own (its `starter`): wait for the session, wait for
the connection, `chat.send`. What it can be stopped by, at any of them: its consumer going away, its
time running out, a newer turn (`interrupt`), its guild being removed, the connection breaking.
Whatever stops it before its run has ended upstream, `chat.abort` follows, and only then is the
session free.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine
from contextlib import suppress
from typing import Any

from openclaw_client.clock import sleep, time_limit
from openclaw_client.connection import Connection
from openclaw_client.errors import (
    MissingScope,
    OpenClawError,
    RequestFailed,
    TurnAborted,
    TurnFailed,
    TurnLost,
    TurnTimeout,
)
from openclaw_client.lanes import Lanes
from openclaw_client.link import GatewayLink
from openclaw_client.protocol import (
    AbortAnswer,
    ChatAck,
    ChatEvent,
    Event,
    chat_send_params,
    read_payload,
)
from openclaw_client.run import TextDelta
from openclaw_client.turn import Turn, TurnRequest

log = logging.getLogger(__name__)

_ABORT_TRIES = 4
_ABORT_RETRY_S = 0.25
"""An abort that comes before the Gateway has taken the run in finds nothing; it is asked again."""
_ACK_PATIENCE_S = 2.0
"""The Gateway acknowledges a turn in 10 to 20 ms; one that it does not is stopped all the same."""
_ABORT_LIMIT_S = 5.0
"""How long a session stays closed for the next turn at most while a run is being stopped."""


class Turns:
    """The turns of every guild, over the one link."""

    def __init__(self, link: GatewayLink) -> None:
        self._link = link
        self._stats = link.stats
        self._lanes = Lanes()
        self._turns: set[Turn] = set()
        """Those that hold a session or wait for one."""
        self._by_run: dict[str, Turn] = {}
        self._holders: dict[str, Turn] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        link.listen(self)

    async def stream(
        self, request: TurnRequest, *, owner: object, interrupt: bool = False
    ) -> AsyncGenerator[TextDelta, None]:
        """Run one turn. Closing the generator, or cancelling whoever waits in it, aborts the run.

        Raises:
            NotConnected, GatewayRefused, GatewayUnreachable: no connection to send it over.
            TurnFailed, TurnTimeout, TurnAborted, TurnLost: it gave no whole answer.
        """
        turn = self._begin(request, owner, interrupt)
        try:
            while (delta := await turn.next()) is not None:
                yield delta
            self._stats.turns_answered += 1
        except OpenClawError as error:
            self._stats.turns_failed[type(error).__name__] += 1
            raise
        finally:
            self._stop(turn, TurnAborted("nobody listens any more"))

    async def stop_all(self, why: str, *, owner: object = None) -> None:
        """End all turns, or all of one owner, and wait until their runs are aborted."""
        turns = [turn for turn in self._turns if owner is None or turn.owner is owner]
        for turn in turns:
            self._stop(turn, TurnAborted(why))
        endings = {turn.ending for turn in turns if turn.ending is not None}
        if endings:
            await asyncio.wait(endings)

    async def settle(self) -> None:
        """Until no task of any turn is left; to be called when the link is closed."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    # -- what the link tells -----------------------------------------------------------------------

    def on_event(self, event: Event) -> None:
        """Chat events of our own runs; every connection hears those of all sessions."""
        if event.event != "chat" or not isinstance(event.payload, dict):
            return
        turn = self._by_run.get(event.payload.get("runId", ""))
        if turn is None:
            return
        turn.feed(read_payload(ChatEvent, event.payload, "a chat event"))
        if turn.run.outcome is not None:
            self._forget(turn)

    def on_lost(self, why: str) -> None:
        """Every turn that was out has lost its run. A turn's request, with its run id, and the text
        so far are all that taking it up again over the next connection would need."""
        for turn in [turn for turn in self._turns if turn.connection is not None]:
            self._lose(turn, why)

    # -- the life of a turn ------------------------------------------------------------------------

    def _begin(self, request: TurnRequest, owner: object, interrupt: bool) -> Turn:
        if interrupt:
            self._make_way(request.session_key)
        turn = Turn(request, owner=owner, interrupts=interrupt)
        self._turns.add(turn)
        self._stats.turns_started += 1
        turn.starter = self._spawn(self._start(turn))
        return turn

    def _make_way(self, session_key: str) -> None:
        """Stop the turn that runs, and any that waits only to take its place. Turns that wait in
        the ordinary queue are other people's questions and stay there."""
        for turn in list(self._turns):
            if turn.request.session_key == session_key and (
                turn.interrupts or turn is self._holders.get(session_key)
            ):
                self._stop(turn, TurnAborted("a newer turn took its place"))

    async def _start(self, turn: Turn) -> None:
        """From the queue to the Gateway's word that the run has started."""
        try:
            turn.place = await self._lanes.enter(turn.request.session_key, front=turn.interrupts)
            self._holders[turn.request.session_key] = turn
            turn.connection = await self._link.ready(self._link.config.retry_timeout)
            await self._send(turn, turn.connection)
        except RequestFailed as refused:
            turn.finish(_refused(turn.request, refused))
            self._forget(turn)
        except OpenClawError as error:
            self._start_failed(turn, error)
        except Exception as bug:
            log.exception("a turn could not be started")
            self._start_failed(turn, TurnFailed(f"unexpected {type(bug).__name__}", kind="bug"))

    async def _send(self, turn: Turn, connection: Connection) -> None:
        request = turn.request
        self._by_run[request.run_id] = turn
        turn.deadline = self._link.clock.call_later(
            request.timeout_s, lambda: self._stop(turn, _out_of_time(request))
        )
        params = chat_send_params(
            request.session_key, request.message, request.run_id, request.timeout_s
        )
        answer = await connection.request("chat.send", params)
        ack = read_payload(ChatAck, answer, "the answer to chat.send")
        log.debug("run %s is %s", ack.run_id, ack.status)

    def _start_failed(self, turn: Turn, error: OpenClawError) -> None:
        if turn.connection is None:
            turn.finish(error)
            self._forget(turn)
        elif turn.connection.ended:
            self._lose(turn, str(error))
        else:
            self._stop(turn, error)  # the Gateway may have begun for all that

    def _lose(self, turn: Turn, why: str) -> None:
        turn.finish(
            TurnLost(f"the connection broke while agent {turn.request.agent!r} answered: {why}")
        )
        self._forget(turn)

    # -- the end of a turn -------------------------------------------------------------------------

    def _stop(self, turn: Turn, error: OpenClawError) -> None:
        """End the turn for its consumer now, and for the Gateway as soon as it takes it."""
        turn.finish(error)
        if turn not in self._turns or turn.ending is not None:
            return
        if turn.connection is None and turn.starter is not None:
            turn.starter.cancel()
        turn.ending = self._spawn(self._end_upstream(turn))

    async def _end_upstream(self, turn: Turn) -> None:
        try:
            async with time_limit(self._link.clock, _ABORT_LIMIT_S):
                await self._acknowledged(turn)
                if turn.connection is not None and turn in self._turns:
                    await self._abort(turn, turn.connection)
        except (OpenClawError, TimeoutError) as error:
            self._stats.aborts_failed += 1
            why = str(error) or "no answer in time"
            log.warning("run %s could not be aborted: %s", turn.run.id, why)
        finally:
            self._forget(turn)

    async def _acknowledged(self, turn: Turn) -> None:
        """Until `chat.send` was answered: an abort that overtakes it finds nothing to abort."""
        if turn.starter is None:
            return
        with suppress(TimeoutError):
            async with time_limit(self._link.clock, _ACK_PATIENCE_S):
                await asyncio.wait({turn.starter})

    async def _abort(self, turn: Turn, connection: Connection) -> None:
        request = turn.request
        params = {"sessionKey": request.session_key, "runId": request.run_id}
        self._stats.aborts_sent += 1
        for _ in range(_ABORT_TRIES):
            answer = await connection.request("chat.abort", params)
            if read_payload(AbortAnswer, answer, "the answer to chat.abort").aborted:
                return
            if turn.run.outcome is not None:
                return
            await sleep(self._link.clock, _ABORT_RETRY_S)
        log.warning("the Gateway knows no run %s to abort", turn.run.id)

    def _forget(self, turn: Turn) -> None:
        """The session is free for the next one."""
        self._turns.discard(turn)
        self._by_run.pop(turn.request.run_id, None)
        if turn.deadline is not None:
            turn.deadline.cancel()
        if self._holders.get(turn.request.session_key) is turn:
            del self._holders[turn.request.session_key]
        if turn.place is not None:
            turn.place.release()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _out_of_time(request: TurnRequest) -> TurnTimeout:
    return TurnTimeout(f"agent {request.agent!r} did not finish within {request.timeout_s:g} s")


def _refused(request: TurnRequest, refused: RequestFailed) -> MissingScope | TurnFailed:
    details = refused.details if isinstance(refused.details, dict) else {}
    if details.get("code") == "MISSING_SCOPE":
        return MissingScope(str(refused), missing=[str(details.get("missingScope"))], granted=())
    return TurnFailed(
        f"the Gateway refused the turn for agent {request.agent!r}: {refused.reason}",
        kind=refused.code,
    )
