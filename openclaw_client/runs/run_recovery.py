"""Finding the run of a turn again after its connection broke or its events were lost.

A run goes on while its client is away, and its later events reach the new connection unrequested.
Missing is what happened in between. ``RunRecovery`` asks the Gateway for it, and the functions
below, which do no I/O, make the answers into the one event that would have reported it. That event
is then fed like any other.

Seen on OpenClaw 2026.9.6: ``chat.history`` has the whole text so far of a run in flight.
``agent.wait`` knows how a run ended, with the first 4,096 characters of its text. The whole text is
in the history, after the message whose ``idempotencyKey`` is the run's id and ``:user``.
``agent.wait`` answers ``timeout`` for a run that goes on, for an unknown run and, with ``endedAt``,
for one that ran out of time.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from openclaw_client.clock import sleep
from openclaw_client.errors import GatewayUnreachable, ProtocolViolation, TurnLost
from openclaw_client.protocol.payloads import (
    ChatAck,
    ChatEvent,
    ChatHistory,
    RunOutcome,
    message_text,
)
from openclaw_client.protocol.wire import read_payload
from openclaw_client.runs.silent_reply import is_silent_reply
from openclaw_client.runs.turn import Turn
from openclaw_client.transport.connection import GatewayConnection
from openclaw_client.transport.reconnecting import ReconnectingConnection

log = logging.getLogger(__name__)

REPLY_LIMIT: Final = 4_096
"""Where ``agent.wait`` cuts the text."""
_SILENT: Final = ("silent", "empty")
_HISTORY_MESSAGES: Final = 50
"""Enough for a turn with many tool calls."""
_MAX_HISTORY_CHARS: Final = 500_000
"""The most that ``chat.history`` can be asked for; by default it cuts messages at 8,000."""
_WAIT_MS: Final = 1_000
"""How long the Gateway waits for the end of a run that it does not list as in flight: the run may
have been accepted or may end at this moment."""
_ATTEMPTS: Final = 3


class RunRecovery:
    """Looks for the runs of turns, over as many connections as it takes."""

    def __init__(
        self,
        connection: ReconnectingConnection,
        *,
        connect: Callable[[Turn], Awaitable[GatewayConnection]],
        send: Callable[[Turn, GatewayConnection], Awaitable[ChatAck]],
        feed: Callable[[Turn, ChatEvent], None],
    ) -> None:
        """``connect`` waits for a connection as long as the turn may wait, ``send`` sends the turn,
        ``feed`` takes the event that was recovered."""
        self._reconnecting = connection
        self._connect, self._send, self._feed = connect, send, feed

    async def find(self, turn: Turn, *, after_quiet_s: float = 0.0) -> None:
        """Look for the turn's run until the Gateway has it, or the turn is over.

        With ``after_quiet_s``, only if no event of the run comes for that time.

        Raises:
            TurnLost: the Gateway does not have the run, or not its whole text.
            RequestFailed, GatewayUnreachable, ProtocolViolation: the requests failed.
        """
        if after_quiet_s and await self._makes_progress(turn, after_quiet_s):
            return
        while not turn.over:
            turn.connection = await self._connect(turn)
            if await self._found(turn, turn.connection):
                return

    async def _makes_progress(self, turn: Turn, within_s: float) -> bool:
        """Whether more events of the run come over the connection that it has."""
        seen, connection = turn.events_seen, turn.connection
        await sleep(self._reconnecting.clock, within_s)
        return turn.events_seen > seen and connection is not None and not connection.ended

    async def _found(self, turn: Turn, connection: GatewayConnection) -> bool:
        """Whether the run was found, and the missing text fed; False if this connection broke."""
        seen = turn.events_seen
        try:
            if turn.boot_id is None:
                resends = turn.resends
                if turn.resend_pause_s:
                    await sleep(self._reconnecting.clock, turn.resend_pause_s)
                status = (await self._send(turn, connection)).status
                if turn.resends > resends:
                    return False  # absorbed before it was acknowledged
                if status == "started":
                    return True
            elif turn.boot_id != connection.hello.server.boot_id:
                # Sent again, the turn would run again, and it may have had effects already.
                raise TurnLost("the Gateway was restarted meanwhile")
            event = await recovered_event(turn, connection)
        except (GatewayUnreachable, ProtocolViolation):
            if connection.ended:
                return False
            if turn.events_seen == seen:
                raise
            event = None  # no answer, but events of the run come again
        self._reconnecting.stats.turns_recovered += 1
        log.info("found run %s again", turn.run.id)
        if event is not None and not turn.over:
            self._feed(turn, event)
        return True


async def recovered_event(turn: Turn, connection: GatewayConnection) -> ChatEvent | None:
    """The event that makes up for those that were missed.

    None where nothing is missing: events of the run come again, each with the whole text so far,
    or the turn is over.

    Raises:
        TurnLost: the Gateway does not know the run's end, or not its whole text.
        RequestFailed, GatewayUnreachable: the requests failed.
    """
    run, key = turn.run, turn.request.session_key
    for _ in range(_ATTEMPTS):
        seen = turn.events_seen
        history = await _history(connection, key)
        if turn.events_seen != seen or turn.over:
            return None
        going_on = in_flight_event(history, run.id, key, run.text)
        if going_on is not None:
            return going_on
        outcome = await _outcome(connection, run.id)
        if turn.events_seen != seen or turn.over:
            return None
        if outcome.ended_at is not None:
            end = terminal_event(outcome, await _history(connection, key), key, run.text)
            if end is None:
                raise TurnLost(f"the answer of agent {turn.request.agent!r} cannot be had whole")
            return end
    raise TurnLost(f"the Gateway does not know the run of agent {turn.request.agent!r}")


async def _history(connection: GatewayConnection, session_key: str) -> ChatHistory:
    answer = await connection.request("chat.history", history_params(session_key))
    return read_payload(ChatHistory, answer, "the answer to chat.history")


async def _outcome(connection: GatewayConnection, run_id: str) -> RunOutcome:
    params = {"runId": run_id, "timeoutMs": _WAIT_MS}
    answer = await connection.request("agent.wait", params)
    return read_payload(RunOutcome, answer, "the answer to agent.wait")


def history_params(session_key: str) -> dict[str, Any]:
    """The params of ``chat.history``."""
    return {"sessionKey": session_key, "limit": _HISTORY_MESSAGES, "maxChars": _MAX_HISTORY_CHARS}


def in_flight_event(
    history: ChatHistory, run_id: str, session_key: str, had: str
) -> ChatEvent | None:
    """A delta with the whole text so far, if the run goes on; ``had`` is its known text.

    Use it only if no event of the run came since the request for the history: that is newer.
    """
    run = history.in_flight_run
    if run is None or run.run_id != run_id:
        return None
    text = had if had.startswith(run.text) else run.text
    return ChatEvent(
        run_id=run_id, session_key=session_key, state="delta", message={"content": text}
    )


def terminal_event(
    outcome: RunOutcome, history: ChatHistory, session_key: str, had: str
) -> ChatEvent | None:
    """The terminal event of a run that has ended; None if its whole text is unknown.

    The history must have been requested after the end.
    """

    def terminal(state: str, **more: Any) -> ChatEvent:
        return ChatEvent(run_id=outcome.run_id, session_key=session_key, state=state, **more)

    if not had and _chose_silence(outcome):
        return terminal("final", message={"content": ""})
    if outcome.status == "ok":
        text = _reply(outcome, history, had)
        return None if text is None else terminal("final", message={"content": text})
    if outcome.stop_reason is not None:
        return terminal("aborted", stop_reason=outcome.stop_reason)
    kind = "timeout" if outcome.status == "timeout" else None
    return terminal("error", error_message=outcome.error, error_kind=kind)


def _chose_silence(outcome: RunOutcome) -> bool:
    """Whether the agent chose to be silent, which the Gateway reports as an error."""
    reply = outcome.terminal_reply
    if reply is None:
        return False
    return reply.disposition in _SILENT or (bool(reply.text) and is_silent_reply(reply.text))


def _reply(outcome: RunOutcome, history: ChatHistory, had: str) -> str | None:
    """The whole text, from the source that continues the known text: what an agent said before it
    used a tool may be missing in one of them."""
    texts = [_recorded(history, outcome.run_id)]
    if outcome.terminal_reply is not None and len(outcome.terminal_reply.text) < REPLY_LIMIT:
        texts.append(outcome.terminal_reply.text)
    known = [text for text in texts if text]
    if not known:
        # The agent was silent, unless some of its text is known.
        return "" if not had and any(text is not None for text in texts) else None
    return next((text for text in known if text.startswith(had)), known[0])


def _recorded(history: ChatHistory, run_id: str) -> str | None:
    """The agent's text after the run's own message and before the next one; None if the history
    lacks that message."""
    said: list[str] | None = None
    for message in history.messages:
        match message:
            case {"role": "user", "idempotencyKey": key} if key == f"{run_id}:user":
                said = []
            case {"role": "user"} if said is not None:
                break
            case {"role": "assistant"} if said is not None:
                said.append(message_text(message) or "")
    return None if said is None else "\n\n".join(text for text in said if text)
