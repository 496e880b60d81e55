"""Kokoro-82M v1.0: natural speech from phonemes on a CPU, 24 kHz.

The model (Apache-2.0, https://huggingface.co/hexgrad/Kokoro-82M) takes at most 510 tokens, a style
of the voice for that number of tokens, and a speed. Its folder holds `MODEL_FILE` and
``voices/<id>.bin``. The first letter of a voice's id is its language.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from models.folder import default_dir
from server.engines.fast_convolutions import has_exact_products, with_fast_convolutions
from server.engines.kokoro_graph import (
    AUDIO,
    ENERGY,
    FEATURES,
    FRAME_SAMPLES,
    SOURCE,
    SPEED,
    STYLE,
    TOKENS,
    kokoro_parts,
)
from server.engines.kokoro_vocabulary import VOCABULARY
from server.engines.neural import model_file, open_session
from server.engines.phonemes import phonemes
from server.engines.text_language import pronunciation
from server.errors import EngineUnavailable, SynthesisFailed, UnknownVoice

KOKORO_RATE: Final = 24_000
"""The sample rate of the model in Hz."""
MODEL_FILE: Final = "kokoro-v1.0.int8.onnx"
MOST_TOKENS: Final = 510
_SILENT_ENERGY: Final = -4.0
_ENERGY_LATE_FRAMES: Final = 4
"""The sound is taken from so many frames before energy is predicted. In 514 sentences of all voices
and languages, speech began at most one frame before it."""
_STYLE_WIDTH: Final = 256

LANGUAGES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "a": ("en-us", "en-US"),
        "b": ("en-gb", "en-GB"),
        "e": ("es", "es"),
        "f": ("fr-fr", "fr-FR"),
        "h": ("hi", "hi"),
        "i": ("it", "it"),
        "j": ("ja", "ja"),
        "p": ("pt-br", "pt-BR"),
        "z": ("cmn", "zh"),
    }
)
"""espeak's language and the language tag, by the first letter of a voice's id."""

_SENTENCE_END: Final = re.compile(r"[.!?…]+[\"”)]* ")
_CLAUSE_END: Final = re.compile(r"[,;:—]+ ?")


@dataclass(frozen=True, slots=True)
class KokoroFrames:
    """A text before its sound.

    ``features`` are ``float32[1, 512, n]``, ``source`` is ``float32[1, n * FRAME_SAMPLES]``, and
    ``style`` is the voice's. The first ``silent`` frames have no speech.
    """

    features: NDArray[np.float32]
    source: NDArray[np.float32]
    style: NDArray[np.float32]
    silent: int

    @property
    def count(self) -> int:
        return int(self.features.shape[2])


class KokoroModel:
    """The model with its voices; one thread at a time may use it.

    ``threads`` is how many a call uses on the CPU; ``gpu`` uses CUDA where there is one, which
    computes the whole model at once.

    Raises:
        EngineUnavailable: the folder has no model or no voice, or the model does not load.
    """

    def __init__(self, folder: Path, *, threads: int = 1, gpu: bool = False) -> None:
        self._folder = folder
        path = folder / MODEL_FILE
        self._gpu = open_session(path, threads=threads, gpu=True) if gpu else None
        self._cpu = None if gpu else _CpuSessions.opened(path, threads)
        self.voices: Final = kokoro_voices(folder)
        """The ids of the voices in the folder, sorted."""
        if not self.voices:
            raise EngineUnavailable(f"{folder / 'voices'} has no voice of Kokoro")
        self._styles: dict[str, NDArray[np.float32]] = {}

    @property
    def in_slices(self) -> bool:
        """Whether the model gives frames and their sound; on a GPU it does not."""
        return self._cpu is not None

    def speak(
        self, text: str, voice: str, speed: float = 1.0
    ) -> Generator[NDArray[np.float32], None, None]:
        """``text`` as ``float32[n]`` at `KOKORO_RATE`, one array for each 510 tokens at most.

        A text without phonemes gives no array.

        Raises:
            UnknownVoice: the folder has no such voice.
            EngineUnavailable: espeak-ng, which gives the phonemes, does not load.
            SynthesisFailed: the model fails.
        """
        for part in tokens_of(pronounced(text, voice)):
            yield self.run(part, voice, speed)

    def run(self, tokens: Sequence[int], voice: str, speed: float) -> NDArray[np.float32]:
        """1 to `MOST_TOKENS` tokens as ``float32[n]``; raises as `speak` does."""
        if self._gpu is None:
            audio, _ = self.sound(self.frames(tokens, voice, speed))
            return audio
        (audio,) = _run(self._gpu, (AUDIO,), self._inputs(tokens, voice, speed))
        return audio.ravel()

    def frames(self, tokens: Sequence[int], voice: str, speed: float) -> KokoroFrames:
        """The frames of 1 to `MOST_TOKENS` tokens, which take a small part of the time.

        Raises as `speak` does.
        """
        inputs = self._inputs(tokens, voice, speed)
        outputs = (FEATURES, SOURCE, ENERGY)
        features, source, energy = _run(self._sessions.text, outputs, inputs)
        style = self._style(voice)[len(tokens) - 1]
        begin = int((energy.ravel() > _SILENT_ENERGY).argmax())
        return KokoroFrames(features, source, style, max(0, begin - _ENERGY_LATE_FRAMES))

    def sound(self, frames: KokoroFrames) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """The whole sound, ``float32[n]``, with the statistics of its normalisations.

        Raises:
            SynthesisFailed: the model fails.
        """
        cpu = self._sessions
        audio, *found = _run(cpu.whole, (AUDIO, *cpu.statistics), _features(frames))
        return audio.ravel(), found

    def slice_of(
        self,
        frames: KokoroFrames,
        first: int,
        last: int,
        statistics: Sequence[NDArray[np.float32]],
    ) -> NDArray[np.float32]:
        """The sound of the frames ``first`` to ``last``, ``float32[n]``, by given statistics.

        Raises:
            SynthesisFailed: the model fails.
        """
        cpu = self._sessions
        given = dict(zip(cpu.statistics, statistics, strict=True))
        (audio,) = _run(cpu.sliced, (AUDIO,), _features(frames, first, last) | given)
        return audio.ravel()

    @property
    def _sessions(self) -> _CpuSessions:
        if self._cpu is None:
            raise SynthesisFailed("on a GPU, Kokoro is not computed in parts")
        return self._cpu

    def _inputs(
        self, tokens: Sequence[int], voice: str, speed: float
    ) -> dict[str, NDArray[np.generic]]:
        return {
            TOKENS: np.array([[0, *tokens, 0]], np.int64),
            STYLE: self._style(voice)[len(tokens) - 1],
            SPEED: np.array([speed], np.float32),
        }

    def check(self, voice: str) -> None:
        """Raise `UnknownVoice` unless the folder has ``voice``; the text names the nearest ones."""
        if voice not in self.voices:
            near = difflib.get_close_matches(voice, self.voices, n=3, cutoff=0.5)
            names = ", ".join(near or self.voices[:3])
            raise UnknownVoice(f"Kokoro has no voice {voice!r}: the nearest are {names}")

    def _style(self, voice: str) -> NDArray[np.float32]:
        self.check(voice)
        if voice not in self._styles:
            path = self._folder / "voices" / f"{voice}.bin"
            try:
                table = np.fromfile(path, np.float32)
                self._styles[voice] = table.reshape(MOST_TOKENS, 1, _STYLE_WIDTH)
            except (OSError, ValueError) as error:
                raise EngineUnavailable(f"{path} is not a voice of Kokoro: {error}") from error
        return self._styles[voice]


@dataclass(frozen=True, slots=True)
class _CpuSessions:
    """The model in its parts; ``statistics`` are names of tensors."""

    text: ort.InferenceSession
    whole: ort.InferenceSession
    sliced: ort.InferenceSession
    statistics: tuple[str, ...]

    @classmethod
    def opened(cls, path: Path, threads: int) -> _CpuSessions:
        data = model_file(path)
        try:
            parts = kokoro_parts(with_fast_convolutions(data) if has_exact_products() else data)
        except EngineUnavailable as error:
            raise EngineUnavailable(f"the speech model {path} does not load: {error}") from error
        text, whole, sliced = (
            open_session(path, threads=threads, model=part)
            for part in (parts.text, parts.whole_sound, parts.sliced_sound)
        )
        return cls(text, whole, sliced, parts.statistics)


def _features(
    frames: KokoroFrames, first: int = 0, last: int | None = None
) -> dict[str, NDArray[np.float32]]:
    end = frames.count if last is None else last
    return {
        FEATURES: frames.features[:, :, first:end],
        SOURCE: frames.source[:, first * FRAME_SAMPLES : end * FRAME_SAMPLES],
        STYLE: frames.style,
    }


def _run(
    session: ort.InferenceSession,
    outputs: Sequence[str],
    inputs: Mapping[str, NDArray[np.generic]],
) -> list[NDArray[np.float32]]:
    try:
        found: list[NDArray[np.float32]] = session.run(outputs, dict(inputs))
    except Exception as error:  # onnxruntime raises a different class for each status
        raise SynthesisFailed(f"Kokoro failed: {error}") from error
    return found


def kokoro_folder(models: Path | None) -> Path:
    """Kokoro's folder within the folder of the models; None takes the user's cache folder.

    Raises:
        StoreUnusable: the user has no home folder.
    """
    return (models or default_dir()) / "kokoro"


def kokoro_voices(folder: Path) -> tuple[str, ...]:
    """The ids of the voices in ``folder``, sorted; none if there is no such folder."""
    return tuple(sorted(path.stem for path in (folder / "voices").glob("*.bin")))


def pronounced(text: str, voice: str) -> str:
    """The phonemes of ``text``; raises as `phonemes` does.

    They are those of the language of ``text`` if it differs from that of ``voice``
    (`pronunciation`). The model knows the phonemes of all its languages, whatever the voice.
    """
    language, tag = LANGUAGES.get(voice[:1], LANGUAGES["a"])
    own = tag.partition("-")[0]
    return phonemes(text, pronunciation(text, own) or language)


def tokens_of(spoken: str) -> list[list[int]]:
    """The tokens of phonemes, in parts of at most `MOST_TOKENS`; other symbols are left out.

    A part ends at a sentence, else at a clause, else at a word.
    """
    known = "".join(symbol for symbol in spoken if symbol in VOCABULARY)
    parts: list[str] = []
    while len(known) > MOST_TOKENS:
        end = _cut(known[:MOST_TOKENS])
        parts.append(known[:end])
        known = known[end:].lstrip()
    parts.append(known)
    return [[VOCABULARY[symbol] for symbol in part] for part in map(str.strip, parts) if part]


def _cut(text: str) -> int:
    for mark in (_SENTENCE_END, _CLAUSE_END):
        ends = [found.end() for found in mark.finditer(text)]
        if ends and ends[-1] > len(text) // 4:
            return ends[-1]
    return text.rfind(" ") + 1 or len(text)
