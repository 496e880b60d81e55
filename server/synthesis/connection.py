"""The connections to one speech server, and every way they fail as one error for people."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import Final

import httpx

from server.settings import TtsSettings
from server.synthesis.endpoint import Endpoint
from server.synthesis.fault import Fault, SpeechFailed
from server.synthesis.redirects import MAX_REDIRECTS, BadRedirect, RedirectStep, next_step
from server.synthesis.refusal import server_message, without_secret

log = logging.getLogger(__name__)

_KEPT_IDLE_S: Final = 60.0
_ERROR_BODY_BYTES: Final = 8192
_ANSWER_BYTES: Final = 1 << 20
"""A thousand voices take a tenth of it."""


class SpeechConnection:
    """A pool of kept-open connections to ``address``. Errors name the server, never the key."""

    def __init__(self, address: str, settings: TtsSettings) -> None:
        self.endpoint = Endpoint.parse(address)
        self._connect_s = settings.connect_timeout_s
        self._key = settings.api_key.get_secret_value() if settings.api_key else None
        self._pools: dict[tuple[bool, bool], httpx.AsyncClient] = {}
        self._moved_to: set[str] = set()
        self._pool_for(self.endpoint)

    def _pool_for(self, endpoint: Endpoint) -> httpx.AsyncClient:
        """The connections for servers of that kind; a redirect may lead to another kind."""
        kind = (endpoint.is_encrypted, endpoint.is_loopback)
        if kind not in self._pools:
            self._pools[kind] = httpx.AsyncClient(
                headers={"Accept-Encoding": "identity"},
                timeout=httpx.Timeout(None, connect=self._connect_s),
                limits=httpx.Limits(keepalive_expiry=_KEPT_IDLE_S),
                # A proxy cannot reach this machine's loopback, and a plain address needs no
                # certificates: loading them takes longer than a sentence.
                trust_env=not endpoint.is_loopback,
                verify=endpoint.is_encrypted,
            )
        return self._pools[kind]

    async def close(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()

    async def post(self, payload: dict[str, object]) -> httpx.Response:
        """Ask for speech; the answer's body is still to be read, and to be closed."""
        return await self._ask("POST", self.endpoint.speech, payload)

    async def get(self, url: str) -> httpx.Response:
        """Ask for something small; of the answer there is its status and its body."""
        answer = await self._ask("GET", url, None)
        return httpx.Response(answer.status_code, content=await _read(answer, _ANSWER_BYTES))

    async def _ask(
        self, method: str, url: str, payload: dict[str, object] | None
    ) -> httpx.Response:
        step = RedirectStep(method, httpx.URL(url))
        origin = step.url
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._send_safely(step, payload)
            try:
                following = next_step(step, origin, answer)
            except BadRedirect as error:
                await answer.aclose()
                raise self.unavailable(str(error), Fault.NOT_FOUND) from error
            if following is None:
                return answer
            await self.message_of(answer)  # a connection is kept if its answer was read
            self._tell_of_move(following.url)
            step = following
        raise self.unavailable(f"redirects more than {MAX_REDIRECTS} times", Fault.NOT_FOUND)

    async def _send_safely(
        self, step: RedirectStep, payload: dict[str, object] | None
    ) -> httpx.Response:
        try:
            return await self._send(step, payload)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            # The server closed a connection that had been idle just as it was used again.
            return await self._send(step, payload)

    async def _send(self, step: RedirectStep, payload: dict[str, object] | None) -> httpx.Response:
        pool = self._pool_for(Endpoint(str(step.url)))
        headers = {"Authorization": f"Bearer {self._key}"} if self._key and step.trusted else None
        body = payload if step.method == "POST" else None
        request = pool.build_request(step.method, step.url, json=body, headers=headers)
        return await pool.send(request, stream=True)

    def _tell_of_move(self, url: httpx.URL) -> None:
        to = Endpoint(str(url)).shown
        if to not in self._moved_to and to != self.endpoint.shown:
            self._moved_to.add(to)
            log.info("speech server %s redirects to %s", self.endpoint.shown, to)

    async def message_of(self, answer: httpx.Response) -> str:
        """Why the server refused, in one line. Reads the body and closes it."""
        return self.message_in(await _read(answer, _ERROR_BODY_BYTES))

    def message_in(self, body: bytes) -> str:
        """As `message_of`, for a body that was read."""
        return without_secret(server_message(body[:_ERROR_BODY_BYTES]), self._key)

    def unavailable(
        self, what: str, fault: Fault, retry_after_s: float | None = None
    ) -> SpeechFailed:
        """The error whose text is the server's address and ``what``."""
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
            raise self.unavailable(what, Fault.SLOW) from error
        except httpx.ConnectTimeout as error:
            what = f"{failing}: no connection within {self._connect_s:g} s; check TTS_URL"
            raise self.unavailable(what, Fault.UNREACHABLE) from error
        except (httpx.ConnectError, httpx.ProxyError) as error:
            what = f"{failing}: {error}; is it running, and is TTS_URL right?"
            raise self.unavailable(what, Fault.UNREACHABLE) from error
        except httpx.InvalidURL as error:
            # httpx reads the address of a redirect before we do.
            what = f"{failing}: it redirects to what is no address ({error})"
            raise self.unavailable(what, Fault.NOT_FOUND) from error
        except httpx.HTTPError as error:
            what = f"{failing}: {str(error) or type(error).__name__}"
            raise self.unavailable(what, Fault.BROKE_OFF) from error


async def _read(answer: httpx.Response, most_bytes: int) -> bytes:
    """As much of the body; closes it."""
    body = b""
    try:
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) >= most_bytes:
                break
    finally:
        await answer.aclose()
    return body[:most_bytes]
