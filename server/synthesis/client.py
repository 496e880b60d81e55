"""The synthesiser that the bot speaks through: any OpenAI-compatible server over HTTP.

Servers agree on the request and on little else. They refuse formats with 400, 415, 422 or even 500,
send another format than their label says, or leave the sample rate out. What a server took once is
asked for first from then on.
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
from server.audio.sniff import Container, sniff
from server.engines.errors import Undecodable
from server.settings import TtsSettings
from server.synthesis.audio_stream import AudioStream, rate_in
from server.synthesis.connection import SpeechConnection
from server.synthesis.fault import Fault, SpeechFailed, fault_of_status
from server.synthesis.plausible import longest_s, looks_like_text, what_is_lacking
from server.synthesis.retry_after import retry_after_s
from server.synthesis.voice_choice import VoiceChoice
from server.synthesis.voice_list import voice_ids

log = logging.getLogger(__name__)

_FORMATS: Final = ("pcm", "wav", "mp3")
_FORMAT_REFUSED: Final = frozenset({400, 415, 422, 500})
_VOICE_REFUSED: Final = _FORMAT_REFUSED | {404}
_NO_SUCH_PATH: Final = frozenset({404, 405})
_LONGEST_BODY_BYTES: Final = 64 << 20
_LOWEST_RATE_HZ: Final = 4_000
_SLOWEST: Final = 0.25
_FASTEST: Final = 4.0  # both: what OpenAI's API takes


class HttpSynthesizer:
    """A `pipeline.ports.Synthesizer`. One instance keeps its connections open for all rooms.

    ``url`` is for a server that the settings do not name: the embedded one.
    """

    def __init__(self, settings: TtsSettings, *, url: str | None = None) -> None:
        address = url or settings.url
        if not address:
            raise ValueError("no speech server: neither tts.url nor a url was given")
        self._settings = settings
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
        """Cut what is still open. The synthesiser cannot be used again."""
        await self._server.close()

    @property
    def address(self) -> str:
        """Scheme, host and port of the server, for messages."""
        return self._server.endpoint.shown

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        """Stream one sentence as 48 kHz mono ``int16[n]`` chunks; nothing for an empty one.

        Raises:
            SpeechFailed: no speech, or not all of it; the text says from where and why.
        """
        if not text.strip():
            return
        limits = self._settings
        async with contextlib.AsyncExitStack() as until_closed:
            async with self._server.within(limits.first_byte_timeout_s, "gave no audio"):
                answer, wanted = await self._request(text, await self._voices.choose(voice))
                until_closed.push_async_callback(answer.aclose)
                chunks = answer.aiter_bytes()
                data = await _beginning(chunks)
            self._refuse_text(answer, data)
            stream, received = self._stream_for(answer, wanted), 0
            while data:
                received += len(data)
                with self._decoding():
                    pcm = stream.feed(data)
                if pcm.size:
                    yield pcm
                if stream.decoded_s > longest_s(text) or received > _LONGEST_BODY_BYTES:
                    what = f"does not come to an end: {received >> 20} MiB so far"
                    raise self._server.unavailable(what, Fault.BROKEN)
                failing = f"broke off after {stream.decoded_s:.1f} s of audio"
                async with self._server.within(limits.chunk_timeout_s, failing):
                    data = await anext(chunks, b"")
            with self._decoding():
                pcm = stream.finish()
            lacking = what_is_lacking(stream, text, voice.speed)
            if lacking:
                raise self._server.unavailable(f"answered {lacking}", Fault.NO_SPEECH)
            if pcm.size:
                yield pcm

    async def voices(self) -> list[str]:
        """The voice ids that the server lists.

        Raises:
            SpeechFailed: it does not answer, or has no such list.
        """
        failing = "did not list its voices"
        async with self._server.within(self._settings.first_byte_timeout_s, failing):
            answer = await self._server.get(self._server.endpoint.voices)
        ids = voice_ids(answer.content) if answer.is_success else None
        if ids is None:
            raise self._refused(answer, failing)
        return ids

    async def check(self) -> None:
        """Ask the server whether it is up, which also opens the connection that speech will use.

        A server that answers, but knows none of the usual questions, counts as up.

        Raises:
            SpeechFailed: it does not answer, or says that it cannot serve; the text says why.
        """
        failing = "is not ready"
        for probe in self._server.endpoint.probes:
            async with self._server.within(self._settings.chunk_timeout_s, failing):
                answer = await self._server.get(probe)
            if answer.is_success:
                return
            if answer.status_code not in _NO_SUCH_PATH:
                raise self._refused(answer, failing)

    async def healthy(self) -> bool:
        """Whether `check` finds the server up."""
        try:
            await self.check()
        except SpeechFailed as error:
            log.debug("%s", error)
            return False
        return True

    async def _request(self, text: str, voice: Voice) -> tuple[httpx.Response, str]:
        """An answer with audio and the format it was asked for, falling back over the formats, and
        to another voice where the server does not have this one."""
        first = self._format_taken or self._settings.response_format
        refusals: dict[str, str] = {}
        status = 0
        for wanted in (first, *(other for other in _FORMATS if other != first)):
            answer = await self._server.post(self._payload(text, voice, wanted))
            if answer.is_success:
                if refusals:
                    log.info("%s takes %s, not %s", self._server.endpoint.shown, wanted, first)
                self._format_taken = wanted
                return answer, wanted
            status = answer.status_code
            refusals[wanted] = f"{status} {await self._server.message_of(answer)}"
            if status not in _FORMAT_REFUSED or (status == 500 and wanted == self._format_taken):
                break
        if answer.status_code in _VOICE_REFUSED and (other := await self._voices.instead_of(voice)):
            return await self._request(text, other)
        wait_s = retry_after_s(answer.headers.get("retry-after"), datetime.now(UTC))
        fault = fault_of_status(answer.status_code)
        raise self._server.unavailable(f"refused: {_summary(refusals)}", fault, wait_s)

    def _payload(self, text: str, voice: Voice, wanted: str) -> dict[str, object]:
        # Sent only where it is set: a server that knows no such field may refuse it.
        style = {"instructions": voice.style} if voice.style else {}
        named = {"voice": voice.name} if voice.name else {}
        return {
            **self._settings.extra_fields,
            **style,
            **named,
            "model": self._settings.model,
            "input": text,
            "response_format": wanted,
            "speed": min(max(voice.speed, _SLOWEST), _FASTEST),
        }

    def _stream_for(self, answer: httpx.Response, wanted: str) -> AudioStream:
        return AudioStream(
            pcm_rate=rate_in(answer.headers.get("content-type", "")) or self._usual_rate(),
            asked_for_pcm=wanted == "pcm",
            trim_leading=self._settings.trim_leading_silence,
            max_trailing_ms=self._settings.max_trailing_silence_ms,
        )

    def _usual_rate(self) -> int:
        """Speaches sends the rate it was asked for, and does not repeat it in its answer."""
        asked_for = self._settings.extra_fields.get("sample_rate")
        if isinstance(asked_for, int) and asked_for >= _LOWEST_RATE_HZ:
            return asked_for
        return self._settings.default_rate_hz

    def _refuse_text(self, answer: httpx.Response, data: bytes) -> None:
        """Some servers and most proxies answer an error with 200; it must not become noise."""
        label = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_text = label == "application/json" or label.startswith("text/")
        if is_text or looks_like_text(data):
            kind = sniff(data, complete=True, asked_for_pcm=False)
            if kind not in (Container.WAV, Container.MP3):
                said = self._server.message_in(data)
                what = f"answered with {label}, not audio: {said}"
                raise self._server.unavailable(what, Fault.NO_SPEECH)

    def _refused(self, answer: httpx.Response, failing: str) -> SpeechFailed:
        said = self._server.message_in(answer.content)
        fault = fault_of_status(answer.status_code)
        return self._server.unavailable(f"{failing}: {answer.status_code} {said}", fault)

    @contextlib.contextmanager
    def _decoding(self) -> Generator[None, None, None]:
        try:
            yield
        except Undecodable as error:
            raise self._server.unavailable(f"sent {error}", Fault.NO_SPEECH) from error


async def _beginning(chunks: AsyncIterator[bytes]) -> bytes:
    """The first bytes; as many as it takes to tell audio from text, if there are any more."""
    data = await anext(chunks, b"")
    while data and looks_like_text(data) is None:
        if not (more := await anext(chunks, b"")):
            break
        data += more
    return data


def _summary(refusals: dict[str, str]) -> str:
    """One reason where all formats met the same, else each format with its own."""
    if len(set(refusals.values())) == 1:
        return next(iter(refusals.values()))
    return "; ".join(f"{wanted}: {reason}" for wanted, reason in refusals.items())
