from __future__ import annotations

import importlib
import zlib

import pytest

from simulators.discord.compression import compressor
from simulators.discord.errors import BadFrame


def test_none_is_plain_text() -> None:
    assert compressor(None)("text") == "text"


def test_zlib_is_one_stream_in_flushed_pieces() -> None:
    compress, stream = compressor("zlib-stream"), zlib.decompressobj()
    for text in ("first", "second"):
        piece = compress(text)
        assert isinstance(piece, bytes)
        assert piece.endswith(b"\x00\x00\xff\xff")
        assert stream.decompress(piece).decode() == text


def test_another_name_is_refused() -> None:
    with pytest.raises(BadFrame, match="unknown compression 'brotli'"):
        compressor("brotli")


def test_zstd_without_its_package_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(BadFrame, match="needs the zstandard package"):
        compressor("zstd-stream")
