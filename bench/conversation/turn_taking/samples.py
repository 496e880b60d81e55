"""What is heard when a speaker falls silent: samples to fit and to check turn completion with.

A sample is the audio of one turn up to a silence in it, or up to its end. The silence behind it is
the quiet of a room, because nothing that follows can be known then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Final

import numpy as np

from bench.conversation.rendering import (
    SPEECH_LEVEL_DB,
    RenderedSpeech,
    at_level,
    mixed,
    silences,
    trimmed,
)
from bench.conversation.turn_taking.neural import NeuralRenderer
from bench.conversation.turn_taking.rendered_scene import SHORTEST_PAUSE_MS, TurnRenderer
from bench.conversation.turn_taking.scenes import ScriptedTurn, TurnScene
from bench.recordings import Meeting, Segment
from pipeline.audio import HEARD_RATE, Pcm16, Samples, to_samples
from pipeline.listening.audio_input import VadModel
from pipeline.settings import VadSettings

PEOPLE: Final = "people"
"""The kind of recorded turns."""
PRE_ROLL: Final = 300 * HEARD_RATE // 1000
HEARD_SILENCE: Final = 64 * HEARD_RATE // 1000
"""Silence in the audio that the models get: two chunks of the VAD."""
_ROOM: Final = HEARD_RATE
_SAME_TURN_S: Final = 2.0
_SHORTEST_TURN_S: Final = 0.4
_CHUNK: Final = 512


class Silence(StrEnum):
    """Why the speaker is silent."""

    END = "end"
    """The turn is over."""
    SCRIPTED = "scripted"
    """A pause that the scene asks for."""
    OWN = "own"
    """A pause that the voice or the person made."""
    BORDER = "border"
    """No pause: the turn is broken off between two words, to learn from."""


@dataclass(frozen=True, slots=True)
class PauseSample:
    """One silence of one turn.

    ``audio`` is ``int16[n]``, 16 kHz, from 300 ms before the turn to `HEARD_SILENCE` behind what
    the VAD takes for its speech. ``lag_ms`` is how much later than the true silence that is.
    ``pause_ms`` is the length of a pause, 0 of other silences. ``group`` names the scene: samples
    of one group share sentences.
    """

    group: str
    turn: str
    kind: str
    voice: str
    silence: Silence
    pause_ms: float
    lag_ms: float
    said: str
    audio: Pcm16

    @property
    def over(self) -> bool:
        return self.silence is Silence.END


def samples_of(
    scene: TurnScene, renderer: TurnRenderer, voices: Sequence[str], voice: int, vad: VadModel
) -> Iterator[PauseSample]:
    """The silences of each turn of a scene, spoken by the ``voice``-th voice.

    A second speaker has the next voice.
    """
    for number, turn, name in _cast(scene, voices, voice):
        pieces = renderer.pieces(turn.pieces, name)
        stream = _stream(pieces, turn.pauses_ms)
        words = turn.text.split()
        for at, silence, pause_ms, count in sorted(_silences(pieces, turn.pauses_ms)):
            audio, lag_ms = _heard(stream[:at], vad)
            yield PauseSample(
                scene.name, f"{scene.name} {number}", scene.kind, name, silence, pause_ms, lag_ms,
                " ".join(words[:count]), audio,
            )  # fmt: skip


def broken_off(
    scene: TurnScene, renderer: NeuralRenderer, voices: Sequence[str], voice: int, vad: VadModel
) -> Iterator[PauseSample]:
    """The turns of a scene, spoken whole and broken off behind each word that no pause follows."""
    for number, turn, name in _cast(scene, voices, voice):
        words = turn.text.split()
        taken = set(accumulate(len(piece.split()) for piece in turn.pieces))
        for count, spoken in enumerate(renderer.beginnings(turn.text, name), 1):
            if count not in taken:
                audio, lag_ms = _heard(spoken, vad)
                yield PauseSample(
                    scene.name, f"{scene.name} {number}", scene.kind, name, Silence.BORDER, 0.0,
                    lag_ms, " ".join(words[:count]), audio,
                )  # fmt: skip


def samples_of_recording(
    audio: Samples, name: str, vad: VadModel, text: str = ""
) -> Iterator[PauseSample]:
    """The silences of one recorded turn: `SHORTEST_PAUSE_MS` and longer within it, and its end."""
    speech = at_level(trimmed(audio), SPEECH_LEVEL_DB)
    for first, last in silences(speech, SHORTEST_PAUSE_MS):
        heard, lag_ms = _heard(speech[:first], vad)
        pause_ms = (last - first) * 1000 / HEARD_RATE
        yield PauseSample(name, name, PEOPLE, name, Silence.OWN, pause_ms, lag_ms, "", heard)
    heard, lag_ms = _heard(speech, vad)
    yield PauseSample(name, name, PEOPLE, name, Silence.END, 0.0, lag_ms, text, heard)


def samples_of_meeting(meeting: Meeting, vad: VadModel) -> Iterator[PauseSample]:
    """The silences of turns in a meeting during which no other person speaks.

    Stretches of one speaker belong to one turn if less than `_SAME_TURN_S` lies between them.
    """
    for number, turn in enumerate(turns_alone(meeting.segments)):
        first = round(turn[0].begin_s * HEARD_RATE)
        group = f"{meeting.name} {number}"
        for segment, after in zip(turn, [*turn[1:], None], strict=True):
            audio = meeting.audio[first : round(segment.end_s * HEARD_RATE)]
            heard, lag_ms = _heard(at_level(audio, SPEECH_LEVEL_DB), vad)
            pause_ms = (after.begin_s - segment.end_s) * 1000 if after else 0.0
            silence = Silence.OWN if after else Silence.END
            if not after or pause_ms >= SHORTEST_PAUSE_MS:
                yield PauseSample(
                    group, group, "meeting", segment.speaker, silence, pause_ms, lag_ms, "", heard
                )


def turns_alone(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    """The stretches of each turn that no other person's speech touches."""
    for speaker in dict.fromkeys(each.speaker for each in segments):
        turn: list[Segment] = []
        own = [each for each in segments if each.speaker == speaker]
        for segment, after in zip(own, [*own[1:], None], strict=True):
            turn.append(segment)
            if after is None or after.begin_s - segment.end_s >= _SAME_TURN_S:
                begin, end = turn[0].begin_s, turn[-1].end_s
                others = (each for each in segments if each.speaker != speaker)
                alone = not any(each.begin_s < end and each.end_s > begin for each in others)
                if alone and end - begin >= _SHORTEST_TURN_S:
                    yield turn
                turn = []


def _cast(
    scene: TurnScene, voices: Sequence[str], voice: int
) -> Iterator[tuple[int, ScriptedTurn, str]]:
    speakers = list(dict.fromkeys(turn.speaker for turn in scene.turns))
    for number, turn in enumerate(scene.turns):
        yield number, turn, voices[(voice + speakers.index(turn.speaker)) % len(voices)]


def _silences(
    pieces: list[RenderedSpeech], pauses_ms: Iterable[int]
) -> Iterator[tuple[int, Silence, float, int]]:
    """Place, kind, length in ms, and number of words before of each silence in a turn."""
    position = count = 0
    for piece, pause_ms in zip(pieces, [*pauses_ms, None], strict=True):
        for first, last in silences(piece.audio, SHORTEST_PAUSE_MS):
            before = sum(word.end <= first for word in piece.words)
            length = (last - first) * 1000 / HEARD_RATE
            yield position + first, Silence.OWN, length, count + before
        position += piece.audio.size
        count += len(piece.words)
        if pause_ms is None:
            yield position, Silence.END, 0.0, count
        else:
            yield position, Silence.SCRIPTED, float(pause_ms), count
            position += pause_ms * HEARD_RATE // 1000


def _stream(pieces: list[RenderedSpeech], pauses_ms: tuple[int, ...]) -> Samples:
    gaps = [np.zeros(pause * HEARD_RATE // 1000, np.float32) for pause in pauses_ms]
    gaps.append(np.zeros(0, np.float32))
    parts = [part for piece, gap in zip(pieces, gaps, strict=True) for part in (piece.audio, gap)]
    return np.concatenate(parts)


def _heard(speech: Samples, vad: VadModel) -> tuple[Pcm16, float]:
    """The audio that the models get at a silence, and how late the VAD finds it, in ms."""
    pcm = mixed(PRE_ROLL + speech.size + _ROOM, [(PRE_ROLL, speech)], speech.size)
    end = _voiced_until(to_samples(pcm), vad) or PRE_ROLL + speech.size
    lag_ms = (end - PRE_ROLL - speech.size) * 1000 / HEARD_RATE
    return pcm[: end + HEARD_SILENCE], lag_ms


def _voiced_until(audio: Samples, vad: VadModel) -> int:
    """The sample at which the VAD takes speech to be over; 0 if it finds none."""
    settings = VadSettings()
    stream = vad.open()
    until, pausing = 0, True
    for first in range(0, audio.size - _CHUNK + 1, _CHUNK):
        (probability,) = vad.step([(stream, audio[first : first + _CHUNK])])
        if probability >= settings.start_threshold:
            until, pausing = first + _CHUNK, False
        elif not pausing and probability >= settings.stop_threshold:
            until = first + _CHUNK
        else:
            pausing = True
    return until
