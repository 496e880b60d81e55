"""Speech that survives a failing speech server: retry, fallback voice, and probes.

A sentence that fails is requested once more. After repeated failures the circuit breaker opens: the
embedded engine speaks as the fallback, and background probes ask the server for one word, at
growing intervals, until it answers. A fault of one voice alone, such as an unknown name, opens the
breaker of that voice only. So do repeated failures of one voice while others succeed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Final, Protocol, Self

from pipeline.audio import Pcm16
from pipeline.errors import SpeechUnavailable
from pipeline.ports import Synthesizer, Voice
from server.synthesis.circuit_breaker import CircuitBreaker, ServerBreakers
from server.synthesis.fallback_voices import FallbackVoices
from server.synthesis.faults import Fault, SpeechFailed
from tasks import OwnedTasks

log = logging.getLogger(__name__)

_BUSY_REST_S: Final = 0.5
"""Pause before a retry when a busy server sends no ``Retry-After``."""
LONGEST_WAIT_S: Final = 2.0
"""Longest pause before a retry. Callers take it for thinking; they do not wait longer."""
_PROBE_TEXT: Final = "Hello."
_ADVICE: Final = {
    Fault.UNREACHABLE: "start it, or correct TTS_URL in .env",
    Fault.LOCKED: "check TTS__API_KEY in .env",
    Fault.NOT_FOUND: "correct TTS_URL in .env",
    Fault.REFUSED: "check TTS_URL and TTS__MODEL in .env, and the agents' voices",
}
_USUAL_ADVICE: Final = "see its own log, and check TTS_URL in .env"
_SERVER_FAULTS: Final = frozenset((Fault.UNREACHABLE, Fault.SLOW, Fault.BUSY, Fault.LOCKED))
"""Faults that every voice of the server meets."""


class SpeechServer(Synthesizer, Protocol):
    """The speech server behind the failover; `HttpSynthesizer` is one."""

    @property
    def address(self) -> str:
        """Scheme, host and port, for messages."""
        ...

    async def voices(self) -> list[str]: ...


class FailoverSynthesizer:
    """A `pipeline.ports.Synthesizer` over ``server``, shared by all rooms.

    Use it as an async context manager; its exit ends the probes. Without a ``fallback``, each
    sentence raises at once while the breaker is open.
    """

    def __init__(
        self,
        server: SpeechServer,
        fallback: Synthesizer | None = None,
        fallback_voices: FallbackVoices | None = None,
    ) -> None:
        self._server = server
        self._fallback = fallback
        self._fallback_voices = fallback_voices or FallbackVoices()
        self._breakers = ServerBreakers()
        self._requested: dict[str, Voice] = {}
        """The voices requested so far, by name."""
        self._tasks = OwnedTasks(log)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._tasks.aclose()

    async def start(self, voice: Voice, timeout_s: float) -> None:
        """Request one word from the server and log the result.

        Returns after ``timeout_s`` at the latest; a later result is logged when it comes.
        """
        probe = self._tasks.spawn(self._first_probe(voice), "first probe of the speech server")
        await asyncio.wait({probe}, timeout=timeout_s)

    async def voices(self) -> list[str]:
        """The voices that the server lists, also while its breaker is open.

        Raises:
            SpeechUnavailable: it does not answer, or has no such list.
        """
        return await self._server.voices()

    @property
    def trouble(self) -> str:
        """Why the server is not used for some voice now, in words for members; empty if it is."""
        open_ones = (self._breakers.open_for(name) for name in self._requested)
        return next((each.reason for each in open_ones if each is not None), "")

    @property
    def has_fallback(self) -> bool:
        """Whether another voice speaks while the server fails."""
        return self._fallback is not None

    def fallback_reason(self, voice: Voice) -> str:
        """Why the fallback speaks in place of ``voice`` now, in words for members of a call.

        Empty if ``voice`` speaks itself, or if there is no fallback.
        """
        breaker = self._breakers.open_for(voice.name)
        return "" if breaker is None or self._fallback is None else breaker.reason

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        """Stream one sentence as 48 kHz mono ``int16[n]`` chunks, in ``voice`` or its fallback.

        Raises:
            SpeechUnavailable: the sentence failed twice, or once after some of it was heard.
        """
        self._requested[voice.name] = voice
        for retried in (False, True):
            if (breaker := self._breakers.open_for(voice.name)) is not None:
                if self._fallback is None:
                    where = f"speech server {self._server.address}"
                    raise SpeechUnavailable(
                        f"{where} failed repeatedly and is not used for now", breaker.reason
                    )
                break
            heard = False
            try:
                async with contextlib.aclosing(self._server.speak(text, voice)) as audio:
                    async for pcm in audio:
                        heard = True
                        yield pcm
            except SpeechUnavailable as error:
                retry = self._record_failure(error, voice, heard=heard)
                if self.fallback_reason(voice) and not heard:
                    break
                if retried or not retry:
                    raise
                await asyncio.sleep(_rest_s(error))
            else:
                self._breakers.record_success(voice.name)
                return
        assert self._fallback is not None
        other = Voice(self._fallback_voices.fallback_for(voice.name), voice.speed, voice.style)
        async with contextlib.aclosing(self._fallback.speak(text, other)) as audio:
            async for pcm in audio:
                yield pcm

    def _record_failure(self, error: SpeechUnavailable, voice: Voice, *, heard: bool) -> bool:
        """Count a failure; return whether to retry the sentence."""
        fault, rest_s = _fault(error), _rest_s(error)
        retry = fault.is_transient and not heard and rest_s <= LONGEST_WAIT_S
        opened: CircuitBreaker | None
        if rest_s > LONGEST_WAIT_S:
            breaker = self._breakers.responsible_for(fault, voice.name)
            opened = breaker if breaker.trip(self._now(), fault.value, rest_s) else None
        else:
            # Without a retry, the failure counts for both attempts. An unreachable server will not
            # answer the next sentence either.
            weight = 1 if retry and fault is not Fault.UNREACHABLE else 2
            opened = self._breakers.record_failure(fault, voice.name, self._now(), weight)
        if opened is not None:
            self._log_failover(error)
            self._start_probing(opened, voice)
        else:
            log.info("%s%s", error, "; retrying" if retry else "")
        return retry

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    # -- probes -----------------------------------------------------------------------------

    async def _first_probe(self, voice: Voice) -> None:
        began = self._now()
        for last in (False, True):
            try:
                first_audio_at = await self._probe(voice)
            except SpeechUnavailable as error:
                if _fault(error).is_transient and not last:
                    await asyncio.sleep(min(_rest_s(error), LONGEST_WAIT_S))
                    continue
                breaker = self._breakers.responsible_for(_fault(error), voice.name)
                if breaker.trip(self._now(), _fault(error).value, _rest_s(error)):
                    self._log_failover(error)
                    self._start_probing(breaker, voice)
                return
            except Exception:
                log.exception("the first probe of the speech server failed unexpectedly")
                return
            ms = (first_audio_at - began) * 1000
            log.info("speech server %s: first audio after %.0f ms", self._server.address, ms)
            return

    async def _probe(self, voice: Voice) -> float:
        """Request one word, read all of its audio, and return when the first of it arrived."""
        first_audio_at = 0.0
        async with contextlib.aclosing(self._server.speak(_PROBE_TEXT, voice)) as audio:
            async for _ in audio:
                first_audio_at = first_audio_at or self._now()
        return first_audio_at

    def _start_probing(self, breaker: CircuitBreaker, voice: Voice) -> None:
        self._tasks.spawn(self._probe_until_success(breaker, voice), "probe of the speech server")

    async def _probe_until_success(self, breaker: CircuitBreaker, voice: Voice) -> None:
        while True:
            await asyncio.sleep(breaker.probe_at - self._now())
            voices = [voice]
            if breaker is self._breakers.server:
                voices += [each for name, each in self._requested.items() if name != voice.name]
            for each in voices:
                if (error := await self._probe_error(each)) is None:
                    breaker.record_success()
                    log.info("speech server %s speaks again", self._server.address)
                    if each is not voice:
                        self._trip_voice(voice)
                    return
                if _fault(error) in _SERVER_FAULTS:
                    break
            breaker.record_failed_probe(self._now())

    async def _probe_error(self, voice: Voice) -> SpeechUnavailable | None:
        try:
            await self._probe(voice)
        except SpeechUnavailable as error:
            log.debug("a probe failed: %s", error)
            return error
        except Exception as bug:
            log.exception("a probe of the speech server failed unexpectedly")
            return SpeechUnavailable(f"unexpected {type(bug).__name__}", Fault.BROKEN.value)
        return None

    def _trip_voice(self, voice: Voice) -> None:
        """Open the breaker of the only voice that the server does not speak."""
        breaker = self._breakers.voice(voice.name)
        if breaker.trip(self._now(), Fault.REFUSED.value):
            log.warning(
                "speech server %s does not speak in the voice %r; %s",
                self._server.address,
                voice.name,
                "its sentences go to the text channel"
                if self._fallback is None
                else "the embedded voice speaks in its place",
            )
            self._start_probing(breaker, voice)

    def _log_failover(self, error: SpeechUnavailable) -> None:
        log.warning(
            "%s. %s; the bot keeps trying the server. What to do: %s",
            error,
            "The sentences go to the text channel"
            if self._fallback is None
            else "The embedded voice speaks in its place",
            _ADVICE.get(_fault(error), _USUAL_ADVICE),
        )


def _fault(error: SpeechUnavailable) -> Fault:
    return error.fault if isinstance(error, SpeechFailed) else Fault.BROKEN


def _rest_s(error: SpeechUnavailable) -> float:
    """Seconds to wait before the next request."""
    if not isinstance(error, SpeechFailed):
        return 0.0
    if error.retry_after_s is None:
        return _BUSY_REST_S if error.fault is Fault.BUSY else 0.0
    return error.retry_after_s
