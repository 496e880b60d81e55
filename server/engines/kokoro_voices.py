"""Kokoro as an engine: early first sound, even pauses, and short phrases kept ready.

The model computes a whole part before its first sample exists. So the first part of a text is its
first clause, and each further part is a sentence. The model's own silence around a part (0.25 to
0.5 s) is replaced by the pause of the mark at its end.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Generator
from pathlib import Path
from typing import Final

import numpy as np

from server.engines.engine import ListedVoice, SpokenText
from server.engines.kokoro import (
    KOKORO_RATE,
    LANGUAGES,
    KokoroModel,
    pronounced,
    tokens_of,
)
from server.engines.neural import SynthesisWorker, as_pcm, without_silence
from server.errors import EngineUnavailable

_SENTENCE: Final = re.compile(r".*?[.!?…]+[\"”)]*(?: |$)|.+$", re.DOTALL)
_CLAUSE: Final = re.compile(r".{10,60}?[,;:—]+ (?=.{12})", re.DOTALL)
"""A first clause that is worth a part of its own, and a rest that is."""
_LEAD_MS: Final = 10.0
_CLAUSE_PAUSE_MS: Final = 140.0
_SENTENCE_PAUSE_MS: Final = 260.0
_SLOWEST, _FASTEST = 0.5, 2.0

_PHRASE_CHARS: Final = 60
"""Texts up to this length are kept; longer ones are rarely said twice."""
_KEPT_BYTES: Final = 24_000_000
"""About eight minutes of speech."""


class KokoroVoices:
    """The voices in Kokoro's folder under the ids ``kokoro:<voice>``.

    Raises:
        EngineUnavailable: the folder has no model or no voice, or the model does not load.
    """

    prefix: Final = "kokoro"
    label: Final = "Kokoro"

    def __init__(self, folder: Path, *, threads: int = 1, gpu: bool = False) -> None:
        self._worker = SynthesisWorker("kokoro")
        try:
            self._model = self._worker.run(lambda: KokoroModel(folder, threads=threads, gpu=gpu))
        except EngineUnavailable:
            self._worker.close()
            raise
        self._phrases = KeptPhrases(_KEPT_BYTES)

    def voices(self) -> tuple[ListedVoice, ...]:
        """All voices, the English ones first."""
        names = sorted(self._model.voices, key=lambda name: (name[:1] not in "ab", name))
        return tuple(
            ListedVoice(
                f"{self.prefix}:{name}",
                name.partition("_")[2].title() or name,
                LANGUAGES.get(name[:1], LANGUAGES["a"])[1],
            )
            for name in names
        )

    def speak(self, text: str, voice: str, speed: float) -> SpokenText:
        """See `VoiceEngine.speak`; ``speed`` is limited to 0.5 to 2."""
        self._model.check(voice)
        limited = min(max(speed, _SLOWEST), _FASTEST)
        return SpokenText(KOKORO_RATE, self._stream(text, voice, limited))

    def close(self) -> None:
        """See `VoiceEngine.close`."""
        self._worker.close()

    def _stream(self, text: str, voice: str, speed: float) -> Generator[bytes, None, None]:
        key = (text, voice, f"{speed:.2f}")
        if (kept := self._phrases.get(key)) is not None:
            yield kept
            return
        chunks: list[bytes] = []
        for chunk in self._worker.stream(self._parts(text, voice, speed)):
            chunks.append(chunk)
            yield chunk
        if len(text) <= _PHRASE_CHARS:
            self._phrases.keep(key, b"".join(chunks))

    def _parts(self, text: str, voice: str, speed: float) -> Generator[bytes, None, None]:
        for part in parts_of(pronounced(text, voice)):
            pause = _CLAUSE_PAUSE_MS if part[-1] in ",;:—" else _SENTENCE_PAUSE_MS
            pieces = [self._model.run(tokens, voice, speed) for tokens in tokens_of(part)]
            if pieces:
                audio = without_silence(
                    np.concatenate(pieces), KOKORO_RATE, lead_ms=_LEAD_MS, tail_ms=pause / speed
                )
                yield as_pcm(audio)


class KeptPhrases:
    """The audio of the last phrases, up to ``limit`` bytes; the oldest are dropped first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._audio: OrderedDict[tuple[str, ...], bytes] = OrderedDict()

    def get(self, key: tuple[str, ...]) -> bytes | None:
        """The audio of a phrase, which counts as used now."""
        audio = self._audio.pop(key, None)
        if audio is not None:
            self._audio[key] = audio
        return audio

    def keep(self, key: tuple[str, ...], audio: bytes) -> None:
        """Keep a phrase; one that is longer than all the room is not kept."""
        if len(audio) > self._limit:
            return
        self._bytes += len(audio) - len(self._audio.pop(key, b""))
        self._audio[key] = audio
        while self._bytes > self._limit:
            self._bytes -= len(self._audio.popitem(last=False)[1])


def parts_of(spoken: str) -> list[str]:
    """Phonemes in the parts that are synthesised one after the other: first clause, sentences."""
    sentences = [found.strip() for found in _SENTENCE.findall(spoken) if found.strip()]
    if sentences and (clause := _CLAUSE.match(sentences[0])):
        end = clause.end()
        sentences[:1] = [sentences[0][:end].strip(), sentences[0][end:]]
    return sentences
