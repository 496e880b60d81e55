"""One method on one set of recordings, sentences and noises: the numbers of the report."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from bench.recordings import Meeting, Prompt
from bench.speech.ears import Ear, Heard
from bench.speech.names import NameSentence
from bench.speech.scoring import (
    ends_with_a_mark,
    is_loop,
    names_heard,
    names_written,
    plain,
    word_errors,
)
from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames

_LENGTHS_S: Final = (1, 3, 6, 10)
_LENGTH_NEAR: Final = 0.35
"""A clip stands for a length if it differs by less than this share."""
_NOT_WORDS: Final = ("(", "<", "[")
"""Prompts that are tones or silence have a description instead of words."""
_GAP_S: Final = 0.8
_LONGEST_GAP_S: Final = 6.0


@dataclass(slots=True)
class Numbers:
    """The sums over what one method heard."""

    words: int = 0
    errors: int = 0
    prompts: int = 0
    exact: int = 0
    loops: int = 0
    marks: int = 0
    marked: int = 0
    short: int = 0
    lost: int = 0
    names: int = 0
    names_heard: int = 0
    names_exact: int = 0
    false_names: int = 0
    noises: int = 0
    inventions: int = 0
    gaps: int = 0
    gap_inventions: int = 0
    took: list[tuple[float, float, float]] = field(default_factory=list)
    """For each prompt its seconds, and the ms of wall and CPU time."""
    failures: list[str] = field(default_factory=list)
    """Lines for the reader: what was lost, invented or repeated."""

    def report(self) -> dict[str, Any]:
        return {
            "wer": _share(self.errors, self.words, 4),
            "exact": _share(self.exact, self.prompts),
            "loops": self.loops,
            "names": {
                "heard": _share(self.names_heard, self.names),
                "exact": _share(self.names_exact, self.names),
                "false": self.false_names,
            },
            "marks": _share(self.marks, self.marked),
            "inventions": self.inventions,
            "inventions_in_gaps": self.gap_inventions,
            "short_words_lost": self.lost,
            "median_ms": self._median(1),
            "median_cpu_ms": self._median(2),
            "ms_by_seconds": {length: self._median(1, length) for length in _LENGTHS_S},
            "cpu_ms_by_seconds": {length: self._median(2, length) for length in _LENGTHS_S},
            "n": {
                "prompts": self.prompts,
                "marked": self.marked,
                "short": self.short,
                "names": self.names,
                "noises": self.noises,
                "gaps": self.gaps,
            },
        }

    def _median(self, which: int, length_s: int | None = None) -> float | None:
        near = [
            each[which]
            for each in self.took
            if length_s is None or abs(each[0] - length_s) < _LENGTH_NEAR * length_s
        ]
        return round(statistics.median(near), 1) if near else None


def _share(part: int, whole: int, digits: int = 3) -> float | None:
    return round(part / whole, digits) if whole else None


class Measurement:
    """Several methods on the same clips, in turn, so that a busy machine is busy for all."""

    def __init__(self, ears: dict[str, Ear]) -> None:
        self._ears = ears
        self.numbers = {name: Numbers() for name in ears}

    def prompts(self, prompts: Iterable[Prompt], expected: ExpectedNames) -> None:
        """Words of people; the ``expected`` names are not in them."""
        for prompt in prompts:
            if prompt.text.startswith(_NOT_WORDS):
                continue
            for numbers, heard in self._hear(prompt.audio, expected, timed=True):
                _judge_prompt(numbers, prompt, heard, expected)

    def names(self, clips: Iterable[tuple[NameSentence, Samples]]) -> None:
        for sentence, audio in clips:
            for numbers, heard in self._hear(audio, sentence.expected):
                text = heard.text if heard.accepted else ""
                written = names_written(sentence.names, text)
                numbers.names += len(sentence.names)
                numbers.names_heard += names_heard(sentence.names, text)
                numbers.names_exact += written
                if written < len(sentence.names):
                    numbers.failures.append(f"name: {sentence.text!r} as {text!r}")

    def noises(self, noises: Iterable[tuple[str, Samples]], expected: ExpectedNames) -> None:
        for name, audio in noises:
            for numbers, heard in self._hear(audio, expected):
                numbers.noises += 1
                if heard.accepted:
                    numbers.inventions += 1
                    numbers.failures.append(f"invention on {name}: {heard.text!r}")

    def gaps(self, meetings: Sequence[Meeting], expected: ExpectedNames) -> None:
        """The stretches of meetings in which no speech is marked."""
        for meeting in meetings:
            for audio in silent_stretches(meeting):
                for numbers, heard in self._hear(audio, expected):
                    numbers.gaps += 1
                    if heard.accepted:
                        numbers.gap_inventions += 1
                        numbers.failures.append(f"invention in {meeting.name}: {heard.text!r}")

    def meetings(self, meetings: Sequence[Meeting], expected: ExpectedNames) -> None:
        """Speech in which the expected names do not occur, from a distance: false names."""
        for meeting in meetings:
            for segment in meeting.segments:
                begin, end = round(segment.begin_s * HEARD_RATE), round(segment.end_s * HEARD_RATE)
                for numbers, heard in self._hear(meeting.audio[begin:end], expected):
                    _count_false_names(numbers, heard, expected)

    def _hear(
        self, audio: Samples, names: ExpectedNames = NO_NAMES, *, timed: bool = False
    ) -> Iterable[tuple[Numbers, Heard]]:
        for name, ear in self._ears.items():
            wall, cpu = time.perf_counter(), time.process_time()
            heard = ear.hear(audio, names)
            took = (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000
            if timed:
                self.numbers[name].took.append((audio.size / HEARD_RATE, *took))
            yield self.numbers[name], heard


def _judge_prompt(numbers: Numbers, prompt: Prompt, heard: Heard, expected: ExpectedNames) -> None:
    text = heard.text if heard.accepted else ""
    said, words = plain(prompt.text), plain(text)
    numbers.prompts += 1
    numbers.words += len(said)
    numbers.errors += word_errors(said, words)
    numbers.exact += said == words
    if is_loop(said, words):
        numbers.loops += 1
        numbers.failures.append(f"loop: {prompt.text!r} as {text!r}")
    if len(said) >= 3 and ends_with_a_mark(prompt.text):
        numbers.marked += 1
        numbers.marks += ends_with_a_mark(text)
    if prompt.audio.size < HEARD_RATE:
        numbers.short += 1
        if not words:
            numbers.lost += 1
            numbers.failures.append(f"lost: {prompt.text!r}")
    _count_false_names(numbers, heard, expected)


def _count_false_names(numbers: Numbers, heard: Heard, expected: ExpectedNames) -> None:
    if heard.accepted and (false := [each for each in expected.all if each in heard.text]):
        numbers.false_names += 1
        numbers.failures.append(f"false name {false[0]}: {heard.text!r}")


def silent_stretches(meeting: Meeting) -> list[Samples]:
    """Stretches of 0.8 to 6 s in which no segment is, a tenth of a second away from any."""
    found: list[Samples] = []
    end = 0.0
    last = meeting.audio.size / HEARD_RATE
    spans = sorted((each.begin_s, each.end_s) for each in meeting.segments)
    for begin_s, end_s in [*spans, (last, last)]:
        if begin_s - end > _GAP_S:
            until = min(begin_s - 0.1, end + 0.1 + _LONGEST_GAP_S)
            found.append(meeting.audio[round((end + 0.1) * HEARD_RATE) : round(until * HEARD_RATE)])
        end = max(end, end_s)
    return found


Say = Callable[[str], None]


def table(numbers: dict[str, Numbers], say: Say) -> None:
    """Print the numbers, a column for each method."""
    reports = {name: each.report() for name, each in numbers.items()}
    say(f"{'':<34}" + "".join(f"{name:>12}" for name in reports))

    def row(label: str, value: Callable[[dict[str, Any]], Any]) -> None:
        cells = ["–" if (found := value(each)) is None else found for each in reports.values()]
        say(f"{label:<34}" + "".join(f"{cell!s:>12}" for cell in cells))

    row("word error rate", lambda each: each["wer"])
    row("exact prompts", lambda each: each["exact"])
    row("loops", lambda each: each["loops"])
    row("end marks kept", lambda each: each["marks"])
    row("short words lost", lambda each: f"{each['short_words_lost']}/{each['n']['short']}")
    row("names heard", lambda each: each["names"]["heard"])
    row("names written exactly", lambda each: each["names"]["exact"])
    row("false names", lambda each: each["names"]["false"])
    row("inventions on noises", lambda each: f"{each['inventions']}/{each['n']['noises']}")
    row("inventions in gaps", lambda each: f"{each['inventions_in_gaps']}/{each['n']['gaps']}")
    row("ms a prompt, median", lambda each: each["median_ms"])
    row("CPU ms a prompt, median", lambda each: each["median_cpu_ms"])
    for length in _LENGTHS_S:
        row(f"CPU ms, some {length} s", partial(_cpu_ms, length))


def _cpu_ms(length_s: int, report: dict[str, Any]) -> float | None:
    value: float | None = report["cpu_ms_by_seconds"][length_s]
    return value
