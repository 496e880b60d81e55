"""A command that comes again is not obeyed again: it gets the answer of the first time.

OpenClaw makes a tool call's key from the model's own id for it, and some models number those anew
in every turn. So the same command is only what also has the same session and arguments, and is soon
forgotten.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from openclaw_client.clock import Clock
from openclaw_client.node.invocation import Answer, Invocation

REMEMBERED_S: Final = 120.0
"""OpenClaw gives a tool call 35 s; whatever is sent again comes long before this."""
_MOST: Final = 500

Fingerprint: TypeAlias = tuple[str, str | None, str, str | None]


class Replays:
    """The commands of the last minutes, by what makes them the same."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[Fingerprint, tuple[float, asyncio.Future[Answer]]] = OrderedDict()

    async def once(
        self, invocation: Invocation, obey: Callable[[], Awaitable[Answer]]
    ) -> tuple[Answer, bool]:
        """The answer to a command, and whether it is that of an earlier one. One that is cancelled
        is forgotten: it was not done."""
        if invocation.idempotency_key is None:
            return await obey(), False
        self._forget_old()
        key = (
            invocation.idempotency_key,
            invocation.session_key,
            invocation.command,
            invocation.params_json,
        )
        if (known := self._known.get(key)) is not None:
            return await asyncio.shield(known[1]), True
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._known[key] = (self._clock.time(), answered)
        try:
            answer = await obey()
        except BaseException:
            self._known.pop(key, None)
            answered.set_result(
                Answer(code="UNAVAILABLE", message="called off by its first caller")
            )
            raise
        answered.set_result(answer)
        return answer, False

    def _forget_old(self) -> None:
        horizon = self._clock.time() - REMEMBERED_S
        while self._known:
            began, answered = next(iter(self._known.values()))
            if not (len(self._known) > _MOST or (began < horizon and answered.done())):
                return
            self._known.popitem(last=False)
