"""One server of a chain: its circuit breakers, its probes, and the sentences that it has ready.

After repeated failures the circuit breaker opens. Background probes then ask the server for one
word, at growing intervals, until it answers. A fault of one voice alone, such as an unknown name,
opens the breaker of that voice only. So do repeated failures of one voice while others succeed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import Final, Protocol

from pipeline.audio import Pcm16
from pipeline.errors import SpeechUnavailable
from pipeline.ports import Synthesizer, Voice
from server.synthesis.circuit_breaker import CircuitBreaker, ServerBreakers
from server.synthesis.fallback_voices import FallbackVoices
from server.synthesis.faults import Fault, SpeechFailed
from server.synthesis.stock_speech import StockSpeech
from tasks import OwnedTasks

log = logging.getLogger(__name__)

_BUSY_REST_S: Final = 0.5
"""Pause before a retry when a busy server sends no ``Retry-After``."""
LONGEST_WAIT_S: Final = 2.0
"""Longest pause before a retry. Callers take it for thinking; they do not wait longer."""
_QUICK_S: Final = 1.0
"""A failure after more time than this is not repeated where another server can speak."""
_PROBE_TEXT: Final = "Hello."
_ADVICE: Final = {
    Fault.UNREACHABLE: "start it, or correct {setting} in .env",
    Fault.LOCKED: "check {key} in .env",
    Fault.NOT_FOUND: "correct {setting} in .env",
    Fault.REFUSED: "check {setting} and the model in .env, and the agents' voices",
}
_USUAL_ADVICE: Final = "see its own log, and check {setting} in .env"
_SERVER_FAULTS: Final = frozenset((Fault.UNREACHABLE, Fault.SLOW, Fault.BUSY, Fault.LOCKED))
"""Faults that every voice of the server meets."""
_NEXT_AT_ONCE: Final = frozenset((Fault.UNREACHABLE, Fault.BUSY))
"""Passing faults that outlast a second request, as a rule."""


class SpeechServer(Synthesizer, Protocol):
    """A speech server of a chain; `HttpSynthesizer` is one."""

    @property
    def setting(self) -> str:
        """The variable that has its address, for advice."""
        ...

    @property
    def address(self) -> str:
        """Scheme, host and port, for messages."""
        ...

    async def voices(self) -> list[str]: ...


class ChainLink:
    """A server with its breakers. ``name`` is what members are told while it stands in.

    ``successor`` says for the log who speaks in its place; empty if there is no other.
    """

    def __init__(
        self,
        server: SpeechServer,
        tasks: OwnedTasks,
        *,
        name: str = "",
        successor: str = "",
        stock: StockSpeech | None = None,
    ) -> None:
        self.name = name
        self.server = server
        self._tasks = tasks
        self._successor = successor
        self._stock = stock or StockSpeech()
        self._breakers = ServerBreakers()
        self._requested: dict[str, Voice] = {}
        """The voices requested so far, by name."""

    def open_for(self, voice: Voice) -> CircuitBreaker | None:
        """The breaker that keeps ``voice`` from this server; None if it may speak."""
        return self._breakers.open_for(voice.name)

    def refused_voice(self) -> tuple[Voice, str] | None:
        """A voice that this server does not speak now, with the reason; None if there is none."""
        for voice in self._requested.values():
            if (breaker := self.open_for(voice)) is not None:
                return voice, breaker.reason
        return None

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        """Stream one sentence, 48 kHz mono ``int16[n]``: what is ready, or what the server sends.

        Raises:
            SpeechUnavailable: the server gave no speech, or not all of it.
        """
        key = (self.server.address, voice, text)
        if (ready := self._stock.find(key)) is not None:
            yield ready
            return
        self._requested[voice.name] = voice
        kept: list[Pcm16] | None = [] if self._stock.wants(key) else None
        async with contextlib.aclosing(self.server.speak(text, voice)) as audio:
            async for pcm in audio:
                if kept is not None:
                    kept.append(pcm)
                yield pcm
        self._breakers.record_success(voice.name)
        if kept is not None:
            self._stock.keep(key, kept)

    def failed(
        self, error: SpeechUnavailable, voice: Voice, *, heard: bool, took_s: float, others: bool
    ) -> float | None:
        """Count a failure; the pause in seconds before the same request, or None for no other.

        ``heard`` is whether some of the sentence was returned, ``others`` whether another server
        can speak it.
        """
        fault, rest_s = fault_of(error), _rest_s(error)
        retry = fault.is_transient and not heard and rest_s <= LONGEST_WAIT_S
        if others and (fault in _NEXT_AT_ONCE or took_s > _QUICK_S):
            retry = False
        opened: CircuitBreaker | None
        if rest_s > LONGEST_WAIT_S:
            breaker = self._breakers.responsible_for(fault, voice.name)
            opened = breaker if breaker.trip(_now(), fault.value, rest_s) else None
        else:
            # Without a retry, the failure counts for both attempts. An unreachable server will not
            # answer the next sentence either.
            weight = 1 if retry else 2
            if fault is Fault.UNREACHABLE:
                weight += 1
            opened = self._breakers.record_failure(fault, voice.name, _now(), weight)
        if opened is not None:
            self._log_opened(error)
            self._start_probing(opened, voice)
        else:
            log.info("%s%s", error, "; retrying" if retry else "")
        return rest_s if retry else None

    # -- probes -----------------------------------------------------------------------------

    async def first_probe(self, voice: Voice) -> bool:
        """Request one word and log the result; returns whether the server spoke it."""
        began = _now()
        self._requested[voice.name] = voice
        for last in (False, True):
            try:
                first_audio_at = await self._probe(voice)
            except SpeechUnavailable as error:
                if fault_of(error).is_transient and not last:
                    await asyncio.sleep(min(_rest_s(error), LONGEST_WAIT_S))
                    continue
                breaker = self._breakers.responsible_for(fault_of(error), voice.name)
                if breaker.trip(_now(), fault_of(error).value, _rest_s(error)):
                    self._log_opened(error)
                    self._start_probing(breaker, voice)
                return False
            except Exception:
                log.exception("the first probe of a speech server failed unexpectedly")
                return False
            ms = (first_audio_at - began) * 1000
            log.info("speech server %s: first audio after %.0f ms", self.server.address, ms)
            return True
        return False

    async def _probe(self, voice: Voice) -> float:
        """Request one word, read all of its audio, and return when the first of it arrived."""
        first_audio_at = 0.0
        async with contextlib.aclosing(self.server.speak(_PROBE_TEXT, voice)) as audio:
            async for _ in audio:
                first_audio_at = first_audio_at or _now()
        return first_audio_at

    def _start_probing(self, breaker: CircuitBreaker, voice: Voice) -> None:
        self._tasks.spawn(self._probe_until_success(breaker, voice), "probe of a speech server")

    async def _probe_until_success(self, breaker: CircuitBreaker, voice: Voice) -> None:
        while True:
            await asyncio.sleep(breaker.probe_at - _now())
            voices = [voice]
            if breaker is self._breakers.server:
                voices += [each for name, each in self._requested.items() if name != voice.name]
            for each in voices:
                if (error := await self._probe_error(each)) is None:
                    breaker.record_success()
                    log.info("speech server %s speaks again", self.server.address)
                    if each is not voice:
                        self._trip_voice(voice)
                    return
                if fault_of(error) in _SERVER_FAULTS:
                    break
            breaker.record_failed_probe(_now())

    async def _probe_error(self, voice: Voice) -> SpeechUnavailable | None:
        try:
            await self._probe(voice)
        except SpeechUnavailable as error:
            log.debug("a probe failed: %s", error)
            return error
        except Exception as bug:
            log.exception("a probe of a speech server failed unexpectedly")
            return SpeechUnavailable(f"unexpected {type(bug).__name__}", Fault.BROKEN.value)
        return None

    def _trip_voice(self, voice: Voice) -> None:
        """Open the breaker of the only voice that the server does not speak."""
        breaker = self._breakers.voice(voice.name)
        if breaker.trip(_now(), Fault.REFUSED.value):
            log.warning(
                "speech server %s does not speak in the voice %r; %s",
                self.server.address,
                voice.name,
                self._instead("its sentences go"),
            )
            self._start_probing(breaker, voice)

    def _log_opened(self, error: SpeechUnavailable) -> None:
        advice = _ADVICE.get(fault_of(error), _USUAL_ADVICE)
        setting = self.server.setting
        key = "TTS__API_KEY" if setting == "TTS_URL" else f"the key in {setting}"
        log.warning(
            "%s. %s; the bot keeps trying the server. What to do: %s",
            error,
            self._instead("The sentences go"),
            advice.format(setting=setting, key=key),
        )

    def _instead(self, sentences_go: str) -> str:
        if not self._successor:
            return f"{sentences_go} to the text channel"
        return f"{self._successor} speaks in its place"


class EmbeddedLink:
    """The embedded engine, the last of a chain: it has no breaker, and voices of its own.

    As the only one it is the voice that the settings want; its ``voices`` keep their names then.
    """

    name: Final = ""

    def __init__(self, server: SpeechServer, voices: FallbackVoices | None = None) -> None:
        self.server = server
        self._voices = voices

    def open_for(self, voice: Voice) -> CircuitBreaker | None:
        """None: nothing could speak in its place."""
        return None

    def refused_voice(self) -> tuple[Voice, str] | None:
        """None: it speaks every voice."""
        return None

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        """See `ChainLink.speak`."""
        if self._voices is not None:
            name = self._voices.fallback_for(voice.name)
            voice = Voice(name, voice.speed, voice.style)
        async with contextlib.aclosing(self.server.speak(text, voice)) as audio:
            async for pcm in audio:
                yield pcm

    def failed(
        self, error: SpeechUnavailable, voice: Voice, *, heard: bool, took_s: float, others: bool
    ) -> float | None:
        """None: the engine gives the same answer again."""
        return None

    async def first_probe(self, voice: Voice) -> bool:
        """True: its start was its test."""
        return True


def fault_of(error: SpeechUnavailable) -> Fault:
    """The kind of a failure; that of an unknown one is `Fault.BROKEN`."""
    return error.fault if isinstance(error, SpeechFailed) else Fault.BROKEN


def _rest_s(error: SpeechUnavailable) -> float:
    """Seconds to wait before the next request."""
    if not isinstance(error, SpeechFailed):
        return 0.0
    if error.retry_after_s is None:
        return _BUSY_REST_S if error.fault is Fault.BUSY else 0.0
    return error.retry_after_s


def _now() -> float:
    return asyncio.get_running_loop().time()
