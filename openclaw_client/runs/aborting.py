"""Ending a run at the Gateway, when nobody wants the rest of it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Final

from openclaw_client.clock import sleep, time_limit
from openclaw_client.errors import GatewayUnreachable, OpenClawError
from openclaw_client.protocol.frames import AbortAnswer, read_payload
from openclaw_client.runs.turn import Turn
from openclaw_client.transport.reconnecting import ReconnectingConnection

log = logging.getLogger(__name__)

_TRIES: Final = 4
_RETRY_S: Final = 0.25
"""An abort that comes before the Gateway has taken the run in finds nothing; it is asked again."""
_ACK_PATIENCE_S: Final = 2.0
"""The Gateway acknowledges a turn in 10 to 20 ms; one that it does not is stopped all the same."""
_LIMIT_S: Final = 5.0
"""How long a session stays closed for the next turn at most while a run is being stopped."""


async def abort_upstream(turn: Turn, link: ReconnectingConnection) -> None:
    """Have the turn's run stopped, if it was sent; a failure is logged and counted."""
    try:
        async with time_limit(link.clock, _LIMIT_S):
            await _acknowledged(turn, link)
            if turn.connection is not None and turn.run.outcome is None:
                await _abort(turn, link)
    except (OpenClawError, TimeoutError) as error:
        link.stats.aborts_failed += 1
        why = str(error) or "no answer in time"
        log.warning("run %s could not be aborted: %s", turn.run.id, why)


async def _acknowledged(turn: Turn, link: ReconnectingConnection) -> None:
    """Until `chat.send` was answered: an abort that overtakes it finds nothing to abort."""
    if turn.starter is None:
        return
    with suppress(TimeoutError):
        async with time_limit(link.clock, _ACK_PATIENCE_S):
            await asyncio.wait({turn.starter})


async def _abort(turn: Turn, link: ReconnectingConnection) -> None:
    params = {"sessionKey": turn.request.session_key, "runId": turn.run.id}
    link.stats.aborts_sent += 1
    connection = turn.connection
    for _ in range(_TRIES):
        if connection is None or connection.ended:
            connection = await link.ready(_LIMIT_S)
        try:
            answer = await connection.request("chat.abort", params)
        except GatewayUnreachable:
            if connection.ended:
                continue
            raise
        if read_payload(AbortAnswer, answer, "the answer to chat.abort").aborted:
            return
        if turn.run.outcome is not None:
            return
        await sleep(link.clock, _RETRY_S)
    log.warning("the Gateway knows no run %s to abort", turn.run.id)
