"""When the words of a transcription were said: its segments, and the words of each.

Whisper writes segments with their times. The times of words come from `WhisperDecoder.token_times`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.inference.whisper_decoder import Decoding


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word with its marks, and its times in seconds since the audio's begin."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class TimedSegment:
    """A stretch of text, and its times in seconds since the audio's begin.

    ``avg_logprob``, ``no_speech_prob`` and ``compression_ratio`` are those of its whole window.
    ``words`` are empty unless they were asked for.
    """

    text: str
    start: float
    end: float
    tokens: tuple[int, ...]
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    words: tuple[TimedWord, ...] = ()


def timed_segments(
    decoding: Decoding,
    text: str,
    begins_s: float,
    decode: Callable[[Sequence[int]], str],
) -> list[TimedSegment]:
    """The segments of a window that begins ``begins_s`` into the audio.

    ``text`` is what is used of the window. If that has only its closed segments, so has the result.
    A single segment takes the text as it was repaired.
    """
    closed_only = text != decoding.text and text == decoding.closed_text
    segments = [each for each in decoding.segments if each.closed or not closed_only]
    found: list[TimedSegment] = []
    for each in segments:
        tokens = decoding.tokens[each.first : each.last]
        said = text if len(segments) == 1 else decode(tokens).strip()
        times = decoding.times[each.first : each.last]
        words = timed_words(tokens, times, decode) if decoding.times else []
        if said:
            found.append(
                TimedSegment(
                    said,
                    begins_s + each.start,
                    begins_s + max(each.start, min(each.end, decoding.duration_s)),
                    tokens,
                    decoding.avg_logprob,
                    decoding.no_speech_prob,
                    decoding.compression_ratio,
                    tuple(moved(word, begins_s) for word in words),
                )
            )
    return found


def timed_words(
    tokens: Sequence[int],
    times: Sequence[tuple[float, float]],
    decode: Callable[[Sequence[int]], str],
) -> list[TimedWord]:
    """The words of text tokens with their begins and ends.

    A word begins at a space; Chinese and Japanese have a word a character. Marks belong to the word
    before them, and opening ones to the word behind, without its time.
    """
    words: list[TimedWord] = []
    opening = ""
    for text, start, end in _characters(tokens, times, decode):
        spoken = any(each.isalnum() for each in text)
        if not spoken and (text.startswith(" ") or not words) and text.strip():
            opening += text.strip()
            continue
        joined = bool(words) and not opening and not text.startswith(" ") and not _is_cjk(text)
        if joined or not spoken:
            if words:
                last = words[-1]
                words[-1] = TimedWord(
                    last.text + text.rstrip(), last.start, end if spoken else last.end
                )
        else:
            words.append(TimedWord(opening + text.strip(), start, end))
            opening = ""
    if opening and words:
        last = words[-1]
        words[-1] = TimedWord(f"{last.text} {opening}", last.start, last.end)
    return words


def moved(word: TimedWord, by_s: float) -> TimedWord:
    """The word, ``by_s`` seconds later."""
    return TimedWord(word.text, word.start + by_s, word.end + by_s)


def _characters(
    tokens: Sequence[int],
    times: Sequence[tuple[float, float]],
    decode: Callable[[Sequence[int]], str],
) -> list[tuple[str, float, float]]:
    """The texts of tokens with their times; tokens that share a character are one."""
    found: list[tuple[str, float, float]] = []
    pending: list[int] = []
    start = 0.0
    for token, (begin, end) in zip(tokens, times, strict=True):
        start = start if pending else begin
        pending.append(token)
        text = decode(pending)
        if "\ufffd" not in text:
            found.append((text, start, end))
            pending = []
    if pending:
        found.append((decode(pending), start, times[-1][1]))
    return found


def _is_cjk(text: str) -> bool:
    return "\u3040" <= text[:1] <= "\u30ff" or "\u4e00" <= text[:1] <= "\u9fff"
