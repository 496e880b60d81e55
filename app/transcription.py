"""`run.py transcribe`: what the speech to text of the settings hears in audio files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from app.audio_file import UnreadableAudio, read_audio
from app.hearing import open_hearing
from logs import printable
from models.store import ModelStore
from pipeline.audio import HEARD_RATE, to_samples
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.whisper import Transcription
from settings import Settings


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
        UnreadableAudio: a file does not exist or has no audio that FFmpeg can read, or the model
            does not know the language.
        ModelUnavailable, ModelError: the model is missing or does not load.
        WordsUnavailable: the server of the settings fails, and they have no fallback.
    """
    audio = [to_samples(read_audio(file)) for file in files]
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
            heard = hearing.stt.transcribe(samples, language=language, names=expected)
            out.write(_line(file, heard, as_json=as_json, several=len(files) > 1) + "\n")
            out.flush()


def _line(file: Path, heard: Transcription, *, as_json: bool, several: bool) -> str:
    if not as_json:
        text = heard.text if heard.rejected is None else f"({heard.rejected})"
        return f"{printable(str(file))}: {text}" if several else text
    fields = {
        "file": str(file),
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
