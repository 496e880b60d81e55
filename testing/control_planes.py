"""A control plane for tests: its real application over a real database, without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from configuration.schema import tree
from database.control.cipher import ConfigCipher, new_key
from database.control.store import ControlStore, open_control_store
from database.location import Location
from server.control.app import create_control_app, protected_control
from server.control.settings import ControlPlaneSettings
from server.control.state import NewVersions, control_of
from settings import Settings, check_document


@dataclass(frozen=True, slots=True)
class TestPlane:
    """One control plane, with the token of the operator `ann`."""

    __test__ = False

    store: ControlStore
    app: ASGIApp
    operator: str
    news: NewVersions

    def client(self, token: str | None = None) -> httpx.AsyncClient:
        """A client with a token; by default the operator's."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://plane",
            headers={"Authorization": f"Bearer {token or self.operator}"},
        )

    async def bot(self, bot_id: str) -> httpx.AsyncClient:
        """A new bot, as a client with its token."""
        return self.client(await self.store.add_bot(bot_id))

    async def put(self, bot_id: str, config: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Store a version; the answer."""
        async with self.client() as operator:
            body = {"config": config, **more}
            answer = await operator.put(f"/bots/{bot_id}/config", json=body)
            assert answer.status_code == 201, answer.text
            stored: dict[str, Any] = answer.json()
            return stored


@asynccontextmanager
async def control_plane(folder: Path, **settings: Any) -> AsyncIterator[TestPlane]:
    """A control plane with its database in ``folder``; ``settings`` are those of `control`."""
    control = ControlPlaneSettings(**settings)
    keys = [new_key()]
    location = Location(folder / "control.db")
    async with open_control_store(
        location, ConfigCipher(lambda: keys), control.versions_kept
    ) as store:
        operator = await store.tokens.add_person("operator", "ann")
        app = create_control_app(control, store, check_document, tree(Settings))
        news = control_of(app).news
        yield TestPlane(store, protected_control(app, control), operator, news)
