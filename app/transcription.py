"""`run.py transcribe`: what the speech to text of the settings hears in audio files."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

from app.audio_file import UnreadableAudio, read_all
from app.hearing import open_hearing
from app.output import name_of
from logs import printable
from models.store import ModelStore
from pipeline.audio import HEARD_RATE, to_samples
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.transcription import Transcription
from settings import Settings

log = logging.getLogger(__name__)

_LONG_MINUTES: Final = 2.0


def transcribe_files(
    files: Sequence[Path],
    out: TextIO,
    settings: Settings,
    *,
    language: str | None = None,
    names: Sequence[str] = (),
    as_json: bool = False,
) -> None:
    """Write a line for each file: its text, with the file's name before it if there are several.

    With ``as_json`` a line is an object with ``file``, ``text``, ``language``, ``rejected`` (why
    the text would not be used, or null), probabilities and times. All files are read before the
    model is loaded. Where the settings name a server, it transcribes, with its fallback.

    Raises:
        UnreadableAudio: files do not exist or have no audio that FFmpeg can read, a line for each;
            or the model does not know the language.
        ModelUnavailable, ModelError: the model is missing or does not load.
        WordsUnavailable: the server of the settings fails, and they have no fallback.
    """
    audio = [to_samples(audio) for audio in read_all(files)]
    longest_s = max((samples.size for samples in audio), default=0) / HEARD_RATE
    # A server's limit is one for a turn of a call; a file may take as long as it plays.
    stt = settings.pipeline.stt
    stt = stt.model_copy(update={"remote_timeout_s": max(stt.remote_timeout_s, longest_s)})
    expected = ExpectedNames(tuple(names))
    with open_hearing(ModelStore(settings.models), stt) as hearing:
        local = hearing.local
        if language is not None and local is not None and not local.supports_language(language):
            raise UnreadableAudio(f"the Whisper model does not know the language {language!r}")
        for file, samples in zip(files, audio, strict=True):
            minutes = samples.size / HEARD_RATE / 60
            if minutes >= _LONG_MINUTES:
                # Whisper reads the noise of a room as slowly as speech.
                log.info("%s: transcribing %.0f minutes, which takes a while", file, minutes)
            heard = hearing.stt.transcribe(samples, language=language, names=expected)
            out.write(_line(file, heard, as_json=as_json, several=len(files) > 1) + "\n")
            out.flush()


def _line(file: Path, heard: Transcription, *, as_json: bool, several: bool) -> str:
    if not as_json:
        text = heard.text if heard.rejected is None else f"({heard.rejected})"
        return f"{printable(str(file))}: {text}" if several else text
    fields = {
        "file": name_of(file),
        "text": heard.text,
        "rejected": heard.rejected,
        "language": heard.language,
        "language_probability": round(heard.language_probability, 3),
        "no_speech_prob": round(heard.no_speech_prob, 3),
        "avg_logprob": round(heard.avg_logprob, 3),
        "duration_ms": round(heard.duration_ms),
        "took_ms": round(heard.took_ms),
    }
    return json.dumps(fields, ensure_ascii=False)
