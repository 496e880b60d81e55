"""Whether a function's time grows in proportion to its input.

CPU time is what is compared, the best of several, so that a machine with other work to do does not
decide.
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
"""Times as long for ten times the input: four times what proportion allows, and far below the
hundred of quadratic time."""
NOISE_S: Final = 0.03
"""Below this a difference says nothing."""
TOO_LONG_S: Final = 5.0
"""For 100 kB on a slow machine; a text of a tenth of them is allowed a tenth."""
SLOW_START_S: Final = 0.25
"""What is done once, whatever the length."""
_ATTEMPTS: Final = 5


def cpu_s(call: Callable[[str], object], text: str) -> float:
    """Seconds of CPU for one call."""
    with _on_its_own_account():
        began = time.process_time()
        call(text)
        return time.process_time() - began


def best_cpu_s(call: Callable[[str], object], text: str, enough_s: float) -> float:
    """The least of several calls; no more of them when one took ``enough_s`` or less."""
    best = cpu_s(call, text)
    for _ in range(_ATTEMPTS - 1):
        if best <= enough_s:
            break
        best = min(best, cpu_s(call, text))
    return best


def too_long_s(size: int) -> float:
    """More than this is too much for so many characters, however few seconds a tenth took."""
    return SLOW_START_S + TOO_LONG_S * size / LARGE


def complaint(call: Callable[[str], object], texts: Mapping[int, str]) -> str | None:
    """What is wrong with the growth from each size to the next, ten times as large, or with the
    time of the first; None if nothing is."""
    first, *larger = sorted(texts)
    # A first call that is slow by chance allows too much, so the better of two; not a slow one's.
    before_s = min(cpu_s(call, texts[first]), cpu_s(call, texts[first]))
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
def _on_its_own_account() -> Iterator[None]:
    """Neither the collection of what others have left behind nor a tracer, which takes several
    times as long as the lines that it counts, is on the call's account."""
    tracer = sys.gettrace()
    sys.settrace(None)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        sys.settrace(tracer)
