"""Speech to text by a server, with the Whisper of this machine while the server fails.

A request that fails or is late is transcribed here, so that no turn is lost. After repeated
failures the circuit breaker opens: the server is then tried with a second of silence, at growing
intervals, in a thread of its own, until it answers.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from typing import Final, Protocol

from pipeline.audio import Samples
from pipeline.errors import WordsUnavailable
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.speech_models import HearingInUse, SpeechToText
from pipeline.inference.transcription import Transcription
from server.hearing.remote import RemoteFailed
from server.synthesis.circuit_breaker import LIMIT, CircuitBreaker
from server.synthesis.faults import Fault

log = logging.getLogger(__name__)

_LASTING: Final = frozenset((Fault.UNREACHABLE, Fault.LOCKED, Fault.NOT_FOUND))
"""Faults that the next request meets too."""


_LONGEST_WAIT_S: Final = 2.0
"""A longer ``Retry-After`` is one for the breaker."""


class CheckedTranscriber(SpeechToText, Protocol):
    """A server of speech to text; `RemoteTranscriber` is one."""

    @property
    def address(self) -> str:
        """Scheme, host and port, for messages."""
        ...

    def check(self) -> float:
        """Try it; returns the ms that it took, or raises `RemoteFailed`."""
        ...


class FailoverTranscriber:
    """A `SpeechToText` over ``server``; ``local`` transcribes in its place. Thread-safe.

    ``local_name`` is what operators call it. Without ``local``, each request raises at once while
    the breaker is open.
    """

    def __init__(
        self,
        server: CheckedTranscriber,
        local: SpeechToText | None = None,
        local_name: str = "Whisper on this machine",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server = server
        self._local = local
        self._local_name = "" if local is None else local_name
        self._clock = clock
        self._breaker = CircuitBreaker()
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._probe: threading.Thread | None = None

    @property
    def in_use(self) -> HearingInUse:
        """What transcribes now, and why it is not the server."""
        with self._lock:
            reason = self._breaker.reason
        return HearingInUse(self._local_name if reason else self._server.address, reason)

    def start(self) -> None:
        """Try the server, and log the result."""
        try:
            took_ms = self._server.check()
        except RemoteFailed as error:
            with self._lock:
                self._breaker.trip(self._clock(), _reason(error), error.retry_after_s or 0.0)
            self._log_opened(error)
            return
        log.info("speech to text at %s: a second took %.0f ms", self._server.address, took_ms)

    def transcribe(
        self,
        audio: Samples,
        *,
        language: str | None = None,
        among: Collection[str] = (),
        usual: str | None = None,
        sure: float | None = None,
        names: ExpectedNames = NO_NAMES,
        fallback: bool = True,
    ) -> Transcription:
        """See `Transcriber.transcribe`.

        Raises:
            WordsUnavailable: the server failed, and there is no local model.
        """

        def heard_by(ear: SpeechToText) -> Transcription:
            return ear.transcribe(
                audio,
                language=language,
                among=among,
                usual=usual,
                sure=sure,
                names=names,
                fallback=fallback,
            )

        failed: WordsUnavailable | None = None
        if self._may_ask():
            try:
                heard = heard_by(self._server)
            except RemoteFailed as error:
                self._record(error)
                failed = error
            else:
                with self._lock:
                    if not self._breaker.is_open:
                        self._breaker.record_success()
                return heard
        if self._local is None:
            told = f"speech to text at {self._server.address} failed: {self._breaker.reason}"
            raise failed or WordsUnavailable(told)
        with self._one_at_a_time:
            return heard_by(self._local)

    def close(self) -> None:
        """Wait for a probe that runs."""
        if (probe := self._probe) is not None:
            probe.join()

    def _may_ask(self) -> bool:
        with self._lock:
            if not self._breaker.is_open:
                return True
            due = self._clock() >= self._breaker.probe_at
            if due and (self._probe is None or not self._probe.is_alive()):
                self._probe = threading.Thread(
                    target=self._try_again, name="probe of speech to text", daemon=True
                )
                self._probe.start()
            return False

    def _try_again(self) -> None:
        try:
            self._server.check()
        except RemoteFailed as error:
            log.debug("a probe failed: %s", error)
            with self._lock:
                self._breaker.record_failed_probe(self._clock())
            return
        except Exception:
            log.exception("a probe of speech to text failed unexpectedly")
            with self._lock:
                self._breaker.record_failed_probe(self._clock())
            return
        with self._lock:
            self._breaker.record_success()
        log.info("speech to text at %s answers again", self._server.address)

    def _record(self, error: RemoteFailed) -> None:
        weight = LIMIT if error.fault in _LASTING else 2 if error.fault is Fault.SLOW else 1
        now, why, rest_s = self._clock(), _reason(error), error.retry_after_s or 0.0
        with self._lock:
            if rest_s > _LONGEST_WAIT_S:
                opened = self._breaker.trip(now, why, rest_s)
            else:
                opened = self._breaker.record_failure(now, why, weight=weight)
        if opened:
            self._log_opened(error)
        else:
            log.info("%s", error)

    def _log_opened(self, error: RemoteFailed) -> None:
        log.warning(
            "%s. %s; the bot keeps trying the server. What to do: see its own log, and check "
            "PIPELINE__STT__URL and PIPELINE__STT__API_KEY in .env",
            error,
            "Nothing is understood meanwhile"
            if self._local is None
            else "Whisper on this machine transcribes in its place",
        )


def _reason(error: RemoteFailed) -> str:
    """Why the server does not transcribe, in words for members. A refusal is of no voice here."""
    fault: Fault = Fault.BROKEN if error.fault is Fault.REFUSED else error.fault
    return str(fault.value)
