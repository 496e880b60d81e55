"""The words of one turn while it grows: parts that are settled, and the rest.

A long turn is not transcribed again and again from its beginning. What was said up to a pause in
it is kept as it was understood then, and only what follows is still to be transcribed. So at the
end of a turn of half a minute Whisper has its last few seconds left to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from pipeline.inference.whisper import Transcription


@dataclass(frozen=True, slots=True)
class CommittedTranscript:
    """What is settled of a turn. Each transcription of the rest keeps the one that it belongs to.

    ``since`` is where the rest begins, in the caller's seconds.
    """

    since: float
    parts: tuple[Transcription, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(part.text for part in self.parts)

    def settle(self, part: Transcription, until: float) -> Self:
        """The same with one more part; the rest begins at ``until``."""
        return replace(self, since=until, parts=(*self.parts, part))

    def whole(self, rest: Transcription) -> Transcription:
        """All of the turn, given its rest. A rest without words leaves what is settled."""
        if not self.parts:
            return rest
        heard = self.parts if rest.rejected or not rest.text else (*self.parts, rest)
        surest = max(heard, key=lambda part: part.duration_ms * part.language_probability)
        total_ms = sum(part.duration_ms for part in heard)
        logprobs = sum(part.avg_logprob * part.duration_ms for part in heard)
        return Transcription(
            text=" ".join(part.text for part in heard),
            language=surest.language,
            no_speech_prob=min(part.no_speech_prob for part in heard),
            avg_logprob=logprobs / max(total_ms, 1.0),
            duration_ms=total_ms,
            took_ms=sum(part.took_ms for part in heard),
            language_probability=surest.language_probability,
        )
