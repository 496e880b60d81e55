"""Asking the Gateway, over a new connection, what became of a run."""

from __future__ import annotations

from typing import Final

from openclaw_client.errors import TurnLost
from openclaw_client.protocol.frames import ChatEvent, ChatHistory, RunOutcome, read_payload
from openclaw_client.runs.recovery import ended, history_params, in_flight
from openclaw_client.runs.turn import Turn
from openclaw_client.transport.connection import GatewayConnection

_WAIT_MS: Final = 1_000
"""How long the Gateway is to wait for the end of a run that it does not show in flight: one that
has only just been taken in, or that ends at this moment."""
_TRIES: Final = 3


async def missed_event(turn: Turn, connection: GatewayConnection) -> ChatEvent | None:
    """The event that makes up for what happened while nobody listened.

    None where there is nothing to make up for: events of the run come in again, each with the
    whole text so far, or the turn is over.

    Raises:
        TurnLost: the Gateway does not know what became of the run, or not its whole text.
        RequestFailed, GatewayUnreachable: it could not be asked.
    """
    run, key = turn.run, turn.request.session_key
    for _ in range(_TRIES):
        heard = turn.heard
        history = await _history(connection, key)
        if turn.heard != heard or turn.over:
            return None
        going_on = in_flight(history, run.id, key, run.text)
        if going_on is not None:
            return going_on
        outcome = await _outcome(connection, run.id)
        if turn.heard != heard or turn.over:
            return None
        if outcome.ended_at is not None:
            end = ended(outcome, await _history(connection, key), key, run.text)
            if end is None:
                raise TurnLost(f"the answer of agent {turn.request.agent!r} cannot be had whole")
            return end
    raise TurnLost(f"the Gateway knows no more of the run of agent {turn.request.agent!r}")


async def _history(connection: GatewayConnection, session_key: str) -> ChatHistory:
    answer = await connection.request("chat.history", history_params(session_key))
    return read_payload(ChatHistory, answer, "the answer to chat.history")


async def _outcome(connection: GatewayConnection, run_id: str) -> RunOutcome:
    params = {"runId": run_id, "timeoutMs": _WAIT_MS}
    answer = await connection.request("agent.wait", params)
    return read_payload(RunOutcome, answer, "the answer to agent.wait")
