"""The formats of a transcription: text, json, verbose_json, srt and vtt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from pipeline.inference.timed_text import TimedSegment
from server.transcription.languages import language_name
from server.transcription.listening_models import HeardPart

TextFormat: TypeAlias = Literal["json", "text", "srt", "verbose_json", "vtt"]
Granularity: TypeAlias = Literal["word", "segment"]

CONTENT_TYPES: Final = {
    "text": "text/plain; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
}
_LONGEST_LINE: Final = 80
"""Characters of a subtitle, at most, where a segment has the times of its words."""


@dataclass
class HeardFile:
    """What was heard of a file so far."""

    texts: list[str] = field(default_factory=list)
    segments: list[TimedSegment] = field(default_factory=list)
    language: str = ""
    duration_s: float = 0.0

    def add(self, part: HeardPart) -> str:
        """Take a part; returns the text that it adds, with the space before it."""
        self.duration_s = part.duration_s
        if not part.text:
            return ""
        self.language = self.language or part.language
        added = f" {part.text}" if self.texts else part.text
        self.texts.append(part.text)
        self.segments += part.segments
        return added

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    @property
    def usage(self) -> dict[str, Any]:
        """OpenAI's usage of a model that is paid by the time."""
        return {"type": "duration", "seconds": round(self.duration_s, 3)}


def as_json(heard: HeardFile) -> dict[str, Any]:
    """The body of ``json``."""
    return {"text": heard.text, "usage": heard.usage}


def as_verbose_json(
    heard: HeardFile, task: str, temperature: float, granularities: Collection[Granularity]
) -> dict[str, Any]:
    """The body of ``verbose_json``."""
    body: dict[str, Any] = {
        "task": task,
        "language": "english" if task == "translate" else language_name(heard.language or "en"),
        "duration": round(heard.duration_s, 3),
        "text": heard.text,
        "usage": heard.usage,
    }
    if "word" in granularities:
        body["words"] = [
            {"word": word.text, "start": round(word.start, 2), "end": round(word.end, 2)}
            for segment in heard.segments
            for word in segment.words
        ]
    if "segment" in granularities or not granularities:
        body["segments"] = [
            {
                "id": number,
                "seek": round(segment.start * 100),
                "start": round(segment.start, 2),
                "end": round(segment.end, 2),
                "text": f" {segment.text}",
                "tokens": list(segment.tokens),
                "temperature": temperature,
                "avg_logprob": round(segment.avg_logprob, 4),
                "compression_ratio": round(segment.compression_ratio, 4),
                "no_speech_prob": round(segment.no_speech_prob, 4),
            }
            for number, segment in enumerate(heard.segments)
        ]
    return body


def as_srt(segments: Sequence[TimedSegment]) -> str:
    """SubRip subtitles."""
    return "".join(
        f"{number}\n{_stamp(start, ',')} --> {_stamp(end, ',')}\n{text}\n\n"
        for number, (start, end, text) in enumerate(_cues(segments), 1)
    )


def as_vtt(segments: Sequence[TimedSegment]) -> str:
    """WebVTT subtitles (https://www.w3.org/TR/webvtt1/)."""
    cues = (
        f"{_stamp(start, '.')} --> {_stamp(end, '.')}\n{_escaped(text)}\n\n"
        for start, end, text in _cues(segments)
    )
    return "WEBVTT\n\n" + "".join(cues)


def _cues(segments: Iterable[TimedSegment]) -> Iterable[tuple[float, float, str]]:
    """The subtitles: a segment each, or several lines of a long one whose words have times."""
    for segment in segments:
        if len(segment.text) <= _LONGEST_LINE or not segment.words:
            yield segment.start, segment.end, " ".join(segment.text.split())
            continue
        line = [segment.words[0]]
        for word in segment.words[1:]:
            if len(" ".join(each.text for each in (*line, word))) > _LONGEST_LINE:
                yield line[0].start, line[-1].end, " ".join(each.text for each in line)
                line = []
            line.append(word)
        yield line[0].start, line[-1].end, " ".join(each.text for each in line)


def _stamp(seconds: float, point: str) -> str:
    ms = round(max(seconds, 0.0) * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{point}{ms % 1000:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("-->", "--&gt;")
