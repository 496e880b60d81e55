"""What the Gateway's answers say about a run whose connection broke. No I/O.

A run goes on while its client is away, and its later events reach the new connection unasked. What
is missing is what happened in between. That is put together here as the event that would have told
of it, so that it takes the way of all events.

Seen on OpenClaw 2026.9.6: `chat.history` has the text so far of a run in flight, whole. How one has
ended, `agent.wait` knows, with the first 4,096 characters of its text; the whole is in the history,
behind the message whose `idempotencyKey` is the run's id and `:user`. `agent.wait` answers
`timeout` alike for a run that goes on, for one it has never heard of and, with `endedAt`, for one
that ran out of time.
"""

from __future__ import annotations

from typing import Any, Final

from openclaw_client.protocol.frames import ChatEvent, ChatHistory, RunOutcome, message_text
from openclaw_client.runs.silence import is_silence

REPLY_LIMIT: Final = 4_096
"""Where ``agent.wait`` cuts the text."""
_SILENT: Final = ("silent", "empty")
_HISTORY_MESSAGES: Final = 50
"""Enough for a turn with many tool calls."""
_TEXT_LIMIT: Final = 500_000
"""The most that ``chat.history`` can be asked for; by default it cuts messages at 8,000."""


def history_params(session_key: str) -> dict[str, Any]:
    """The params of ``chat.history``."""
    return {"sessionKey": session_key, "limit": _HISTORY_MESSAGES, "maxChars": _TEXT_LIMIT}


def in_flight(history: ChatHistory, run_id: str, session_key: str, had: str) -> ChatEvent | None:
    """A delta with the whole text so far, if the run goes on; ``had`` is what is known of it.

    To be used only when no event of the run has come since the history was asked for: that would
    be newer.
    """
    run = history.in_flight_run
    if run is None or run.run_id != run_id:
        return None
    text = had if had.startswith(run.text) else run.text
    return ChatEvent(
        run_id=run_id, session_key=session_key, state="delta", message={"content": text}
    )


def ended(
    outcome: RunOutcome, history: ChatHistory, session_key: str, had: str
) -> ChatEvent | None:
    """The terminal event of a run that has ended; None if its text cannot be had whole.

    The history is one that was asked for after the end.
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
    """The Gateway calls it an error all the same."""
    reply = outcome.terminal_reply
    if reply is None:
        return False
    return reply.disposition in _SILENT or (bool(reply.text) and is_silence(reply.text))


def _reply(outcome: RunOutcome, history: ChatHistory, had: str) -> str | None:
    """The whole text: of two sources the one that goes on from what is known, for what an agent
    said before it used a tool need not be in both."""
    texts = [_recorded(history, outcome.run_id)]
    if outcome.terminal_reply is not None and len(outcome.terminal_reply.text) < REPLY_LIMIT:
        texts.append(outcome.terminal_reply.text)
    known = [text for text in texts if text]
    if not known:
        # An agent that chose to say nothing, unless it is known to have said something.
        return "" if not had and any(text is not None for text in texts) else None
    return next((text for text in known if text.startswith(had)), known[0])


def _recorded(history: ChatHistory, run_id: str) -> str | None:
    """What the agent said after the run's own message and before the next one; None if the history
    does not have that message."""
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
