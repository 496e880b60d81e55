"""`run.py transcribe`: what the speech to text of the settings hears in audio files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

import av
import numpy as np

from models.store import ModelStore
from pipeline.audio import HEARD_RATE, Pcm16, Samples, to_samples
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.whisper import Transcription, load_transcriber
from settings import Settings

_HEADERLESS: Final = {".g722": "g722"}
"""Formats that FFmpeg does not recognise by their content."""


class UnreadableAudio(Exception):
    """A file cannot be transcribed; the message has the file and the reason."""


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
    model is loaded.

    Raises:
        UnreadableAudio: a file does not exist or has no audio that FFmpeg can read, or the model
            does not know the language.
        ModelUnavailable, ModelError: the model is missing or does not load.
    """
    audio = [read_audio(file) for file in files]
    stt = settings.pipeline.stt
    transcriber = load_transcriber(stt, ModelStore(settings.models).whisper_path)
    if language is not None and not transcriber.supports_language(language):
        raise UnreadableAudio(f"the Whisper model does not know the language {language!r}")
    expected = ExpectedNames(tuple(names))
    for file, samples in zip(files, audio, strict=True):
        heard = transcriber.transcribe(samples, language=language, names=expected)
        out.write(_line(file, heard, as_json=as_json, several=len(files) > 1) + "\n")
        out.flush()


def read_audio(file: Path) -> Samples:
    """The audio of any file that FFmpeg can read: ``float32[n]``, 16 kHz mono.

    Raises:
        UnreadableAudio: the file does not exist or has no audio that FFmpeg can read.
    """
    if not file.is_file():
        raise UnreadableAudio(f"{file} {'is not a file' if file.exists() else 'does not exist'}")
    parts: list[Pcm16] = []
    try:
        with av.open(str(file), format=_HEADERLESS.get(file.suffix.lower())) as container:
            if not container.streams.audio:
                raise UnreadableAudio(f"{file} has no audio in it")
            # In 16 bits: FFmpeg makes the sum of two channels louder in floating point.
            resampler = av.AudioResampler("s16", "mono", HEARD_RATE)
            for frame in container.decode(audio=0):
                parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
            parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    except (av.FFmpegError, OSError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableAudio(f"{file} cannot be read as audio: {reason}") from error
    if not parts:
        raise UnreadableAudio(f"{file} has no audio in it")
    return to_samples(np.concatenate(parts))


def _line(file: Path, heard: Transcription, *, as_json: bool, several: bool) -> str:
    if not as_json:
        text = heard.text if heard.rejected is None else f"({heard.rejected})"
        return f"{file}: {text}" if several else text
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
