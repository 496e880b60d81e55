"""Kokoro-82M v1.0: natural speech from phonemes on a CPU, 24 kHz.

The model (Apache-2.0, https://huggingface.co/hexgrad/Kokoro-82M) takes at most 510 tokens, a style
of the voice for that number of tokens, and a speed. Its folder holds `MODEL_FILE` and
``voices/<id>.bin``. The first letter of a voice's id is its language.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.folder import default_dir
from server.engines.fast_convolutions import has_exact_products, with_fast_convolutions
from server.engines.kokoro_vocabulary import VOCABULARY
from server.engines.neural import open_session
from server.engines.phonemes import phonemes
from server.errors import EngineUnavailable, SynthesisFailed, UnknownVoice

KOKORO_RATE: Final = 24_000
"""The sample rate of the model in Hz."""
MODEL_FILE: Final = "kokoro-v1.0.int8.onnx"
MOST_TOKENS: Final = 510
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


class KokoroModel:
    """The model with its voices; ``speak`` may be called by one thread at a time.

    ``threads`` is how many a call uses on the CPU; ``gpu`` uses CUDA where there is one.

    Raises:
        EngineUnavailable: the folder has no model or no voice, or the model does not load.
    """

    def __init__(self, folder: Path, *, threads: int = 1, gpu: bool = False) -> None:
        self._folder = folder
        change = with_fast_convolutions if not gpu and has_exact_products() else None
        self._session = open_session(folder / MODEL_FILE, threads=threads, gpu=gpu, change=change)
        self.voices: Final = kokoro_voices(folder)
        """The ids of the voices in the folder, sorted."""
        if not self.voices:
            raise EngineUnavailable(f"{folder / 'voices'} has no voice of Kokoro")
        self._styles: dict[str, NDArray[np.float32]] = {}

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
        style = self._style(voice)[len(tokens) - 1]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style,
            "speed": np.array([speed], np.float32),
        }
        try:
            (audio,) = self._session.run(["audio"], inputs)
        except Exception as error:  # onnxruntime raises a different class for each status
            raise SynthesisFailed(f"Kokoro failed on {len(tokens)} tokens: {error}") from error
        result: NDArray[np.float32] = audio.ravel()
        return result

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
    """The phonemes of ``text`` in the language of ``voice``; raises as `phonemes` does."""
    language, _ = LANGUAGES.get(voice[:1], LANGUAGES["a"])
    return phonemes(text, language)


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
