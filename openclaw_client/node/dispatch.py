"""From a command on the wire to its answer: limits, replays, time, and the record of it."""

from __future__ import annotations

import logging
import math
from collections import Counter
from typing import Final

from openclaw_client.clock import Clock, time_limit
from openclaw_client.errors import CommandError, TooManyCommands
from openclaw_client.node.audit import AuditLog
from openclaw_client.node.commands import CommandCall, NodeCommands
from openclaw_client.node.invocation import Answer, Invocation
from openclaw_client.node.rate_limit import RateLimit
from openclaw_client.node.replays import Replays

log = logging.getLogger(__name__)

USUAL_TIMEOUT_S: Final = 30.0
"""What OpenClaw gives an agent's tool call; taken where a command comes without."""
_LONGEST_TIMEOUT_S: Final = 600.0


class Dispatcher:
    """Obeys one command at a time or many at once; the owner runs and cancels them."""

    def __init__(
        self, commands: NodeCommands, limit: RateLimit, audit: AuditLog, clock: Clock
    ) -> None:
        self._commands = commands
        self._limit = limit
        self._audit = audit
        self._clock = clock
        self._replays = Replays(clock)
        self.outcomes: Counter[str] = Counter()
        """How the commands so far have ended: as in the audit log."""

    async def answer(self, invocation: Invocation) -> Answer:
        """Obey, and say what came of it. Whatever goes wrong is an answer too."""
        began = self._clock.time()
        outcome = "cancelled"
        try:
            answer, replayed = await self._replays.once(invocation, lambda: self._obey(invocation))
            outcome = "replayed" if replayed else answer.code or "ok"
        finally:
            took_s = self._clock.time() - began
            self.outcomes[outcome] += 1
            self._audit.write(invocation, outcome, took_s)
            log.info("%s: %s after %.1f s", invocation.command, outcome, took_s)
        return answer

    async def _obey(self, invocation: Invocation) -> Answer:
        try:
            self._check_rate(invocation.session_key)
            within_s = _timeout_s(invocation)
            call = CommandCall(invocation.session_key, within_s)
            async with time_limit(self._clock, within_s):
                payload = await self._commands.obey(
                    invocation.command, invocation.params_json, call
                )
            return Answer(payload)
        except CommandError as error:
            return Answer.refused(error)
        except TimeoutError:
            return Answer(code="TIMEOUT", message=f"not done within {within_s:g} s")
        except Exception as bug:
            log.exception("the command %s failed unexpectedly", invocation.command)
            return Answer(code="UNAVAILABLE", message=f"failed unexpectedly: {type(bug).__name__}")

    def _check_rate(self, session_key: str | None) -> None:
        wait_s = self._limit.wait_s(session_key, self._clock.time())
        if wait_s > 0:
            raise TooManyCommands(
                f"too many commands from this session; the next one in {math.ceil(wait_s)} s "
                "(openclaw.node.commands_per_minute)"
            )


def _timeout_s(invocation: Invocation) -> float:
    given = invocation.timeout_ms
    if given is None or not given > 0:
        return USUAL_TIMEOUT_S
    return min(given / 1000, _LONGEST_TIMEOUT_S)
