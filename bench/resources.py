"""What a process holds: tasks, threads and descriptors, and objects of the project's packages."""

from __future__ import annotations

import asyncio
import functools
import gc
import os
import re
import sys
import threading
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

_DESCRIPTORS: Final = Path("/proc/self/fd")
_SETTLE_S: Final = 5.0
_POLL_S: Final = 0.1
_POOL: Final = ("asyncio_", "speech")
"""Threads of pools with a bound, which live as long as the process: the loop's own, and that of the
streams of the speech server (`server.streaming`)."""
PACKAGES: Final = frozenset(
    {
        "app", "database", "discord_bot", "openclaw_client", "pipeline", "server", "state", "tasks",
        "translations",
    }
)  # fmt: skip
"""The packages whose objects are counted."""

_CONTAINERS: Final = (dict, list, tuple, set, frozenset, deque, defaultdict, OrderedDict)
_PARTS: Final = (*_CONTAINERS, str, bytes, bytearray, int, float, np.ndarray)


@dataclass(frozen=True, slots=True)
class Resources:
    """Counts at one moment. ``descriptors`` is 0 where the system does not list them."""

    tasks: int
    threads: int
    descriptors: int

    @classmethod
    def now(cls) -> Resources:
        """The counts of this process and its running loop."""
        threads = [each for each in threading.enumerate() if not each.name.startswith(_POOL)]
        return cls(len(asyncio.all_tasks()), len(threads), _descriptors())

    def beyond(self, before: Resources) -> tuple[str, ...]:
        """What is more than ``before``, in words."""
        found = (
            (self.tasks - before.tasks, "tasks"),
            (self.threads - before.threads, "threads"),
            (self.descriptors - before.descriptors, "descriptors"),
        )
        return tuple(f"{count} {what} left" for count, what in found if count > 0)


async def left_over(before: Resources) -> tuple[str, ...]:
    """What is more than ``before``, after connections had some seconds to close."""
    clock = asyncio.get_running_loop().time
    end = clock() + _SETTLE_S
    while (left := Resources.now().beyond(before)) and clock() < end:
        gc.collect()
        await asyncio.sleep(_POLL_S)
    return left


def tasks_by_name() -> Counter[str]:
    """The running tasks, by the names of their coroutines."""
    return Counter(
        getattr(each.get_coro(), "__qualname__", each.get_name()) for each in asyncio.all_tasks()
    )


def threads_by_name() -> Counter[str]:
    """The running threads, by their names without numbers."""
    return Counter(re.sub(r"[-_]?\d+", "", each.name) for each in threading.enumerate())


def own_objects() -> Counter[str]:
    """How many objects of the project's classes exist, by class."""
    gc.collect()
    counts: Counter[str] = Counter()
    for each in gc.get_objects():
        kind = type(each)
        module = getattr(kind, "__module__", None)
        if isinstance(module, str) and module.partition(".")[0] in PACKAGES:
            counts[f"{module}.{kind.__qualname__}"] += 1
    return counts


def clear_bounded_caches() -> None:
    """Empty the project's `functools.lru_cache` functions that have a bound: what they hold is no
    leak. Those without a bound stay, since they may be one."""
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper):
            bound: int | None = each.cache_parameters()["maxsize"]
            if bound is not None and each.__module__.partition(".")[0] in PACKAGES:
                each.cache_clear()


def own_bytes() -> Counter[str]:
    """The bytes that the objects of the project's classes hold, by class: their own, and those of
    the containers, texts, bytes and arrays in them, each counted once.

    Unlike their number this shows what grows inside one object: a queue, a cache, a dictionary.
    """
    gc.collect()
    seen: set[int] = set()
    sizes: Counter[str] = Counter()
    for each in gc.get_objects():
        kind = type(each)
        module = getattr(kind, "__module__", None)
        if isinstance(module, str) and module.partition(".")[0] in PACKAGES:
            sizes[f"{module}.{kind.__qualname__}"] += _size(each, seen)
    return sizes


def _size(root: object, seen: set[int]) -> int:
    total, waiting = 0, [root]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        total += sys.getsizeof(each)
        if isinstance(each, np.ndarray):
            continue  # its memory is in getsizeof, or belongs to another array
        if each is root or isinstance(each, _CONTAINERS):
            held = gc.get_referents(each)
            waiting += [part for part in held if isinstance(part, _PARTS)]
    return total


def _descriptors() -> int:
    try:
        return len(os.listdir(_DESCRIPTORS))
    except OSError:
        return 0
