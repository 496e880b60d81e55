"""The connections to one speech server, and every way they fail as one error for people."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Final

import httpx

from pipeline.errors import SpeechUnavailable
from server.settings import TtsSettings
from server.tts.endpoint import Endpoint
from server.tts.refusal import server_message, without_secret

_KEPT_IDLE_S: Final = 60.0
_ERROR_BODY_BYTES: Final = 8192


class SpeechConnection:
    """A pool of kept-open connections to ``address``. Errors name the server, never the key."""

    def __init__(self, address: str, settings: TtsSettings) -> None:
        self.endpoint = Endpoint.parse(address)
        self._connect_s = settings.connect_timeout_s
        self._key = settings.api_key.get_secret_value() if settings.api_key else None
        headers = {"Accept-Encoding": "identity"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        self._http = httpx.AsyncClient(
            headers=headers,
            timeout=httpx.Timeout(None, connect=settings.connect_timeout_s),
            limits=httpx.Limits(keepalive_expiry=_KEPT_IDLE_S),
            # A proxy cannot reach this machine's loopback, and a plain address needs no
            # certificates: loading them takes longer than a sentence.
            trust_env=not self.endpoint.is_loopback,
            verify=self.endpoint.is_encrypted,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def post(self, payload: dict[str, object]) -> httpx.Response:
        """Ask for speech; the answer's body is still to be read, and to be closed."""
        try:
            return await self._post_once(payload)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            # The server closed a connection that had been idle just as it was used again.
            return await self._post_once(payload)

    async def _post_once(self, payload: dict[str, object]) -> httpx.Response:
        request = self._http.build_request("POST", self.endpoint.speech, json=payload)
        return await self._http.send(request, stream=True)

    async def get(self, url: str) -> httpx.Response:
        return await self._http.get(url)

    async def message_of(self, answer: httpx.Response) -> str:
        """Why the server refused, in one line. Reads the body and closes it."""
        try:
            body = b""
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) >= _ERROR_BODY_BYTES:
                    break
        finally:
            await answer.aclose()
        return self.message_in(body)

    def message_in(self, body: bytes) -> str:
        """As `message_of`, for a body that was read."""
        return without_secret(server_message(body[:_ERROR_BODY_BYTES]), self._key)

    def unavailable(self, what: str) -> SpeechUnavailable:
        """The error whose text is the server's address and ``what``."""
        return SpeechUnavailable(f"speech server {self.endpoint.shown} {what}")

    @contextlib.asynccontextmanager
    async def within(self, seconds: float, failing: str) -> AsyncGenerator[None, None]:
        """Turn a timeout and a broken connection into "speech server ... ``failing``: ...".

        Raises:
            SpeechUnavailable: one of them happened.
        """
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise self.unavailable(f"{failing}: nothing came for {seconds:g} s") from error
        except httpx.ConnectTimeout as error:
            raise self.unavailable(
                f"{failing}: no connection within {self._connect_s:g} s; check TTS_URL"
            ) from error
        except httpx.ConnectError as error:
            raise self.unavailable(
                f"{failing}: {error}; is it running, and is TTS_URL right?"
            ) from error
        except httpx.HTTPError as error:
            raise self.unavailable(f"{failing}: {str(error) or type(error).__name__}") from error
