"""What a turn requests of the Gateway: ``chat.send`` to begin its run, ``chat.abort`` to end it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Final

from openclaw_client.clock import sleep, time_limit
from openclaw_client.errors import (
    GatewayUnreachable,
    MissingScope,
    OpenClawError,
    RequestFailed,
    TurnFailed,
)
from openclaw_client.protocol.payloads import AbortAnswer, ChatAck, chat_send_params
from openclaw_client.protocol.wire import read_payload
from openclaw_client.runs.turn import Turn, TurnRequest
from openclaw_client.transport.connection import GatewayConnection
from openclaw_client.transport.reconnecting import ReconnectingConnection

log = logging.getLogger(__name__)

_ACK_TIMEOUT_S: Final = 6.0
"""The Gateway acknowledges a turn in 10 to 20 ms; just started, in up to 5 s. A repeated request
under the same key is the same turn, so an early retry costs nothing."""
_ABORT_ATTEMPTS: Final = 4
_ABORT_RETRY_S: Final = 0.25
"""An abort that comes before the Gateway has accepted the run finds nothing and is sent again."""
_ABORT_AFTER_S: Final = 2.0
"""How long an abort waits for the acknowledgement of ``chat.send``."""
_ABORT_LIMIT_S: Final = 5.0
"""How long an abort may keep the session closed for the next turn."""


async def send_turn(request: TurnRequest, connection: GatewayConnection) -> ChatAck:
    """Send the turn, or send it again: under the same run id it is the same turn.

    Raises:
        RequestFailed, GatewayUnreachable, ProtocolViolation: it was not acknowledged.
    """
    params = chat_send_params(
        request.session_key, request.message, request.run_id, request.timeout_s
    )
    answer = await connection.request("chat.send", params, timeout_s=_ACK_TIMEOUT_S)
    ack = read_payload(ChatAck, answer, "the answer to chat.send")
    log.debug("run %s is %s", ack.run_id, ack.status)
    return ack


def refused_turn(request: TurnRequest, refused: RequestFailed) -> MissingScope | TurnFailed:
    """The error for the reader of a turn whose ``chat.send`` was refused."""
    details = refused.details if isinstance(refused.details, dict) else {}
    if details.get("code") == "MISSING_SCOPE":
        return MissingScope(str(refused), missing=[str(details.get("missingScope"))], granted=())
    return TurnFailed(
        f"the Gateway refused the turn for agent {request.agent!r}: {refused.reason}",
        kind=refused.code,
    )


async def abort_turn(turn: Turn, connection: ReconnectingConnection) -> None:
    """Abort the turn's run, if the turn was sent. A failure is logged and counted."""
    try:
        async with time_limit(connection.clock, _ABORT_LIMIT_S):
            await _await_acknowledgement(turn, connection)
            if turn.connection is not None and turn.run.outcome is None:
                await _abort(turn, connection)
    except (OpenClawError, TimeoutError) as error:
        connection.stats.aborts_failed += 1
        why = str(error) or "no answer in time"
        log.warning("run %s could not be aborted: %s", turn.run.id, why)


async def _await_acknowledgement(turn: Turn, connection: ReconnectingConnection) -> None:
    """Wait for the answer to ``chat.send``: an abort that overtakes it finds nothing to abort."""
    if turn.starting is None:
        return
    with suppress(TimeoutError):
        async with time_limit(connection.clock, _ABORT_AFTER_S):
            await asyncio.wait({turn.starting})


async def _abort(turn: Turn, connection: ReconnectingConnection) -> None:
    params = {"sessionKey": turn.request.session_key, "runId": turn.run.id}
    connection.stats.aborts_sent += 1
    current = turn.connection
    for _ in range(_ABORT_ATTEMPTS):
        if current is None or current.ended:
            current = await connection.ready(_ABORT_LIMIT_S)
        try:
            answer = await current.request("chat.abort", params)
        except GatewayUnreachable:
            if current.ended:
                continue
            raise
        if read_payload(AbortAnswer, answer, "the answer to chat.abort").aborted:
            return
        if turn.run.outcome is not None:
            return
        await sleep(connection.clock, _ABORT_RETRY_S)
    log.warning("the Gateway knows no run %s to abort", turn.run.id)
