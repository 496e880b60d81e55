"""Sentences with names in neural voices: ``names.txt``, in two parts with voices of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from bench.conversation.clips import MissingClip, clip
from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.expected_names import ExpectedNames

Part = Literal["tune", "test"]
VOICES: Final[dict[Part, tuple[str, ...]]] = {
    "tune": (
        "af_heart", "am_michael", "bf_emma", "bm_george",
        "af_bella", "am_puck", "bf_isabella", "am_fenrir",
    ),
    "test": (
        "af_sarah", "am_adam", "bf_alice", "bm_lewis",
        "am_eric", "bf_lily", "bm_daniel", "af_kore",
    ),
}  # fmt: skip
_FILE: Final = Path(__file__).with_name("names.txt")
_ROOM: Final = re.compile(r"\[(tune|test); ([^;\]]+); ([^;\]]+)\]")
_BEFORE, _BEHIND = 3 * HEARD_RATE // 10, HEARD_RATE // 5
_ROOM_NOISE: Final = 5e-4


@dataclass(frozen=True, slots=True)
class NameSentence:
    """A sentence, the names of the room in which it is said, and the voices that say it."""

    text: str
    expected: ExpectedNames
    voices: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names in it, each as often as it is said."""
        words = re.findall(r"\w+", self.text)
        return tuple(word for word in words if word in self.expected.all)


def sentences(part: Part) -> list[NameSentence]:
    """The sentences of a part, each in two of its voices."""
    found: list[NameSentence] = []
    expected, voices, wanted = ExpectedNames(), VOICES[part], False
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if match := _ROOM.fullmatch(line):
            wanted = match[1] == part
            expected = ExpectedNames(tuple(match[2].split(", ")), tuple(match[3].split(", ")))
        elif wanted and line and not line.startswith("#"):
            number = len(found)
            pair = (voices[number % 8], voices[(number + number // 8 + 3) % 8])
            found.append(NameSentence(line, expected, pair))
    return found


def name_clips(part: Part) -> Iterator[tuple[NameSentence, Samples]]:
    """Each sentence in its voices, with a quiet room around it: ``float32[n]``, 16 kHz.

    Raises:
        MissingClip: a clip was not synthesised.
    """
    for number, sentence in enumerate(sentences(part)):
        for voice in sentence.voices:
            spoken = clip(sentence.text, voice)
            random = np.random.default_rng(number)
            before, behind = (
                random.normal(0, _ROOM_NOISE, count).astype(np.float32)
                for count in (_BEFORE, _BEHIND)
            )
            yield sentence, np.concatenate([before, spoken, behind])


__all__ = ["VOICES", "MissingClip", "NameSentence", "Part", "name_clips", "sentences"]
