"""Requests to a control plane with one token, and its refusals as errors."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

import httpx
from pydantic import SecretStr

from fleet.desired_state.errors import PlaneError, PlaneRefused, PlaneUnreachable
from openclaw_client.transport.trust import Trust

_CONNECT_S: Final = 5.0
_ANSWER_S: Final = 15.0
_MOST_BYTES: Final = 16_000_000


class PlaneRequests:
    """One connection; use it as an async context manager.

    Raises:
        PlaneError: the file of the certificate cannot be read.
    """

    def __init__(
        self,
        url: str,
        token: SecretStr,
        ca_file: Path | None = None,
        *,
        setting: str,
        within_s: float = _ANSWER_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``setting`` names the one that ``ca_file`` comes from. An answer may take ``within_s``;
        ``transport`` replaces the network."""
        self.url = url
        self._within_s = within_s
        try:
            verify: ssl.SSLContext | bool = True if ca_file is None else Trust(ca_file).context()
        except OSError as error:
            raise PlaneError(f"{setting} {ca_file} cannot be used: {error}") from error
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            headers={"Authorization": f"Bearer {token.get_secret_value()}"},
            verify=verify,
            follow_redirects=False,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def get(
        self,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        wait_s: float = 0.0,
    ) -> httpx.Response:
        """The answer, whatever its status; the control plane may wait that long with it.

        Raises:
            PlaneUnreachable: there is none.
        """
        timeout = httpx.Timeout(self._within_s + wait_s, connect=_CONNECT_S)
        try:
            return await self._client.get(path, params=params, headers=headers, timeout=timeout)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error

    async def post(self, path: str, body: dict[str, Any]) -> None:
        """
        Raises:
            PlaneUnreachable, PlaneRefused: it was not taken.
        """
        timeout = httpx.Timeout(self._within_s, connect=_CONNECT_S)
        try:
            answer = await self._client.post(path, json=body, timeout=timeout)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        self.check(answer)

    def check(self, answer: httpx.Response) -> None:
        """
        Raises:
            PlaneUnreachable, PlaneRefused: the answer is no success.
        """
        if answer.is_success:
            return
        if answer.status_code >= 500 or answer.status_code in (301, 302, 307, 308):
            raise PlaneUnreachable(f"{self.url} answered {answer.status_code}")
        code = error_code(answer)
        raise PlaneRefused(
            f"{self.url} refused: {_message(answer)} ({answer.status_code} {code})",
            answer.status_code,
            code,
        )

    def _unreachable(self, error: httpx.HTTPError) -> PlaneUnreachable:
        return PlaneUnreachable(f"{self.url} is not reached: {str(error) or type(error).__name__}")


def read_json(answer: httpx.Response) -> Any:
    """
    Raises:
        ValueError, RecursionError: it is none, or too large.
    """
    if len(answer.content) > _MOST_BYTES:
        raise ValueError("too large")
    return json.loads(answer.content)


def error_code(answer: httpx.Response) -> str:
    """The code of a refusal; empty without one."""
    return str(_error(answer).get("code") or "")[:64]


def _error(answer: httpx.Response) -> dict[str, Any]:
    try:
        error = read_json(answer)["error"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return error if isinstance(error, dict) else {}


def _message(answer: httpx.Response) -> str:
    return str(_error(answer).get("message") or answer.reason_phrase)[:300]
