"""Work in a process of its own.

espeak keeps state in its process: the audio of a sentence depends on what was rendered before it.
So what a test asserts of such audio would depend on the tests that ran before in its process.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

_LONGEST_S: Final = 50.0


def in_a_fresh_process(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of ``work``, a function of a module; arguments and result are pickled.

    Raises:
        TimeoutError: it took longer than 50 s.
        Exception: what ``work`` raised.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(work, *args, **kwargs).result(_LONGEST_S)
