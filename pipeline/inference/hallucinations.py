"""Rejects texts that Whisper makes up from silence, from noise, or by repeating itself.

Trained on subtitles, Whisper writes for silence what subtitles say there. Two kinds are told apart
(data: `subtitle_lines`, `short_words`):

- Lines that are not said in a call ("Untertitel im Auftrag des ZDF, 2021", "(upbeat music)",
  "Thanks for watching!"). They are removed whatever the measures say, also when Whisper puts one
  before or after real words (`spoken_part`).
- Short words that people do say ("Thank you.", "Yes."). They are dropped only with evidence: quiet
  audio, a high no-speech probability, or audio that is much too long for them.

Each rule names its reason, which tells an operator why a turn was dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.invented_lines import folded, is_invented, may_be_said
from pipeline.inference.repeated_words import is_repeated_by_a_person
from pipeline.inference.short_words import ANSWERS, made_of_courtesies
from pipeline.inference.sound_captions import without_captions
from pipeline.settings import SttSettings

_LOUDNESS_SPAN: Final = HEARD_RATE // 10
_SILENT: Final = 0.85
"""No-speech probability above which no text of few words is used, however sure they are."""
_A_SENTENCE: Final = 4
"""From this number of words on, sure words may have any no-speech probability: of 104 noises none
has such a text that does not repeat itself."""
_COURTESY_MS: Final = 5000.0
"""From this length on for each courtesy, audio is mostly something else."""

_CJK: Final = r"\u3040-\u30ff\u4e00-\u9fff"
_SENTENCE_ENDS: Final = re.compile(
    rf"(?<=[.!?…])(?<!\b[^\W\d_I]\.)\s+|(?<=[。！？])\s*|\s*\n\s*|(?P<space>(?<=[{_CJK}])\s+(?=[{_CJK}]))"
)
"""Chinese and Japanese lines have spaces for commas and for full stops. An initial in a name
("Корректор А. Егорова") ends no sentence; "I." may."""
_PARTS_OF_A_LINE: Final = 5
"""Most parts, with spaces in between, of one Chinese or Japanese line."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Input of `rejection`. ``loudness_db`` is of the loudest 100 ms, in dB below full scale."""

    text: str
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    loudness_db: float
    duration_ms: float = 0.0
    """Length of the audio; 0 where it is not known."""
    one_breath: bool = False
    """Its words fill the audio, without a pause (`one_breath`)."""


def rejection(evidence: Evidence, names: ExpectedNames, settings: SttSettings) -> str | None:
    """Why the text must not be used; None if it may be."""
    quiet = evidence.loudness_db < settings.quiet_db
    # The surer the decoder is of the words, the more no-speech probability they may have.
    surer = evidence.avg_logprob - settings.log_prob_threshold
    suspicious = evidence.no_speech_prob > settings.no_speech_doubt
    plain = bare_words(said_part(evidence, names, settings))
    allowed = settings.no_speech_threshold + surer
    if len(plain.split()) < _A_SENTENCE:
        allowed = min(allowed, _SILENT)
    silent = suspicious and evidence.no_speech_prob > allowed
    if not plain:
        return "a line that Whisper makes up" if bare_words(evidence.text) else "no words in it"
    if silent or (suspicious and quiet):
        return f"no speech (probability {evidence.no_speech_prob:.2f})"
    if evidence.compression_ratio > settings.compression_ratio_threshold and not (
        _is_clear(evidence, settings)
        and is_repeated_by_a_person(evidence.text, evidence.duration_ms, names.all)
    ):
        return f"repeats itself (compression {evidence.compression_ratio:.1f})"
    if evidence.avg_logprob < settings.reject_log_prob:
        return f"too unsure (log-probability {evidence.avg_logprob:.2f})"
    if _is_made_up_word(evidence, plain, doubtful=quiet or suspicious):
        return f"a phrase made up on silence (loudest {evidence.loudness_db:.0f} dB)"
    expected = " ".join(names.all)
    if (quiet or suspicious) and expected and " " in plain and plain == bare_words(expected):
        return "an echo of the expected names"
    return None


def _is_clear(evidence: Evidence, settings: SttSettings) -> bool:
    return (
        evidence.loudness_db >= settings.quiet_db
        and evidence.no_speech_prob <= settings.no_speech_doubt
        and evidence.avg_logprob >= settings.log_prob_threshold
    )


def _is_made_up_word(evidence: Evidence, plain: str, *, doubtful: bool) -> bool:
    """Whether a text is courtesies alone that the audio does not speak for."""
    if plain in ANSWERS or not (count := made_of_courtesies(plain)):
        return False
    beside_a_line = len(plain) < len(bare_words(evidence.text))
    return doubtful or beside_a_line or evidence.duration_ms > _COURTESY_MS * count


def said_part(evidence: Evidence, names: ExpectedNames, settings: SttSettings) -> str:
    """The text without the lines that Whisper makes up; empty if there is nothing else.

    A line that can be said stays where it was said in one breath with other words, clearly.
    """
    rest = spoken_part(evidence.text, names)
    plain = bare_words(rest)
    if not (plain and evidence.one_breath and _is_clear(evidence, settings)):
        return rest
    return rest if made_of_courtesies(plain) else _without_lines(evidence.text, names, told=True)


def spoken_part(text: str, names: ExpectedNames = NO_NAMES) -> str:
    """The text without the lines that Whisper makes up, at its beginning and its end.

    Sounds in brackets and sung lines are removed everywhere. A line inside a sentence stays: it is
    talked about ("Why does it say thanks for watching?"). The result may be empty. ``names`` are
    no authors of subtitles.
    """
    return _without_lines(text, names, told=False)


def _without_lines(text: str, names: ExpectedNames, *, told: bool) -> str:
    """With ``told`` only the lines go that people do not say."""
    text = without_captions(text, names.all).strip()
    borders = [_Border(0), *map(_border, _SENTENCE_ENDS.finditer(text)), _Border(len(text))]
    first, last = 0, len(borders) - 1
    author = tuple(names.all)

    def lines_at(ending: list[_Border]) -> int:
        return _lines_at(text, ending, author, told=told)

    while first < last:
        if not (count := lines_at(borders[max(first, last - _PARTS_OF_A_LINE) : last + 1][::-1])):
            break
        last -= count
    while first < last:
        if not (count := lines_at(borders[first : min(last, first + _PARTS_OF_A_LINE) + 1])):
            break
        first += count
    return text[borders[first].at : borders[last].at].strip()


@dataclass(frozen=True, slots=True)
class _Border:
    at: int
    space: bool = False
    """It is only a space between characters."""


def _border(found: re.Match[str]) -> _Border:
    return _Border(found.end(), found["space"] is not None)


def _lines_at(text: str, borders: list[_Border], names: Sequence[str], *, told: bool) -> int:
    """How many parts from the first border on are an invented line. The order may be reversed.

    The longest is taken: of "作词 作曲 李宗盛" all three.
    """
    longest = 0
    for count, border in enumerate(borders[1:], 1):
        begin, end = sorted((borders[0].at, border.at))
        line = text[begin:end]
        if is_invented(line, whole=count == 1, names=names) and not (told and may_be_said(line)):
            longest = count
        if not border.space:
            break
    return longest


def bare_words(text: str) -> str:
    """Lower case, letters and digits only, without accents, single spaces."""
    return folded(text).casefold()


def loudness_db(audio: Samples) -> float:
    """RMS of the loudest 100 ms of ``float32[n]`` in dB below full scale; -120 for silence."""
    if audio.size == 0:
        return -120.0
    span = min(_LOUDNESS_SPAN, audio.size)
    whole = audio[: audio.size // span * span].reshape(-1, span).astype(np.float64)
    power = float(np.max(np.mean(np.square(whole), axis=1)))
    return -120.0 if power < 1e-12 else 10.0 * float(np.log10(power))
