"""What a program that transcribes files may choose; a conversation chooses nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import ctranslate2

from pipeline.inference.text_prompt import text_prompt
from pipeline.inference.whisper_decoder import Decoding, WhisperDecoder


@dataclass(frozen=True, slots=True)
class DecodingChoices:
    """The choices for one transcription."""

    prompt: str = ""
    """A text in the style of the speech, or the text before it."""
    translate: bool = False
    """Write English, whatever is spoken."""
    temperature: float = 0.0
    """0 takes the likeliest words; above it they are drawn at random, up to 1."""
    words: bool = False
    """Find out when each word is said: 80 ms more for 11 s of audio (Whisper base, one thread)."""

    def applied(
        self,
        decoding: Decoding,
        decode: Callable[..., Decoding],
        encoded: ctranslate2.StorageView,
        decoder: WhisperDecoder,
        language: str,
    ) -> Decoding:
        """``decoding`` with the prompt and the times of the words, if they are wanted.

        ``decode`` decodes the same window. Whether there is speech is known only without a prompt.
        """
        if prompt := text_prompt(self.prompt, decoder.vocabulary):
            prompted = decode(prompt=prompt)
            decoding = replace(prompted, no_speech_prob=decoding.no_speech_prob)
        if not self.words:
            return decoding
        times = decoder.token_times(encoded, language, decoding, translate=self.translate)
        return replace(decoding, times=tuple(times))


NO_CHOICES: Final = DecodingChoices()
