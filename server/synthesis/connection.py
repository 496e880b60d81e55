"""The HTTP connections to one speech server. Every failure becomes `SpeechFailed`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import Final

import httpx

from server.protection.turn_place import place_headers
from server.settings import SpeechServerSettings
from server.synthesis.dialect import Dialect, DialectRequest
from server.synthesis.endpoint import MAX_REDIRECTS, BadRedirect, Endpoint, RedirectStep, next_step
from server.synthesis.faults import Fault, SpeechFailed, server_message, without_secret

log = logging.getLogger(__name__)

_KEPT_IDLE_S: Final = 60.0
_ERROR_BODY_BYTES: Final = 8192
_SMALL_BODY_BYTES: Final = 1 << 20
"""Longest body of `SpeechConnection.get`; a list of a thousand voices takes a tenth of it."""


class SpeechConnection:
    """A pool of persistent connections to ``address``. Errors name the server, never the key.

    ``setting`` is where the address stands, for advice. Only the bot's ``own`` server is told which
    turn a request belongs to, for its log.
    """

    def __init__(
        self, address: str, settings: SpeechServerSettings, setting: str, *, own: bool = False
    ) -> None:
        self.endpoint = Endpoint.parse(address)
        self._setting = setting
        self._own = own
        self._connect_s = settings.connect_timeout_s
        self._key = settings.api_key.get_secret_value() if settings.api_key else None
        self._pools: dict[tuple[bool, bool], httpx.AsyncClient] = {}
        self._moved_to: set[str] = set()
        self._pool_for(self.endpoint)

    def _pool_for(self, endpoint: Endpoint) -> httpx.AsyncClient:
        """The pool for servers of this kind; a redirect may lead to another kind."""
        kind = (endpoint.is_encrypted, endpoint.is_loopback)
        if kind not in self._pools:
            self._pools[kind] = httpx.AsyncClient(
                headers={"Accept-Encoding": "identity"},
                timeout=httpx.Timeout(None, connect=self._connect_s),
                limits=httpx.Limits(keepalive_expiry=_KEPT_IDLE_S),
                # A proxy cannot reach this machine's loopback. A plain address needs no
                # certificates, and loading them takes longer than a sentence.
                trust_env=not endpoint.is_loopback,
                verify=endpoint.is_encrypted,
            )
        return self._pools[kind]

    async def close(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()

    async def post(self, request: DialectRequest, dialect: Dialect) -> httpx.Response:
        """Request speech; the caller reads and closes the body of the response."""
        url = httpx.URL(request.url).copy_merge_params(dict(request.query))
        return await self._request("POST", url, dict(request.body), dialect)

    async def get(self, url: str, dialect: Dialect) -> httpx.Response:
        """Fetch a small resource; the result holds only status and body."""
        response = await self._request("GET", httpx.URL(url), None, dialect)
        return httpx.Response(
            response.status_code, content=await _read(response, _SMALL_BODY_BYTES)
        )

    async def _request(
        self, method: str, url: httpx.URL, payload: dict[str, object] | None, dialect: Dialect
    ) -> httpx.Response:
        step = RedirectStep(method, url)
        origin = step.url
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._send_with_retry(step, payload, dialect)
            try:
                following = next_step(step, origin, response)
            except BadRedirect as error:
                await response.aclose()
                raise self.failure(str(error), Fault.NOT_FOUND) from error
            if following is None:
                return response
            await self.message_of(response)  # only a connection whose response was read is reused
            self._log_redirect(following.url)
            step = following
        raise self.failure(f"redirects more than {MAX_REDIRECTS} times", Fault.NOT_FOUND)

    async def _send_with_retry(
        self, step: RedirectStep, payload: dict[str, object] | None, dialect: Dialect
    ) -> httpx.Response:
        try:
            return await self._send(step, payload, dialect)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            # The server closed an idle connection just as it was reused.
            return await self._send(step, payload, dialect)

    async def _send(
        self, step: RedirectStep, payload: dict[str, object] | None, dialect: Dialect
    ) -> httpx.Response:
        pool = self._pool_for(Endpoint(str(step.url)))
        headers = dict(dialect.key_headers(self._key)) if self._key and step.trusted else {}
        if self._own and step.trusted:
            headers |= place_headers()
        body = payload if step.method == "POST" else None
        request = pool.build_request(step.method, step.url, json=body, headers=headers)
        return await pool.send(request, stream=True)

    def _log_redirect(self, url: httpx.URL) -> None:
        to = Endpoint(str(url)).shown
        if to not in self._moved_to and to != self.endpoint.shown:
            self._moved_to.add(to)
            log.info("speech server %s redirects to %s", self.endpoint.shown, to)

    async def message_of(self, response: httpx.Response) -> str:
        """The server's reason for a refusal, in one line. Reads and closes the body."""
        return self.message_in(await _read(response, _ERROR_BODY_BYTES))

    def message_in(self, body: bytes) -> str:
        """`message_of` for a body that was read already."""
        return without_secret(server_message(body[:_ERROR_BODY_BYTES]), self._key)

    def failure(self, what: str, fault: Fault, retry_after_s: float | None = None) -> SpeechFailed:
        """An error with the server's address and ``what`` as its text."""
        text = f"speech server {self.endpoint.shown} {what}"
        return SpeechFailed(text, fault, retry_after_s)

    @contextlib.asynccontextmanager
    async def within(self, seconds: float, failing: str) -> AsyncGenerator[None, None]:
        """Turn a timeout and a broken connection into "speech server ... ``failing``: ...".

        Raises:
            SpeechFailed: one of them happened.
        """
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            what = f"{failing}: nothing came for {seconds:g} s"
            raise self.failure(what, Fault.SLOW) from error
        except httpx.ConnectTimeout as error:
            what = f"{failing}: no connection within {self._connect_s:g} s; check {self._setting}"
            raise self.failure(what, Fault.UNREACHABLE) from error
        except (httpx.ConnectError, httpx.ProxyError) as error:
            what = f"{failing}: {error}; is it running, and is {self._setting} right?"
            raise self.failure(what, Fault.UNREACHABLE) from error
        except httpx.InvalidURL as error:
            # httpx parses the location of a redirect before `next_step` does.
            what = f"{failing}: it redirects to something that is not an address ({error})"
            raise self.failure(what, Fault.NOT_FOUND) from error
        except httpx.HTTPError as error:
            what = f"{failing}: {str(error) or type(error).__name__}"
            raise self.failure(what, Fault.BROKE_OFF) from error


async def _read(response: httpx.Response, most_bytes: int) -> bytes:
    """Read at most ``most_bytes`` of the body, and close it."""
    body = b""
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) >= most_bytes:
                break
    finally:
        await response.aclose()
    return body[:most_bytes]
