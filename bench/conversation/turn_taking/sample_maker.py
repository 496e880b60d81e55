"""Makes the samples of scenes and recordings, and asks the models about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from bench.conversation.alignment import WordAligner
from bench.conversation.cached_models import MODEL_SIZE, KnownTurnModel
from bench.conversation.clips import MissingClip
from bench.conversation.models import load_models
from bench.conversation.turn_taking.neural import Making, NeuralRenderer
from bench.conversation.turn_taking.observed import Observed, Observer
from bench.conversation.turn_taking.samples import (
    PauseSample,
    broken_off,
    samples_of,
    samples_of_meeting,
    samples_of_recording,
)
from bench.conversation.turn_taking.scenes import TurnScene
from bench.recordings import Recordings
from models.store import ModelStore
from settings import load_settings

_HALVES: Final = ("tuning", "test")


class SampleMaker:
    """Clips that are missing are counted, and their scenes left out.

    Raises:
        NotFetched: a model is missing, and no source gave it.
    """

    def __init__(self) -> None:
        self.vad, turn = load_models()
        self.turn = KnownTurnModel(turn)
        self._observer = Observer(self.turn)
        self.transcriber = self._observer.transcriber
        self.language_model = self._observer.language_model
        aligner = WordAligner(ModelStore(load_settings().models).whisper_path(MODEL_SIZE))
        self._renderers = {each: NeuralRenderer(aligner, each) for each in Making}
        self.missing = 0
        """Scenes that were left out."""

    def renderer(self, making: Making) -> NeuralRenderer:
        """The renderer that makes pauses in this way."""
        return self._renderers[making]

    def scenes(
        self, scenes: Iterable[TurnScene], voices: Sequence[str], making: Making, shift: int
    ) -> list[Observed]:
        """The silences of scenes, each in the voice that its number and ``shift`` give."""
        renderer = self._renderers[making]
        return self._all(
            partial(samples_of, scene, renderer, voices, scene.number + shift, self.vad)
            for scene in scenes
        )

    def borders(self, scenes: Iterable[TurnScene], voices: Sequence[str]) -> list[Observed]:
        """Scenes broken off between any two words."""
        renderer = self._renderers[Making.WHOLE]
        return self._all(
            partial(broken_off, scene, renderer, voices, scene.number, self.vad) for scene in scenes
        )

    def recordings(self, folder: Path | None, part: str | None = None) -> list[Observed]:
        """The prompts of a folder, or the public ones; each is one turn.

        ``part`` takes every second by name, one half as "tuning" and the other as "test".

        Raises:
            RecordingsUnusable: they are missing or wrong.
        """
        prompts = sorted(Recordings.load(folder).prompts, key=lambda each: each.id)
        if part is not None:
            prompts = prompts[_HALVES.index(part) :: len(_HALVES)]
        return [
            row
            for each in prompts
            for row in self._observer.observe(
                samples_of_recording(each.audio, each.id, self.vad, each.text)
            )
        ]

    def meetings(self, folder: Path | None) -> list[Observed]:
        """The turns of meetings during which no other person speaks; see `recordings`."""
        return [
            row
            for each in Recordings.load(folder).meetings
            for row in self._observer.observe(samples_of_meeting(each, self.vad))
        ]

    def _all(self, makers: Iterable[Callable[[], Iterator[PauseSample]]]) -> list[Observed]:
        found: list[Observed] = []
        for make in makers:
            try:
                found += list(self._observer.observe(make()))
            except MissingClip:
                self.missing += 1
        return found
