"""The turns that are played to every system to see where it finds their ends.

Neural voices (Kokoro's test voices) speak the test scenes of `bench.conversation.turn_taking`, once
with the pauses that the scenes ask for and once with pauses as conversation has them. The turn is
spoken whole, and silence is put between two words, so that nothing announces it. People are the
turns of meetings during which no other person speaks, and recorded prompts. Their pauses are their
own, from 0.2 s on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from bench.conversation.clips import MissingClip
from bench.conversation.rendering import (
    SPEECH_LEVEL_DB,
    at_level,
    mixed,
    silences,
    trimmed,
)
from bench.conversation.turn_taking.neural import VOICES, Making
from bench.conversation.turn_taking.rendered_scene import (
    SHORTEST_PAUSE_MS,
    RenderedScene,
    render_scene,
)
from bench.conversation.turn_taking.sample_maker import SampleMaker
from bench.conversation.turn_taking.samples import turns_alone
from bench.conversation.turn_taking.scenes import load
from bench.recordings import Recordings, read_audio
from pipeline.audio import HEARD_RATE, Pcm16, Samples

_BEFORE: Final = HEARD_RATE // 2
_AFTER: Final = 4 * HEARD_RATE
"""Silence after a turn, for every system's timeout: the longest is 3.2 s."""
_PROMPTS: Final = 120
"""So many prompts, spread over all there are: enough for the shares, and some minutes to play."""
_PER_SPEAKER: Final = 12
"""Turns of a recorded person in one conversation."""


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """One turn: its true start and end, and the pauses in it, in seconds of its speaker's audio."""

    start_s: float
    end_s: float
    pauses: tuple[tuple[float, float], ...]


@dataclass(slots=True)
class TalkSpeaker:
    """Everything that one person says to a system, ``int16[n]`` at 16 kHz."""

    parts: list[Pcm16] = field(default_factory=list)
    turns: list[SpokenTurn] = field(default_factory=list)
    samples: int = 0

    def add(self, pcm: Pcm16, turns: Iterable[SpokenTurn]) -> None:
        """Append audio, with its turns in seconds of it."""
        at_s = self.samples / HEARD_RATE
        for turn in turns:
            pauses = tuple((first + at_s, last + at_s) for first, last in turn.pauses)
            self.turns.append(SpokenTurn(turn.start_s + at_s, turn.end_s + at_s, pauses))
        self.parts.append(pcm)
        self.samples += pcm.size


@dataclass(frozen=True, slots=True)
class Talk:
    """A set of turns."""

    name: str
    speakers: tuple[TalkSpeaker, ...]

    @property
    def turns(self) -> int:
        return sum(len(each.turns) for each in self.speakers)

    @property
    def pauses(self) -> int:
        return sum(len(turn.pauses) for each in self.speakers for turn in each.turns)


def talks(folder: Path | None, most: int | None, say: Callable[[str], None]) -> list[Talk]:
    """All sets, each with at most ``most`` turns; ``folder`` holds other recordings of people.

    Raises:
        RecordingsUnusable: the recordings are missing or wrong, or could not be downloaded.
        NotFetched: Whisper's weights are not on this machine, and could not be downloaded; they
            find the words' borders.
    """
    recordings = Recordings.load(folder, say)
    maker = SampleMaker()
    found = [scripted(maker, most, natural=natural) for natural in (False, True)]
    if maker.missing:
        say(f"{maker.missing} scenes were left out: their clips are missing")
    if recordings.meetings:
        turns = [
            (each.audio, turn)
            for each in recordings.meetings
            for turn in turns_alone(each.segments)
        ]
        parts = []
        for audio, turn in turns[:most]:
            first = round(turn[0].begin_s * HEARD_RATE)
            speech = audio[first : round(turn[-1].end_s * HEARD_RATE)]
            parts.append(recorded(at_level(speech, SPEECH_LEVEL_DB)))
        found.append(Talk("meetings", _people(parts)))
    if recordings.prompts:
        step = max(1, len(recordings.prompts) // _PROMPTS)
        spoken = [prompt.audio for prompt in recordings.prompts[::step][:_PROMPTS][:most]]
        found.append(Talk("prompts", _people([_trimmed(audio) for audio in spoken])))
    return found


def files(paths: Sequence[Path]) -> Talk:
    """Each file as one turn of one person.

    Raises:
        RecordingsUnusable: a file is missing, or FFmpeg cannot read it.
    """
    return Talk("your recordings", _people([_trimmed(read_audio(path)) for path in paths]))


def scripted(maker: SampleMaker, most: int | None, *, natural: bool) -> Talk:
    """The test scenes, each voice's in one conversation; ``maker`` counts those without clips."""
    renderer = maker.renderer(Making.WHOLE)
    voices = VOICES["test"]
    speakers: defaultdict[int, TalkSpeaker] = defaultdict(TalkSpeaker)
    for scene in load("test")[:most]:
        try:
            staged = render_scene(scene, renderer, voices, scene.number, natural=natural)
        except MissingClip:
            maker.missing += 1
            continue
        for number, name in enumerate(staged.streams):
            speaker = speakers[(scene.number + number) % len(voices)]
            speaker.add(staged.streams[name].audio, _turns_of(staged, name))
    name = "natural pauses" if natural else "scripted pauses"
    return Talk(name, tuple(speakers[number] for number in sorted(speakers)))


def recorded(speech: Samples) -> tuple[Pcm16, SpokenTurn]:
    """One recorded turn in the quiet of a room, with the silences in it."""
    pcm = mixed(_BEFORE + speech.size + _AFTER, [(_BEFORE, speech)], speech.size)
    pauses = tuple(
        ((_BEFORE + first) / HEARD_RATE, (_BEFORE + last) / HEARD_RATE)
        for first, last in silences(speech, SHORTEST_PAUSE_MS)
    )
    end_s = (_BEFORE + speech.size) / HEARD_RATE
    return pcm, SpokenTurn(_BEFORE / HEARD_RATE, end_s, pauses)


def _trimmed(audio: Samples) -> tuple[Pcm16, SpokenTurn]:
    return recorded(at_level(trimmed(audio), SPEECH_LEVEL_DB))


def _turns_of(staged: RenderedScene, name: str) -> list[SpokenTurn]:
    return [
        SpokenTurn(turn.start, turn.end, turn.pauses)
        for turn in staged.turns
        if turn.speaker == name
    ]


def _people(parts: Sequence[tuple[Pcm16, SpokenTurn]]) -> tuple[TalkSpeaker, ...]:
    speakers = []
    for first in range(0, len(parts), _PER_SPEAKER):
        speaker = TalkSpeaker()
        for pcm, turn in parts[first : first + _PER_SPEAKER]:
            speaker.add(pcm, [turn])
        speakers.append(speaker)
    return tuple(speakers)


def track_of(talk: Talk) -> tuple[Pcm16, tuple[int, ...], tuple[int, ...]]:
    """All speakers' audio in one, with the first sample and the number of samples of each."""
    lengths = tuple(each.samples for each in talk.speakers)
    starts = tuple(int(at) for at in np.cumsum((0, *lengths[:-1])))
    return np.concatenate([part for each in talk.speakers for part in each.parts]), starts, lengths
