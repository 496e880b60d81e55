"""A control plane on a socket, which can be away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from app.fleet.control_plane import control_store, serving
from settings import Settings
from testing.ports import free_port


class Plane:
    """The control plane of a scene; its database is in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.operator = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> Settings:
        given = {"openclaw": {"state_dir": self.folder}, "control_plane": {"port": self.port}}
        return Settings.model_validate(given)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[httpx.AsyncClient]:
        """Serve while the body runs; a client with the operator's token."""
        async with control_store(self.settings) as store, serving(self.settings, store):
            if not self.operator:
                self.operator = await store.tokens.add_person("operator", "ann")
            headers = {"Authorization": f"Bearer {self.operator}"}
            async with httpx.AsyncClient(
                base_url=self.url, headers=headers, timeout=60.0
            ) as client:
                yield client
