"""Memory at a Gateway on another machine, by the methods of its plugin (docs/memory.md)."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias

from fleet.memory.errors import MemoryRefused, MemoryUnwritable
from fleet.memory.pages import MemoryLine
from fleet.memory.store import Appended
from fleet.refusals import detail_code, is_unknown_method
from openclaw_client.errors import OpenClawError, RequestFailed

APPEND: Final = "openclaw-voice.memory.append"
FORGET: Final = "openclaw-voice.memory.forget"
_FINAL: Final = frozenset({"MEMORY_FULL", "INVALID_PARAMS"})
"""Codes of refusals that do not pass."""
NO_PLUGIN: Final = (
    "the Gateway does not have the plugin openclaw-voice, or not its memory: OpenClaw itself lets "
    "no client write an agent's memory. Install openclaw_plugin there, or set fleet.memory.folder "
    "where the agent's workspace is on this machine's disk (docs/memory.md)"
)
NO_OPERATOR: Final = (
    "this machine has no operator's connection, and a node alone may not write memory: set "
    "OPENCLAW_AUTH_TOKEN"
)
OLD_PLUGIN: Final = (
    "the Gateway's plugin openclaw-voice is older than this program and cannot keep wishes to "
    "forget: update openclaw_plugin there"
)

Call: TypeAlias = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""Requests a method over an operator's connection; raises `OpenClawError`."""


class PluginMemory:
    """A `MemoryStore` over a Gateway's plugin. ``call`` is None until there is a connection."""

    def __init__(self, agent: str) -> None:
        self.call: Call | None = None
        self._agent = agent

    async def append(self, file: str, title: str, lines: Sequence[MemoryLine]) -> Appended:
        params = {"file": file, "title": title, "lines": [line.model_dump() for line in lines]}
        answer = await self._request(APPEND, params)
        appended, forgotten = _number(answer, "appended"), _number(answer, "forgotten", 0)
        return Appended(appended, len(lines) - appended - forgotten, forgotten)

    async def check(self) -> None:
        """Append no line, which shows whether there is a plugin and what it knows.

        Raises:
            MemoryUnwritable, MemoryRefused: lines cannot be written, or the plugin is too old;
                says what to do.
        """
        answer = await self._request(APPEND, {"file": "check.md", "title": "Check", "lines": []})
        if isinstance(answer, dict) and "forgotten" not in answer:
            raise MemoryUnwritable(OLD_PLUGIN)
        _number(answer, "appended")

    async def forget(self, tags: Sequence[str], at: float) -> int:
        params = {"tags": list(tags), "at": math.ceil(at)}
        return _number(await self._request(FORGET, params), "removed")

    async def _request(self, method: str, params: dict[str, Any]) -> Any:
        if self.call is None:
            raise MemoryUnwritable(NO_OPERATOR)
        try:
            return await self.call(method, {"agentId": self._agent, **params})
        except RequestFailed as refused:
            raise _as_memory_error(refused) from refused
        except OpenClawError as error:
            raise MemoryUnwritable(str(error)) from error


def _as_memory_error(refused: RequestFailed) -> MemoryUnwritable | MemoryRefused:
    if "there is no at;" in refused.reason:
        return MemoryUnwritable(OLD_PLUGIN)
    wrong_agent = "agentId: " in refused.reason  # the settings can be mended
    if detail_code(refused) in _FINAL and not wrong_agent:
        return MemoryRefused(refused.reason)
    if is_unknown_method(refused):
        return MemoryUnwritable(NO_PLUGIN)
    return MemoryUnwritable(str(refused), retry_after_s=refused.retry_after_s)


def _number(answer: Any, name: str, without: int | None = None) -> int:
    value = answer.get(name, without) if isinstance(answer, dict) else None
    if isinstance(value, bool) or not isinstance(value, int):
        raise MemoryUnwritable(f"the Gateway's plugin answered without {name}: update it")
    return value
