"""Time stretching: speech that is faster or slower than its engine can make it, at the same pitch.

FFmpeg's ``atempo`` does it (WSOLA, ffmpeg-filters(1)).
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from typing import Final

import av
import numpy as np
from av.filter import Graph

from server.audio.decode import PcmDecoder

_UNHEARD: Final = 0.03
"""A difference of the pace that is left as it is."""
_SLOWEST: Final = 0.5
"""The smallest factor of one ``atempo``; smaller ones take several."""


def stretched(
    chunks: Generator[bytes, None, None], rate: int, factor: float
) -> Generator[bytes, None, None]:
    """s16le mono ``chunks`` at ``rate`` Hz, ``factor`` times as fast.

    A factor near 1 gives back ``chunks`` itself. Closing the result closes ``chunks``.

    Raises:
        ValueError: the factor is not above 0.
    """
    if factor <= 0:
        raise ValueError(f"the pace must be above 0, not {factor}")
    return chunks if abs(factor - 1) <= _UNHEARD else _stretched(chunks, rate, factor)


def _stretched(
    chunks: Generator[bytes, None, None], rate: int, factor: float
) -> Generator[bytes, None, None]:
    graph, decoder = _graph(rate, factor), PcmDecoder(rate)
    fed = 0
    try:
        for chunk in chunks:
            for frame in decoder.feed(chunk):
                # Without a time, the filter takes each frame for the first.
                frame.pts, fed = fed, fed + frame.samples
                graph.push(frame)
                if ready := _ready(graph):
                    yield ready
        graph.push(None)
        if ready := _ready(graph):
            yield ready
    finally:
        chunks.close()


def _graph(rate: int, factor: float) -> Graph:
    graph = Graph()
    parts = [graph.add_abuffer(sample_rate=rate, format="s16", layout="mono")]
    while factor < _SLOWEST:
        parts.append(graph.add("atempo", str(_SLOWEST)))
        factor /= _SLOWEST
    parts += [graph.add("atempo", f"{factor:.4f}"), graph.add("abuffersink")]
    graph.link_nodes(*parts).configure()
    return graph


def _ready(graph: Graph) -> bytes:
    frames: list[bytes] = []
    with suppress(av.error.BlockingIOError, EOFError):
        while isinstance(frame := graph.pull(), av.AudioFrame):
            frames.append(np.ascontiguousarray(frame.to_ndarray()).astype("<i2").tobytes())
    return b"".join(frames)
