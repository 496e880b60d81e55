"""All turns over one link: in its session's order, hearing its own events, ending with its run.

A turn passes these stations in a task of its own (its `starter`): wait for the session, wait for
the connection, `chat.send`. What it can be stopped by, at any of them: its consumer going away, its
time running out, a newer turn (`interrupt`), its guild being removed. Whatever stops it before its
run has ended upstream, `chat.abort` follows, and only then is the session free.

A connection that breaks does not stop a turn: its run goes on at the Gateway and is looked for over
the next connection (its `recovery`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator

from openclaw_client.clock import sleep
from openclaw_client.errors import (
    GatewayUnreachable,
    OpenClawError,
    ProtocolViolation,
    RequestFailed,
    TurnAborted,
    TurnFailed,
    TurnLost,
)
from openclaw_client.protocol.frames import (
    ChatAck,
    ChatEvent,
    Event,
    chat_send_params,
    read_payload,
)
from openclaw_client.runs.aborting import abort_upstream
from openclaw_client.runs.pickup import missed_event
from openclaw_client.runs.run import End, TextDelta
from openclaw_client.runs.session_queue import SessionQueue
from openclaw_client.runs.silence import HeldBack
from openclaw_client.runs.turn import Turn, TurnRequest, out_of_time, refused_turn
from openclaw_client.transport.connection import GatewayConnection
from openclaw_client.transport.reconnecting import ReconnectingConnection
from tasks import OwnedTasks

log = logging.getLogger(__name__)

_ACK_S = 6.0
"""The Gateway acknowledges a turn in 10 to 20 ms; just started, in up to 5 s. Asked again under the
same key it is the same turn, so impatience costs nothing."""
_QUIET_S = 1.0
"""Many times the interval between a run's deltas (75 ms)."""
_OFFLINE_LIMIT = 32
"""Turns of all guilds that may wait for a Gateway that is away, each for ``retry_timeout``."""


class Turns:
    """The turns of every guild, over the one link."""

    def __init__(self, link: ReconnectingConnection) -> None:
        self._link = link
        self._stats = link.stats
        self._lanes = SessionQueue()
        self._turns: dict[Turn, None] = {}
        """Those that hold a session or wait for one, in the order in which they were asked."""
        self._by_run: dict[str, Turn] = {}
        self._holders: dict[str, Turn] = {}
        self._tasks = OwnedTasks(log)
        link.listen(self)

    async def stream(
        self,
        request: TurnRequest,
        *,
        owner: object,
        interrupt: bool = False,
        asked_ago_s: float = 0.0,
    ) -> AsyncGenerator[TextDelta, None]:
        """Run one turn. Closing the generator, or cancelling whoever waits in it, aborts the run.
        An agent that chooses to say nothing gives no delta.

        Raises:
            NotConnected, GatewayRefused, GatewayUnreachable: no connection to send it over.
            TurnFailed, TurnTimeout, TurnAborted, TurnLost: it gave no whole answer.
        """
        turn = self._begin(request, owner, interrupt, asked_ago_s)
        held = HeldBack()
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
            self._stop(turn, TurnAborted("nobody listens any more"))

    async def stop_all(self, why: str, *, owner: object = None) -> None:
        """End all turns, or all of one owner, and wait until their runs are aborted, as far as
        there is a Gateway to abort them."""
        turns = [turn for turn in self._turns if owner is None or turn.owner is owner]
        for turn in turns:
            self._stop(turn, TurnAborted(why))
        endings = {turn.ending for turn in turns if turn.ending is not None}
        if endings and self._link.away_since is None:
            await asyncio.wait(endings)

    async def settle(self) -> None:
        """Until no task of any turn is left; to be called when the link is closed."""
        await self._tasks.wait()

    # -- what the link tells -----------------------------------------------------------------------

    def on_event(self, event: Event) -> None:
        """Chat events of our own runs; every connection hears those of all sessions."""
        if not isinstance(event.payload, ChatEvent):
            return
        turn = self._by_run.get(event.payload.run_id)
        if turn is not None:
            self._feed(turn, event.payload)

    def on_missed(self) -> None:
        """What was lost may have been the end of a run; if more comes of it, it was not."""
        for turn in [turn for turn in self._turns if turn.boot_id is not None]:
            self._look_for(turn, "events of it were lost", if_quiet_for_s=_QUIET_S)

    def on_lost(self, why: str) -> None:
        """The turns that are out have lost their runs from sight."""
        for turn in [turn for turn in self._turns if turn.connection is not None]:
            self._look_for(turn, f"the connection broke: {why}")

    # -- the life of a turn ------------------------------------------------------------------------

    def _begin(
        self, request: TurnRequest, owner: object, interrupt: bool, asked_ago_s: float
    ) -> Turn:
        if interrupt:
            self._make_way(request.session_key)
        if self._link.away_since is not None:
            self._make_room()
        asked_at = self._link.clock.time() - max(0.0, asked_ago_s)
        turn = Turn(request, owner=owner, interrupts=interrupt, asked_at=asked_at)
        self._turns[turn] = None
        self._stats.turns_started += 1
        turn.starter = self._tasks.spawn(self._start(turn), f"start of {turn.run.id}")
        return turn

    def _make_way(self, session_key: str) -> None:
        """Stop the turn that runs, and any that waits only to take its place. Turns that wait in
        the ordinary queue are other people's questions and stay there."""
        for turn in list(self._turns):
            if turn.request.session_key == session_key and (
                turn.interrupts or turn is self._holders.get(session_key)
            ):
                self._stop(turn, TurnAborted("a newer turn took its place"))

    def _make_room(self) -> None:
        """Among the turns that wait for a Gateway that is away, let the oldest go: of all of them,
        the talk has moved on the furthest from those."""
        waiting = [turn for turn in self._turns if turn.connection is None and not turn.over]
        for turn in waiting[: max(0, len(waiting) - _OFFLINE_LIMIT + 1)]:
            self._stats.turns_crowded_out += 1
            why = f"more than {_OFFLINE_LIMIT} turns wait for {self._link.config.ws_url}"
            self._stop(turn, GatewayUnreachable(f"{why}; the oldest gave way"))

    def _patience_s(self, turn: Turn) -> float:
        """How much longer the turn waits for a Gateway that is away."""
        now = self._link.clock.time()
        away_since = self._link.away_since
        waits_since = now if away_since is None else max(away_since, turn.asked_at)
        return max(0.0, waits_since + self._link.config.retry_timeout - now)

    async def _start(self, turn: Turn) -> None:
        """From the queue to the Gateway's word that the run has started."""
        try:
            turn.place = await self._lanes.enter(turn.request.session_key, front=turn.interrupts)
            self._holders[turn.request.session_key] = turn
            turn.connection = await self._link.ready(self._patience_s(turn))
            while (wait_s := await self._send_if_taken(turn, turn.connection)) is not None:
                turn.connection = None  # there is no run yet
                await sleep(self._link.clock, wait_s)
                turn.connection = await self._link.ready(self._patience_s(turn))
        except RequestFailed as refused:
            turn.finish(refused_turn(turn.request, refused))
            self._forget(turn)
        except OpenClawError as error:
            self._start_failed(turn, error)
        except Exception as bug:
            log.exception("a turn could not be started")
            self._start_failed(turn, TurnFailed(f"unexpected {type(bug).__name__}", kind="bug"))

    async def _send_if_taken(self, turn: Turn, connection: GatewayConnection) -> float | None:
        """Send the turn; the wait that a Gateway asks for that takes none at the moment."""
        try:
            await self._send(turn, connection)
        except RequestFailed as refused:
            wait_s = refused.retry_after_s
            if wait_s is None or self._link.clock.time() + wait_s > self._stale_at(turn):
                raise
            return wait_s
        return None

    def _stale_at(self, turn: Turn) -> float:
        return turn.asked_at + self._link.config.retry_timeout

    async def _send(self, turn: Turn, connection: GatewayConnection) -> ChatAck:
        """Send the turn, or send it again: under the same run id it is the same turn."""
        request, clock = turn.request, self._link.clock
        if turn.sent_at is None:
            turn.sent_at = clock.time()
            self._by_run[request.run_id] = turn
            turn.deadline = clock.call_later(
                request.timeout_s, lambda: self._stop(turn, out_of_time(request))
            )
        params = chat_send_params(
            request.session_key, request.message, request.run_id, request.timeout_s
        )
        answer = await connection.request("chat.send", params, timeout_s=_ACK_S)
        ack = read_payload(ChatAck, answer, "the answer to chat.send")
        log.debug("run %s is %s", ack.run_id, ack.status)
        self._stats.ack.add(clock.time() - turn.sent_at)
        if turn.run.id == request.run_id:
            turn.boot_id = connection.hello.server.boot_id
        return ack

    def _start_failed(self, turn: Turn, error: OpenClawError) -> None:
        if turn.connection is None:
            turn.finish(error)
            self._forget(turn)
        elif turn.heard:
            pass  # the run is under way, whatever became of the acknowledgement
        elif isinstance(error, GatewayUnreachable | ProtocolViolation):
            self._look_for(turn, str(error))
        else:
            self._stop(turn, error)  # the Gateway may have begun for all that

    def _feed(self, turn: Turn, event: ChatEvent) -> None:
        if turn.was_swallowed_by(event) and not turn.over:
            self._send_anew(turn)
            return
        had = bool(turn.run.text)
        turn.feed(event)
        if turn.boot_id is None and turn.connection is not None:
            turn.boot_id = turn.connection.hello.server.boot_id
        passed_s = self._link.clock.time() - (turn.sent_at or turn.asked_at)
        if turn.run.text and not had:
            self._stats.first_delta.add(passed_s)
        if turn.run.outcome is not None:
            if turn.run.outcome.end is End.FINAL and not turn.failed:
                self._stats.final.add(passed_s)
            self._forget(turn)

    def _send_anew(self, turn: Turn) -> None:
        """Sent once more, the turn interrupts the run that has swallowed it."""
        self._stats.turns_sent_anew += 1
        log.info("run %s was given to another run of its session; sending it anew", turn.run.id)
        self._by_run.pop(turn.run.id, None)
        turn.renew()
        self._by_run[turn.run.id] = turn
        self._look_for(turn, "another run of the session took the message")

    # -- a run that was lost from sight ------------------------------------------------------------

    def _look_for(self, turn: Turn, why: str, *, if_quiet_for_s: float = 0.0) -> None:
        """Ask for the turn's run over the next usable connection, once at a time."""
        if not turn.over and (turn.recovery is None or turn.recovery.done()):
            turn.recovery = self._tasks.spawn(
                self._recover(turn, why, if_quiet_for_s), f"search for {turn.run.id}"
            )

    async def _recover(self, turn: Turn, why: str, if_quiet_for_s: float) -> None:
        """Until the Gateway has the run, over as many connections as it takes, or it is lost."""
        lost = f"lost the answer of agent {turn.request.agent!r}, for {why}"
        try:
            if if_quiet_for_s and await self._is_heard(turn, if_quiet_for_s):
                return
            while not turn.over:
                turn.connection = await self._link.ready(self._patience_s(turn))
                if await self._found(turn, turn.connection):
                    return
        except TurnLost as gone:
            turn.finish(TurnLost(f"{lost}; {gone}"))
            self._forget(turn)
        except RequestFailed as refused:
            self._lose(turn, refused_turn(turn.request, refused))
        except OpenClawError as error:
            self._lose(turn, TurnLost(f"{lost}; {error}"))
        except Exception as bug:
            log.exception("a run could not be picked up")
            self._lose(turn, TurnLost(f"{lost}; unexpected {type(bug).__name__}"))

    async def _is_heard(self, turn: Turn, within_s: float) -> bool:
        """Whether more of the run comes, over the connection that it has."""
        heard, connection = turn.heard, turn.connection
        await sleep(self._link.clock, within_s)
        return turn.heard > heard and connection is not None and not connection.ended

    async def _found(self, turn: Turn, connection: GatewayConnection) -> bool:
        """Whether the run was found and what it said meanwhile made good; False if this connection
        broke as well."""
        heard = turn.heard
        try:
            if turn.boot_id is None:
                renewed = turn.renewals
                if turn.pause_s:
                    await sleep(self._link.clock, turn.pause_s)
                status = (await self._send(turn, connection)).status
                if turn.renewals > renewed:
                    return False  # swallowed before it was acknowledged
                if status == "started":
                    return True
            elif turn.boot_id != connection.hello.server.boot_id:
                # To send it again would run it again, and it may have done things by then.
                raise TurnLost("the Gateway was restarted meanwhile")
            event = await missed_event(turn, connection)
        except (GatewayUnreachable, ProtocolViolation):
            if connection.ended:
                return False
            if turn.heard == heard:
                raise
            event = None  # no answer, but the run itself is heard again
        self._stats.turns_picked_up += 1
        log.info("found run %s again", turn.run.id)
        if event is not None and not turn.over:
            self._feed(turn, event)
        return True

    def _lose(self, turn: Turn, error: OpenClawError) -> None:
        if turn.connection is not None and turn.connection.ended:
            turn.finish(error)
            self._forget(turn)
        else:
            self._stop(turn, error)  # whatever the run does now is of no use to anyone

    # -- the end of a turn -------------------------------------------------------------------------

    def _stop(self, turn: Turn, error: OpenClawError) -> None:
        """End the turn for its consumer now, and for the Gateway as soon as it takes it."""
        turn.finish(error)
        if turn not in self._turns or turn.ending is not None:
            return
        if turn.connection is None and turn.starter is not None:
            turn.starter.cancel()
        _end_search(turn)
        turn.ending = self._tasks.spawn(self._end_upstream(turn), f"end of {turn.run.id}")

    async def _end_upstream(self, turn: Turn) -> None:
        try:
            await abort_upstream(turn, self._link)
        finally:
            self._forget(turn)

    def _forget(self, turn: Turn) -> None:
        """The session is free for the next one."""
        if turn not in self._turns:
            return
        del self._turns[turn]
        self._stats.deltas_repaired += turn.run.repairs
        self._by_run.pop(turn.request.run_id, None)
        if turn.deadline is not None:
            turn.deadline.cancel()
        _end_search(turn)
        if self._holders.get(turn.request.session_key) is turn:
            del self._holders[turn.request.session_key]
        if turn.place is not None:
            turn.place.release()


def _end_search(turn: Turn) -> None:
    """Nobody waits any more for what a search for the run would find."""
    if turn.recovery is not None and turn.recovery is not asyncio.current_task():
        turn.recovery.cancel()
