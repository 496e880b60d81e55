"""Finds what blocks the event loop: the file, the line and the stack.

One event loop serves all calls; code that blocks it for longer than the buffered audio is heard as
a gap in all of them. A task beats on the loop, and a thread looks at the age of the last beat. When
it is too old, the thread reads the loop's stack at that moment.

A machine that is too slow, or suspended, delays the thread as well, and a loop that waits in its
selector is not blocked. Neither is reported.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final, Protocol

from virtual_time import VirtualTimeLoop

log = logging.getLogger(__name__)

MOST_PLACES: Final = 100
"""Places that are told apart; a further one counts, and is not logged."""
_SELECTOR: Final = ("selectors.py", "select")
_LOOP: Final = ("base_events.py", "_run_once")
"""The loop's own frame; what is outside of it started the loop and does not block it."""
_BEATS: Final = 4
"""Beats in the time after which a stall is reported."""
_HOME: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Stall:
    """What blocked the loop. ``file`` is relative to the project where it is part of it."""

    file: str
    line: int
    function: str
    stack: str
    """The frames, the innermost last, as in a traceback."""

    @property
    def place(self) -> str:
        """File and function: the line may be another each time."""
        return f"{self.file}:{self.function}"


class StallObserver(Protocol):
    """Gets the delays and the stalls. `LoopMetrics` is one."""

    def delayed(self, seconds: float) -> None:
        """How much later than planned a beat came; called on the loop."""

    def stalled(self, stall: Stall) -> None:
        """The loop is blocked; called in the thread, once a stall."""


class LoopWatch:
    """Watches the running loop between `start` and `close`.

    On a loop in virtual time it does nothing: there is no real time to measure.
    """

    def __init__(self, stall_ms: int, observer: StallObserver) -> None:
        """``stall_ms`` 0 measures the delays and looks for no stall."""
        self._stall_s = stall_ms / 1000
        self._interval_s = max(0.02, self._stall_s / _BEATS) if stall_ms else 0.25
        self._observer = observer
        self._logged: set[str] = set()
        self._beat_at = 0.0
        self._reported_at = 0.0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._thread: threading.Thread | None = None
        self._end = threading.Event()

    def start(self) -> None:
        """Begin to watch the running loop, unless it is watched already."""
        loop = asyncio.get_running_loop()
        if isinstance(loop, VirtualTimeLoop) or self._timer is not None:
            return
        self._schedule(loop)
        if self._stall_s:
            watched = threading.get_ident()
            self._thread = threading.Thread(
                target=self._watch, args=(watched,), name="loop watch", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """Stop watching; the thread ends within one of its waits."""
        self._end.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._thread is not None:
            self._thread.join(timeout=1.0)

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        self._beat_at = time.monotonic()
        self._due = self._beat_at + self._interval_s
        self._timer = loop.call_later(self._interval_s, self._beat, loop)

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._observer.delayed(max(0.0, time.monotonic() - self._due))
        self._schedule(loop)

    def _watch(self, watched: int) -> None:
        while True:
            began = time.monotonic()
            if self._end.wait(self._interval_s):
                return
            now = time.monotonic()
            late_s = now - began - self._interval_s
            if late_s > self._stall_s / 2:
                continue  # the machine, or the interpreter lock, stopped this thread too
            beat_at = self._beat_at
            if now - beat_at > self._stall_s + self._interval_s and beat_at != self._reported_at:
                self._reported_at = beat_at
                self._look(watched, now - beat_at)

    def _look(self, watched: int, age_s: float) -> None:
        frame = sys._current_frames().get(watched)
        if frame is None or _waits(frame):
            return
        stall = _stall(frame)
        self._observer.stalled(stall)
        if stall.place in self._logged or len(self._logged) >= MOST_PLACES:
            return
        self._logged.add(stall.place)
        _log(stall, age_s)


def _waits(frame: FrameType) -> bool:
    """Whether the loop itself waits in its selector; a callback may wait in another one."""
    outer = frame.f_back
    return _named(frame) == _SELECTOR and outer is not None and _named(outer) == _LOOP


def _named(frame: FrameType) -> tuple[str, str]:
    return Path(frame.f_code.co_filename).name, frame.f_code.co_name


def _stall(frame: FrameType) -> Stall:
    """What ``frame`` does, named by its innermost line in this project; else by the innermost."""
    named: FrameType | None = frame
    while named is not None and not _is_ours(named.f_code.co_filename):
        named = None if _named(named) == _LOOP else named.f_back
    named = named or frame
    file = Path(named.f_code.co_filename)
    shown = file.relative_to(_HOME) if _is_ours(str(file)) else file
    stack = "".join(traceback.format_list(traceback.extract_stack(frame)))
    return Stall(shown.as_posix(), named.f_lineno, named.f_code.co_name, stack)


def _is_ours(file: str) -> bool:
    path = Path(file)
    return path.is_relative_to(_HOME) and ".venv" not in path.parts


def _log(stall: Stall, age_s: float) -> None:
    record = log.makeRecord(
        log.name,
        logging.WARNING,
        __file__,
        0,
        "the event loop has been blocked for %.0f ms by %s, line %d, in %s; every call waits "
        "for it. It is logged once for this place",
        (age_s * 1000, stall.file, stall.line, stall.function),
        None,
        sinfo=f"Stack of the event loop (innermost last):\n{stall.stack}",
    )
    log.handle(record)
