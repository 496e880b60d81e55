"""How the main gateway's frames are written (Gateway docs, "Transport Compression")."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable
from typing import TypeAlias

from simulators.discord.errors import BadFrame

Compressor: TypeAlias = Callable[[str], str | bytes]
"""Writes one frame; it keeps the state of its connection's stream."""

_UNKNOWN_ERROR = 4000


def plain(text: str) -> str:
    return text


def compressor(name: str | None) -> Compressor:
    """The one that a connection asked for by ``?compress=``; None asks for none.

    Raises:
        BadFrame: there is no such compression.
    """
    if name is None:
        return plain
    if name == "zlib-stream":
        stream = zlib.compressobj()
        return lambda text: stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)
    if name == "zstd-stream":
        try:
            zstandard = importlib.import_module("zstandard")
        except ModuleNotFoundError:
            why = "zstd-stream needs the zstandard package in the simulator's process too"
            raise BadFrame(_UNKNOWN_ERROR, why, fault=False) from None
        block = zstandard.ZstdCompressor().compressobj()
        flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return lambda text: bytes(block.compress(text.encode()) + block.flush(flush))
    raise BadFrame(_UNKNOWN_ERROR, f"unknown compression {name!r}")
