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
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.invented_lines import SOUND, folded, is_invented
from pipeline.inference.short_words import ANSWERS, COURTESIES
from pipeline.settings import SttSettings

_LOUDNESS_SPAN: Final = HEARD_RATE // 10
_SILENT: Final = 0.85
"""No-speech probability above which no text is used."""
_COURTESY_MS: Final = 5000.0
"""From this length on, audio with one courtesy in it is mostly something else."""

_CJK: Final = r"\u3040-\u30ff\u4e00-\u9fff"
_SENTENCE_ENDS: Final = re.compile(
    rf"(?<=[.!?…])(?<!\b[^\W\d_I]\.)\s+|(?<=[。！？])\s*|\s*\n\s*|(?P<space>(?<=[{_CJK}])\s+(?=[{_CJK}]))"
)
"""Chinese and Japanese lines have spaces for commas and for full stops. An initial in a name
("Корректор А. Егорова") ends no sentence; "I." may."""
_SUNG: Final = re.compile(r"[♪♫♬🎵🎶][^♪♫♬🎵🎶]*(?:[♪♫♬🎵🎶][\s~〜]*|$)")
_BRACKETED: Final = re.compile(
    r"\[[^\[\]]{0,80}\]|【[^【】]{0,80}】|\*[^*]{1,80}\*|[(（][^()（）]{1,80}[)）]"
)
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


def rejection(evidence: Evidence, names: ExpectedNames, settings: SttSettings) -> str | None:
    """Why the text must not be used; None if it may be."""
    quiet = evidence.loudness_db < settings.quiet_db
    # The surer the decoder is of the words, the more no-speech probability they may have.
    surer = evidence.avg_logprob - settings.log_prob_threshold
    suspicious = evidence.no_speech_prob > settings.no_speech_doubt
    allowed = min(settings.no_speech_threshold + surer, _SILENT)
    silent = suspicious and evidence.no_speech_prob > allowed
    said = spoken_part(evidence.text)
    plain = bare_words(said)
    if not plain:
        return "a line that Whisper makes up" if bare_words(evidence.text) else "no words in it"
    if silent or (suspicious and quiet):
        return f"no speech (probability {evidence.no_speech_prob:.2f})"
    if evidence.compression_ratio > settings.compression_ratio_threshold:
        return f"repeats itself (compression {evidence.compression_ratio:.1f})"
    if evidence.avg_logprob < settings.reject_log_prob:
        return f"too unsure (log-probability {evidence.avg_logprob:.2f})"
    if _is_made_up_word(evidence, plain, quiet=quiet, suspicious=suspicious, silent=silent):
        return f"a phrase made up on silence (loudest {evidence.loudness_db:.0f} dB)"
    expected = " ".join(names.all)
    if (quiet or suspicious) and expected and " " in plain and plain == bare_words(expected):
        return "an echo of the expected names"
    return None


def _is_made_up_word(
    evidence: Evidence, plain: str, *, quiet: bool, suspicious: bool, silent: bool
) -> bool:
    if plain in ANSWERS:
        return silent or (quiet and suspicious)
    beside_a_line = len(plain) < len(bare_words(evidence.text))
    long = evidence.duration_ms > _COURTESY_MS
    return plain in COURTESIES and (quiet or suspicious or long or beside_a_line)


def spoken_part(text: str) -> str:
    """The text without the lines that Whisper makes up, at its beginning and its end.

    Sounds in brackets and sung lines are removed everywhere. A line inside a sentence stays: it is
    talked about ("Why does it say thanks for watching?"). The result may be empty.
    """
    text = _BRACKETED.sub(_without_sound, _SUNG.sub(" ", text)).strip()
    borders = [_Border(0), *map(_border, _SENTENCE_ENDS.finditer(text)), _Border(len(text))]
    first, last = 0, len(borders) - 1
    while first < last:
        ending = borders[max(first, last - _PARTS_OF_A_LINE) : last + 1][::-1]
        if not (count := _line_at(text, ending)):
            break
        last -= count
    while first < last:
        beginning = borders[first : min(last, first + _PARTS_OF_A_LINE) + 1]
        if not (count := _line_at(text, beginning)):
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


def _line_at(text: str, borders: list[_Border]) -> int:
    """How many parts from the first border on are an invented line. The order may be reversed."""
    for count, border in enumerate(borders[1:], 1):
        begin, end = sorted((borders[0].at, border.at))
        if is_invented(text[begin:end], whole=count == 1):
            return count
        if not border.space:
            break
    return 0


def _without_sound(found: re.Match[str]) -> str:
    inside = found.group()[1:-1].strip()
    if found.group()[0] in "[*【":
        return " "
    return " " if inside[:1].islower() or SOUND.search(folded(inside)) else found.group()


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
