"""The HTTP client of speech servers.

A `Dialect` has the shape of the requests. Servers of one dialect differ in all else: they refuse
formats with 400, 415, 422 or 500, send another format than their content type says, or omit the
sample rate. The format that a server accepted last is requested first.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from server.synthesis.dialect import Dialect, Format, OpenAiDialect
from server.synthesis.elevenlabs import ElevenLabsDialect, is_elevenlabs
from server.synthesis.faults import Fault, SpeechFailed, fault_for_status, retry_after_s
from server.synthesis.voice_choice import ListedVoices, VoiceChoice

log = logging.getLogger(__name__)

_FORMAT_REFUSED: Final = frozenset({400, 415, 422, 500})
_VOICE_REFUSED: Final = _FORMAT_REFUSED | {404}
_CERTAIN_REFUSALS: Final = frozenset({400, 404, 422})
"""Answers to a voice that the server lacks, and not to its own trouble."""
_NO_SUCH_PATH: Final = frozenset({404, 405})
_LONGEST_BODY_BYTES: Final = 64 << 20


class HttpSynthesizer:
    """A `pipeline.ports.Synthesizer` whose connections all rooms share.

    ``url`` is the address of our own server, in place of the one in the settings. ``setting`` is
    where the address stands, for advice.
    """

    def __init__(
        self, settings: TtsSettings, *, url: str | None = None, setting: str = "TTS_URL"
    ) -> None:
        address = url or settings.url
        if not address:
            raise ValueError("no speech server: neither tts.url nor a url was given")
        self.setting = setting
        self._settings = settings
        self._server = SpeechConnection(address, settings, setting, own=url is not None)
        # Our own server may send the rate of its engine, which is its fastest answer.
        own_fields = {"native_rate": True} if url else None
        self._openai = OpenAiDialect(self._server.endpoint, settings, own_fields)
        self._elevenlabs = ElevenLabsDialect(self._server.endpoint, settings)
        dialect = settings.dialect if url is None else "openai"
        own_address = is_elevenlabs(self._server.endpoint)
        self._dialect_is_sure = own_address or dialect != "auto"
        elevenlabs = own_address if dialect == "auto" else dialect == "elevenlabs"
        self._dialect: Dialect = self._elevenlabs if elevenlabs else self._openai
        self._format_taken: Format | None = None
        self._listed: ListedVoices | None = None
        self._voices = VoiceChoice(self.voices, standard=self._standard_voices, find=self._find)

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
                own = await self._voice_of(voice)
                begun = await self._begin(exit_stack, text, own)
            response, chunks, data = begun.response, begun.chunks, begun.data
            self._reject_text(response, data)
            stream, received = self._audio_stream(response, begun.wanted), 0
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
            response = await self._server.get(self._dialect.voices_url, self._dialect)
        listed = self._dialect.listed(response.content) if response.is_success else None
        if listed is None:
            raise self._refusal(response, failing)
        self._listed = listed
        return list(listed.ids)

    async def check(self) -> None:
        """Check that the server is up. This also opens the connection for speech.

        A server that answers, but has none of the usual paths, counts as up.

        Raises:
            SpeechFailed: it does not answer, or reports that it is not ready.
        """
        failing = "is not ready"
        for probe in self._dialect.probes:
            async with self._server.within(self._settings.chunk_timeout_s, failing):
                response = await self._server.get(probe, self._dialect)
            if response.is_success:
                return
            if response.status_code not in _NO_SUCH_PATH:
                break
        else:
            return
        async with self._server.within(self._settings.chunk_timeout_s, failing):
            if await self._is_elevenlabs():
                return
        raise self._refusal(response, failing)

    async def healthy(self) -> bool:
        """Whether `check` finds the server up."""
        try:
            await self.check()
        except SpeechFailed as error:
            log.debug("%s", error)
            return False
        return True

    async def _begin(self, stack: contextlib.AsyncExitStack, text: str, voice: Voice) -> _Begun:
        """Request speech and read the first bytes.

        Speaches finds an unknown voice only when it has sent the headers: it breaks off there.
        """
        response, wanted = await self._request(text, voice)
        stack.push_async_callback(response.aclose)
        chunks = response.aiter_bytes()
        try:
            return _Begun(response, wanted, chunks, await _beginning(chunks))
        except (httpx.RemoteProtocolError, httpx.ReadError):
            other = await self._voices.replacement_for(voice)
            if other is None:
                raise
        return await self._begin(stack, text, other)

    async def _voice_of(self, voice: Voice) -> Voice:
        """The voice as the server calls it."""
        name = self._settings.voices.get(voice.name, voice.name)
        return await self._voices.choose(replace(voice, name=name))

    def _standard_voices(self) -> Sequence[str]:
        return self._dialect.standard_voices

    def _find(self, name: str) -> str | None:
        """The server's id of a voice, as far as its list is known. OpenAI's way needs no list."""
        if self._dialect is self._openai:
            return name
        return None if self._listed is None else self._listed.id_of(name)

    async def _request(self, text: str, voice: Voice) -> tuple[httpx.Response, Format]:
        """Request speech; return the response and the format requested.

        Tries the other formats, then the other dialect, then another voice, if the server refuses.
        """
        response, wanted, refusals = await self._try_formats(text, voice)
        status = response.status_code
        if response.is_success:
            return response, wanted
        if status in _NO_SUCH_PATH and await self._is_elevenlabs():
            return await self._request(text, await self._voice_of(voice))
        certain = status in _CERTAIN_REFUSALS
        if status in _VOICE_REFUSED and (
            other := await self._voices.replacement_for(voice, certain=certain)
        ):
            taken = await self._request(text, other)
            self._voices.keep(voice, other)
            return taken
        wait_s = retry_after_s(response.headers.get("retry-after"), datetime.now(UTC))
        what = f"refused: {_summary(refusals)}{self._about_model(refusals)}"
        raise self._server.failure(what, fault_for_status(status), wait_s)

    def _about_model(self, refusals: Mapping[str, str]) -> str:
        """What to do where the server wants another model than the default of its dialect."""
        if self._settings.model or not any("model" in each.lower() for each in refusals.values()):
            return ""
        where = "tts.model" if self.setting == "TTS_URL" else f"the model in {self.setting}"
        return f" (no model is set: set {where})"

    async def _try_formats(
        self, text: str, voice: Voice
    ) -> tuple[httpx.Response, Format, dict[str, str]]:
        """The last response, the format that it is for, and what was refused."""
        known = self._dialect.formats
        first = self._format_taken or self._settings.response_format
        formats = (first, *(each for each in known if each != first)) if first in known else known
        refusals: dict[str, str] = {}
        for wanted in formats:
            request = self._dialect.request(text, voice, wanted)
            response = await self._server.post(request, self._dialect)
            if response.is_success:
                if refusals:
                    log.info("%s takes %s, not %s", self._server.endpoint.shown, wanted, first)
                self._format_taken = wanted
                break
            status = response.status_code
            refusals[wanted] = f"{status} {await self._server.message_of(response)}"
            if status not in _FORMAT_REFUSED or (status == 500 and wanted == self._format_taken):
                break
        return response, wanted, refusals

    async def _is_elevenlabs(self) -> bool:
        """Whether a server without OpenAI's path speaks ElevenLabs' dialect; asks it once."""
        if self._dialect_is_sure:
            return False
        other = self._elevenlabs
        response = await self._server.get(other.voices_url, other)
        self._dialect_is_sure = True
        listed = other.listed(response.content) if response.is_success else None
        if not (listed and listed.ids):
            return False
        log.info("%s speaks ElevenLabs' dialect", self._server.endpoint.shown)
        self._dialect, self._format_taken, self._listed = other, None, listed
        return True

    def _audio_stream(self, response: httpx.Response, wanted: Format) -> AudioStream:
        labelled = rate_in(response.headers.get("content-type", ""))
        return AudioStream(
            pcm_rate=labelled or self._dialect.pcm_rate or self._settings.default_rate_hz,
            asked_for_pcm=wanted == "pcm",
            trim_leading=self._settings.trim_leading_silence,
            max_trailing_ms=self._settings.max_trailing_silence_ms,
        )

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


@dataclass(frozen=True, slots=True)
class _Begun:
    """A response for the format ``wanted``, with its first bytes."""

    response: httpx.Response
    wanted: Format
    chunks: AsyncIterator[bytes]
    data: bytes


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
