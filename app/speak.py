"""`run.py speak`: a text as a WAV file, spoken by the embedded voice."""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
import wave
from pathlib import Path
from typing import Final

from models.settings import ModelsSettings
from server.engines.choice import open_voices
from server.settings import ServerSettings

STANDARD_INPUT: Final = "-"
_SAID: Final = "&%@#"
"""Marks that are words."""
_NO_WORDS: Final = "the text has no words that this voice can say"


class UnusableText(Exception):
    """The text cannot be spoken, or the file not be written; the message has the reason."""


def speak(
    text: str,
    out: Path,
    server: ServerSettings,
    models: ModelsSettings,
    *,
    voice: str,
    speed: float = 1.0,
) -> str:
    """Write ``text`` as 16-bit mono WAV; `STANDARD_INPUT` takes the text from there, as UTF-8.

    ``voice`` is an id of the embedded server. The result describes the file in a line. A file is
    only replaced by a complete one. The text and the file are checked before the voices load.

    Raises:
        UnusableText: there is nothing to say, the input is not UTF-8, or the file cannot be
            written or is named as one of another format.
        EngineUnavailable, UnknownVoice, SynthesisFailed: the text says what to do.
    """
    words = _standard_input() if text == STANDARD_INPUT else text
    if not words.strip():
        raise UnusableText("the text is empty: there is nothing to say")
    if not any(map(_is_said, words)):
        raise UnusableText(_NO_WORDS)
    _check_writable(out)
    voices = open_voices(server, models)
    try:
        spoken = voices.speak(words, voice, speed)
        audio = b"".join(spoken.chunks)
    finally:
        voices.close()
    if not audio:
        raise UnusableText(_NO_WORDS)
    _write(out, audio, spoken.rate)
    return f"{out}: {len(audio) / 2 / spoken.rate:.1f} s, {spoken.rate} Hz, {voice}"


def _is_said(character: str) -> bool:
    """Whether a voice says it: no mark, and no emoji, which voices name each in their own way."""
    kind = unicodedata.category(character)
    return kind[0] in "LN" or kind in ("Sc", "Sm") or character in _SAID


def _check_writable(out: Path) -> None:
    # A replaced device or pipe would be gone for everything else on the machine.
    if out.exists() and not out.is_file():
        raise UnusableText(f"{out} cannot be written: it exists and is no regular file")
    if out.suffix.lower() not in ("", ".wav"):
        raise UnusableText(
            f"{out} would be a WAV file: name it .wav, and convert it with another program"
        )
    if not out.parent.is_dir():
        raise UnusableText(f"{out} cannot be written: there is no folder {out.parent}")
    if not os.access(out.parent, os.W_OK | os.X_OK):
        raise UnusableText(f"{out} cannot be written: this user may not write to {out.parent}")


def _write(out: Path, audio: bytes, rate: int) -> None:
    partial = out.with_name(f"{out.name}.{os.getpid()}.part")
    try:
        try:
            with partial.open("wb") as binary, wave.open(binary, "wb") as file:
                file.setparams((1, 2, rate, 0, "NONE", ""))
                file.writeframes(audio)
            os.replace(partial, out)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise UnusableText(f"{out} cannot be written: {error.strerror or error}") from error


def _standard_input() -> str:
    content = sys.stdin.buffer.read()
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnusableText(
            f"standard input is not UTF-8: byte {error.start} is 0x{content[error.start]:02x}"
        ) from error
