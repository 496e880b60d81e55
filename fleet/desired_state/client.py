"""The HTTP client of the control plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from configuration.desired.documents import (
    Document,
    DocumentChange,
    document_hash,
    patched,
)
from fleet.desired_state.errors import PlaneRefused, PlaneUnreachable
from fleet.desired_state.kept import KeptAck, KeptEvent, KeptVersion
from fleet.desired_state.requests import PlaneRequests, error_code, read_json
from fleet.desired_state.settings import DesiredStateSettings


class _Answer(BaseModel):
    """A version: whole, or as the changes since ``since``."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    version: int = Field(ge=1)
    hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    config: dict[str, Any] | None = None
    since: int | None = None
    changes: list[DocumentChange] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a bot says of itself."""

    version: int | None
    hash: str | None
    state: str
    software: str
    health: Mapping[str, str]


class PlaneClient:
    """Asks the control plane for one bot; use it as an async context manager.

    Raises:
        PlaneError: the file of the certificate cannot be read.
    """

    def __init__(
        self,
        settings: DesiredStateSettings,
        bot_id: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``transport`` replaces the network."""
        assert settings.url is not None
        assert settings.token is not None
        self.url = settings.url
        self._bot = f"/bots/{bot_id}"
        self._requests = PlaneRequests(
            settings.url,
            settings.token,
            settings.ca_file,
            setting="fleet.desired_state.ca_file",
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._requests.__aexit__()

    async def config(self, known: KeptVersion | None, wait_s: float = 0.0) -> KeptVersion | None:
        """The desired version, if it is another than ``known``; waits that long for one.

        None where the control plane has none for this bot.

        Raises:
            PlaneUnreachable, PlaneRefused: no usable answer.
        """
        found = await self._config(known, wait_s, diff=True)
        if found is None or found.config is not None:
            return None if found is None else self._whole(found)
        try:
            document: Document = patched({} if known is None else known.document, found.changes)
            if document_hash(document) == found.hash:
                return KeptVersion(version=found.version, hash=found.hash, document=document)
        except ValueError:
            pass
        # The changes do not fit what is here: the whole document does.
        found = await self._config(known, 0.0, diff=False)
        return None if found is None else self._whole(found)

    async def acknowledge(self, ack: KeptAck) -> None:
        """
        Raises:
            PlaneUnreachable, PlaneRefused: it was not taken.
        """
        await self._post("config_ack", ack.model_dump(mode="json"))

    async def heartbeat(self, beat: Heartbeat) -> bool:
        """Say that the bot is alive; whether it runs what it should.

        Raises:
            PlaneUnreachable, PlaneRefused: it was not taken.
        """
        try:
            await self._post(
                "heartbeat",
                {
                    "version": beat.version,
                    "hash": beat.hash,
                    "state": beat.state,
                    "software": beat.software,
                    "health": dict(beat.health),
                },
            )
        except PlaneRefused as refused:
            if refused.code == "config_differs":
                return False
            raise
        return True

    async def metrics(self, values: Mapping[str, float]) -> None:
        """
        Raises:
            PlaneUnreachable, PlaneRefused: they were not taken.
        """
        await self._post("metrics", {"values": dict(values)})

    async def events(self, events: Sequence[KeptEvent]) -> None:
        """
        Raises:
            PlaneUnreachable, PlaneRefused: they were not taken.
        """
        await self._post("events", {"events": [each.model_dump(mode="json") for each in events]})

    def _whole(self, found: _Answer) -> KeptVersion:
        """
        Raises:
            PlaneUnreachable: the document is not the one of the hash.
        """
        document = found.config or {}
        try:
            fits = document_hash(document) == found.hash
        except (ValueError, RecursionError):
            fits = False
        if not fits:
            raise PlaneUnreachable(f"{self.url} sent a configuration that is not that of its hash")
        return KeptVersion(version=found.version, hash=found.hash, document=document)

    async def _config(
        self, known: KeptVersion | None, wait_s: float, *, diff: bool
    ) -> _Answer | None:
        params: dict[str, str] = {}
        headers: dict[str, str] = {}
        if known is not None and diff:
            params["since"] = str(known.version)
            headers["If-None-Match"] = f'"{known.hash}"'
        if wait_s:
            params["wait"] = f"{wait_s:g}"
        answer = await self._requests.get(
            f"{self._bot}/config", params=params, headers=headers, wait_s=wait_s
        )
        if answer.status_code == 304:
            return None
        if answer.status_code == 404 and error_code(answer) == "no_configuration":
            return None
        self._requests.check(answer)
        try:
            return _Answer.model_validate(read_json(answer))
        except (ValidationError, ValueError, RecursionError):
            raise PlaneUnreachable(f"{self.url} sent no configuration that can be read") from None

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        await self._requests.post(f"{self._bot}/{path}", body)
