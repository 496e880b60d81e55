"""Measures whether a function's time grows in proportion to its input.

It compares the best CPU time of several calls, because the machine may have other work to do.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

TINY, SMALL, MIDDLE, LARGE = 200, 1_000, 10_000, 100_000

LINEAR: Final = 40.0
"""Allowed factor for ten times the input: four times that of linear time, and far below the hundred
of quadratic time."""
NOISE_S: Final = 0.03
"""A smaller difference means nothing."""
TOO_LONG_S: Final = 5.0
"""Limit for 100 kB on a slow machine; a tenth of the text is allowed a tenth."""
SLOW_START_S: Final = 0.25
"""Allowance for work that is done once, whatever the length."""
_ATTEMPTS: Final = 5


def cpu_s(call: Callable[[str], object], text: str) -> float:
    """Seconds of CPU for one call."""
    with _undisturbed():
        began = time.process_time()
        call(text)
        return time.process_time() - began


def best_cpu_s(call: Callable[[str], object], text: str, enough_s: float) -> float:
    """The shortest time of several calls. It stops calling when one took ``enough_s`` or less."""
    best = cpu_s(call, text)
    for _ in range(_ATTEMPTS - 1):
        if best <= enough_s:
            break
        best = min(best, cpu_s(call, text))
    return best


def too_long_s(size: int) -> float:
    """The absolute limit for ``size`` characters, however fast a tenth of them was."""
    return SLOW_START_S + TOO_LONG_S * size / LARGE


def complaint(call: Callable[[str], object], texts: Mapping[int, str]) -> str | None:
    """Why the growth from a size to the next, ten times as large, is too fast; None if it is not.

    The time of the first size has a limit as well.
    """
    first, *larger = sorted(texts)
    # A first call that is slow by chance would allow too much, so the fastest of some counts.
    before_s = min(cpu_s(call, texts[first]), cpu_s(call, texts[first]))
    if before_s < NOISE_S:
        before_s = min(before_s, *(cpu_s(call, texts[first]) for _ in range(_ATTEMPTS)))
    if before_s > too_long_s(first):
        return f"{before_s * 1000:.0f} ms for {first} characters"
    for size in larger:
        allowed_s = min(LINEAR * before_s + NOISE_S, too_long_s(size))
        took_s = best_cpu_s(call, texts[size], allowed_s)
        if took_s > allowed_s:
            return (
                f"{took_s * 1000:.0f} ms for {size} characters, {before_s * 1000:.1f} ms for a "
                f"tenth of them, where {allowed_s * 1000:.0f} ms are allowed"
            )
        before_s = took_s
    return None


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Measure without the garbage collector and without a tracer such as coverage.

    A tracer takes several times as long as the lines that it counts.
    """
    tracer = sys.gettrace()
    sys.settrace(None)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        sys.settrace(tracer)
