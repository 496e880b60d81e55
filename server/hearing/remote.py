"""Speech to text by a server with OpenAI's ``POST /v1/audio/transcriptions``.

Whisper's servers answer ``verbose_json``, which has what the rules against invented lines need.
OpenAI's newer models and others refuse it and answer ``json``: words alone. What the decoder thinks
of the end of the words (`ClosingMarks`) no server sends.

Sources: ``openai`` 3 (``types/audio/transcription_create_params.py`` and
``transcription_verbose.py``), speaches-ai/speaches (``routers/stt.py``).
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

import httpx
import numpy as np

from pipeline.audio import HEARD_RATE, Samples
from pipeline.errors import WordsUnavailable
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.hallucinations import Evidence, loudness_db, rejection, said_part
from pipeline.inference.name_repair import name_sentences
from pipeline.inference.one_breath import is_in_one_breath
from pipeline.inference.transcription import LONGEST_TEXT, Transcription
from pipeline.inference.whisper_decoder import compression_ratio
from pipeline.settings import SttSettings
from server.audio import wav
from server.engines.text_language import language_of_text
from server.synthesis.endpoint import Endpoint
from server.synthesis.faults import (
    Fault,
    fault_for_status,
    retry_after_s,
    server_message,
    without_secret,
)
from server.transcription.languages import language_code

log = logging.getLogger(__name__)

_Form: TypeAlias = dict[str, str]

_SHORTEST: Final = HEARD_RATE // 10
_CONNECT_S: Final = 2.0
_KEPT_IDLE_S: Final = 60.0
_LONGEST_BODY_BYTES: Final = 1 << 20
_FORMAT_REFUSED: Final = frozenset({400, 415, 422})
_PLAIN: Final = "json"
_DETECTED, _GUESSED = 0.85, 0.0
"""How sure a language is that a server detected, of which it tells no probability, and one that was
guessed from the words. Only long turns in the former teach a speaker's language, and two of them
change it."""
_USUAL_MODEL: Final = "whisper-1"


class RemoteFailed(WordsUnavailable):
    """The server gave no words. ``retry_after_s`` is its ``Retry-After``, or None."""

    def __init__(self, text: str, fault: Fault, retry_after_s: float | None = None) -> None:
        super().__init__(text)
        self.fault = fault
        self.retry_after_s = retry_after_s


class RemoteTranscriber:
    """A `pipeline.inference.speech_models.SpeechToText` over HTTP. Several threads may call it.

    ``settings.url`` is its address.
    """

    def __init__(self, settings: SttSettings, clock: Callable[[], float] = time.monotonic) -> None:
        if settings.url is None:
            raise ValueError("no server of speech to text: pipeline.stt.url is empty")
        self._settings = settings
        self._clock = clock
        self._endpoint = Endpoint.parse(settings.url)
        self._url = self._endpoint.at("/v1/audio/transcriptions")
        key = settings.api_key
        self._key = None if key is None else key.get_secret_value()
        self._format = "verbose_json"
        self._client = httpx.Client(
            headers={} if self._key is None else {"Authorization": f"Bearer {self._key}"},
            timeout=httpx.Timeout(settings.remote_timeout_s, connect=_CONNECT_S),
            limits=httpx.Limits(keepalive_expiry=_KEPT_IDLE_S),
            trust_env=not self._endpoint.is_loopback,
            verify=self._endpoint.is_encrypted,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, also those in use."""
        self._client.close()

    @property
    def address(self) -> str:
        """Scheme, host and port of the server, for messages."""
        return self._endpoint.shown

    def check(self) -> float:
        """Transcribe a second of silence; returns the ms that it took.

        Raises:
            RemoteFailed: the server did not answer, or refused.
        """
        return self.transcribe(np.zeros(HEARD_RATE, np.float32)).took_ms

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

        Servers detect a language among all that they know. One that is not ``among`` those of the
        settings is not believed: the audio is sent again, with the ``usual`` one or the first. They
        tell no probability: where ``sure`` asks for more than `_DETECTED`, they get the ``usual``.

        Raises:
            RemoteFailed: the server gave no words in time.
        """
        began = self._clock()
        duration_ms = audio.size * 1000 / HEARD_RATE
        wanted = language or (None if among else self._settings.language)
        if wanted is None and len(among) == 1:
            (wanted,) = among
        if wanted is None and sure is not None and sure > _DETECTED:
            wanted = usual
        if audio.size < _SHORTEST:
            why = f"too short ({duration_ms:.0f} ms)"
            return Transcription("", wanted or "en", 1.0, 0.0, duration_ms, 0.0, why)
        file = _as_wav(audio)
        answer = self._ask(file, wanted, names)
        heard, given = wanted or _language_of(answer), wanted is not None
        if wanted is None and among and heard is not None and heard not in among:
            heard, given = usual or next(iter(among)), True
            answer = self._ask(file, heard, names)
        evidence = _evidence(answer, audio)
        text = said_part(evidence, names, self._settings) or evidence.text
        return Transcription(
            text=text,
            language=heard or language_of_text(text, usual or "en"),
            language_probability=1.0 if wanted else _DETECTED if heard else _GUESSED,
            language_given=given,
            no_speech_prob=evidence.no_speech_prob,
            avg_logprob=evidence.avg_logprob,
            duration_ms=duration_ms,
            took_ms=(self._clock() - began) * 1000,
            rejected=rejection(evidence, names, self._settings),
        )

    def _ask(self, file: bytes, language: str | None, names: ExpectedNames) -> Mapping[str, Any]:
        form = {"model": self._settings.model or _USUAL_MODEL, "temperature": "0"}
        if language is not None:
            form["language"] = language
        if names and self._settings.remote_prompt:
            form["prompt"] = " ".join(name_sentences(names))
        for wanted in dict.fromkeys((self._format, _PLAIN)):
            status, body, headers = self._post({**form, "response_format": wanted}, file)
            if status not in _FORMAT_REFUSED or wanted == _PLAIN:
                break
        if not 200 <= status < 300:
            said = without_secret(server_message(body), self._key)
            wait_s = retry_after_s(headers.get("retry-after"), datetime.now(UTC))
            raise self._failure(f"refused: {status} {said}", fault_for_status(status), wait_s)
        if wanted != self._format:
            log.info("%s gives words alone, without verbose_json", self.address)
            self._format = wanted
        return self._parsed(body)

    def _post(self, form: _Form, file: bytes) -> tuple[int, bytes, httpx.Headers]:
        try:
            return self._send(form, file)
        except httpx.TimeoutException as error:
            limit = self._settings.remote_timeout_s
            raise self._failure(f"gave no words within {limit:g} s", Fault.SLOW) from error
        except (httpx.ConnectError, httpx.ProxyError) as error:
            what = f"does not answer: {error}; is it running, and is PIPELINE__STT__URL right?"
            raise self._failure(what, Fault.UNREACHABLE) from error
        except httpx.HTTPError as error:
            what = f"broke off: {str(error) or type(error).__name__}"
            raise self._failure(what, Fault.BROKE_OFF) from error

    def _send(self, form: _Form, file: bytes) -> tuple[int, bytes, httpx.Headers]:
        try:
            return self._send_once(form, file)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            # The server closed an idle connection just as it was reused.
            return self._send_once(form, file)

    def _send_once(self, form: _Form, file: bytes) -> tuple[int, bytes, httpx.Headers]:
        until = self._clock() + self._settings.remote_timeout_s
        files = {"file": ("speech.wav", file, "audio/wav")}
        with self._client.stream("POST", self._url, data=form, files=files) as response:
            body = b""
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _LONGEST_BODY_BYTES:
                    raise self._failure("sent an answer that does not end", Fault.BROKEN)
                if self._clock() > until:
                    raise httpx.ReadTimeout("the answer trickles")
        return response.status_code, body, response.headers

    def _parsed(self, body: bytes) -> Mapping[str, Any]:
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
            said = server_message(body)
            raise self._failure(f"sent no transcription: {said}", Fault.NOT_FOUND)
        return answer

    def _failure(self, what: str, fault: Fault, wait_s: float | None = None) -> RemoteFailed:
        return RemoteFailed(f"speech to text at {self.address} {what}", fault, wait_s)


def _as_wav(audio: Samples) -> bytes:
    pcm: bytes = np.clip(np.rint(audio * 32768.0), -32768, 32767).astype("<i2").tobytes()
    return wav.header(HEARD_RATE, len(pcm)) + pcm


def _language_of(answer: Mapping[str, Any]) -> str | None:
    told = answer.get("language")
    return language_code(told) or None if isinstance(told, str) else None


def _evidence(answer: Mapping[str, Any], audio: Samples) -> Evidence:
    """What is known of the words. Words alone count as sure."""
    text = " ".join(str(answer["text"])[:LONGEST_TEXT].split())
    segments = answer.get("segments")
    measured = [each for each in segments if isinstance(each, dict)] if segments else []
    return Evidence(
        text=text,
        avg_logprob=min(_numbers(measured, "avg_logprob"), default=0.0),
        no_speech_prob=max(_numbers(measured, "no_speech_prob"), default=0.0),
        compression_ratio=compression_ratio(text),
        loudness_db=loudness_db(audio),
        duration_ms=audio.size * 1000 / HEARD_RATE,
        one_breath=is_in_one_breath(text, audio),
    )


def _numbers(segments: Collection[Mapping[str, Any]], name: str) -> list[float]:
    values = (each.get(name) for each in segments)
    return [float(each) for each in values if isinstance(each, int | float)]
