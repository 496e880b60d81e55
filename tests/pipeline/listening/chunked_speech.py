"""Speech for an `Endpointing`, chunk by chunk, and rules of a test's choice."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.inference.text_ending import TextEnding
from pipeline.language.utterance import ParsedUtterance
from pipeline.listening.endpoint_rule import EndpointRule, Silences
from pipeline.listening.endpointing import Endpointing, PauseSeen, TurnEvent
from pipeline.listening.turn_completion import CompletionEvidence
from pipeline.settings import TurnSettings, VadSettings

CHUNK_S = 0.032
VAD = VadSettings(start_threshold=0.5, stop_threshold=0.35, start_ms=64)
TURN = TurnSettings(look_after_ms=120, max_silence_ms=1500, max_turn_s=10, pace_share=0.2)


class Rule:
    """A rule of the test's choice, which keeps what it was asked."""

    def __init__(self, silences: Callable[[CompletionEvidence], tuple[float, float]]) -> None:
        self.asked: list[CompletionEvidence] = []
        self._silences = silences

    def silences(self, evidence: CompletionEvidence) -> Silences:
        self.asked.append(evidence)
        return Silences(*self._silences(evidence))


def by_sound(evidence: CompletionEvidence) -> tuple[float, float]:
    """The sure turn ends at once, the unsure one late."""
    silence_ms = 260 if (evidence.turn_probability or 0) >= 0.5 else 900
    return silence_ms, silence_ms


def by_words(evidence: CompletionEvidence) -> tuple[float, float]:
    """Words that are known are sent early, and sound late."""
    return (900, 900) if evidence.utterance is None else (300, 700)


class Speech:
    """Feeds an `Endpointing` and records its events."""

    def __init__(self, rule: EndpointRule | None = None, turn: TurnSettings = TURN) -> None:
        self.machine = Endpointing(VAD, turn, rule or Rule(by_sound))
        self.now = 100.0
        self.events: list[TurnEvent] = []

    def feed(self, seconds: float, probability: float) -> list[TurnEvent]:
        new: list[TurnEvent] = []
        end = self.now + seconds
        while self.now + CHUNK_S <= end + 1e-9:
            new += self.machine.add_chunk(probability, self.now, self.now + CHUNK_S)
            self.now += CHUNK_S
        self.events += new
        return new

    def speak(self, seconds: float) -> list[TurnEvent]:
        return self.feed(seconds, 0.9)

    def be_quiet(self, seconds: float) -> list[TurnEvent]:
        return self.feed(seconds, 0.02)

    def pause(self, seconds: float = 0.16) -> PauseSeen:
        """Be quiet until the pause is seen, and return that."""
        (seen,) = (event for event in self.be_quiet(seconds) if isinstance(event, PauseSeen))
        return seen

    def sure(self, seen: PauseSeen, probability: float) -> list[TurnEvent]:
        """The turn model's result on a pause."""
        new = self.machine.on_turn_probability(seen.pause, probability, self.now)
        self.events += new
        return new

    def words(self, seen: PauseSeen, text: str) -> list[TurnEvent]:
        """The words up to a pause."""
        new = self.machine.on_words(seen.pause, ParsedUtterance(1, text), None, self.now)
        self.events += new
        return new

    def ending(self, seen: PauseSeen, text: str, sentence_end: float = -0.1) -> list[TurnEvent]:
        """What the language model expects behind the words."""
        expected = TextEnding(sentence_end, -5.0, -3.0)
        new = self.machine.on_text_ending(seen.pause, ParsedUtterance(1, text), expected, self.now)
        self.events += new
        return new


def kinds(events: list[TurnEvent]) -> list[str]:
    return [type(event).__name__ for event in events]
