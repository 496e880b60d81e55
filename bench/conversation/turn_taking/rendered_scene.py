"""A scene as audio, with its ground truth: where turns begin, pause and end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from bench.conversation.oracle import RecordedStream
from bench.conversation.rendering import RenderedSpeech, Word, mixed, silences
from bench.conversation.turn_taking.scenes import ScriptedTurn, TurnScene
from pipeline.audio import HEARD_RATE, Samples

ESPEAK_VOICES: Final = {
    "tuning": ("f4", "m7", "klatt", "f2"),
    "test": ("m2", "annie", "m3", "f5"),
}
"""Synthetic voices for tests; those of the tuning part do not occur in the test part."""

SHORTEST_PAUSE_MS: Final = 200
"""No policy takes a shorter silence for an end."""
NATURAL_MEDIAN_MS: Final = 550.0
NATURAL_SIGMA: Final = 0.65
"""Pauses inside turns of conversation are log-normal: a tenth is over 1260 ms."""
_NATURAL_RANGE_MS: Final = (SHORTEST_PAUSE_MS, 3000)
_BEFORE_S: Final = 0.5
_AFTER_S: Final = 3.5


class TurnRenderer(Protocol):
    """Speaks the pieces of a turn."""

    def pieces(self, texts: Sequence[str], voice: str) -> list[RenderedSpeech]:
        """The pieces as a voice says them, without silence around each."""
        ...


@dataclass(frozen=True, slots=True)
class TrueTurn:
    """The ground truth of a turn, in seconds since its scene began, with the pauses in it."""

    speaker: str
    text: str
    start: float
    end: float
    pauses: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class RenderedScene:
    """A scene in one voice, or in two for two speakers."""

    scene: TurnScene
    voice: str
    streams: dict[str, RecordedStream]
    turns: tuple[TrueTurn, ...]

    @property
    def name(self) -> str:
        return f"{self.scene.name}, voice {self.voice}"


def render_scene(
    scene: TurnScene,
    renderer: TurnRenderer,
    voices: Sequence[str],
    voice: int,
    *,
    natural: bool = False,
) -> RenderedScene:
    """Render a scene in the ``voice``-th of ``voices``; a second speaker has the next one.

    ``natural`` draws the pauses from the distribution of conversation, the same in each run.
    """
    speakers = list(dict.fromkeys(turn.speaker for turn in scene.turns))
    cast = {name: voices[(voice + n) % len(voices)] for n, name in enumerate(speakers)}
    tracks = {name: _Track(renderer, cast[name]) for name in speakers}
    seed = 1000 * scene.number + 10 * voice
    pauses = np.random.default_rng([seed, scene.part == "test"]) if natural else None
    turns = [tracks[turn.speaker].say(turn, pauses) for turn in scene.turns]
    length = max(track.position for track in tracks.values()) + round(_AFTER_S * HEARD_RATE)
    streams = {
        name: track.recording(length, seed=seed + n)
        for n, (name, track) in enumerate(tracks.items())
    }
    return RenderedScene(scene, cast[speakers[0]], streams, tuple(turns))


def natural_pause_ms(random: np.random.Generator) -> int:
    """One pause of conversation."""
    drawn = NATURAL_MEDIAN_MS * np.exp(NATURAL_SIGMA * random.standard_normal())
    return round(float(np.clip(drawn, *_NATURAL_RANGE_MS)))


class _Track:
    """One speaker's audio and words on the time line."""

    def __init__(self, renderer: TurnRenderer, voice: str) -> None:
        self._renderer = renderer
        self._voice = voice
        self._parts: list[tuple[int, Samples]] = []
        self._words: list[Word] = []
        self.position = round(_BEFORE_S * HEARD_RATE)

    def say(self, turn: ScriptedTurn, random: np.random.Generator | None) -> TrueTurn:
        self.position += turn.after_ms * HEARD_RATE // 1000
        start = self.position
        gaps: list[tuple[int, int]] = []
        pauses = iter(turn.pauses_ms)
        for number, piece in enumerate(self._renderer.pieces(turn.pieces, self._voice)):
            if number:
                scripted = next(pauses)
                pause_ms = scripted if random is None else natural_pause_ms(random)
                gaps.append((self.position, self.position + pause_ms * HEARD_RATE // 1000))
                self.position = gaps[-1][1]
            gaps += self._speak(piece)
        return TrueTurn(
            turn.speaker,
            turn.text,
            start / HEARD_RATE,
            self.position / HEARD_RATE,
            tuple(
                (first / HEARD_RATE, last / HEARD_RATE)
                for first, last in sorted(gaps)
                if (last - first) * 1000 >= SHORTEST_PAUSE_MS * HEARD_RATE
            ),
        )

    def _speak(self, piece: RenderedSpeech) -> list[tuple[int, int]]:
        at = self.position
        self._parts.append((at, piece.audio))
        self._words += [Word(word.text, at + word.start, at + word.end) for word in piece.words]
        self.position += piece.audio.size
        within = silences(piece.audio, SHORTEST_PAUSE_MS)
        return [(at + first, at + last) for first, last in within]

    def recording(self, length: int, seed: int) -> RecordedStream:
        audio = mixed(length, self._parts, seed)
        return RecordedStream(audio, tuple(self._words), audio.tobytes())
