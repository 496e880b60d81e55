"""The Whisper of other processes, as the speech server's speech to text."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeAlias

from pipeline.audio import Samples
from pipeline.errors import WordsUnavailable
from pipeline.inference.decoding_choices import NO_CHOICES, DecodingChoices
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.transcription import Transcription
from server.cluster.attempts import attempts
from server.cluster.described import DescribedWhisper
from server.cluster.errors import ProcessesLost


@dataclass(frozen=True)
class WantedWords:
    """What another process shall transcribe, 16 kHz mono ``float32[n]``, and how: the fields are
    the arguments of `Transcriber.transcribe`."""

    audio: Samples
    language: str | None = None
    among: tuple[str, ...] = ()
    usual: str | None = None
    sure: float | None = None
    names: ExpectedNames = NO_NAMES
    fallback: bool = True
    choices: DecodingChoices = NO_CHOICES


HearElsewhere: TypeAlias = Callable[[WantedWords], Transcription]
"""Has another process transcribe, and waits; raises `TimeoutError` if no words come in time."""


class ClusterWhisper:
    """A `WholeSpeechToText` over ``hear``. Several threads may call it.

    ``is_lost`` tells the errors of a process that died: another one hears the same audio.
    """

    def __init__(
        self,
        described: DescribedWhisper,
        hear: HearElsewhere,
        is_lost: Callable[[BaseException], bool],
    ) -> None:
        self.device = f"cluster, {described.device}"
        self.compute_type = described.compute_type
        self.languages = described.languages
        self._hear = hear
        self._is_lost = is_lost

    def transcribe(
        self,
        audio: Samples,
        *,
        language: str | None = None,
        among: Collection[str] = (),
        usual: str | None = None,
        sure: float | None = None,
        names: ExpectedNames = NO_NAMES,
        fallback: bool = True,
        choices: DecodingChoices = NO_CHOICES,
    ) -> Transcription:
        """See `Transcriber.transcribe`.

        Raises:
            WordsUnavailable: the processes were lost one after the other, or gave no words in time.
        """
        wanted = WantedWords(audio, language, tuple(among), usual, sure, names, fallback, choices)
        try:
            for attempt in attempts("transcribed", self._is_lost):
                with attempt:
                    return self._hear(wanted)
        except TimeoutError as error:
            raise WordsUnavailable(
                "no process of the cluster gave words in time: it has too few of them, or they do "
                "not start"
            ) from error
        except ProcessesLost as error:
            raise WordsUnavailable(str(error)) from error
        raise AssertionError("the attempts end with an error")
