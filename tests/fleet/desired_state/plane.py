"""A control plane in memory, and a bot whose settings are two sections."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from configuration.desired.documents import document_hash
from configuration.errors import Problem, SettingsError
from fleet.desired_state.client import Heartbeat
from fleet.desired_state.errors import PlaneUnreachable
from fleet.desired_state.kept import KeptAck, KeptEvent, KeptState, KeptVersion
from fleet.desired_state.live import LiveSettings
from fleet.desired_state.member import BotHooks, DesiredState
from fleet.desired_state.settings import DesiredStateSettings


class Live(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    volume: int = 5


class Fixed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = "base"


class BoxSettings(BaseModel):
    """``live`` applies at once, ``fixed`` needs a restart."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    live: Live = Live()
    fixed: Fixed = Fixed()


class MemoryPlane:
    """Hands out ``version``, and notes what it is told."""

    def __init__(self) -> None:
        self.version: KeptVersion | None = None
        self.away = False
        self.acks: list[KeptAck] = []
        self.beats: list[Heartbeat] = []
        self.seen: list[KeptEvent] = []
        self._changed = asyncio.Event()

    def put(self, document: dict[str, Any]) -> KeptVersion:
        """The next version."""
        number = 1 if self.version is None else self.version.version + 1
        digest = document_hash(document)
        self.version = KeptVersion(version=number, hash=digest, document=document)
        self._changed.set()
        return self.version

    async def config(self, known: KeptVersion | None, wait_s: float) -> KeptVersion | None:
        self._reach()
        if self._is(known):
            self._changed.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()
            except TimeoutError:
                return None
            self._reach()
        return self.version

    def _is(self, known: KeptVersion | None) -> bool:
        digest = None if self.version is None else self.version.hash
        return digest == (None if known is None else known.hash)

    async def acknowledge(self, ack: KeptAck) -> None:
        self._reach()
        self.acks.append(ack)

    async def heartbeat(self, beat: Heartbeat) -> bool:
        self._reach()
        self.beats.append(beat)
        return self.version is None or beat.hash == self.version.hash

    async def metrics(self, values: Mapping[str, float]) -> None:
        self._reach()

    async def events(self, events: Sequence[KeptEvent]) -> None:
        self._reach()
        self.seen += events

    def _reach(self) -> None:
        if self.away:
            raise PlaneUnreachable("it is away")

    @property
    def answers(self) -> list[tuple[int, str, str]]:
        """Version, outcome and the beginning of the reason of each answer."""
        return [(ack.version, ack.outcome, ack.reason[:40]) for ack in self.acks]


class Box:
    """One bot, over its restarts."""

    def __init__(
        self,
        plane: MemoryPlane,
        folder: Path,
        restart: Literal["never", "idle", "now"] = "never",
    ) -> None:
        self.plane = plane
        self.folder = folder
        self.health: dict[str, str] = {"Discord": "well", "Gateway": "well"}
        self.breaks_with: int | None = None
        """The volume with which the Gateway breaks."""
        self.busy = False
        self.restarts = 0
        self.volumes: list[int] = []
        self.settings = DesiredStateSettings.model_validate(
            {
                "url": "http://127.0.0.1:1",
                "token": "t",
                "poll_s": 30,
                "trial_s": 60,
                "heartbeat_s": 20,
                "restart": restart,
            }
        )

    def start(self) -> DesiredState[BoxSettings]:
        """The process begins: with the version that it has kept."""
        self.kept = KeptState(self.folder)
        version = self.kept.version_for_start()
        self.loaded = BoxSettings() if version is None else load(version)
        self.live = LiveSettings(self.loaded)
        self.live.register(self._take, "live")
        hooks = BotHooks(self._load, self._health, self._restart, lambda: self.busy)
        return DesiredState(
            self.settings, self.plane, self.kept, self.live, hooks, version, chance=lambda: 0.5
        )

    def _health(self) -> dict[str, str]:
        broken = self.breaks_with is not None and self.live.current.live.volume == self.breaks_with
        return {**self.health, "Gateway": "broken"} if broken else self.health

    async def _load(self, version: KeptVersion) -> BoxSettings:
        return load(version)

    def _take(self, new: BoxSettings) -> None:
        if new.live.volume > 100:
            raise ValueError("the amplifier does not take it")
        self.volumes.append(new.live.volume)

    def _restart(self) -> None:
        self.restarts += 1


def load(version: KeptVersion) -> BoxSettings:
    """
    Raises:
        SettingsError: the settings do not accept it.
    """
    try:
        return BoxSettings.model_validate(version.document)
    except ValueError as error:
        raise SettingsError([Problem("live.volume", (str(error)[:60],))]) from None
