"""What the models and the rules observe at a silence: the rows of turn completion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.conversation.cached_models import (
    KnownLanguageModel,
    KnownTranscriber,
    KnownTurnModel,
)
from bench.conversation.turn_taking.samples import PauseSample
from pipeline.audio import to_samples
from pipeline.listening.audio_recognition import PREFETCH_SILENCE, extend_silence
from pipeline.listening.completion_features import has_sentence_end
from pipeline.listening.turn_completion import CompletionEvidence
from pipeline.participants import Participants
from pipeline.ports import Persona, Voice
from pipeline.settings import RelevanceSettings

_SPEAKER: int = 1
_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Observed:
    """A silence, and what is known of it 260 ms after its begin."""

    sample: PauseSample
    evidence: CompletionEvidence

    @property
    def over(self) -> bool:
        return self.sample.over

    @property
    def called(self) -> bool:
        """Whether the words call the agent."""
        words = self.evidence.utterance
        return words is not None and words.mentions.agent is not None


class Observer:
    """Asks the models as recognition does; Jarvis is the agent of the room."""

    def __init__(self, turn: KnownTurnModel) -> None:
        jarvis = Persona("jarvis", "Jarvis", Voice("jarvis"))
        room = Participants((jarvis,), jarvis, RelevanceSettings().name_threshold)
        self._turn = turn
        self._parse = room.parse
        self.transcriber = KnownTranscriber(room.expected_names)
        self.language_model = KnownLanguageModel()

    def observe(self, samples: Iterable[PauseSample]) -> Iterator[Observed]:
        for sample in samples:
            sound = self._turn.probability(
                to_samples(extend_silence(sample.audio, PREFETCH_SILENCE))
            )
            words = self.transcriber.transcribe(to_samples(sample.audio))
            usable = words.rejected is None and bool(words.text)
            utterance = self._parse(_SPEAKER, words.text, _LANGUAGE) if usable else None
            ending = None
            if utterance is not None and has_sentence_end(utterance):
                ending = self.language_model.ending(utterance.text)
            yield Observed(sample, CompletionEvidence(sound, words.closing, utterance, ending))
