"""Speech to text: one Whisper model for all speakers, run by CTranslate2.

`Transcriber` is the model, `Transcription` its result. `load_transcriber` loads it on the GPU if
that works, else on the CPU.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import ctranslate2
import numpy as np

from pipeline.audio import HEARD_RATE, Samples
from pipeline.errors import DeviceUnusable, ModelUnavailable
from pipeline.inference.call_evidence import heard_words, with_heard_call
from pipeline.inference.closing_marks import ClosingMarks
from pipeline.inference.decoding_choices import NO_CHOICES, DecodingChoices
from pipeline.inference.devices import (
    Device,
    choose_at_once,
    choose_compute_type,
    choose_device,
    choose_threads,
    cpu_settings,
    load_cuda_libraries,
    usable_settings,
    whisper_size,
)
from pipeline.inference.encoded_speech import EncodedSpeech
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.hallucinations import (
    Evidence,
    loudness_db,
    rejection,
    said_part,
    spoken_part,
)
from pipeline.inference.language_choice import LanguageChoice
from pipeline.inference.log_mel import FRAMES_A_SECOND, WINDOW_FRAMES
from pipeline.inference.long_audio import DecodedWindow, decode_long
from pipeline.inference.name_evidence import with_heard_name
from pipeline.inference.name_repair import (
    may_hold_a_name,
    may_open_with_a_call,
    name_prompt,
    repaired,
)
from pipeline.inference.one_breath import is_in_one_breath
from pipeline.inference.stop_repair import is_the_stop, may_hold_a_stop, stop_prompt
from pipeline.inference.timed_text import TimedSegment, timed_segments
from pipeline.inference.transcription import Transcription
from pipeline.inference.whisper_decoder import Decoding, WhisperDecoder
from pipeline.settings import SttSettings

log = logging.getLogger(__name__)

_SHORTEST: Final = HEARD_RATE // 10
_RETRY_FRAMES: Final = 20 * FRAMES_A_SECOND
"""The window of a second attempt."""
_NEEDED: Final = ("model.bin", "tokenizer.json")


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
        self._threads = choose_threads(self._settings.threads)
        self.at_once = choose_at_once(self._settings.at_once, self.device, self._threads)
        """How many callers it serves at a time; others wait."""
        self.fallbacks = 0
        """Times that a doubtful result was repeated with a longer window."""
        self._decoder = self._load()
        self._cut = self._settings.window == "short" or (
            self._settings.window == "auto" and self.device == "cpu"
        )
        if self._settings.language and not self.supports_language(self._settings.language):
            raise ModelUnavailable(
                f"speech to text: the model in {self._directory} does not know the language "
                f"{self._settings.language!r}; set PIPELINE__STT__LANGUAGE to auto or another, "
                "or choose a multilingual model"
            )

    @property
    def languages(self) -> tuple[str, ...]:
        """The ISO codes that `supports_language` knows."""
        return self._decoder.vocabulary.languages

    def supports_language(self, language: str) -> bool:
        """Whether the model has a token for this ISO code."""
        return self._decoder.vocabulary.supports(language)

    def warm_up(self) -> float:
        """Transcribe a second of silence, so that the first turn is not slow; returns the ms taken.

        On a GPU this is the first use of cuBLAS, of the memory and of the kernels.

        Raises:
            DeviceUnusable: transcription fails on the GPU.
        """
        try:
            self._decoder.warm_up()
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
        among: Collection[str] = (),
        usual: str | None = None,
        sure: float | None = None,
        names: ExpectedNames = NO_NAMES,
        fallback: bool = True,
        choices: DecodingChoices = NO_CHOICES,
        ahead: EncodedSpeech | None = None,
    ) -> Transcription:
        """The words in 16 kHz mono ``float32[n]``.

        ``language`` is an ISO code and has precedence over ``among``, and both over the settings.
        Without any, or with one that the model lacks, the language is detected, if there are any
        only ``among`` these. The ``usual`` one is taken where the detection is not ``sure``, a
        probability; without it the settings have one (``language_threshold``).
        ``names`` are those that are likely to be said. Without ``fallback`` the window is the
        shortest, a doubtful result is kept, and there are no closing marks. ``ahead`` is what
        `encode` gave for the same audio without the silence behind it.
        """
        started = time.perf_counter()
        duration_ms = audio.size * 1000 / HEARD_RATE
        wanted = self._wanted(language, among)
        if audio.size < _SHORTEST:
            why = f"too short ({duration_ms:.0f} ms)"
            return Transcription("", wanted or "en", 1.0, 0.0, duration_ms, 0.0, why)
        floor = self._floor(final=fallback)
        chosen = LanguageChoice(
            wanted,
            among,
            usual if usual is not None and self.supports_language(usual) else None,
            self._settings.language_threshold if sure is None else sure,
        )
        call = _Call(self._decoder, self._settings, floor, chosen, names, choices, closing=fallback)
        call.ahead = ahead
        may_repeat = fallback and self._settings.window == "auto"
        windows = list(decode_long(audio, lambda window: call.decode(window, repeat=may_repeat)))
        self.fallbacks += call.repeated
        judged = [(window, self._evidence(window)) for window in windows]
        reasons = [rejection(evidence, names, self._settings) for _, evidence in judged]
        used = [each for each, reason in zip(judged, reasons, strict=True) if reason is None]
        evidence = [evidence for _, evidence in used or judged]
        said = [said_part(each, names, self._settings) or each.text for each in evidence]
        return Transcription(
            text=" ".join(filter(None, said)),
            language=chosen.code or "en",
            no_speech_prob=max(each.no_speech_prob for each in evidence),
            avg_logprob=min(each.avg_logprob for each in evidence),
            duration_ms=duration_ms,
            took_ms=(time.perf_counter() - started) * 1000,
            rejected=None if used else reasons[0],
            language_probability=chosen.probability,
            language_given=chosen.given,
            closing=_closing(windows[-1], said[-1]) if reasons[-1] is None else None,
            segments=tuple(
                each
                for (window, _), text in zip(used, said, strict=False)
                for each in self._segments(window, text)
            ),
            may_call=next(filter(None, (each.decoding.may_call for each, _ in used)), ""),
        )

    def encode(
        self, audio: Samples, *, language: str | None = None, among: Collection[str] = ()
    ) -> EncodedSpeech | None:
        """Encode 16 kHz mono ``float32[n]`` for a call of `transcribe`, and detect its language.

        None if the audio does not fit into one window, or is too short to have words.
        """
        if not _SHORTEST <= audio.size <= WINDOW_FRAMES * HEARD_RATE // FRAMES_A_SECOND:
            return None
        floor = self._floor(final=True)
        encoding = self._decoder.encode(audio, floor)
        wanted = self._wanted(language, among)
        detected = None if wanted else self._decoder.detect_language(encoding, among)
        return EncodedSpeech(audio.size, floor, encoding, detected, among)

    def _wanted(self, language: str | None, among: Collection[str]) -> str | None:
        if language and self.supports_language(language):
            return language
        return None if among else self._settings.language

    def _segments(self, window: DecodedWindow, said: str) -> list[TimedSegment]:
        """The segments of a window without the lines that Whisper makes up."""
        begins_s, decode = window.start / HEARD_RATE, self._decoder.vocabulary.decode
        segments = timed_segments(window.decoding, window.text, begins_s, decode)
        return [
            each for each in segments if each.text in said or spoken_part(each.text)
        ] or segments

    def _floor(self, *, final: bool) -> int:
        """The shortest window, in frames."""
        if not self._cut:
            return WINDOW_FRAMES
        floor_s = self._settings.floor_s if final else self._settings.partial_floor_s
        return round(floor_s * FRAMES_A_SECOND)

    @staticmethod
    def _evidence(window: DecodedWindow) -> Evidence:
        decoding = window.decoding
        return Evidence(
            text=window.text,
            avg_logprob=decoding.avg_logprob,
            no_speech_prob=decoding.no_speech_prob,
            compression_ratio=decoding.compression_ratio,
            loudness_db=loudness_db(window.audio),
            duration_ms=window.audio.size * 1000 / HEARD_RATE,
            one_breath=is_in_one_breath(window.text, window.audio),
        )

    def _load(self) -> WhisperDecoder:
        for name in _NEEDED:
            if not (self._directory / name).is_file():
                raise ModelUnavailable(
                    f"speech to text: no {name} in {self._directory}; run `python run.py models "
                    "fetch`, or set PIPELINE__STT__MODEL_SIZE to a directory with a Whisper model "
                    "converted for CTranslate2"
                )
        try:
            return WhisperDecoder(
                self._directory,
                device=self.device,
                compute_type=self.compute_type,
                threads=self._threads,
                at_once=self.at_once,
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


class _Call:
    """One transcription: its language, detected in the first window, and its repeated windows."""

    def __init__(
        self,
        decoder: WhisperDecoder,
        settings: SttSettings,
        floor: int,
        language: LanguageChoice,
        names: ExpectedNames,
        choices: DecodingChoices,
        *,
        closing: bool,
    ) -> None:
        self._choices = choices
        self._decoder = decoder
        self._settings = settings
        self._floor = floor
        self._names = names
        self._closing = closing
        self._language = language
        self.repeated = 0
        self.ahead: EncodedSpeech | None = None
        """An encoding that may serve for the first window."""

    def decode(self, audio: Samples, *, repeat: bool) -> Decoding:
        """The text of 30 s at most; with ``repeat`` a doubtful one is tried with a longer window.

        The names are only a prompt of a second decoding (`name_repair`): with one, Whisper takes
        real short words for noise, and writes the names on noise.
        """
        decoding = self._decode(audio, self._floor)
        if not (repeat and self._floor < _RETRY_FRAMES and self._is_doubtful(decoding)):
            return decoding
        log.debug("a short window gave a doubtful result of %d tokens", len(decoding.tokens))
        self.repeated += 1
        again = self._decode(audio, _RETRY_FRAMES)
        return again if again.compression_ratio <= decoding.compression_ratio else decoding

    def _decode(self, audio: Samples, floor: int) -> Decoding:
        ahead, self.ahead = self.ahead, None
        if ahead is not None and ahead.fits(audio, floor):
            encoded = ahead.encoding
        else:
            ahead, encoded = None, self._decoder.encode(audio, floor)
        among = self._language.among
        known = ahead.detected if ahead is not None and ahead.among == among else None
        language = self._language.settle(
            lambda: known or self._decoder.detect_language(encoded, among)
        )
        decode = partial(
            self._decoder.decode,
            encoded,
            language,
            audio.size / HEARD_RATE,
            beam_size=self._settings.beam_size,
            translate=self._choices.translate,
            temperature=self._choices.temperature,
            closing=self._closing,
        )
        decoding = decode()
        if self._choices != NO_CHOICES:
            return self._choices.applied(decoding, decode, encoded, self._decoder, language)
        decoding = self._with_stop(decoding, decode, audio.size / HEARD_RATE, language)
        names, text = self._names, decoding.text
        if names and (
            may_hold_a_name(text, names, decoding.sureness)
            or may_open_with_a_call(text, names, language)
        ):
            prompt = name_prompt(names, self._decoder.vocabulary)
            prompted = decode(prompt=prompt, closing=False).text
            decoding = repaired(decoding, prompted, names, language)
        if not self._closing:
            return decoding
        seconds = audio.size / HEARD_RATE
        heard = heard_words(self._decoder, encoded, language, seconds, decode, names)
        return with_heard_call(with_heard_name(decoding, names, heard), names, heard)

    def _with_stop(
        self, decoding: Decoding, decode: Callable[..., Decoding], duration_s: float, language: str
    ) -> Decoding:
        if not may_hold_a_stop(decoding.text, language, duration_s, self._names):
            return decoding
        prompt = stop_prompt(self._names, language, self._decoder.vocabulary)
        prompted = decode(prompt=prompt, closing=False)
        if not is_the_stop(decoding.text, prompted.text, language, self._names):
            return decoding
        return replace(
            decoding,
            text=prompted.text,
            closed_text=prompted.closed_text,
            avg_logprob=prompted.avg_logprob,
        )

    def _is_doubtful(self, decoding: Decoding) -> bool:
        repeats = decoding.compression_ratio > self._settings.compression_ratio_threshold
        return repeats or decoding.at_limit


def _closing(window: DecodedWindow, said: str) -> ClosingMarks | None:
    """The closing marks, unless they are those of a line that was removed."""
    return window.decoding.closing if said.split()[-1:] == window.text.split()[-1:] else None


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
