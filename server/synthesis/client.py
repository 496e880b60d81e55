"""The HTTP client of OpenAI-compatible speech servers.

Servers share the shape of the request, and little else. They refuse formats with 400, 415, 422 or
500, send another format than their content type says, or omit the sample rate. The format that a
server accepted last is requested first.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

import httpx

from pipeline.audio import Pcm16
from pipeline.ports import Voice
from server.audio.container import Container, detect_container
from server.errors import Undecodable
from server.settings import TtsSettings
from server.synthesis.audio_check import audio_defect, looks_like_text, max_duration_s
from server.synthesis.audio_stream import AudioStream, rate_in
from server.synthesis.connection import SpeechConnection
from server.synthesis.faults import Fault, SpeechFailed, fault_for_status, retry_after_s
from server.synthesis.voice_choice import VoiceChoice, voice_ids

log = logging.getLogger(__name__)

_FORMATS: Final = ("pcm", "wav", "mp3")
_FORMAT_REFUSED: Final = frozenset({400, 415, 422, 500})
_VOICE_REFUSED: Final = _FORMAT_REFUSED | {404}
_NO_SUCH_PATH: Final = frozenset({404, 405})
_LONGEST_BODY_BYTES: Final = 64 << 20
_LOWEST_RATE_HZ: Final = 4_000
_SLOWEST: Final = 0.25
_FASTEST: Final = 4.0  # both: the limits of OpenAI's API


class HttpSynthesizer:
    """A `pipeline.ports.Synthesizer` whose connections all rooms share.

    ``url`` is the address of our own server, in place of the one in the settings.
    """

    def __init__(self, settings: TtsSettings, *, url: str | None = None) -> None:
        address = url or settings.url
        if not address:
            raise ValueError("no speech server: neither tts.url nor a url was given")
        self._settings = settings
        self._own_fields = {"native_rate": True} if url else {}
        """Our own server may send the rate of its engine, which is its fastest answer."""
        self._server = SpeechConnection(address, settings)
        self._format_taken: str | None = None
        self._voices = VoiceChoice(self.voices)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections, also those in use. The synthesizer cannot be used again."""
        await self._server.close()

    @property
    def address(self) -> str:
        """Scheme, host and port of the server, for messages."""
        return self._server.endpoint.shown

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        """Stream one sentence as 48 kHz mono ``int16[n]`` chunks; none for an empty sentence.

        Raises:
            SpeechFailed: the speech is missing or incomplete; the text names server and reason.
        """
        if not text.strip():
            return
        limits = self._settings
        async with contextlib.AsyncExitStack() as exit_stack:
            async with self._server.within(limits.first_byte_timeout_s, "gave no audio"):
                response, wanted = await self._request(text, await self._voices.choose(voice))
                exit_stack.push_async_callback(response.aclose)
                chunks = response.aiter_bytes()
                data = await _beginning(chunks)
            self._reject_text(response, data)
            stream, received = self._audio_stream(response, wanted), 0
            while data:
                received += len(data)
                with self._decode_errors():
                    pcm = stream.feed(data)
                if pcm.size:
                    yield pcm
                if stream.decoded_s > max_duration_s(text) or received > _LONGEST_BODY_BYTES:
                    what = f"does not end: {received >> 20} MiB so far"
                    raise self._server.failure(what, Fault.BROKEN)
                failing = f"broke off after {stream.decoded_s:.1f} s of audio"
                async with self._server.within(limits.chunk_timeout_s, failing):
                    data = await anext(chunks, b"")
            with self._decode_errors():
                pcm = stream.finish()
            defect = audio_defect(stream, text, voice.speed)
            if defect:
                raise self._server.failure(f"answered {defect}", Fault.NO_SPEECH)
            if pcm.size:
                yield pcm

    async def voices(self) -> list[str]:
        """The voice ids that the server lists.

        Raises:
            SpeechFailed: it does not answer, or has no such list.
        """
        failing = "did not list its voices"
        async with self._server.within(self._settings.first_byte_timeout_s, failing):
            response = await self._server.get(self._server.endpoint.voices)
        ids = voice_ids(response.content) if response.is_success else None
        if ids is None:
            raise self._refusal(response, failing)
        return ids

    async def check(self) -> None:
        """Check that the server is up. This also opens the connection for speech.

        A server that answers, but has none of the usual paths, counts as up.

        Raises:
            SpeechFailed: it does not answer, or reports that it is not ready.
        """
        failing = "is not ready"
        for probe in self._server.endpoint.probes:
            async with self._server.within(self._settings.chunk_timeout_s, failing):
                response = await self._server.get(probe)
            if response.is_success:
                return
            if response.status_code not in _NO_SUCH_PATH:
                raise self._refusal(response, failing)

    async def healthy(self) -> bool:
        """Whether `check` finds the server up."""
        try:
            await self.check()
        except SpeechFailed as error:
            log.debug("%s", error)
            return False
        return True

    async def _request(self, text: str, voice: Voice) -> tuple[httpx.Response, str]:
        """Request speech; return the response and the format requested.

        Tries the other formats, then another voice, if the server refuses.
        """
        first = self._format_taken or self._settings.response_format
        refusals: dict[str, str] = {}
        status = 0
        for wanted in (first, *(other for other in _FORMATS if other != first)):
            response = await self._server.post(self._payload(text, voice, wanted))
            if response.is_success:
                if refusals:
                    log.info("%s takes %s, not %s", self._server.endpoint.shown, wanted, first)
                self._format_taken = wanted
                return response, wanted
            status = response.status_code
            refusals[wanted] = f"{status} {await self._server.message_of(response)}"
            if status not in _FORMAT_REFUSED or (status == 500 and wanted == self._format_taken):
                break
        if response.status_code in _VOICE_REFUSED and (
            other := await self._voices.replacement_for(voice)
        ):
            return await self._request(text, other)
        wait_s = retry_after_s(response.headers.get("retry-after"), datetime.now(UTC))
        fault = fault_for_status(response.status_code)
        raise self._server.failure(f"refused: {_summary(refusals)}", fault, wait_s)

    def _payload(self, text: str, voice: Voice, wanted: str) -> dict[str, object]:
        # Omitted when empty: a server may refuse a field that it does not know.
        style = {"instructions": voice.style} if voice.style else {}
        named = {"voice": voice.name} if voice.name else {}
        return {
            **self._own_fields,
            **self._settings.extra_fields,
            **style,
            **named,
            "model": self._settings.model,
            "input": text,
            "response_format": wanted,
            "speed": min(max(voice.speed, _SLOWEST), _FASTEST),
        }

    def _audio_stream(self, response: httpx.Response, wanted: str) -> AudioStream:
        return AudioStream(
            pcm_rate=rate_in(response.headers.get("content-type", "")) or self._unlabelled_rate(),
            asked_for_pcm=wanted == "pcm",
            trim_leading=self._settings.trim_leading_silence,
            max_trailing_ms=self._settings.max_trailing_silence_ms,
        )

    def _unlabelled_rate(self) -> int:
        """The rate of raw samples whose response names none, as Speaches' responses do."""
        asked_for = self._settings.extra_fields.get("sample_rate")
        if isinstance(asked_for, int) and asked_for >= _LOWEST_RATE_HZ:
            return asked_for
        return self._settings.default_rate_hz

    def _reject_text(self, response: httpx.Response, data: bytes) -> None:
        """Raise for a 200 response with text: some servers and most proxies send errors so."""
        label = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_text = label == "application/json" or label.startswith("text/")
        if is_text or looks_like_text(data):
            kind = detect_container(data, complete=True, asked_for_pcm=False)
            if kind not in (Container.WAV, Container.MP3):
                said = self._server.message_in(data)
                what = f"answered with {label}, not audio: {said}"
                raise self._server.failure(what, Fault.NO_SPEECH)

    def _refusal(self, response: httpx.Response, failing: str) -> SpeechFailed:
        said = self._server.message_in(response.content)
        fault = fault_for_status(response.status_code)
        return self._server.failure(f"{failing}: {response.status_code} {said}", fault)

    @contextlib.contextmanager
    def _decode_errors(self) -> Generator[None, None, None]:
        try:
            yield
        except Undecodable as error:
            raise self._server.failure(f"sent {error}", Fault.NO_SPEECH) from error


async def _beginning(chunks: AsyncIterator[bytes]) -> bytes:
    """The first bytes, enough of them to tell audio from text."""
    data = await anext(chunks, b"")
    while data and looks_like_text(data) is None:
        if not (more := await anext(chunks, b"")):
            break
        data += more
    return data


def _summary(refusals: dict[str, str]) -> str:
    """The reason that all formats share, or else the reason of each format."""
    if len(set(refusals.values())) == 1:
        return next(iter(refusals.values()))
    return "; ".join(f"{wanted}: {reason}" for wanted, reason in refusals.items())
