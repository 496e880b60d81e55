"""The simulated Gateway's own configuration: ``config.get``, ``config.patch`` and ``config.apply``.

The rules are those seen on OpenClaw 2026.9.6. The schema is a part of the real one: the sections
at the top, and the keys of an agent.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from simulators.gateway.params import (
    ConfigApplyParams,
    ConfigGetParams,
    ConfigPatchParams,
    check_params,
)
from simulators.gateway.refusal import Refusal, invalid

Payload = dict[str, Any]

REDACTED = "__OPENCLAW_REDACTED__"
WRITES_PER_MINUTE = 30
_MINUTE_S = 60.0
_SECRETS = frozenset({"token", "apiKey", "password", "botToken"})
_SECTIONS = frozenset(
    {"agents", "channels", "cron", "discovery", "gateway", "hooks", "logging", "memory", "messages",
     "meta", "models", "plugins", "session", "skills", "telemetry", "tools", "update"}
)  # fmt: skip
_AGENT_KEYS = frozenset(
    {"heartbeat", "identity", "memory", "model", "name", "skills", "tools", "workspace"}
)
_STALE = "config changed since last load; re-run config.get and retry"


class GatewayConfiguration:
    """One configuration, which outlives a restart."""

    def __init__(self, config: Payload, seconds: Callable[[], float]) -> None:
        """``seconds`` is a clock, for the limit of writes."""
        self.config = config
        self._seconds = seconds
        self._writes: dict[str, deque[float]] = {}

    @property
    def hash(self) -> str:
        text = json.dumps(self.config, sort_keys=True).encode()
        return f"hmac-sha256:v1:{hashlib.sha256(text).hexdigest()[:43]}"

    def get(self, raw: Payload) -> Payload:
        """Answer ``config.get``."""
        check_params(ConfigGetParams, raw, "config.get")
        shown = _redacted(self.config)
        return {
            "path": "/home/openclaw/openclaw.json",
            "exists": True,
            "raw": json.dumps(shown, indent=2),
            "config": shown,
            "valid": True,
            "issues": [],
            "warnings": [],
            "hash": self.hash,
            "configRevisionHash": self.hash,
            "appliedConfigHash": self.hash,
        }

    def patch(self, raw: Payload) -> Payload:
        """Answer ``config.patch``.

        Raises:
            Refusal: stale, not valid, or too many.
        """
        params = check_params(ConfigPatchParams, raw, "config.patch")
        self._count("config.patch")
        change = _parsed(params.raw, "config.patch")
        if params.base_hash is None:
            first = next(_leaves("", change), "")
            raise invalid(
                f"config base hash required for {first}; re-run config.get and retry with baseHash"
            )
        if params.base_hash != self.hash:
            raise invalid(_STALE)
        lost = [path for path in _shrunk("", self.config, change) if path not in
                (params.replace_paths or [])]  # fmt: skip
        if lost:
            raise invalid(
                f"config.patch would remove entries from array path(s): {', '.join(lost)}. Pass "
                "replacePaths with the exact path(s) when this is intentional, or use config.apply "
                "for full-config replacement."
            )
        merged = _merged(self.config, change)
        if merged == self.config:
            return {"ok": True, "noop": True, "changedPaths": [], "config": _redacted(self.config)}
        return self._take(merged, sorted(_leaves("", change)))

    def apply(self, raw: Payload) -> Payload:
        """Answer ``config.apply``: a whole configuration, in which redacted secrets stay.

        Raises:
            Refusal: as for `patch`.
        """
        params = check_params(ConfigApplyParams, raw, "config.apply")
        self._count("config.apply")
        if params.base_hash != self.hash:
            raise invalid(_STALE)
        whole = _restored(_parsed(params.raw, "config.apply"), self.config)
        return self._take(whole, [])

    def _take(self, config: Payload, paths: list[str]) -> Payload:
        issues = list(_issues(config))
        if issues:
            words = "; ".join(f"{each['path']}: {each['message']}" for each in issues)
            raise invalid(f"invalid config: {words}", issues=issues)
        self.config = config
        answer = {"ok": True, "hash": self.hash, "config": _redacted(config)}
        return {**answer, "changedPaths": paths} if paths else answer

    def _count(self, method: str) -> None:
        now, writes = self._seconds(), self._writes.setdefault(method, deque())
        while writes and now - writes[0] >= _MINUTE_S:
            writes.popleft()
        if len(writes) >= WRITES_PER_MINUTE:
            wait_s = _MINUTE_S - (now - writes[0])
            raise Refusal(
                "UNAVAILABLE",
                f"rate limit exceeded for {method}; retry after {round(wait_s)}s",
                {"method": method, "limit": "30 per 60s"},
                retryable=True,
                retry_after_ms=int(wait_s * 1000) + 1,
            )
        writes.append(now)


def _parsed(raw: str, method: str) -> Payload:
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise invalid(f"SyntaxError: JSON5: {error}") from None
    if not isinstance(value, dict):
        raise invalid(f"{method} raw must be an object")
    return value


def _merged(old: Any, change: Any) -> Any:
    """A JSON merge patch (RFC 7396)."""
    if not isinstance(change, dict):
        return change
    new = copy.deepcopy(old) if isinstance(old, dict) else {}
    for name, value in change.items():
        if value is None:
            new.pop(name, None)
        else:
            new[name] = _merged(new.get(name), value)
    return new


def _restored(new: Any, old: Any) -> Any:
    if new == REDACTED:
        return old
    if isinstance(new, dict):
        return {
            name: _restored(value, old.get(name) if isinstance(old, dict) else None)
            for name, value in new.items()
        }
    return new


def _redacted(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: REDACTED if name in _SECRETS and isinstance(each, str) else _redacted(each)
            for name, each in value.items()
        }
    return [_redacted(each) for each in value] if isinstance(value, list) else value


def _leaves(at: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from _leaves(f"{at}.{name}" if at else name, each)
    elif at:
        yield at


def _shrunk(at: str, old: Any, change: Any) -> Iterator[str]:
    """The paths of lists that lose entries."""
    if isinstance(change, dict) and isinstance(old, dict):
        for name, each in change.items():
            yield from _shrunk(f"{at}.{name}" if at else name, old.get(name), each)
    elif isinstance(old, list) and isinstance(change, list) and not _holds(change, old):
        yield at


def _holds(whole: list[Any], part: list[Any]) -> bool:
    return all(each in whole for each in part)


def _issues(config: Payload) -> Iterator[dict[str, str]]:
    for name in config:
        if name not in _SECTIONS:
            yield {"path": "<root>", "message": f'Unrecognized key: "{name}"'}
    agents = config.get("agents", {})
    for name in agents:
        if name not in ("defaults", "entries", "ownership"):
            yield {"path": "agents", "message": f'Unrecognized key: "{name}"'}
    for ident, agent in agents.get("entries", {}).items():
        for name in agent:
            if name not in _AGENT_KEYS:
                path = f"agents.entries.{ident}"
                yield {"path": path, "message": f'Unrecognized key: "{name}"'}
