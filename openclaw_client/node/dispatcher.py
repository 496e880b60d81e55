"""From a command on the wire to its answer: rate limit, replays, timeout, audit log.

A repeated command is not executed again: it gets the result of the first. OpenClaw derives a tool
call's key from the model's id for it, and some models restart those ids with every turn. So a
command counts as repeated only with the same session and arguments, within a short time.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter, OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from openclaw_client.clock import Clock, time_limit
from openclaw_client.errors import CommandError, TooManyCommands
from openclaw_client.node.audit import AuditLog
from openclaw_client.node.commands import CommandCall, NodeCommands
from openclaw_client.protocol.payloads import InvokeRequest
from openclaw_client.turn_text import clean_words

log = logging.getLogger(__name__)
WINDOW_S: Final = 60.0
_MAX_SESSIONS: Final = 1000
"""Remembered sessions; the least recently active one is dropped first."""
REPLAY_WINDOW_S: Final = 120.0
"""OpenClaw gives a tool call 35 s, so a repeated command comes long before this."""
_MAX_REMEMBERED: Final = 500
DEFAULT_TIMEOUT_S: Final = 30.0
"""OpenClaw's timeout for an agent's tool call; the default for commands without one."""
_MAX_TIMEOUT_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class InvokeResult:
    """The result of a command: a payload, or an error code and its text."""

    payload: dict[str, Any] | None = None
    code: str | None = None
    message: str = ""

    @classmethod
    def refused(cls, error: CommandError) -> InvokeResult:
        # It may hold names from Discord, and an agent reads it.
        return cls(code=error.code, message=clean_words(str(error)))

    def params(self, invocation: InvokeRequest) -> dict[str, Any]:
        """The params of ``node.invoke.result``."""
        params: dict[str, Any] = {"id": invocation.id, "nodeId": invocation.node_id}
        if self.code is None:
            return {**params, "ok": True, "payload": self.payload or {}}
        return {**params, "ok": False, "error": {"code": self.code, "message": self.message}}


class Dispatcher:
    """Executes commands, also several at once; its owner runs and cancels the tasks."""

    def __init__(
        self, commands: NodeCommands, limit: RateLimit, audit: AuditLog, clock: Clock
    ) -> None:
        self._commands = commands
        self._limit = limit
        self._audit = audit
        self._clock = clock
        self._replays = ReplayCache(clock)
        self.outcomes: Counter[str] = Counter()
        """Outcomes of the commands so far, as in the audit log."""

    async def answer(self, invocation: InvokeRequest) -> InvokeResult:
        """Execute a command and return its result. Errors are results too."""
        began = self._clock.time()
        outcome, notes = "cancelled", dict[str, str]()
        try:
            answer, replayed = await self._replays.once(
                invocation, lambda: self._execute(invocation, notes)
            )
            outcome = "replayed" if replayed else answer.code or "ok"
        finally:
            took_s = self._clock.time() - began
            self.outcomes[outcome] += 1
            self._audit.write(invocation, outcome, took_s, notes)
            log.info("%s: %s after %.1f s", invocation.command, outcome, took_s)
        return answer

    def refuse(self, invocation: InvokeRequest, why: str) -> InvokeResult:
        """Refuse a command that is not even begun; the audit log has it too."""
        self.outcomes["UNAVAILABLE"] += 1
        self._audit.write(invocation, "UNAVAILABLE", 0.0)
        return InvokeResult(code="UNAVAILABLE", message=why)

    async def _execute(self, invocation: InvokeRequest, notes: dict[str, str]) -> InvokeResult:
        try:
            self._check_rate(invocation.session_key)
            within_s = _timeout_s(invocation)
            call = CommandCall(invocation.session_key, within_s, notes)
            async with time_limit(self._clock, within_s):
                payload = await self._commands.execute(
                    invocation.command, invocation.params_json, call
                )
            return InvokeResult(payload)
        except CommandError as error:
            return InvokeResult.refused(error)
        except TimeoutError:
            return InvokeResult(code="TIMEOUT", message=f"not done within {within_s:g} s")
        except Exception as bug:
            log.exception("the command %s failed unexpectedly", invocation.command)
            return InvokeResult(
                code="UNAVAILABLE", message=f"failed unexpectedly: {type(bug).__name__}"
            )

    def _check_rate(self, session_key: str | None) -> None:
        wait_s = self._limit.wait_s(session_key, self._clock.time())
        if wait_s > 0:
            raise TooManyCommands(
                f"too many commands from this session; the next one in {math.ceil(wait_s)} s "
                "(openclaw.node.commands_per_minute)"
            )


class RateLimit:
    """A sliding window per session; time is an argument."""

    def __init__(self, per_window: int) -> None:
        self._per_window = per_window
        self._times: OrderedDict[str | None, deque[float]] = OrderedDict()

    def wait_s(self, session_key: str | None, now: float) -> float:
        """0 if the session may send a command now, which then counts; else the seconds until it
        may."""
        times = self._times.setdefault(session_key, deque())
        self._times.move_to_end(session_key)
        if len(self._times) > _MAX_SESSIONS:
            self._times.popitem(last=False)
        while times and times[0] <= now - WINDOW_S:
            times.popleft()
        if len(times) >= self._per_window:
            return times[0] + WINDOW_S - now
        times.append(now)
        return 0.0


Fingerprint: TypeAlias = tuple[str, str | None, str, str | None]


class ReplayCache:
    """The results of the last minutes' commands, by what identifies a repeated command."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[Fingerprint, tuple[float, asyncio.Future[InvokeResult]]] = (
            OrderedDict()
        )

    async def once(
        self, invocation: InvokeRequest, execute: Callable[[], Awaitable[InvokeResult]]
    ) -> tuple[InvokeResult, bool]:
        """The result of a command, and whether it is that of an earlier one. A cancelled command
        is dropped, since it was not carried out."""
        if invocation.idempotency_key is None:
            return await execute(), False
        self._drop_expired()
        key = (
            invocation.idempotency_key,
            invocation.session_key,
            invocation.command,
            invocation.params_json,
        )
        if (known := self._known.get(key)) is not None:
            return await asyncio.shield(known[1]), True
        answered: asyncio.Future[InvokeResult] = asyncio.get_running_loop().create_future()
        self._known[key] = (self._clock.time(), answered)
        try:
            answer = await execute()
        except BaseException:
            self._known.pop(key, None)
            answered.set_result(
                InvokeResult(code="UNAVAILABLE", message="cancelled by its first caller")
            )
            raise
        answered.set_result(answer)
        return answer, False

    def _drop_expired(self) -> None:
        horizon = self._clock.time() - REPLAY_WINDOW_S
        while self._known:
            began, answered = next(iter(self._known.values()))
            if not (len(self._known) > _MAX_REMEMBERED or (began < horizon and answered.done())):
                return
            self._known.popitem(last=False)


def _timeout_s(invocation: InvokeRequest) -> float:
    given = invocation.timeout_ms
    if given is None or not given > 0:
        return DEFAULT_TIMEOUT_S
    return min(given / 1000, _MAX_TIMEOUT_S)
