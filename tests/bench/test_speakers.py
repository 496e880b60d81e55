"""The bench of ten speakers: its microphones, and the worker on the virtual clock."""

from __future__ import annotations

import asyncio
import time

import numpy as np
import pytest

from bench.recordings import Prompt
from bench.speakers import plain, talker
from bench.virtual_worker import Cores, VirtualWorker
from pipeline.audio import HEARD_RATE
from pipeline.inference.job_queue import Priority

pytestmark = pytest.mark.virtual_time


def burn(seconds: float = 0.01) -> float:
    """Use the processor for so long."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return seconds


def test_a_talker_says_prompts_with_pauses_until_the_end() -> None:
    loud = Prompt("loud", "One two.", np.full(HEARD_RATE, 0.5, np.float32))
    microphone = talker([loud], 3, 10.0)
    assert microphone.samples.size >= 10 * HEARD_RATE
    for end, text in microphone.said:
        middle = microphone.samples[int((end - 0.5) * HEARD_RATE)]
        after = microphone.samples[int((end + 0.01) * HEARD_RATE)]
        assert (text, abs(middle) > 0.4, abs(after) < 0.1) == ("One two.", True, True)


async def test_jobs_take_their_processor_time_on_the_virtual_clock() -> None:
    worker = VirtualWorker("words", Cores(1), threads=1, plain=False)
    clock = asyncio.get_running_loop().time
    began = clock()
    await asyncio.gather(*(worker.run(key, burn) for key in "abc"))
    assert clock() - began >= 0.03
    assert worker.load > 0


async def test_workers_share_the_cores() -> None:
    cores = Cores(2)
    words = VirtualWorker("words", cores, threads=1, plain=False)
    turn = VirtualWorker("turn", cores, threads=2, plain=False)
    ended: list[str] = []

    async def job(worker: VirtualWorker, key: str, seconds: float) -> None:
        await worker.run(key, lambda: burn(seconds), priority=Priority.FINAL)
        ended.append(key)

    await asyncio.gather(
        job(turn, "turn 1", 0.05), job(words, "words", 0.02), job(turn, "turn 2", 0.01)
    )
    assert ended == ["words", "turn 2", "turn 1"]


def test_plain_words() -> None:
    assert plain("Hey Jarvis, what's up?") == ["hey", "jarvis", "what's", "up"]


async def test_a_run_names_the_jobs_that_it_waited_for() -> None:
    worker = VirtualWorker("words", Cores(1), threads=1, plain=False)

    async def job(key: str, priority: Priority) -> None:
        await worker.run(key, burn, priority=priority)

    await asyncio.gather(
        job("talker", Priority.PARTIAL),
        job("question", Priority.ADDRESSED),
        job("other", Priority.FINAL),
    )
    first, question, other = worker.runs
    assert (first.key, first.behind, first.wait_ms) == ("talker", (), 0)
    assert (question.key, question.behind) == ("question", (Priority.PARTIAL,))
    assert (other.key, other.behind) == ("other", (Priority.PARTIAL, Priority.ADDRESSED))
    assert question.wait_ms == pytest.approx((first.ended - first.began) * 1000)
