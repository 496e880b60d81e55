"""The HTTP client of the control plane."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from configuration.desired.documents import (
    Document,
    DocumentChange,
    document_hash,
    patched,
)
from fleet.desired_state.errors import PlaneError, PlaneRefused, PlaneUnreachable
from fleet.desired_state.kept import KeptAck, KeptEvent, KeptVersion
from fleet.desired_state.settings import DesiredStateSettings
from openclaw_client.transport.trust import Trust

_CONNECT_S: Final = 5.0
_ANSWER_S: Final = 15.0
_MOST_BYTES: Final = 16_000_000


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
        try:
            verify: ssl.SSLContext | bool = (
                True if settings.ca_file is None else Trust(settings.ca_file).context()
            )
        except OSError as error:
            raise PlaneError(
                f"fleet.desired_state.ca_file {settings.ca_file} cannot be used: {error}"
            ) from error
        self._client = httpx.AsyncClient(
            base_url=f"{settings.url.rstrip('/')}/bots/{bot_id}",
            headers={"Authorization": f"Bearer {settings.token.get_secret_value()}"},
            timeout=httpx.Timeout(_ANSWER_S, connect=_CONNECT_S),
            verify=verify,
            follow_redirects=False,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

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
        timeout = httpx.Timeout(_ANSWER_S + wait_s, connect=_CONNECT_S)
        try:
            answer = await self._client.get(
                "/config", params=params, headers=headers, timeout=timeout
            )
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        if answer.status_code == 304:
            return None
        if answer.status_code == 404 and _code(answer) == "no_configuration":
            return None
        self._check(answer)
        try:
            return _Answer.model_validate(_json(answer))
        except (ValidationError, ValueError, RecursionError):
            raise PlaneUnreachable(f"{self.url} sent no configuration that can be read") from None

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        try:
            answer = await self._client.post(f"/{path}", json=body)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        self._check(answer)

    def _check(self, answer: httpx.Response) -> None:
        if answer.is_success:
            return
        if answer.status_code >= 500 or answer.status_code in (301, 302, 307, 308):
            raise PlaneUnreachable(f"{self.url} answered {answer.status_code}")
        code = _code(answer)
        raise PlaneRefused(
            f"{self.url} refused: {_message(answer)} ({answer.status_code} {code})",
            answer.status_code,
            code,
        )

    def _unreachable(self, error: httpx.HTTPError) -> PlaneUnreachable:
        return PlaneUnreachable(f"{self.url} is not reached: {str(error) or type(error).__name__}")


def _json(answer: httpx.Response) -> Any:
    if len(answer.content) > _MOST_BYTES:
        raise ValueError("too large")
    return json.loads(answer.content)


def _error(answer: httpx.Response) -> dict[str, Any]:
    try:
        error = _json(answer)["error"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return error if isinstance(error, dict) else {}


def _code(answer: httpx.Response) -> str:
    return str(_error(answer).get("code") or "")[:64]


def _message(answer: httpx.Response) -> str:
    return str(_error(answer).get("message") or answer.reason_phrase)[:300]
