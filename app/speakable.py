"""`run.py speakable`: the sentences that would be spoken of a text, and what would be posted."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

from pipeline.settings import SpeechTextSettings
from pipeline.speaking.text_normalization import SentenceCutter


class UnreadableText(Exception):
    """The text cannot be read; the message has the file and the reason."""


def speakable(
    file: Path | None,
    out: TextIO,
    settings: SpeechTextSettings,
    *,
    language: str | None = None,
    stream: int = 0,
) -> None:
    """Write one JSON line a sentence, then one with what would be posted.

    The text is UTF-8, in ``file`` or on standard input. With ``stream`` it is fed in pieces of so
    many characters, as an agent writes it; the output is the same.

    Raises:
        UnreadableText: the file does not exist, or is not text.
    """
    text = _read(file)
    cutter = SentenceCutter(settings, language)
    size = stream or max(1, len(text))
    sentences: list[str] = []
    for piece in [text[start : start + size] for start in range(0, len(text), size)]:
        sentences = _after(cutter, sentences, cutter.feed(piece))
    sentences = _after(cutter, sentences, cutter.finish())
    for line in _lines(sentences, cutter.left_out):
        out.write(line + "\n")


def _after(cutter: SentenceCutter, before: list[str], fresh: list[str]) -> list[str]:
    """The sentences so far; a cutter that found reasoning retracts the earlier ones."""
    return fresh if cutter.retracted() else before + fresh


def _lines(sentences: list[str], posted: list[str]) -> Iterator[str]:
    for sentence in sentences:
        yield json.dumps({"spoken": sentence}, ensure_ascii=False)
    yield json.dumps({"posted": posted}, ensure_ascii=False)


def _read(file: Path | None) -> str:
    where = "standard input" if file is None else str(file)
    try:
        content = _input().read() if file is None else file.read_bytes()
    except OSError as error:
        raise UnreadableText(f"{where} cannot be read: {error.strerror or error}") from error
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableText(
            f"{where} is not UTF-8: byte {error.start} is 0x{content[error.start]:02x}"
        ) from error


def _input() -> BinaryIO:
    return sys.stdin.buffer
