"""The real models, with their results kept in files by the digest of the audio."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any, Final

from bench.conversation.known_results import KnownResults, digest
from models.registry import SMOLLM2
from models.store import ModelStore
from pipeline.audio import Samples
from pipeline.inference.closing_marks import ClosingMarks
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.language_model import LanguageModel
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.text_ending import TextEnding
from pipeline.inference.transcription import Transcription
from pipeline.inference.whisper import Transcriber
from pipeline.settings import SttSettings
from settings import load_settings

MODEL_SIZE: Final = "base"
_LANGUAGE: Final = "en"
_MARKS: Final = {each.name for each in fields(ClosingMarks)}


class KnownTurnModel:
    """Smart Turn; each audio is rated once."""

    def __init__(self, model: SmartTurn) -> None:
        self._model = model
        self._known = KnownResults("smart_turn")

    def probability(self, audio: Samples) -> float:
        """See `SmartTurn.probability`."""
        key = digest(audio)
        found = self._known.get(key)
        if found is None:
            found = self._model.probability(audio)
            self._known.put(key, found)
        return float(found)


class KnownTranscriber:
    """Whisper base in English, with the product's settings; each audio is transcribed once.

    ``names`` are those that are likely to be said in the room. The model is loaded when audio comes
    that it has not transcribed before. The results of an older state of the transcriber stay in
    their file: delete the folder after a change.

    Raises:
        NotFetched: the model is missing, and no source gave it.
    """

    def __init__(self, names: ExpectedNames = NO_NAMES) -> None:
        self._names = names
        self._path = ModelStore(load_settings().models).whisper_path(MODEL_SIZE)
        self._known = KnownResults("whisper")
        self._model: Transcriber | None = None

    def transcribe(self, audio: Samples) -> Transcription:
        """The words in 16 kHz ``float32[n]``."""
        key = digest(audio, *self._names.all)
        found = self._known.get(key)
        if found is not None and _has_todays_marks(found):
            return _restored(found)
        if self._model is None:
            settings = SttSettings(
                model_size=MODEL_SIZE, language=_LANGUAGE, device="cpu", threads=1
            )
            self._model = Transcriber(self._path, settings)
        result = self._model.transcribe(audio, language=_LANGUAGE, names=self._names)
        self._known.put(key, asdict(result))
        return result


class KnownLanguageModel:
    """The language model; each text is read once. It is loaded when a new text comes.

    Raises:
        NotFetched: the model is missing, and no source gave it.
    """

    def __init__(self) -> None:
        self._path = ModelStore(load_settings().models).path(SMOLLM2.name)
        self._known = KnownResults("language_model")
        self._model: LanguageModel | None = None

    def ending(self, text: str) -> TextEnding:
        """See `LanguageModel.ending`."""
        found = self._known.get(text)
        if found is None:
            if self._model is None:
                self._model = LanguageModel(self._path)
            found = asdict(self._model.ending(text))
            self._known.put(text, found)
        return TextEnding(**found)


def _has_todays_marks(found: dict[str, Any]) -> bool:
    """Whether a result was kept with the closing marks that there are now."""
    return found["closing"] is None or found["closing"].keys() == _MARKS


def _restored(found: dict[str, Any]) -> Transcription:
    closing = found["closing"]
    return Transcription(**{**found, "closing": ClosingMarks(**closing) if closing else None})
