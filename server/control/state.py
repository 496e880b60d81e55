"""What the routes of the control plane share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, cast

from fastapi import FastAPI

from configuration.desired.documents import Document
from configuration.desired.records import (
    AckOutcome,
    AuditRecord,
    BotEvent,
    BotRecord,
    BotReport,
    ConfigVersion,
    StoredEvent,
    TokenHolder,
    VersionRecord,
)
from configuration.schema import Section
from server.control.rate import RequestRate
from server.control.settings import ControlPlaneSettings

ValidateDocument: TypeAlias = Callable[[Document], None]
"""Raises `configuration.errors.SettingsError` for a document that a bot would refuse."""


class ControlTokens(Protocol):
    """`database.control.tokens.Tokens` is one."""

    async def holder(self, token: str) -> TokenHolder | None: ...

    async def renew(self, bot_id: str) -> str: ...

    async def withdraw(self, bot_id: str) -> None: ...


class ControlBackend(Protocol):
    """`database.control.store.ControlStore` is one; it raises `DesiredStateError`."""

    @property
    def tokens(self) -> ControlTokens: ...

    async def add_bot(self, bot_id: str) -> str: ...

    async def remove_bot(self, bot_id: str) -> None: ...

    async def bots(self) -> list[BotRecord]: ...

    async def bot(self, bot_id: str) -> BotRecord: ...

    async def desired(self, bot_id: str) -> VersionRecord | None: ...

    async def version(self, bot_id: str, number: int) -> ConfigVersion: ...

    async def versions(self, bot_id: str) -> list[VersionRecord]: ...

    async def put(
        self,
        bot_id: str,
        document: Document,
        *,
        by: str,
        note: str = "",
        origin: str = "put",
        if_hash: str | None = None,
    ) -> VersionRecord: ...

    async def roll_back(
        self, bot_id: str, *, by: str, to: int | None = None, note: str = ""
    ) -> VersionRecord: ...

    async def acknowledge(
        self,
        bot_id: str,
        number: int,
        digest: str,
        outcome: AckOutcome,
        *,
        reason: str = "",
        restart_needed: Iterable[str] = (),
    ) -> VersionRecord: ...

    async def heartbeat(self, bot_id: str, report: BotReport) -> VersionRecord | None: ...

    async def note_metrics(self, bot_id: str, values: dict[str, float]) -> None: ...

    async def add_events(self, bot_id: str, events: Iterable[BotEvent]) -> int: ...

    async def events(self, bot_id: str, after: int = 0, most: int = 200) -> list[StoredEvent]: ...

    async def audit(
        self, who: str, action: str, bot_id: str | None, outcome: str, detail: str = ""
    ) -> None: ...

    async def audit_log(self, most: int = 100) -> list[AuditRecord]: ...


class NewVersions:
    """Wakes the requests of bots that wait for a new version."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}

    def waiting(self, bot_id: str) -> int:
        """How many requests wait for a bot's next version."""
        return len(self._waiting.get(bot_id, ()))

    def announce(self, bot_id: str) -> None:
        """There is a new version for a bot."""
        for event in self._waiting.get(bot_id, ()):
            event.set()

    async def wait(self, bot_id: str, seconds: float) -> None:
        """Until a new version is announced, or the time is over."""
        event = asyncio.Event()
        self._waiting.setdefault(bot_id, set()).add(event)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting[bot_id].discard(event)
            if not self._waiting[bot_id]:
                del self._waiting[bot_id]


@dataclass(slots=True)
class ControlState:
    """``tree`` is that of the bot's settings, which says what is a secret."""

    settings: ControlPlaneSettings
    store: ControlBackend
    validate: ValidateDocument
    tree: Section
    rate: RequestRate
    news: NewVersions = field(default_factory=NewVersions)


def set_control(app: FastAPI, state: ControlState) -> None:
    app.state.control = state


def control_of(app: FastAPI) -> ControlState:
    return cast(ControlState, app.state.control)
