"""A scene as audio, with what is true of it: where turns begin, pause and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bench.conversation.oracle import RecordedStream
from bench.conversation.rendering import Renderer, Word, mixed, silences
from bench.conversation.turn_taking.scenes import ScriptedTurn, TurnScene
from pipeline.audio import HEARD_RATE, Samples

VOICES: Final = {
    "tuning": ("f4", "m7", "klatt", "f2"),
    "test": ("m2", "annie", "m3", "f5"),
}
"""Nobody whose voice the policy was tuned on speaks in the test."""

SHORTEST_PAUSE_MS: Final = 200
"""A shorter silence is none that any policy could take for an end."""
_BEFORE_S: Final = 0.5
_AFTER_S: Final = 3.5


@dataclass(frozen=True, slots=True)
class TrueTurn:
    """A turn as it is, in seconds since its scene began. ``pauses`` are the silences within it."""

    speaker: str
    text: str
    start: float
    end: float
    pauses: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class RenderedScene:
    """A scene in one voice, or in two where two speak."""

    scene: TurnScene
    voice: str
    streams: dict[str, RecordedStream]
    turns: tuple[TrueTurn, ...]

    @property
    def name(self) -> str:
        return f"{self.scene.name}, voice {self.voice}"


def render_scene(scene: TurnScene, renderer: Renderer, voice: int) -> RenderedScene:
    """Render a scene in the ``voice``-th voice of its part; a second speaker has the next one."""
    voices = VOICES[scene.part]
    speakers = list(dict.fromkeys(turn.speaker for turn in scene.turns))
    cast = {name: voices[(voice + n) % len(voices)] for n, name in enumerate(speakers)}
    tracks = {name: _Track(renderer, cast[name]) for name in speakers}
    turns = [tracks[turn.speaker].say(turn) for turn in scene.turns]
    length = max(track.position for track in tracks.values()) + round(_AFTER_S * HEARD_RATE)
    streams = {
        name: track.recording(length, seed=1000 * scene.number + 10 * voice + n)
        for n, (name, track) in enumerate(tracks.items())
    }
    return RenderedScene(scene, cast[speakers[0]], streams, tuple(turns))


class _Track:
    """What one speaker says, laid out in time."""

    def __init__(self, renderer: Renderer, voice: str) -> None:
        self._renderer = renderer
        self._voice = voice
        self._parts: list[tuple[int, Samples]] = []
        self._words: list[Word] = []
        self.position = round(_BEFORE_S * HEARD_RATE)

    def say(self, turn: ScriptedTurn) -> TrueTurn:
        self.position += turn.after_ms * HEARD_RATE // 1000
        start = self.position
        gaps: list[tuple[int, int]] = []
        for part in turn.says:
            if isinstance(part, int):
                gaps.append((self.position, self.position + part * HEARD_RATE // 1000))
                self.position = gaps[-1][1]
            else:
                gaps += self._speak(part)
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

    def _speak(self, text: str) -> list[tuple[int, int]]:
        piece, at = self._renderer.piece(text, self._voice), self.position
        self._parts.append((at, piece.audio))
        self._words += [Word(word.text, at + word.start, at + word.end) for word in piece.words]
        self.position += piece.audio.size
        within = silences(piece.audio, SHORTEST_PAUSE_MS)
        return [(at + first, at + last) for first, last in within]

    def recording(self, length: int, seed: int) -> RecordedStream:
        audio = mixed(length, self._parts, seed)
        return RecordedStream(audio, tuple(self._words), audio.tobytes())
