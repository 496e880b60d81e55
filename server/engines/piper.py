"""Piper's voices: speech from phonemes by a small VITS model on a CPU.

A voice is an ONNX file with a JSON file beside it, which has its phonemes' numbers, its espeak
language and its scales. The format is that of https://github.com/rhasspy/piper (MIT).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Generator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from pydantic import BaseModel, Field, ValidationError

from server.engines.engine import ListedVoice, SpokenText
from server.engines.neural import SynthesisWorker, as_pcm, open_session
from server.engines.phonemes import phonemes
from server.errors import EngineUnavailable, SynthesisFailed, UnknownVoice

_START, _END, _PAD = "^", "$", "_"
_SENTENCE: Final = re.compile(r".*?[.!?…]+[\"”)]*(?: |$)|.+$", re.DOTALL)
_FASTEST, _SLOWEST = 4.0, 0.25


class _Audio(BaseModel):
    sample_rate: int = Field(gt=0)


class _Espeak(BaseModel):
    voice: str


class _Inference(BaseModel):
    noise_scale: float = 0.667
    length_scale: float = 1.0
    noise_w: float = 0.8


class VoiceFile(BaseModel):
    """The fields of a voice's JSON file that its speech depends on."""

    audio: _Audio
    espeak: _Espeak
    inference: _Inference = _Inference()
    phoneme_id_map: Mapping[str, list[int]]
    num_speakers: int = 1


class PiperVoice:
    """One voice of Piper under the id ``piper:<name>``.

    The model loads when the voice first speaks, or with `load`.

    Raises:
        EngineUnavailable: the JSON file does not load.
    """

    prefix: Final = "piper"
    label: Final = "Piper"

    def __init__(self, model: Path, name: str, *, threads: int = 1) -> None:
        self._name = name
        self._about = _read(model.with_name(f"{model.name}.json"))
        self._worker = SynthesisWorker("piper")
        self._open = partial(open_session, model, threads=threads)
        self._session: ort.InferenceSession | None = None

    def load(self) -> None:
        """Load the model now.

        Raises:
            EngineUnavailable: it does not load; the voice is closed then.
        """
        try:
            self._worker.run(self._loaded)
        except EngineUnavailable:
            self._worker.close()
            raise

    def _loaded(self) -> ort.InferenceSession:
        # Only the worker's thread comes here.
        if self._session is None:
            self._session = self._open()
        return self._session

    def voices(self) -> tuple[ListedVoice, ...]:
        """The one voice."""
        language = self._about.espeak.voice
        return (ListedVoice(f"{self.prefix}:{self._name}", self._name.title(), language),)

    def speak(self, text: str, voice: str, speed: float) -> SpokenText:
        """See `VoiceEngine.speak`; one chunk for each sentence."""
        if voice != self._name:
            raise UnknownVoice(f"Piper has no voice {voice!r}: there is {self._name}")
        limited = min(max(speed, _SLOWEST), _FASTEST)
        parts = self._worker.stream(self._sentences(text, limited))
        return SpokenText(self._about.audio.sample_rate, parts, limited)

    def close(self) -> None:
        """See `VoiceEngine.close`."""
        self._worker.close()

    def _sentences(self, text: str, speed: float) -> Generator[bytes, None, None]:
        pronounced = phonemes(text, self._about.espeak.voice)
        for sentence in _SENTENCE.findall(pronounced):
            ids = phoneme_ids(sentence.strip(), self._about.phoneme_id_map)
            if ids:
                yield as_pcm(self._run(ids, speed))

    def _run(self, ids: Sequence[int], speed: float) -> NDArray[np.float32]:
        scales = self._about.inference
        inputs = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array(
                [scales.noise_scale, scales.length_scale / speed, scales.noise_w], np.float32
            ),
        }
        if self._about.num_speakers > 1:
            inputs["sid"] = np.array([0], np.int64)
        session = self._loaded()
        try:
            (audio,) = session.run(None, inputs)
        except Exception as error:  # onnxruntime raises a different class for each status
            raise SynthesisFailed(f"Piper failed on {len(ids)} phonemes: {error}") from error
        result: NDArray[np.float32] = np.asarray(audio, np.float32).ravel()
        return result


def phoneme_ids(pronounced: str, numbers: Mapping[str, list[int]]) -> list[int]:
    """The numbers of phonemes, padded as Piper's training was; empty without a known phoneme."""
    known: list[int] = []
    for symbol in pronounced:
        parts = (symbol,) if symbol in numbers else unicodedata.normalize("NFD", symbol)
        for part in parts:
            if part in numbers:
                known += [*numbers[part], *numbers[_PAD]]
    return [*numbers[_START], *numbers[_PAD], *known, *numbers[_END]] if known else []


def _read(path: Path) -> VoiceFile:
    try:
        about = VoiceFile.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise EngineUnavailable(f"Piper's {path} cannot be read: {error}") from error
    if missing := {_START, _END, _PAD} - about.phoneme_id_map.keys():
        raise EngineUnavailable(f"Piper's {path} has no number for {', '.join(sorted(missing))}")
    return about
