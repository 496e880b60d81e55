"""The simulated Gateway's memory of its agents: ``memory.search``, and the methods of our plugin.

It searches the Markdown files below ``memory/`` in an agent's workspace, as OpenClaw 2026.9.6 does
without an embedding provider: a file is found by any line that has all words of the question.
OpenClaw itself sees a changed file some two seconds later, and by ``memory.search`` only after the
agent's own tool ``memory_search`` was used once. The plugin is a strict stand-in (docs/memory.md).
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

from pydantic import Field

from simulators.gateway.params import NonEmpty, Params, check_params
from simulators.gateway.refusal import Refusal, invalid

Payload = dict[str, Any]
P = TypeVar("P", bound=Params)
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{3,119}$")]
_WORDS: Final = re.compile(r"\w+")
_MINUTE: Final = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC, ")
_WISHES_FILE: Final = ".forgotten"
_MOST_LINES: Final = 100
_MOST_FILE_BYTES: Final = 1_000_000


class MemorySearchParams(Params):
    query: NonEmpty
    agent_id: NonEmpty | None = None
    max_results: int | None = None


class SentLine(Params):
    id: Id
    text: Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[^\x00-\x1f]+$")]


class MemoryAppendParams(Params):
    agent_id: NonEmpty | None = None
    file: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,80}\.md$")]
    title: Annotated[str, Field(min_length=1, max_length=100)]
    lines: Annotated[list[SentLine], Field(max_length=_MOST_LINES)]


class MemoryForgetParams(Params):
    agent_id: NonEmpty | None = None
    at: Annotated[float, Field(ge=0, le=9_999_999_999)] | None = None
    tags: Annotated[list[Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]], Field(min_length=1)]


class AgentMemory:
    """The workspaces in ``folder``, one for each agent. ``plugin`` says whether ours is loaded, and
    ``knows_wishes`` whether in a version that keeps wishes to forget."""

    def __init__(self, folder: Path | None, default_agent: str, *, plugin: bool) -> None:
        self._folder = folder
        self._default_agent = default_agent
        self.knows_wishes = True
        self.methods: dict[str, tuple[str, Callable[[Payload], Payload]]] = {
            "memory.search": ("operator.read", self._search)
        }
        if plugin:
            self.methods["openclaw-voice.memory.append"] = ("operator.write", self._append)
            self.methods["openclaw-voice.memory.forget"] = ("operator.write", self._forget)

    def workspace(self, agent: str | None = None) -> Path:
        """The workspace of an agent, by default of the first one."""
        assert self._folder is not None, "give the simulator a folder: workspaces=..."
        return self._folder / (agent or self._default_agent)

    def search_tool(self, session_key: str, arguments: Payload) -> str:
        """The result of an agent's tool ``memory_search``, as the agent reads it."""
        found = self._search({"query": arguments["query"], "agentId": session_key.split(":")[1]})
        return json.dumps({"results": found["results"]})

    def _search(self, raw: Payload) -> Payload:
        params = check_params(MemorySearchParams, raw, "memory.search")
        agent = params.agent_id or self._default_agent
        wanted = set(_WORDS.findall(params.query.lower()))
        found = []
        workspace = None if self._folder is None else self.workspace(agent)
        for path in sorted(workspace.glob("memory/**/*.md")) if workspace is not None else ():
            text = path.read_text(encoding="utf-8")
            lines = text.splitlines()
            if any(wanted <= set(_WORDS.findall(line.lower())) for line in lines):
                found.append(
                    {
                        "path": str(path.relative_to(self.workspace(agent))),
                        "startLine": 1,
                        "endLine": len(lines),
                        "score": 0.5,
                        "textScore": 0.5,
                        "snippet": text,
                        "source": "memory",
                    }
                )
        results = found[: params.max_results]
        return {"agentId": agent, "provider": "none", "searchMode": "fts-only", "results": results}

    def _append(self, raw: Payload) -> Payload:
        done = self._append_wanted(raw)
        return done if self.knows_wishes else {key: done[key] for key in ("appended", "skipped")}

    def _append_wanted(self, raw: Payload) -> Payload:
        params = _checked(MemoryAppendParams, raw, "openclaw-voice.memory.append")
        folder = self.workspace(params.agent_id) / "memory" / "fleet"
        wishes, path = _wishes_in(folder), folder / params.file
        wanted = [each for each in params.lines if not _any_holds(wishes, each.id, each.text)]
        forgotten = len(params.lines) - len(wanted)
        if not wanted:
            return {"appended": 0, "skipped": 0, "forgotten": forgotten}
        text = path.read_text(encoding="utf-8") if path.exists() else f"# {params.title}\n\n"
        known = {line.rpartition(" ^")[2] for line in text.splitlines()}
        fresh = {line.id: line.text for line in wanted if line.id not in known}
        text += "".join(f"- {words} ^{ident}\n" for ident, words in fresh.items())
        if len(text.encode()) > _MOST_FILE_BYTES:
            raise invalid(f"{params.file} is full", code="MEMORY_FULL")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        skipped = len(wanted) - len(fresh)
        return {"appended": len(fresh), "skipped": skipped, "forgotten": forgotten}

    def _forget(self, raw: Payload) -> Payload:
        params = _checked(MemoryForgetParams, raw, "openclaw-voice.memory.forget")
        if params.at is not None and not self.knows_wishes:
            raise invalid("there is no at; there are: agentId, tags", code="INVALID_PARAMS")
        folder = self.workspace(params.agent_id) / "memory" / "fleet"
        folder.mkdir(parents=True, exist_ok=True)
        at = time.time() if params.at is None else params.at
        tags = frozenset(params.tags)
        wish, wishes = {tags: math.ceil(at)}, _wishes_in(folder)
        wishes[tags] = max(wish[tags], wishes.get(tags, 0))
        rows = [f"{moment:010d} {' '.join(sorted(own))}\n" for own, moment in wishes.items()]
        (folder / _WISHES_FILE).write_text("".join(rows), encoding="utf-8")
        removed = 0
        for path in folder.glob("*.md"):
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if not _is_forgotten(line, wish)]
            removed += len(lines) - len(kept)
            path.write_text("".join(kept), encoding="utf-8")
        return {"removed": removed}


def _checked(model: type[P], raw: Payload, method: str) -> P:
    try:
        return check_params(model, raw, method)
    except Refusal as refusal:
        raise invalid(refusal.message, code="INVALID_PARAMS") from None


def _wishes_in(folder: Path) -> dict[frozenset[str], int]:
    """The wishes to forget that the real plugin and the bot keep there: ``1795788300 g7 t``."""
    path = folder / _WISHES_FILE
    rows = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {frozenset(tags): int(at) for at, *tags in map(str.split, rows)}


def _any_holds(wishes: dict[frozenset[str], int], ident: str, text: str) -> bool:
    own = set(ident.split("."))
    found = _MINUTE.match(text)
    said = "" if found is None else found[1]
    return any(tags <= own and said <= _last_minute(at) for tags, at in wishes.items())


def _last_minute(at: int) -> str:
    return f"{datetime.fromtimestamp(at + 60, UTC):%Y-%m-%d %H:%M}"


def _is_forgotten(line: str, wish: dict[frozenset[str], int]) -> bool:
    text, mark, ident = line.rstrip().rpartition(" ^")
    return bool(mark) and _any_holds(wish, ident, text.removeprefix("- "))
