"""Speech to text: one Whisper model for all speakers, run by faster-whisper.

`Transcriber` is the model, `Transcription` its result. `load_transcriber` loads it on the GPU if
that works, else on the CPU.
"""

from __future__ import annotations

import logging
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ctranslate2
import numpy as np

from pipeline.audio import HEARD_RATE, Samples
from pipeline.errors import DeviceUnusable, ModelUnavailable
from pipeline.inference.closing_marks import ClosingMarks
from pipeline.inference.devices import (
    Device,
    choose_compute_type,
    choose_device,
    cpu_settings,
    load_cuda_libraries,
    usable_settings,
    whisper_size,
)
from pipeline.inference.hallucinations import (
    Evidence,
    loudness_db,
    rejection,
    spoken_part,
)
from pipeline.inference.windowed_whisper import DecodeCall, WindowedWhisper
from pipeline.settings import SttSettings

log = logging.getLogger(__name__)

_SHORTEST: Final = HEARD_RATE // 10
# No speaker reaches 12 tokens a second, so the limit stops a decoder that loops. Whisper's context
# holds 448 tokens, half of them for the hotwords before the text.
_TOKENS_A_SECOND: Final = 12
_TOKENS_AT_LEAST: Final = 16
_TOKENS_AT_MOST: Final = 200
_NEEDED: Final = ("model.bin", "tokenizer.json")

LONGEST_TEXT: Final = 10_000
"""Most characters of a transcription: twice what fits into the longest turn of the settings."""


@dataclass(frozen=True, slots=True)
class Transcription:
    """The text of a stretch of audio.

    ``rejected`` is why ``text`` must not be used, or None. The text is cut off at `LONGEST_TEXT`,
    which bounds what a looping decoder sends to the rules and the agent. ``avg_logprob`` is the
    mean over tokens, ``duration_ms`` the length of the audio, ``took_ms`` the time in the model.
    """

    text: str
    language: str
    no_speech_prob: float
    avg_logprob: float
    duration_ms: float
    took_ms: float
    rejected: str | None = None
    language_probability: float = 1.0
    closing: ClosingMarks | None = None
    """What the decoder thinks of the end of the words; None where it is not known."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text[:LONGEST_TEXT])


class Transcriber:
    """A Whisper model loaded from a directory in CTranslate2's format. Call it in a worker.

    Raises:
        DeviceUnusable: the model does not load on the GPU.
        ModelUnavailable: the directory lacks a file, or the model does not load with these
            settings; the text says what to change.
    """

    def __init__(self, path: str | os.PathLike[str], settings: SttSettings | None = None) -> None:
        self._settings = settings or SttSettings()
        self._directory = Path(path)
        self.device: Device = choose_device(self._settings.device)
        self.compute_type = choose_compute_type(self._settings.compute_type, self.device)
        if self.device == "cuda":
            load_cuda_libraries()
        self.fallbacks = 0
        """Times that a doubtful result of the short window was repeated with the full one."""
        self._model = self._load()
        self._cut = self._settings.window == "short" or (
            self._settings.window == "auto" and self.device == "cpu"
        )
        if self._settings.language and not self.supports_language(self._settings.language):
            raise ModelUnavailable(
                f"speech to text: the model in {self._directory} does not know the language "
                f"{self._settings.language!r}; set PIPELINE__STT__LANGUAGE to auto or another, "
                "or choose a multilingual model"
            )

    def supports_language(self, language: str) -> bool:
        """Whether the model has a token for this ISO code."""
        if not self._model.model.is_multilingual:
            return language == "en"
        return self._model.hf_tokenizer.token_to_id(f"<|{language}|>") is not None

    def warm_up(self) -> float:
        """Transcribe a second of silence, so that the first turn is not slow; returns the ms taken.

        On a GPU this is the first use of cuBLAS, of the memory and of the kernels.

        Raises:
            DeviceUnusable: transcription fails on the GPU.
        """
        try:
            return self.transcribe(np.zeros(HEARD_RATE, np.float32)).took_ms
        except Exception as error:  # CTranslate2 raises bare RuntimeError
            if self.device == "cpu":
                raise
            raise self._unusable("encoding fails", error) from error

    def transcribe(
        self,
        audio: Samples,
        *,
        language: str | None = None,
        hotwords: str | None = None,
        fallback: bool = True,
    ) -> Transcription:
        """The words in 16 kHz mono ``float32[n]``.

        ``language`` is an ISO code and has precedence over the settings. Without any, or with one
        that the model lacks, the language is detected. ``hotwords`` are words to expect, such as
        "Jarvis, Sage". Without ``fallback`` a doubtful result of the short window is kept.
        """
        started = time.perf_counter()
        duration_ms = audio.size * 1000 / HEARD_RATE
        wanted = (
            language if language and self.supports_language(language) else self._settings.language
        )
        if audio.size < _SHORTEST:
            why = f"too short ({duration_ms:.0f} ms)"
            return Transcription("", wanted or "en", 1.0, 0.0, duration_ms, 0.0, why)
        decoding = self._decode(audio, wanted, hotwords, cut=self._cut)
        may_fall_back = fallback and self._cut and self._settings.window == "auto"
        if may_fall_back and self._is_doubtful(decoding.evidence):
            log.debug("the short window gave a doubtful result: %s", decoding.evidence)
            self.fallbacks += 1
            decoding = self._decode(audio, wanted, hotwords, cut=False)
        evidence = decoding.evidence
        return Transcription(
            text=spoken_part(evidence.text) or evidence.text,
            language=decoding.language,
            no_speech_prob=evidence.no_speech_prob,
            avg_logprob=evidence.avg_logprob,
            duration_ms=duration_ms,
            took_ms=(time.perf_counter() - started) * 1000,
            rejected=rejection(evidence, hotwords, self._settings),
            language_probability=decoding.language_probability,
        )

    def _decode(
        self, audio: Samples, language: str | None, hotwords: str | None, *, cut: bool
    ) -> _Decoding:
        limit = _TOKENS_AT_LEAST + math.ceil(_TOKENS_A_SECOND * audio.size / HEARD_RATE)
        with self._model.call(cut=cut) as call:
            segments, info = self._model.transcribe(
                audio,
                language=language,
                hotwords=hotwords,
                beam_size=self._settings.beam_size,
                temperature=0.0,
                without_timestamps=True,
                condition_on_previous_text=False,
                max_new_tokens=min(limit, _TOKENS_AT_MOST),
                # `rejection` applies the thresholds, and gives a reason.
                no_speech_threshold=None,
                log_prob_threshold=None,
                compression_ratio_threshold=None,
            )
            text = " ".join(segment.text.strip() for segment in segments)
        evidence = _evidence(text, call, audio)
        return _Decoding(evidence, info.language, float(info.language_probability))

    def _is_doubtful(self, evidence: Evidence) -> bool:
        settings = self._settings
        if evidence.compression_ratio > settings.compression_ratio_threshold:
            return True
        silent = evidence.no_speech_prob > settings.no_speech_threshold
        return evidence.avg_logprob < settings.log_prob_threshold and not silent

    def _load(self) -> WindowedWhisper:
        # At INFO faster-whisper logs a line for every transcription.
        logging.getLogger("faster_whisper").setLevel(logging.WARNING)
        for name in _NEEDED:
            # Without a tokenizer file, faster-whisper would download one.
            if not (self._directory / name).is_file():
                raise ModelUnavailable(
                    f"speech to text: no {name} in {self._directory}; run `python run.py models "
                    "fetch`, or set PIPELINE__STT__MODEL_SIZE to a directory with a Whisper model "
                    "converted for CTranslate2"
                )
        try:
            return WindowedWhisper(
                str(self._directory),
                device=self.device,
                compute_type=self.compute_type,
                cpu_threads=self._settings.threads,
                local_files_only=True,
            )
        except Exception as error:  # CTranslate2 and tokenizers raise bare RuntimeError, Exception
            if self.device == "cuda":
                raise self._unusable("the model does not load", error) from error
            raise ModelUnavailable(
                f"speech to text: the model in {self._directory} does not load on {self.device} "
                f"as {self.compute_type} ({error}); {self._load_advice()}"
            ) from error

    def _unusable(self, what: str, error: Exception) -> DeviceUnusable:
        return DeviceUnusable(
            f"speech to text: {what} on the GPU as {self.compute_type} ({error}); `make setup` "
            "installs cuBLAS 12, and the NVIDIA driver must be new enough for CUDA 12; or set "
            "PIPELINE__STT__DEVICE=cpu"
        )

    def _load_advice(self) -> str:
        possible = ctranslate2.get_supported_compute_types(self.device)
        if self.compute_type not in possible:
            return f"set PIPELINE__STT__COMPUTE_TYPE to one of {', '.join(sorted(possible))}"
        return "delete the directory and run `python run.py models fetch` again"


@dataclass(frozen=True, slots=True)
class _Decoding:
    evidence: Evidence
    language: str
    language_probability: float


def _evidence(text: str, call: DecodeCall, audio: Samples) -> Evidence:
    """The windows of a call as one: of each number, the worst."""
    decoded = call.decoded
    return Evidence(
        text=text.strip(),
        avg_logprob=min((each.avg_logprob for each in decoded), default=0.0),
        no_speech_prob=max((each.no_speech_prob for each in decoded), default=1.0),
        compression_ratio=max((each.compression_ratio for each in decoded), default=1.0),
        loudness_db=loudness_db(audio),
        duration_ms=audio.size * 1000 / HEARD_RATE,
    )


def load_transcriber(
    settings: SttSettings,
    path_of: Callable[[str], Path],
    warn: Callable[[str], None] = log.warning,
) -> Transcriber:
    """Load Whisper and transcribe a second of silence. Blocks; call it in a worker.

    ``path_of`` provides a model of the size that it is given. If that fails on a GPU that ``auto``
    chose, the CPU and the size for it are used, and ``warn`` gets the reason.

    Raises:
        DeviceUnusable: the settings ask for ``cuda``, and it does not work.
        ModelUnavailable: the model is missing or does not load.
        Exception: what ``path_of`` raises.
    """
    settings, missing = usable_settings(settings)
    if missing is not None:
        warn(_cpu_warning(missing))
    try:
        return _load_and_warm_up(settings, path_of)
    except DeviceUnusable as error:
        if settings.device != "auto":
            raise
        warn(_cpu_warning(str(error)))
    return _load_and_warm_up(cpu_settings(settings), path_of)


def _load_and_warm_up(settings: SttSettings, path_of: Callable[[str], Path]) -> Transcriber:
    transcriber = Transcriber(path_of(whisper_size(settings)), settings)
    transcriber.warm_up()
    return transcriber


def _cpu_warning(reason: str) -> str:
    return (
        "this machine has a GPU, but speech recognition runs on the CPU, slower and with a smaller "
        f"model: {reason}. `run.py doctor` tries it again"
    )
